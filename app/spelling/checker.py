"""Says which words of a text are misspelled. Lives on one thread, which is not the window's."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import regex

from app.spelling.speller import (
    MAX_SUGGESTIONS,
    Dictionaries,
    Enchant,
    Hunspell,
    Speller,
    best,
    folders,
)
from app.spelling.word_list import WordList
from app.spelling.words import as_written, plain, words
from app.utf16 import Utf16Index

_REMEMBERED = 50_000
"""Words whose spelling is remembered; then all are forgotten."""

Span = tuple[int, int]


class Checker:
    """Checks against the dictionary of one language and a person's own words."""

    def __init__(self, own_dictionaries: Path, word_list: WordList) -> None:
        self._own_dictionaries = own_dictionaries
        self._sources: list[Dictionaries] | None = None
        self._list = word_list
        self._ignored: set[str] = set()
        self._speller: Speller | None = None
        self._wanted: tuple[str, str] | None = None
        self._script: Any = None
        self._right: dict[str, bool] = {}
        self.language: str | None = None
        """The language that is checked, like "en_GB"; None if there is no dictionary."""

    def languages(self) -> list[str]:
        """Return all languages that can be checked."""
        return sorted({one for source in self._all() for one in source.languages()})

    def use(self, language: str, script: str) -> str | None:
        """Check a language from now on; return the dictionary's, None if there is none.

        `script` is the ISO 15924 code of its letters: words in others are left alone.
        """
        if self._wanted == (language, script):
            return self.language
        self._wanted = language, script
        self._right.clear()
        self._speller, self.language = None, best(language, self.languages())
        try:
            self._script = regex.compile(rf"\p{{Script={script}}}")
        except regex.error:  # one that stands for several, like Jpan
            self._script = None
        if self.language is not None:
            source = next(one for one in self._all() if self.language in one.languages())
            self._speller = source.open(self.language)
        return self.language

    def misspelled(
        self, text: str, skipped: Sequence[Span] = (), *, capitals: bool = False
    ) -> list[Span]:
        """Return where misspelled words are, in UTF-16 units; `skipped` is in code points."""
        if self._speller is None:
            return []
        index = Utf16Index(text)
        own = self._list.words()
        return [
            (index.units(start), index.units(end))
            for start, end, word in words(text, skipped, capitals=capitals)
            if not self._is_right(word) and not _is_among(word, own)
        ]

    def suggest(self, word: str) -> list[str]:
        """Return what may have been meant by a word of the page."""
        if self._speller is None:
            return []
        found = self._speller.suggest(plain(word))
        return [as_written(one, word) for one in dict.fromkeys(found)][:MAX_SUGGESTIONS]

    def ignore(self, word: str) -> None:
        """Take a word for right until the program ends."""
        self._ignored.add(plain(word))

    def add(self, word: str) -> None:
        """Take a word for right in this profile. Raises `OSError` if it cannot be written."""
        self._list.add(word)

    def remove(self, word: str) -> None:
        """Take it no longer for right. Raises `OSError` if it cannot be written."""
        self._list.remove(word)

    def _all(self) -> list[Dictionaries]:
        if self._sources is None:
            self._sources = [Enchant(), Hunspell(folders(self._own_dictionaries))]
        return self._sources

    def _is_right(self, word: str) -> bool:
        if _is_among(word, self._ignored):
            return True
        right = self._right.get(word)
        if right is None:
            if len(self._right) >= _REMEMBERED:
                self._right.clear()
            right = self._right[word] = self._ask(word)
        return right

    def _ask(self, word: str) -> bool:
        assert self._speller is not None
        if self._script is not None and self._script.search(word) is None:
            return True
        return self._speller.check(word)


def _is_among(word: str, among: set[str] | frozenset[str]) -> bool:
    """Whether a word was added: as it is, in small letters, or as the owner of something."""
    if not among:
        return False
    forms = (word, word.lower(), word.removesuffix("'s"), word.lower().removesuffix("'s"))
    return any(form in among for form in forms)
