"""The colours of people: one place of the palette is one person, in each theme.

Found by a search over OKLCH: readable on the page (3.2:1) and under the letters of a name
(4.5:1), and at least 0.08 apart in OKLab from each other, also for who sees with two kinds of
cones only (protanopia, deuteranopia, tritanopia). `tests/app/presence/test_palette.py` proves it.
"""

from __future__ import annotations

from PySide6.QtGui import QColor

from app.theme import Theme
from sync.presence.states import COLOURS

_ON_LIGHT = COLOURS
_ON_DARK = (
    *("#7287fb", "#fa9a1a", "#9bf3cc", "#a974b5"),
    *("#f3da58", "#f34f5c", "#5fd0be", "#afa8fd"),
)

_SELECTED_LIGHT, _SELECTED_DARK = 0.20, 0.32
"""Opacity of what others have selected: the letters on it stay readable."""


def person_colour(theme: Theme, place: int) -> QColor:
    """Return the colour of carets and flags."""
    return QColor((_ON_DARK if theme.dark else _ON_LIGHT)[place])


def letter_colour(theme: Theme) -> QColor:
    """Return the colour of letters on a person's colour."""
    return QColor(theme.page if theme.dark else "#ffffff")


def selection_colour(theme: Theme, place: int) -> QColor:
    """Return what lies behind the words that a person has selected."""
    colour = person_colour(theme, place)
    colour.setAlphaF(_SELECTED_DARK if theme.dark else _SELECTED_LIGHT)
    return colour
