"""Relative positions: places in the content that stay with the characters around them.

Equal to Yjs' own (`RelativePosition.js`), as JSON and as bytes, so that the cursors of
y-quill pages are ours and ours theirs, and comments stay where they were put.
pycrdt's `sticky_index` is not used: 0.14.13 mixes bytes with UTF-16 units, forgets how
far inside a redone item a position is, and panics on what it does not know.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sync.document.followed import FollowedItems
from sync.document.items import Id, read_redone
from sync.document.schema import CONTENT
from sync.document.structs import Reader
from sync.errors import InvalidPosition
from sync.lib0 import encode_string, encode_varint, encode_varuint

_MAX_SAFE = (1 << 53) - 1  # JavaScript's largest safe integer


@dataclass(frozen=True, slots=True)
class RelativePosition:
    """A place as Yjs says it: beside one item, or at an end of a shared type.

    Its fields are Yjs' own. One from a peer may say anything: resolving it (with
    `Document.resolve`) is safe.
    """

    item: Id | None = None
    """Client and clock of the unit that it stands beside; None: at an end."""
    tname: str | None = None
    """Name of the root type that it is in."""
    type: Id | None = None
    """Item of the nested type that it is in, instead of `tname`."""
    assoc: int = 0
    """Below 0: behind the unit (an end: the start), else before it (an end: the end)."""

    @classmethod
    def from_json(cls, value: object) -> RelativePosition:
        """Read what `to_json`, Yjs' `relativePositionToJSON` or `JSON.stringify` wrote.

        Raises `InvalidPosition`.
        """
        if not isinstance(value, Mapping):
            raise InvalidPosition("it is no JSON object")
        tname = value.get("tname")
        if tname is not None and not isinstance(tname, str):
            raise InvalidPosition("the name of its type is no text")
        assoc = value.get("assoc")
        return cls(
            id_from_json(value.get("item")),
            tname,
            id_from_json(value.get("type")),
            0 if assoc is None else _whole(assoc, -_MAX_SAFE),
        )

    def to_json(self) -> dict[str, Any]:
        """Return what Yjs' `relativePositionToJSON` returns."""
        json: dict[str, Any] = {}
        if self.type is not None:
            json["type"] = {"client": self.type[0], "clock": self.type[1]}
        if self.tname:
            json["tname"] = self.tname
        if self.item is not None:
            json["item"] = {"client": self.item[0], "clock": self.item[1]}
        json["assoc"] = self.assoc
        return json

    @classmethod
    def decode(cls, data: bytes) -> RelativePosition:
        """Read what Yjs' `encodeRelativePosition` wrote. Raises `InvalidPosition`."""
        reader = Reader(data)
        item = tname = type_ = None
        assoc = 0
        try:
            match reader.varuint():
                case 0:
                    item = (reader.varuint(), reader.varuint())
                case 1:
                    tname = reader.string().decode()
                case 2:
                    type_ = (reader.varuint(), reader.varuint())
                case kind:
                    raise InvalidPosition(f"it is of an unknown kind, {kind}")
            if reader.at < len(data):
                assoc = reader.varint()
        except IndexError:
            raise InvalidPosition("it ends too early") from None
        except ValueError as error:  # UnicodeDecodeError too
            raise InvalidPosition(str(error)) from None
        if reader.at != len(data):
            raise InvalidPosition("bytes follow its end")
        return cls(item, tname, type_, assoc)

    def encode(self) -> bytes:
        """Return what Yjs' `encodeRelativePosition` returns.

        Raises `InvalidPosition` if it stands nowhere.
        """
        if self.item is not None:
            place = b"\0" + encode_varuint(self.item[0]) + encode_varuint(self.item[1])
        elif self.tname is not None:
            place = b"\1" + encode_string(self.tname)
        elif self.type is not None:
            place = b"\2" + encode_varuint(self.type[0]) + encode_varuint(self.type[1])
        else:
            raise InvalidPosition("it stands nowhere")
        return place + encode_varint(self.assoc)


def id_from_json(value: object) -> Id | None:
    """Read a client and a clock as Yjs writes them, or None. Raises `InvalidPosition`."""
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise InvalidPosition("an id is no JSON object")
    return _whole(value.get("client"), 0), _whole(value.get("clock"), 0)


def _whole(value: object, least: int) -> int:
    # Whole numbers come out of Yjs as floats.
    if (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and least <= value <= _MAX_SAFE
        and value == int(value)
    ):
        return int(value)
    raise InvalidPosition("a number in it is none, or out of range")


class RelativePositions:
    """Creates and resolves the relative positions of one document."""

    def __init__(self, items: FollowedItems) -> None:
        self._items = items
        # By client, sorted: clock, length and new id of what undo or redo brought again.
        self._redone: dict[int, list[tuple[int, int, Id]]] = {}

    def note_redone(self, update: bytes) -> None:
        """Hear of the update of an undo or redo here."""
        for (client, clock), length, copy in read_redone(update):
            known = self._redone.setdefault(client, [])
            known.insert(bisect_right(known, (clock,)), (clock, length, copy))

    def create(self, utf16: int, assoc: int) -> RelativePosition:
        """Return the position at an index of the content (UTF-16 units, 0 to its length).

        Raises `InvalidPosition` if the document's items cannot be put in order.
        """
        items = self._items.read()
        if items is None:
            raise InvalidPosition("this document was made so that it takes too long to find")
        if assoc < 0:
            utf16 -= 1
        unit = items.id_at(utf16) if utf16 >= 0 else None
        return RelativePosition(unit, CONTENT, None, assoc)

    def resolve(self, position: RelativePosition) -> int | None:
        """Return the index (UTF-16 units) where a position is now; None: not in this content."""
        items = self._items.read()
        if items is None:
            return None
        if position.item is not None:
            return items.index_of(*self._follow(position.item), position.assoc < 0)
        if position.tname != CONTENT:
            return None
        return 0 if position.assoc < 0 else items.length

    def _follow(self, unit: Id) -> Id:
        """Return the copy of a deleted unit that undo brought back, or of that one, and so on."""
        while True:
            client, clock = unit
            known = self._redone.get(client, [])
            at = bisect_right(known, (clock + 1,)) - 1
            if at < 0 or clock >= known[at][0] + known[at][1]:
                return unit
            start, _, (copier, copied) = known[at]
            unit = copier, copied + clock - start
