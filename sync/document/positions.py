"""All conversion between index units lives here.

Three units meet in Inkstand: Python counts code points, Qt and Yjs count
UTF-16 units, pycrdt counts UTF-8 bytes. An embed counts one in each.

`TextIndex` answers conversions without walking the document: it keeps the
text in chunks with their lengths and remembers the chunk it looked at last,
so typing in one place costs the same at any size.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sync.errors import InvalidChange

EMBED = "\0"
"""Stands for an embed in a `TextIndex`; like an embed, NUL is 1 in every unit."""

_CHUNK = 1024
"""Code points in a fresh chunk; one is split when it reaches twice as many."""


def utf16_length(text: str) -> int:
    """Return the length of `text` in UTF-16 units."""
    if text.isascii():
        return len(text)
    return len(text) + sum(character > "\uffff" for character in text)


def utf8_length(text: str) -> int:
    """Return the length of `text` in UTF-8 bytes."""
    return len(text) if text.isascii() else len(text.encode())


def point_at_utf16(text: str, units: int) -> int:
    """Return the code point index that lies `units` UTF-16 units into `text`.

    Raises `InvalidChange` inside a surrogate pair or past the end.
    """
    if text.isascii():
        point, rest = units, 0
    else:
        point, rest = 0, units
        for character in text:
            if rest <= 0:
                break
            rest -= 2 if character > "\uffff" else 1
            point += 1
    if rest or not 0 <= point <= len(text):
        raise InvalidChange(f"UTF-16 index {units} is inside a character or past the end")
    return point


@dataclass(slots=True)
class _Chunk:
    text: str
    utf16: int
    utf8: int

    @classmethod
    def of(cls, text: str) -> _Chunk:
        return cls(text, utf16_length(text), utf8_length(text))


class TextIndex:
    """The text of one document, answering in any unit.

    Every index or length that a method takes or returns says its unit in the
    name. Indices inside a character, or past the end, raise `InvalidChange`.
    """

    def __init__(self, parts: Iterable[str] = ()) -> None:
        self._load("".join(parts))

    def _load(self, text: str) -> None:
        self._chunks = [
            _Chunk.of(text[start : start + _CHUNK]) for start in range(0, len(text), _CHUNK)
        ] or [_Chunk("", 0, 0)]
        self.utf16_length = sum(chunk.utf16 for chunk in self._chunks)
        self.utf8_length = sum(chunk.utf8 for chunk in self._chunks)
        # The chunk looked at last, and what lies before it.
        self._at = 0
        self._utf16_before = 0
        self._utf8_before = 0

    def __str__(self) -> str:
        """The text, with `EMBED` for each embed."""
        return "".join(chunk.text for chunk in self._chunks)

    def utf8_at(self, utf16: int) -> int:
        """Return the UTF-8 byte index at a UTF-16 index."""
        chunk, point = self._find_utf16(utf16)
        return self._utf8_before + utf8_length(chunk.text[:point])

    def utf16_at(self, utf8: int) -> int:
        """Return the UTF-16 index at a UTF-8 byte index."""
        if not 0 <= utf8 <= self.utf8_length:
            raise InvalidChange(f"byte index {utf8} is past the end ({self.utf8_length})")
        while utf8 < self._utf8_before:
            self._step_back()
        while utf8 > self._utf8_before + self._chunks[self._at].utf8:
            self._step_on()
        text = self._chunks[self._at].text
        inside = utf8 - self._utf8_before
        if text.isascii():
            return self._utf16_before + inside
        try:
            return self._utf16_before + utf16_length(text.encode()[:inside].decode())
        except UnicodeDecodeError:
            raise InvalidChange(f"byte index {utf8} is inside a character") from None

    def slice(self, utf16_start: int, utf16_end: int) -> str:
        """Return the text between two UTF-16 indices."""
        if utf16_end <= utf16_start:
            return ""
        chunk, point = self._find_utf16(utf16_start)
        before, at = self._utf16_before, self._at
        parts: list[str] = []
        while utf16_end > before + chunk.utf16:
            parts.append(chunk.text[point:])
            before, at, point = before + chunk.utf16, at + 1, 0
            if at == len(self._chunks):
                raise InvalidChange(f"UTF-16 index {utf16_end} is past the end")
            chunk = self._chunks[at]
        parts.append(chunk.text[point : point_at_utf16(chunk.text, utf16_end - before)])
        return "".join(parts)

    def insert(self, utf16: int, text: str) -> None:
        """Put `text` at a UTF-16 index."""
        chunk, point = self._find_utf16(utf16)
        if len(text) > 2 * _CHUNK:
            self._rebuild(self._at, self._at, chunk.text[:point] + text + chunk.text[point:])
            self.utf16_length += utf16_length(text)
            self.utf8_length += utf8_length(text)
            return
        units, size = utf16_length(text), utf8_length(text)
        chunk.text = chunk.text[:point] + text + chunk.text[point:]
        chunk.utf16 += units
        chunk.utf8 += size
        self.utf16_length += units
        self.utf8_length += size
        if len(chunk.text) >= 2 * _CHUNK:
            self._rebuild(self._at, self._at, chunk.text)

    def delete(self, utf16_start: int, utf16_length_: int) -> None:
        """Take away `utf16_length_` units from `utf16_start`."""
        removed = self.slice(utf16_start, utf16_start + utf16_length_)
        chunk, point = self._find_utf16(utf16_start)
        first, head = self._at, chunk.text[:point]
        last, rest = first, utf16_start + utf16_length_ - self._utf16_before
        while rest > self._chunks[last].utf16:
            rest -= self._chunks[last].utf16
            last += 1
        tail_text = self._chunks[last].text
        tail = tail_text[point_at_utf16(tail_text, rest) :]
        self.utf16_length -= utf16_length(removed)
        self.utf8_length -= utf8_length(removed)
        if first == last:
            chunk.text = head + tail
            chunk.utf16 -= utf16_length(removed)
            chunk.utf8 -= utf8_length(removed)
            if chunk.text or len(self._chunks) == 1:
                return
        self._rebuild(first, last, head + tail)

    def _rebuild(self, first: int, last: int, text: str) -> None:
        """Put fresh chunks of `text` for chunks `first` to `last`, and stand on the first."""
        fresh = [_Chunk.of(text[start : start + _CHUNK]) for start in range(0, len(text), _CHUNK)]
        self._chunks[first : last + 1] = fresh
        if not self._chunks:
            self._chunks = [_Chunk("", 0, 0)]
        if first == len(self._chunks):
            self._at = first
            self._step_back()

    def _step_on(self) -> None:
        chunk = self._chunks[self._at]
        self._utf16_before += chunk.utf16
        self._utf8_before += chunk.utf8
        self._at += 1

    def _step_back(self) -> None:
        self._at -= 1
        chunk = self._chunks[self._at]
        self._utf16_before -= chunk.utf16
        self._utf8_before -= chunk.utf8

    def _find_utf16(self, utf16: int) -> tuple[_Chunk, int]:
        """Stand on the chunk that holds a UTF-16 index; return it and the code point inside."""
        if not 0 <= utf16 <= self.utf16_length:
            raise InvalidChange(f"UTF-16 index {utf16} is past the end ({self.utf16_length})")
        while utf16 < self._utf16_before:
            self._step_back()
        while utf16 > self._utf16_before + self._chunks[self._at].utf16:
            self._step_on()
        chunk = self._chunks[self._at]
        return chunk, point_at_utf16(chunk.text, utf16 - self._utf16_before)
