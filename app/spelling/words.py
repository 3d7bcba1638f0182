"""Which words of a text are to be checked. No Qt in here. Indices are code points."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

import regex

MAX_WORD = 60
"""Characters of the longest word that is checked: suggestions for longer ones take seconds."""

_WORD = regex.compile(
    r"[\p{L}\p{N}_](?:[\p{L}\p{M}\p{N}_\u00ad\u200c\u200d]|['\u2019](?=\p{L}))*", regex.VERSION0
)
"""Letters with their marks, inner apostrophes, soft hyphens and joiners (UAX 29, by and large)."""

_NO_PROSE = regex.compile(
    # Each begins where no such character stands before it: in a long run of them a
    # search from every one of them would take quadratic time.
    r"(?<![a-z0-9+.\-])[a-z][a-z0-9+.\-]*+://\S+|www\.\S+"
    r"|(?<![\w.+\-])[\w.+\-]++@[\w\-]+\.[\w.\-]+|(?<!\w)[@#]\w++"
    r"|(?<![\w.\-])(?:[\w\-]++\.){1,8}(?:com|org|net|edu|gov|io|dev|de|fr|uk|eu)\b\S*"
    r"|(?<!\S)[~.]{0,2}/[\w./\-]++"
    r"|(?<!\w)(?:ctrl|strg|alt|shift|umschalt|cmd)(?:\+\w++)++",
    regex.IGNORECASE,
)
"""Addresses, handles, tags, paths, and keys that are pressed together."""

_WITHOUT_SPACES = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
)
"""Scripts that put no space between words: a dictionary of their own would have to cut them."""


def words(
    text: str, skipped: Iterable[tuple[int, int]] = (), *, capitals: bool = False
) -> Iterator[tuple[int, int, str]]:
    """Yield where each word that is to be checked begins and ends, and what a dictionary knows.

    `skipped` are ranges without prose (code, links). Words of capitals alone are
    left out unless `capitals`; so are those with digits, and single letters.
    """
    addresses = (match.span() for match in _NO_PROSE.finditer(text))
    without = [*sorted([*skipped, *addresses]), (len(text), len(text))]
    next_without = 0
    for match in _WORD.finditer(text):
        start, end = match.span()
        while without[next_without][1] <= start < len(text) and next_without < len(without) - 1:
            next_without += 1
        if without[next_without][0] < end:
            continue
        word = unicodedata.normalize("NFC", plain(match.group()))
        if not 1 < len(word) <= MAX_WORD or not _is_prose(word):
            continue
        if not capitals and word.isupper():
            continue
        yield start, end, word


def plain(word: str) -> str:
    """Return a word as dictionaries have it: no soft hyphens, straight apostrophes."""
    return word.replace("\u00ad", "").replace("\u2019", "'")


def _is_prose(word: str) -> bool:
    if word.isascii() and word.isalpha():
        return True
    return (
        not any(character == "_" or character.isnumeric() for character in word)
        and _WITHOUT_SPACES.search(word) is None
    )


def as_written(suggestion: str, word: str) -> str:
    """Return a suggestion with the apostrophes of the word that it is for."""
    return suggestion.replace("'", "\u2019") if "\u2019" in word else suggestion
