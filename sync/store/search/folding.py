"""How text becomes words that can be found: case, accents and punctuation put away.

Each character is folded by itself, so a place in the folded text can be told in the text.
What comes out are words and spaces (U+0020) only; SQLite's tokenizer `ascii` splits it at the
spaces and nowhere else, whatever it knows of Unicode.

- Accents go (é, e; ű, u; й, и; が, か), and so does case; ß is ss, ø o, ł l, æ ae, ﬁ fi.
- Scripts written without spaces (Chinese, Japanese, Thai…) and Hangul: each character or
  syllable is a word of its own, so any part of a sentence is found as a phrase.
- Punctuation and symbols, emoji among them, separate; invisible characters vanish.

How many spaces there are between two words says nothing.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from itertools import accumulate
from typing import Final

_CACHED = 20_000
"""Characters whose folding is kept: more than any language has."""

_LETTERS = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe"}
"""Letters that are read as others but that Unicode does not take apart."""

_FRACTION = "\u2044"
"""In what ½ is taken apart to; 1½ is not 11 and 2."""

_VIRAMA = 9
"""Canonical combining class of marks that are no accents: they join consonants."""

_UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x3005, 0x3007),  # Han: iteration mark, closing mark, zero
    (0x3040, 0x312F),  # Hiragana, Katakana, Bopomofo
    (0x31A0, 0x31BF),
    (0x31F0, 0x31FF),
    (0x3400, 0x9FFF),  # Han
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)
_HANGUL_LEADS = ((0x1100, 0x115F), (0xA960, 0xA97C))
"""Jamo that begin a syllable; the others of it follow, and stay with it."""


class _Folding(dict[int, str]):
    """Code point -> what it is folded to; made as asked for."""

    def __missing__(self, code: int) -> str:
        folded = _fold_character(chr(code))
        if len(self) < _CACHED:
            self[code] = folded
        return folded


def _fold_character(character: str) -> str:
    plain = _without_accents(_without_accents(character).casefold())
    plain = "".join(_LETTERS.get(each, each) for each in plain)
    words = "".join(map(_as_word, plain))
    return f" {words} " if _FRACTION in plain else words


def _without_accents(text: str) -> str:
    return "".join(
        each
        for each in unicodedata.normalize("NFKD", text)
        if unicodedata.combining(each) in (0, _VIRAMA)
    )


def _as_word(character: str) -> str:
    code = ord(character)
    category = unicodedata.category(character)
    if category in ("Cf", "Me") or 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF:
        return ""  # soft hyphens, joiners, variation selectors
    if category[0] not in "LNM" and category != "Co":
        return " "
    if _within(code, _HANGUL_LEADS):
        return f" {character}"
    return f" {character} " if _within(code, _UNSPACED) else character


def _within(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= code <= last for first, last in ranges)


def is_part_of_unspaced(word: str) -> bool:
    """Whether a folded word is a character or syllable of a script that has no spaces here."""
    return _within(ord(word[0]), (*_UNSPACED, *_HANGUL_LEADS))


_FOLDING: Final = _Folding()
_ASCII: Final = bytes(ord(_FOLDING[code]) for code in range(0x80)) + bytes(0x80)

_KANA: Final = {
    character: folded.strip() or " "
    for character in map(chr, range(0x3000, 0x3100))
    if (folded := _FOLDING[ord(character)]) == " " or len(folded) == 3
}
"""Kana and the punctuation between them: what each is in a folding as `_spread` makes it."""
_CHANGED = re.compile(f"[{''.join(one for one, plain in _KANA.items() if one != plain)}]")
_WIDE: Final = f"{''.join(_KANA)}\u3400-\u4dbf\u4e00-\u9fff"
"""Characters that are each a word, or end one: in Japanese and Chinese nearly everything."""
_IS_WIDE = re.compile(f"[{_WIDE}]")

_RUNS = re.compile(rf"[\x00-\x7f]+|[{_WIDE}]+|[^\x00-\x7f{_WIDE}]{{1,256}}")
"""Parts that are folded one by one. `str.translate` takes 80 ns for a character that is not ASCII,
and looks up every ASCII one anew for each string. `bytes.translate` takes 1 ns, `_spread` 10."""


def _fold_run(run: str) -> str:
    if run.isascii():
        return run.encode().translate(_ASCII).decode()
    if _IS_WIDE.match(run):
        return _spread(run)
    return run.translate(_FOLDING)


def _spread(run: str) -> str:
    """Fold characters of `_WIDE`, each to three: itself between spaces."""
    for kana in set(_CHANGED.findall(run)):
        run = run.replace(kana, _KANA[kana])
    units = run.encode("utf-16-le")
    spread = bytearray(b" \0 \0 \0" * len(run))
    spread[2::6], spread[3::6] = units[::2], units[1::2]
    return spread.decode("utf-16-le")


def fold(text: str) -> str:
    """Return the words of a text, with spaces between and around them."""
    return "".join(map(_fold_run, _RUNS.findall(text)))


class Folded:
    """A text and its folding, with the way back from one to the other."""

    def __init__(self, text: str) -> None:
        self._runs: list[str] = _RUNS.findall(text)
        folded = list(map(_fold_run, self._runs))
        self.text = "".join(folded)
        # Where each run ends: in the text, and in its folding.
        self._ends = list(accumulate(map(len, self._runs)))
        self._folded_ends = list(accumulate(map(len, folded)))
        # Of runs that were asked for: where the folding of each character ends.
        self._inside: dict[int, list[int]] = {}

    def origin(self, index: int) -> int:
        """Return the code point of the text that the folding has at an index."""
        number = bisect_right(self._folded_ends, index)
        start = 0
        if number:
            start = self._ends[number - 1]
            index -= self._folded_ends[number - 1]
        run = self._runs[number]
        if run.isascii():
            return start + index
        if _IS_WIDE.match(run):
            return start + index // 3
        inside = self._inside.get(number)
        if inside is None:
            inside = list(accumulate(map(len, map(_FOLDING.__getitem__, map(ord, run)))))
            self._inside[number] = inside
        return start + bisect_right(inside, index)
