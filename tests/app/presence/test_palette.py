"""People's colours can be read in every theme, and told apart with two kinds of cones only."""

from __future__ import annotations

import math
from itertools import combinations

import pytest
from PySide6.QtGui import QColor

from app.presence.palette import letter_colour, person_colour, selection_colour
from app.theme import THEMES, Theme
from sync.presence.states import COLOURS

# Machado, Oliveira and Fernandes 2009, severity 1.0, for linear RGB.
VISION = {
    "usual": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}

themes = pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))


def linear(colour: QColor) -> tuple[float, ...]:
    return tuple(
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (colour.redF(), colour.greenF(), colour.blueF())
    )


def contrast(one: QColor, other: QColor) -> float:
    """By WCAG 2."""
    weights = (0.2126, 0.7152, 0.0722)
    low, high = sorted(
        sum(w * part for w, part in zip(weights, linear(colour), strict=True))
        for colour in (one, other)
    )
    return (high + 0.05) / (low + 0.05)


def oklab(rgb: tuple[float, ...]) -> tuple[float, float, float]:
    red, green, blue = (min(1.0, max(0.0, part)) for part in rgb)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def seen(colour: QColor, vision: str) -> tuple[float, float, float]:
    rgb = linear(colour)
    return oklab(tuple(sum(a * b for a, b in zip(row, rgb, strict=True)) for row in VISION[vision]))


def over(colour: QColor, page: QColor) -> QColor:
    """What a colour that lets something through is on the page."""
    alpha = colour.alphaF()
    parts = zip(
        (colour.redF(), colour.greenF(), colour.blueF()),
        (page.redF(), page.greenF(), page.blueF()),
        strict=True,
    )
    return QColor.fromRgbF(*(alpha * a + (1 - alpha) * b for a, b in parts))


@themes
def test_carets_and_names_can_be_read(theme: Theme) -> None:
    page, letters = QColor(theme.page), letter_colour(theme)
    for place in range(len(COLOURS)):
        colour = person_colour(theme, place)
        assert contrast(colour, page) >= 3.0
        assert contrast(colour, QColor(theme.window)) >= 3.0
        assert contrast(letters, colour) >= 4.5


@themes
def test_selected_words_can_be_read(theme: Theme) -> None:
    for place in range(len(COLOURS)):
        behind = over(selection_colour(theme, place), QColor(theme.page))
        assert contrast(QColor(theme.ink), behind) >= 4.5
        assert behind != QColor(theme.page)


@themes
@pytest.mark.parametrize("vision", VISION)
def test_no_two_are_taken_for_each_other(theme: Theme, vision: str) -> None:
    colours = [person_colour(theme, place) for place in range(len(COLOURS))]
    for one, other in combinations(colours, 2):
        apart = math.dist(seen(one, vision), seen(other, vision))
        assert apart >= 0.08, (one.name(), other.name(), apart)
