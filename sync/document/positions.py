"""All conversion between index units lives here.

Three units meet in Inkstand: Python counts code points, Qt and Yjs count
UTF-16 units, pycrdt counts UTF-8 bytes. An embed counts one in each.

`TextIndex` answers conversions without walking the document: it keeps the
text in chunks with their lengths and remembers the chunk it looked at last,
so typing in one place costs the same at any size.
"""

from __future__ import annotations

from collections.abc import Iterable

from sync.errors import InvalidChange

EMBED = "\0"
"""Stands for an embed in a `TextIndex`; like an embed, NUL is 1 in every unit."""

_CHUNK = 1024
"""Code points in a fresh chunk; one is split when it reaches twice as many."""

_STRIDE = 64
"""Chunks whose lengths are added up in one go on the way to a far one."""


def utf16_length(text: str) -> int:
    """Return the length of `text` in UTF-16 units."""
    if text.isascii():
        return len(text)
    # Lone surrogates are units as well. Ten times as fast as looking at each character.
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf8_length(text: str) -> int:
    """Return the length of `text` in UTF-8 bytes."""
    return len(text) if text.isascii() else len(text.encode())


def is_encodable(text: str) -> bool:
    """Whether `text` has no lone surrogate, which no encoding can hold."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


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


class TextIndex:
    """The text of one document, answering in any unit.

    Every index or length that a method takes or returns says its unit in the
    name. Indices inside a character, or past the end, raise `InvalidChange`.
    """

    def __init__(self, parts: Iterable[str] = ()) -> None:
        self._chunks = _cut("".join(parts)) or [""]
        # UTF-16 units and UTF-8 bytes of each chunk.
        self._utf16 = [utf16_length(chunk) for chunk in self._chunks]
        self._utf8 = [utf8_length(chunk) for chunk in self._chunks]
        self.utf16_length = sum(self._utf16)
        self.utf8_length = sum(self._utf8)
        # The chunk looked at last, and what lies before it.
        self._at = 0
        self._utf16_before = 0
        self._utf8_before = 0

    def __str__(self) -> str:
        """The text, with `EMBED` for each embed."""
        return "".join(self._chunks)

    def utf8_at(self, utf16: int) -> int:
        """Return the UTF-8 byte index at a UTF-16 index."""
        text, point = self._find_utf16(utf16)
        return self._utf8_before + utf8_length(text[:point])

    def utf16_at(self, utf8: int) -> int:
        """Return the UTF-16 index at a UTF-8 byte index."""
        if not 0 <= utf8 <= self.utf8_length:
            raise InvalidChange(f"byte index {utf8} is past the end ({self.utf8_length})")
        self._stand(self._utf8, self._utf8_before, utf8)
        text = self._chunks[self._at]
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
        text, point = self._find_utf16(utf16_start)
        before, at = self._utf16_before, self._at
        parts: list[str] = []
        while utf16_end > before + self._utf16[at]:
            parts.append(text[point:])
            before, at, point = before + self._utf16[at], at + 1, 0
            if at == len(self._chunks):
                raise InvalidChange(f"UTF-16 index {utf16_end} is past the end")
            text = self._chunks[at]
        parts.append(text[point : point_at_utf16(text, utf16_end - before)])
        return "".join(parts)

    def insert(self, utf16: int, text: str) -> None:
        """Put `text` at a UTF-16 index."""
        chunk, point = self._find_utf16(utf16)
        units, size = utf16_length(text), utf8_length(text)
        self.utf16_length += units
        self.utf8_length += size
        chunk = chunk[:point] + text + chunk[point:]
        if len(chunk) >= 2 * _CHUNK:
            self._rebuild(self._at, self._at, chunk)
            return
        self._chunks[self._at] = chunk
        self._utf16[self._at] += units
        self._utf8[self._at] += size

    def delete(self, utf16_start: int, utf16_length_: int) -> None:
        """Take away `utf16_length_` units from `utf16_start`."""
        removed = self.slice(utf16_start, utf16_start + utf16_length_)
        chunk, point = self._find_utf16(utf16_start)
        first, head = self._at, chunk[:point]
        last, rest = first, utf16_start + utf16_length_ - self._utf16_before
        while rest > self._utf16[last]:
            rest -= self._utf16[last]
            last += 1
        tail = self._chunks[last][point_at_utf16(self._chunks[last], rest) :]
        units, size = utf16_length(removed), utf8_length(removed)
        self.utf16_length -= units
        self.utf8_length -= size
        if first == last:
            self._chunks[first] = head + tail
            self._utf16[first] -= units
            self._utf8[first] -= size
            if self._chunks[first] or len(self._chunks) == 1:
                return
        self._rebuild(first, last, head + tail)

    def _rebuild(self, first: int, last: int, text: str) -> None:
        """Put fresh chunks of `text` for chunks `first` to `last`, and stand on the first."""
        fresh = _cut(text)
        if not fresh and last - first + 1 == len(self._chunks):
            fresh = [""]
        self._chunks[first : last + 1] = fresh
        self._utf16[first : last + 1] = [utf16_length(chunk) for chunk in fresh]
        self._utf8[first : last + 1] = [utf8_length(chunk) for chunk in fresh]
        if first == len(self._chunks):
            self._move(-1)

    def _move(self, chunks: int) -> None:
        """Stand some chunks further on, or back."""
        low, high = sorted((self._at, self._at + chunks))
        sign = 1 if chunks > 0 else -1
        self._utf16_before += sign * sum(self._utf16[low:high])
        self._utf8_before += sign * sum(self._utf8[low:high])
        self._at += chunks

    def _stand(self, lengths: list[int], before: int, wanted: int) -> None:
        """Stand on the chunk that holds index `wanted`, of which `before` lie before this one.

        By long strides, then by short ones: adding up a slice takes a few nanoseconds a
        chunk, so that even from one end of a book to the other it is some 30 µs.
        """
        for stride in (_STRIDE, 1):
            while wanted < before:
                size = min(stride, self._at)
                before -= sum(lengths[self._at - size : self._at])
                self._move(-size)
            while wanted > before + (passed := sum(lengths[self._at : self._at + stride])):
                before += passed
                self._move(min(stride, len(lengths) - self._at))

    def _find_utf16(self, utf16: int) -> tuple[str, int]:
        """Stand on the chunk that holds a UTF-16 index; return it and the code point inside."""
        if not 0 <= utf16 <= self.utf16_length:
            raise InvalidChange(f"UTF-16 index {utf16} is past the end ({self.utf16_length})")
        self._stand(self._utf16, self._utf16_before, utf16)
        text = self._chunks[self._at]
        return text, point_at_utf16(text, utf16 - self._utf16_before)


def _cut(text: str) -> list[str]:
    return [text[start : start + _CHUNK] for start in range(0, len(text), _CHUNK)]
