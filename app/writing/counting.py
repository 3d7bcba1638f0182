"""Words and characters of a text, counted again only where it has changed. No Qt in here."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass

from app.editor.mirror import OBJECT, Mirror, Paragraph

_IDEOGRAPHS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(
    rf"[{_IDEOGRAPHS}]|[^\W_{_IDEOGRAPHS}\u0300-\u036f]"
    rf"(?:[^\W_{_IDEOGRAPHS}]|[\u0300-\u036f]|['’.\-‐‑](?=[^\W_{_IDEOGRAPHS}]))*"
)
"""A run of letters and digits, "don't" and "well-known" being one word; each Chinese character
and each kana is one, as word processors count them."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How long a text is. Characters are code points; paragraph ends and embeds count nothing."""

    words: int = 0
    characters: int = 0
    without_spaces: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.words + other.words,
            self.characters + other.characters,
            self.without_spaces + other.without_spaces,
        )


def count(text: str) -> Counts:
    """Return the counts of one paragraph's text."""
    text = text.replace(OBJECT, "")
    spaces = sum(map(str.isspace, text))
    return Counts(len(_WORD.findall(text)), len(text), len(text) - spaces)


class Tally:
    """Keeps the counts of one document; after the first time only what was replaced is counted."""

    def __init__(self, mirror: Mirror) -> None:
        self._words = self._characters = self._without_spaces = 0
        # Not counted yet, by identity: a paragraph never changes, it is replaced.
        self._fresh = {id(paragraph): paragraph for paragraph in mirror.paragraphs}
        self.close = mirror.on_replace(self._replace)
        """Stop following the document."""

    def _replace(self, old: Sequence[Paragraph], new: Sequence[Paragraph]) -> None:
        for paragraph in old:
            if self._fresh.pop(id(paragraph), None) is None and paragraph.counts is not None:
                self._add(paragraph.counts, -1)
        self._fresh.update((id(paragraph), paragraph) for paragraph in new)

    def _add(self, counts: tuple[int, int, int], sign: int) -> None:
        self._words += sign * counts[0]
        self._characters += sign * counts[1]
        self._without_spaces += sign * counts[2]

    def total(self, seconds: float = 3600.0) -> Counts | None:
        """Return the counts of all; None if that takes longer than `seconds`: ask again then."""
        deadline = time.monotonic() + seconds
        done = 0
        while self._fresh:
            _, paragraph = self._fresh.popitem()
            if paragraph.counts is None:
                found = count(paragraph.text)
                paragraph.counts = found.words, found.characters, found.without_spaces
            self._add(paragraph.counts, 1)
            done += 1
            if done % 16 == 0 and self._fresh and time.monotonic() > deadline:
                return None
        return Counts(self._words, self._characters, self._without_spaces)
