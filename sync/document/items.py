"""The items of the content in document order, by their ids: what pycrdt does not tell.

Yjs keeps a text as a list of items. Each stands for a run of clocks of one client, one
clock a UTF-16 unit or an embed; deleted ones stay, without their content. `ItemList`
follows the document's updates with a list of its own that holds ids and lengths only.
Nothing here knows a byte of text, so the units cannot be mixed up.

Where an item goes: yjs `Item.js`, `integrate`. What may be joined: `mergeWith`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from operator import attrgetter
from typing import TypeAlias

from sync.document.schema import CONTENT
from sync.document.structs import Reader, skip_content

Id: TypeAlias = tuple[int, int]
"""Client and clock."""

_CLOCK_BITS = 31  # sync.document.updates.MAX_CLOCK
_CLOCK_MASK = (1 << _CLOCK_BITS) - 1

_BLOCK = 256
"""Items in a fresh block; one is split when it has twice as many."""

_STRIDE = 64
"""Blocks whose lengths are added up in one go."""

_MOST_STEPS = 2_000_000
"""Neighbours looked at while placing the items of one update: about a second.

Honest writers need a handful an item. Yjs' rule takes quadratic time for many items
that were made for one place, and a peer can make as many as the update's size allows.
"""


class ItemsUnreadable(Exception):
    """An update that does not fit the list, or takes too long: begin anew from the state."""


class _Item:
    """A run of clocks. `block` is None for one that is not in the content: only its id counts."""

    __slots__ = (
        "block",
        "client",
        "clock",
        "countable",
        "deleted",
        "left",
        "length",
        "origin",
        "right",
        "right_origin",
    )

    def __init__(self, client: int, clock: int, length: int) -> None:
        self.client = client
        self.clock = clock
        self.length = length
        # Packed ids (`_pack`): what stood beside it when it was made.
        self.origin: int | None = None
        self.right_origin: int | None = None
        self.deleted = False
        self.countable = False
        self.left: _Item | None = None
        self.right: _Item | None = None
        self.block: _Block | None = None

    @property
    def last_id(self) -> int:
        return _pack(self.client, self.clock + self.length - 1)

    @property
    def shown(self) -> int:
        """How many UTF-16 units of the text it is now."""
        return self.length if self.countable and not self.deleted else 0


class _Block:
    """Some neighbouring items, so that nobody has to walk over all of them."""

    __slots__ = ("first", "number", "size")

    def __init__(self, first: _Item | None, size: int, number: int) -> None:
        self.first = first
        self.size = size
        self.number = number


_clock_of = attrgetter("clock")


def _pack(client: int, clock: int) -> int:
    """Return an id as one number: half the memory of a tuple, and there are many."""
    return client << _CLOCK_BITS | clock


class _Arriving:
    """The structs of one client in an update, and how many of them have been placed."""

    __slots__ = ("items", "placed")

    def __init__(self, items: list[tuple[_Item, bool]]) -> None:
        self.items = items
        self.placed = 0


class ItemList:
    """All items that the updates given to it have brought, which must come in causal order."""

    def __init__(self, state: bytes) -> None:
        """Take in a document's whole state. Raises `ItemsUnreadable`."""
        self._by_client: dict[int, list[_Item]] = {}
        self._blocks = [_Block(None, 0, 0)]
        self._shown = [0]  # UTF-16 units of each block
        self._steps = 0
        self._touched: list[_Item] | None = None
        self._take_in(state)

    @property
    def length(self) -> int:
        """UTF-16 units of the content."""
        return sum(self._shown)

    def __iter__(self) -> Iterator[tuple[int, int, int, bool]]:
        """Client, first clock, length (clocks) and whether it is seen, in document order."""
        item = self._blocks[0].first
        while item is not None:
            yield item.client, item.clock, item.length, item.shown > 0
            item = item.right

    def apply(self, update: bytes) -> None:
        """Follow one more update. Raises `ItemsUnreadable`; the list is of no use then."""
        self._touched = []
        self._take_in(update)
        for item in self._touched:
            if item.length:
                self._join(item, item.right)
                self._join(item.left, item)

    def id_at(self, utf16: int) -> Id | None:
        """Return the id of the unit at a UTF-16 index, None at the end."""
        if utf16 >= self.length:
            return None
        shown = self._shown
        number = 0
        while utf16 >= (units := sum(shown[number : number + _STRIDE])):
            utf16 -= units
            number += _STRIDE
        while utf16 >= shown[number]:
            utf16 -= shown[number]
            number += 1
        item = self._blocks[number].first
        while item is not None:
            units = item.shown
            if utf16 < units:
                return item.client, item.clock + utf16
            utf16 -= units
            item = item.right
        raise AssertionError("a block is shorter than its length")

    def index_of(self, client: int, clock: int, after: bool) -> int | None:
        """Return the UTF-16 index of a unit, or of the place behind it (`after`).

        One that is deleted, or no part of the text, has the index of what follows. None
        if the id is unknown, or not in the content.
        """
        item = self._find(client, clock)
        if item is None or item.block is None:
            return None
        block = item.block
        index = clock - item.clock + after if item.shown else 0
        while item is not block.first:
            item = item.left
            assert item is not None
            index += item.shown
        return index + sum(self._shown[: block.number])

    # Taking in

    def _take_in(self, update: bytes) -> None:
        self._steps = 0
        try:
            reader = Reader(update)
            arriving = {}
            for _ in range(reader.varuint()):
                client, items = _read_items(reader)
                arriving[client] = _Arriving(items)
            self._place_all(arriving)
            for _ in range(reader.varuint()):
                client = reader.varuint()
                for _ in range(reader.varuint()):
                    clock = reader.varuint()
                    self._delete(client, clock, clock + reader.varuint())
        except (IndexError, ValueError) as error:
            raise ItemsUnreadable(str(error)) from None

    def _place_all(self, arriving: dict[int, _Arriving]) -> None:
        """Place all items, each after those of other clients that it builds on."""
        for first in arriving:
            waiting: list[tuple[int, int]] = [(first, _CLOCK_MASK)]
            while waiting:
                client, until = waiting[-1]
                section = arriving[client]
                while section.placed < len(section.items) and self._clock(client) <= until:
                    item, in_content = section.items[section.placed]
                    missing = self._missing(item)
                    if missing is not None:
                        if missing[0] not in arriving or any(c == missing[0] for c, _ in waiting):
                            raise ItemsUnreadable("an item builds on one that is not there")
                        waiting.append(missing)
                        break
                    section.placed += 1
                    self._place(item, in_content)
                else:
                    waiting.pop()
                    if self._clock(client) <= until != _CLOCK_MASK:
                        raise ItemsUnreadable("an item builds on one that is not there")

    def _missing(self, item: _Item) -> Id | None:
        for packed in (item.origin, item.right_origin):
            if packed is not None:
                client, clock = packed >> _CLOCK_BITS, packed & _CLOCK_MASK
                if client != item.client and self._clock(client) <= clock:
                    return client, clock
        return None

    def _clock(self, client: int) -> int:
        """Return the clock that a client has reached."""
        items = self._by_client.get(client)
        return items[-1].clock + items[-1].length if items else 0

    def _place(self, item: _Item, in_content: bool) -> None:
        client = item.client
        known = self._clock(client) - item.clock
        if known < 0:
            raise ItemsUnreadable("clocks are left out")
        if known:
            if known >= item.length:
                return
            item.clock += known
            item.length -= known
            item.origin = _pack(client, item.clock - 1)
        left = right = None
        if item.origin is not None:
            left = self._ending_at(item.origin)
            in_content = left.block is not None
        if item.right_origin is not None:
            right = self._starting_at(item.right_origin)
            in_content = right.block is not None and (left is None or in_content)
        items = self._by_client.setdefault(client, [])
        if in_content:
            items.append(item)
            self._link(item, self._left_of(item, left, right))
            if self._touched is not None:
                self._touched.append(item)
        elif items and items[-1].block is None:
            items[-1].length += item.length
        else:
            items.append(item)

    def _left_of(self, item: _Item, left: _Item | None, right: _Item | None) -> _Item | None:
        """Return what `item` goes behind, of all that others put between `left` and `right`."""
        other = self._blocks[0].first if left is None else left.right
        before: set[_Item] = set()
        conflicting: set[_Item] = set()
        while other is not None and other is not right:
            self._steps += 1
            if self._steps > _MOST_STEPS:
                raise ItemsUnreadable("too many were put in one place")
            before.add(other)
            conflicting.add(other)
            if item.origin == other.origin:
                if other.client < item.client:
                    left = other
                    conflicting.clear()
                elif item.right_origin == other.right_origin:
                    break
            elif other.origin is not None and (origin := self._holding(other.origin)) in before:
                if origin not in conflicting:
                    left = other
                    conflicting.clear()
            else:
                break
            other = other.right
        return left

    def _delete(self, client: int, start: int, end: int) -> None:
        while start < end:
            item = self._find(client, start)
            if item is None:
                raise ItemsUnreadable("something unknown was deleted")
            if item.block is not None and not item.deleted:
                if item.clock < start:
                    item = self._split(item, start - item.clock)
                if item.clock + item.length > end:
                    self._split(item, end - item.clock)
                assert item.block is not None
                self._shown[item.block.number] -= item.shown
                item.deleted = True
                if self._touched is not None:
                    self._touched.append(item)
            start = item.clock + item.length

    # Finding, splitting and joining

    def _find(self, client: int, clock: int) -> _Item | None:
        items = self._by_client.get(client)
        if not items or not 0 <= clock < items[-1].clock + items[-1].length:
            return None
        if items[-1].clock <= clock:  # what was written last is what is written beside
            return items[-1]
        return items[bisect_right(items, clock, key=_clock_of) - 1]

    def _holding(self, packed: int) -> _Item:
        item = self._find(packed >> _CLOCK_BITS, packed & _CLOCK_MASK)
        if item is None:
            raise ItemsUnreadable("an item builds on one that is not there")
        return item

    def _ending_at(self, packed: int) -> _Item:
        item = self._holding(packed)
        size = (packed & _CLOCK_MASK) - item.clock + 1
        if size < item.length and item.block is not None:
            self._split(item, size)
        return item

    def _starting_at(self, packed: int) -> _Item:
        item = self._holding(packed)
        size = (packed & _CLOCK_MASK) - item.clock
        return self._split(item, size) if size and item.block is not None else item

    def _split(self, item: _Item, size: int) -> _Item:
        """Leave `size` clocks in `item`; return the item of the others."""
        rest = _Item(item.client, item.clock + size, item.length - size)
        rest.origin = _pack(item.client, rest.clock - 1)
        rest.right_origin = item.right_origin
        rest.deleted, rest.countable = item.deleted, item.countable
        assert item.block is not None
        self._shown[item.block.number] -= rest.shown  # and _link adds it
        item.length = size
        items = self._by_client[item.client]
        items.insert(bisect_right(items, rest.clock, key=_clock_of), rest)
        self._link(rest, item)
        if self._touched is not None:
            self._touched.append(rest)
        return rest

    def _link(self, item: _Item, left: _Item | None) -> None:
        """Put `item` into the list behind `left`, or first."""
        item.left = left
        if left is None:
            block = self._blocks[0]
            item.right = block.first
            block.first = item
        else:
            assert left.block is not None
            block = left.block
            item.right = left.right
            left.right = item
        if item.right is not None:
            item.right.left = item
        item.block = block
        block.size += 1
        self._shown[block.number] += item.shown
        if block.size > 2 * _BLOCK:
            self._halve(block)

    def _halve(self, block: _Block) -> None:
        first = block.first
        for _ in range(_BLOCK):
            assert first is not None
            first = first.right
        fresh = _Block(first, block.size - _BLOCK, block.number + 1)
        units, item = 0, first
        for _ in range(fresh.size):
            assert item is not None
            item.block = fresh
            units += item.shown
            item = item.right
        block.size = _BLOCK
        self._blocks.insert(fresh.number, fresh)
        self._shown.insert(fresh.number, units)
        self._shown[block.number] -= units
        for later in self._blocks[fresh.number + 1 :]:
            later.number += 1

    def _join(self, left: _Item | None, right: _Item | None) -> None:
        """Make one item of two that Yjs would join, so that typing does not make one a letter."""
        if (
            left is None
            or right is None
            or left.client != right.client
            or left.clock + left.length != right.clock
            or left.block is not right.block
            or left.deleted != right.deleted
            or left.countable != right.countable
            or left.right_origin != right.right_origin
            or left.last_id != right.origin
        ):
            return
        assert left.block is not None
        left.block.size -= 1
        left.length += right.length
        left.right = right.right
        if left.right is not None:
            left.right.left = left
        items = self._by_client[right.client]
        del items[bisect_right(items, right.clock, key=_clock_of) - 1]
        right.length = 0


