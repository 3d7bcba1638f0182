"""Words and characters of a text, counted again only where it has changed. No Qt in here."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass

from app.editor.mirror import OBJECT, Paragraph

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
    """Counts whole documents; a paragraph that it has seen before costs next to nothing."""

    def __init__(self) -> None:
        # By identity: a paragraph never changes, it is replaced. Holding it keeps its id taken.
        self._known: dict[int, tuple[Paragraph, Counts]] = {}

    def total(self, paragraphs: Sequence[Paragraph], seconds: float = 3600.0) -> Counts | None:
        """Return the counts of all; None if that takes longer than `seconds`: ask again then."""
        deadline = time.monotonic() + seconds
        current: dict[int, tuple[Paragraph, Counts]] = {}
        words = characters = without_spaces = fresh = 0
        for paragraph in paragraphs:
            found = self._known.get(id(paragraph))
            if found is None:
                fresh += 1
                if fresh % 16 == 0 and time.monotonic() > deadline:
                    self._known.update(current)
                    return None
                found = paragraph, count(paragraph.text)
            current[id(paragraph)] = found
            counts = found[1]
            words += counts.words
            characters += counts.characters
            without_spaces += counts.without_spaces
        self._known = current
        return Counts(words, characters, without_spaces)
