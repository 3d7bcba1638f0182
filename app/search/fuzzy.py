"""Which titles somebody means who types some letters of them, best first. No Qt in here.

Each word that is typed must be in the title: best where a word of the title begins with it, then
as first letters of words ("mn" is Meeting Notes), then inside a word, then as letters in this order
with others between. Case and accents do not matter (`sync.store.search.folding`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from app.utf16 import Utf16Index
from sync.store.search.folding import Folded, fold
from sync.store.search.results import Range
from sync.types import DocumentId

MOST_WORDS = 8
"""Words of what is typed that are looked at."""

LONGEST = 60
"""Letters of each of them."""

_BEGINS, _INITIALS, _INSIDE, _SCATTERED = 1_000, 700, 500, 300
"""Points for the ways in which a word may be in a title."""

_WHOLE_WORD = 50
_FIRST = 100
"""More, if the title begins with it."""

_GAP = 5
"""Points that each letter between costs."""

_LOOK_UP = 512
"""Titles between two looks whether somebody still wants to know."""


@dataclass(frozen=True)
class Title:
    """A document's title, made ready to be looked at often."""

    document_id: DocumentId
    text: str

    @cached_property
    def words(self) -> str:
        """The folded words, each with one space or more before it."""
        return f" {fold(self.text)} "

    @cached_property
    def starts(self) -> list[int]:
        """Where in `words` each word begins."""
        return [found.start() for found in re.finditer(r"[^ ]+", self.words)]

    def ranges(self, places: Iterable[int]) -> tuple[Range, ...]:
        """Return where letters of `words` are in the title, neighbours as one."""
        folded, units = Folded(self.text), Utf16Index(self.text)
        ranges: list[Range] = []
        for place in sorted({folded.origin(place - 1) for place in places}):
            start, end = units.units(place), units.units(place + 1)
            last = ranges[-1] if ranges else None
            if last is not None and last.start + last.length == start:
                ranges[-1] = Range(last.start, end - last.start)
            else:
                ranges.append(Range(start, end - start))
        return tuple(ranges)


@dataclass(frozen=True, slots=True)
class Match:
    """A title that somebody may mean."""

    title: Title
    points: int
    places: tuple[int, ...]
    """Of the letters, in `Title.words`."""


def words_of(text: str) -> list[str]:
    """Return the words that were typed, as `match` wants them."""
    return [word[:LONGEST] for word in fold(text).split()[:MOST_WORDS]]


def match(words: Iterable[str], title: Title) -> Match | None:
    """Return how a title fits all words; None if it does not."""
    points = 0
    places: list[int] = []
    for word in words:
        found = _find(word, title)
        if found is None:
            return None
        points += found[0]
        places += found[1]
    return Match(title, points, tuple(places))


def _find(word: str, title: Title) -> tuple[int, Iterable[int]] | None:
    text = title.words
    at = text.find(f" {word}")
    if at >= 0:
        at += 1
        points = _BEGINS - min(at, _FIRST)
        if text[at + len(word)] == " ":
            points += _WHOLE_WORD
        if at == title.starts[0]:
            points += _FIRST
        return points, range(at, at + len(word))
    initials = "".join(text[start] for start in title.starts)
    at = initials.find(word)
    if at >= 0:
        return _INITIALS - min(at, _FIRST), title.starts[at : at + len(word)]
    at = text.find(word)
    if at >= 0:
        return _INSIDE - min(at, _FIRST), range(at, at + len(word))
    return _scattered(word, text)


def _scattered(word: str, text: str) -> tuple[int, Iterable[int]] | None:
    """Find letters in their order, near each other: the first end, and from there back."""
    at = -1
    for letter in word:
        at = text.find(letter, at + 1)
        if at < 0:
            return None
    places = [at]
    for letter in reversed(word[:-1]):
        at = text.rfind(letter, 0, at)
        places.append(at)
    gaps = places[0] - places[-1] + 1 - len(word)
    return max(1, _SCATTERED - _GAP * gaps), reversed(places)


def best(
    text: str,
    titles: Iterable[Title],
    cancelled: Callable[[], bool] = lambda: False,
) -> list[Match]:
    """Return the titles that fit what was typed, best first, equals in the order given.

    All of them, if nothing was typed. Gives up when `cancelled()` says so: then it is not whole.
    """
    words = words_of(text)
    if not words:
        # What is no letter is in no title.
        return [] if text.strip() else [Match(title, 0, ()) for title in titles]
    found = []
    for number, title in enumerate(titles):
        if number % _LOOK_UP == 0 and cancelled():
            break
        fits = match(words, title)
        if fits is not None:
            found.append(fits)
    found.sort(key=lambda fits: -fits.points)
    return found