def _read_items(reader: Reader) -> tuple[int, list[tuple[_Item, bool]]]:
    """Read one client's structs; with each, whether it says itself that it is in the content."""
    count, client, clock = reader.varuint(), reader.varuint(), reader.varuint()
    varuint = reader.varuint
    items = []
    for _ in range(count):
        info = reader.data[reader.at]
        reader.at += 1
        kind = info & 0x1F
        if info == 10:
            raise ItemsUnreadable("clocks are left out")
        item = _Item(client, clock, 0)
        in_content = False
        if kind == 0:
            item.length = varuint()
        else:
            if info & 0x80:
                origin = varuint()
                item.origin = _pack(origin, varuint())
            if info & 0x40:
                origin = varuint()
                item.right_origin = _pack(origin, varuint())
            if not info & 0xC0:
                if varuint() == 1:
                    in_content = reader.string() == _CONTENT and not info & 0x20
                else:
                    varuint()
                    varuint()
                if info & 0x20:
                    reader.skip_string()
            item.length = skip_content(reader, kind)
            item.deleted = kind == 1
            item.countable = kind not in (1, 6)  # deleted, format
        items.append((item, in_content))
        clock += item.length
    return client, items


_CONTENT = CONTENT.encode()


def read_redone(update: bytes) -> list[tuple[Id, int, Id]]:
    """Return what undo or redo brought again: the old first id, clocks, and the new first id.

    `update` is that of the transaction. Yjs and pycrdt put the copy before the deleted
    item (yjs `Item.js`, `redoItem`), so its right origin says what it is a copy of.
    """
    reader = Reader(update)
    redone = []
    for _ in range(reader.varuint()):
        for item, _ in _read_items(reader)[1]:
            if (old := item.right_origin) is not None:
                source = (old >> _CLOCK_BITS, old & _CLOCK_MASK)
                redone.append((source, item.length, (item.client, item.clock)))
    return redone
