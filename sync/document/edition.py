"""A state of a document as plain values, so that two of them can be compared.

A text is a string with one character for each UTF-16 unit: what lies beyond U+FFFF is two
surrogates in it. So the code points beyond are free, and stand for embeds.
"""

from __future__ import annotations

import json
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import TypeAlias

from sync.document.delta import Attributes, Insert
from sync.document.document import Document

OBJECT = "\ufffc"
"""What an embed looks like in a text that is shown (Unicode's object replacement)."""

Units: TypeAlias = str
"""A text of which each character is a UTF-16 unit, or an embed."""

Block: TypeAlias = tuple[int, int, int]
"""A place in the older text, one in the newer, and how many units are the same from there."""

_FIRST_EMBED = 0x10000
_MOST_EMBEDS = 0x110000 - _FIRST_EMBED


class EmbedNames:
    """Gives equal embeds the same character, in all texts that are to be compared."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def name(self, part: Insert) -> str:
        """Return the character that stands for an embed."""
        assert not isinstance(part.content, str)
        value = json.dumps(part.content.value, sort_keys=True)
        number = len(self._names) % _MOST_EMBEDS
        return self._names.setdefault(value, chr(_FIRST_EMBED + number))


@dataclass(frozen=True, slots=True)
class Edition:
    """What a document says, in one state of it."""

    state: bytes
    """The Yjs update that it was read from."""
    contents: list[Insert]
    units: Units
    starts: list[int]
    """Where each part of the contents begins (UTF-16 units)."""
    authors: dict[int, str]
    """Yjs client id → user id, as the document itself says."""

    @classmethod
    def read(cls, state: bytes, embeds: EmbedNames) -> Edition:
        """Read a state that `Document.encode_state` returned. Raises `InvalidUpdate`."""
        document = Document.load(state)
        return cls.of(state, document.contents(), document.authors(), embeds)

    @classmethod
    def of(
        cls, state: bytes, contents: list[Insert], authors: dict[int, str], embeds: EmbedNames
    ) -> Edition:
        """Return the edition that has these contents."""
        texts = [
            _units(part.content) if isinstance(part.content, str) else embeds.name(part)
            for part in contents
        ]
        starts = list(accumulate(map(len, texts), initial=0))[:-1]
        return cls(state, contents, "".join(texts), starts, authors)

    def attributes(self, at: int) -> tuple[Attributes, int]:
        """Return the attributes of the unit at a place, and for how many units they are such."""
        number = bisect_right(self.starts, at) - 1
        end = self.starts[number + 1] if number + 1 < len(self.starts) else len(self.units)
        return self.contents[number].attributes, end - at

    def inserts(self, start: int, end: int) -> Iterator[Insert]:
        """Return the contents between two places, neither of them inside a character."""
        number = bisect_right(self.starts, start) - 1
        while start < end:
            part = self.contents[number]
            attributes, units = self.attributes(start)
            stop = min(start + units, end)
            content = part.content
            yield (
                Insert(_text(self.units[start:stop]), attributes)
                if isinstance(content, str)
                else part
            )
            start, number = stop, number + 1


def other_attributes(
    blocks: Iterable[Block], old: Edition, new: Edition
) -> Iterator[tuple[int, int, int, dict[str, object]]]:
    """Return what has other attributes in the newer edition, of blocks of the same text.

    Place in the older one, in the newer one, UTF-16 units, and the older values of the
    attributes that differ, None for those that there were none of.
    """
    for at, to, length in blocks:
        while length:
            mine, mine_left = old.attributes(at)
            others, others_left = new.attributes(to)
            units = min(mine_left, others_left, length)
            if mine != others:
                names = sorted(mine.keys() | others.keys())
                yield (
                    at,
                    to,
                    units,
                    {name: mine.get(name) for name in names if mine.get(name) != others.get(name)},
                )
            at, to, length = at + units, to + units, length - units


def shown(units: Units) -> str:
    """Return units as a text for people, with `OBJECT` for each embed."""
    if units.isascii():
        return units
    return _text("".join(OBJECT if unit >= "\U00010000" else unit for unit in units))


def _text(units: Units) -> str:
    if units.isascii():
        return units
    return units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _units(text: str) -> Units:
    if text.isascii() or max(text) <= "\uffff":
        return text
    return "".join(map(chr, array("H", text.encode("utf-16-le", "surrogatepass"))))
