"""The items of the content in document order, by their ids: what pycrdt does not tell.

Yjs keeps a text as a list of items. Each stands for a run of clocks of one client, one
clock a UTF-16 unit or an embed; deleted ones stay, without their content. `ItemList`
follows the document's updates with a list of its own that holds ids and lengths only.
Nothing here knows a byte of text, so the units cannot be mixed up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from sync.document.columns import (
    CLOCK_BITS,
    CLOCK_MASK,
    COUNTABLE,
    DELETED,
    NONE,
    SHOWN,
    ItemsUnreadable,
)
from sync.document.placing import PlacedItems
from sync.document.structs import Reader, UpdateHeader, read_origins, skip_content

Id: TypeAlias = tuple[int, int]
"""Client and clock."""

_MOST_COPIES = 100
"""Copies of copies that are looked at."""

_MOST_BESIDE = 64
"""Items before a deleted one among which its copy is looked for."""

_STRIDE = 64
"""Blocks whose lengths are added up in one go."""

_MOST_TOMBSTONES = 1000
"""Deleted neighbours that are stepped over where text is put in."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A unit that may be the copy of a deleted one; all in UTF-16 units."""

    index: int
    shown: bool
    """Whether it is not deleted, too; then `index` is that of what follows."""
    before: int
    """Units of the same item before it."""
    behind: int
    """Units of the same item behind it."""


class ItemList(PlacedItems):
    """All items that the updates given to it have brought, which must come in causal order."""

    def __init__(self, state: bytes) -> None:
        """Take in a document's whole state. Raises `ItemsUnreadable`."""
        for _ in self._building(state):
            pass

    @classmethod
    def in_steps(cls, state: bytes) -> tuple[ItemList, Iterator[None]]:
        """Return a list that is of no use before the iterator beside it has ended.

        Each step takes about a millisecond, and may raise `ItemsUnreadable`.
        """
        items = cls.__new__(cls)
        return items, items._building(state)

    def apply(self, update: bytes) -> None:
        """Follow one more update. Raises `ItemsUnreadable`; the list is of no use then."""
        self.finish(self.begin(update))

    @property
    def length(self) -> int:
        """UTF-16 units of the content."""
        return sum(self._shown)

    def __iter__(self) -> Iterator[tuple[int, int, int, bool]]:
        """Client, first clock, length (clocks) and whether it is seen, in document order."""
        c = self._columns
        row = self._first
        while row != NONE:
            client, clock = c.unpacked(c.first_id[row])
            yield client, clock, c.size[row], self.shown(row) > 0
            row = c.right[row]

    def id_at(self, utf16: int) -> Id | None:
        """Return the id of the unit at a UTF-16 index, None at the end."""
        if utf16 >= self.length:
            return None
        row, offset = self.find_unit(utf16)
        return self._columns.unpacked(self._columns.first_id[row] + offset)

    def find_unit(self, utf16: int) -> tuple[int, int]:
        """Return the row that holds the unit at a UTF-16 index, and where in it (units)."""
        shown = self._shown
        number = 0
        while utf16 >= (units := sum(shown[number : number + _STRIDE])):
            utf16 -= units
            number += _STRIDE
        while utf16 >= shown[number]:
            utf16 -= shown[number]
            number += 1
        c = self._columns
        size, right, flags = c.size, c.right, c.flags
        row = self._block_first[self._order[number]]
        while True:
            if flags[row] & SHOWN == COUNTABLE:
                units = size[row]
                if utf16 < units:
                    return row, utf16
                utf16 -= units
            row = right[row]

    def index_of(self, client: int, clock: int, after: bool) -> int | None:
        """Return the UTF-16 index of a unit, or of the place behind it (`after`).

        One that is deleted, or no part of the text, has the index of what follows. None
        if the id is unknown, or not in the content.
        """
        c = self._columns
        packed = c.packed(client, clock) if 0 <= clock <= CLOCK_MASK else NONE
        row = NONE if packed == NONE else self._find(packed)
        if row == NONE or c.block[row] == NONE:
            return None
        return self.index_of_row(row) + (packed - c.first_id[row] + after if self.shown(row) else 0)

    def copies(self, client: int, clock: int) -> Iterator[Copy]:
        """Find what may be copies of a deleted unit, put there by undo, the oldest first.

        Undo puts a copy of an item before it, with that as its right origin (yjs `Item.js`,
        `redoItem`), and so does redo. So does who writes before it: compare the text.
        """
        c = self._columns
        left, right_origin = c.left, c.right_origin
        waiting = [(client, clock)]
        for _ in range(_MOST_COPIES):
            if not waiting:
                return
            client, clock = waiting.pop(0)
            packed = c.packed(client, clock)
            row = NONE if packed == NONE else self._find(packed)
            if row == NONE or c.block[row] == NONE:
                return
            seen: set[int] = set()
            for _ in range(_MOST_BESIDE):
                row = left[row]
                if row == NONE:
                    break
                # `packed` numbers are in the order of client and clock.
                if not packed & ~CLOCK_MASK <= right_origin[row] <= packed:
                    continue
                for unit in self._copied(row, packed):
                    if unit in seen:
                        continue
                    seen.add(unit)
                    holder = self._find(unit)
                    index = self.index_of_row(holder)
                    if self.shown(holder):
                        before = unit - c.first_id[holder]
                        yield Copy(index + before, True, before, c.size[holder] - before - 1)
                    else:
                        waiting.append(c.unpacked(unit))
                        yield Copy(index, False, 0, 0)

    def _copied(self, row: int, packed: int) -> Iterator[int]:
        """Find the units that may be copies of another one, if an item is a part of its copy.

        The item's right origin is of the same client, and not behind the unit. Where the
        copy begins is not sure: what goes on behind an item of the same person's may have
        been cut off it, or be a copy that was made right behind it. If Yjs has joined the
        two, its end says where it began.
        """
        c = self._columns
        right, first = c.right_origin[row], c.first_id[row]
        old = self._find(right)
        rest = self._run_end(old) - packed  # of the deleted item, from the unit on
        end = self._run_end(row)
        if 0 < rest <= end - first:
            yield end - rest
        for _ in range(_MOST_BESIDE):
            unit = first + packed - right
            holder = self._find(unit) if unit >> CLOCK_BITS == first >> CLOCK_BITS else NONE
            if holder != NONE and c.block[holder] != NONE and c.right_origin[holder] == right:
                yield unit
            if c.origin[row] != first - 1 or not first & CLOCK_MASK:
                return
            row = self._find(first - 1)
            if row == NONE or c.right_origin[row] != right:
                return
            first = c.first_id[row]

    def _run_end(self, row: int) -> int:
        """Return the id behind an item and all that Yjs would join to it, if it has or not."""
        c = self._columns
        end = c.first_id[row] + c.size[row]
        for _ in range(_MOST_BESIDE):
            following = c.right[row]
            if (
                following == NONE
                or c.first_id[following] != end
                or c.origin[following] != end - 1
                or c.right_origin[following] != c.right_origin[row]
                or (c.flags[following] ^ c.flags[row]) & SHOWN
            ):
                break
            row, end = following, end + c.size[following]
        return end

    def comes_before(self, client: int, left: Id | None, right: Id) -> bool:
        """Whether what a client puts between two units comes right before `right`.

        Nothing that is seen comes in between but what later clients put there.
        """
        c = self._columns
        target = c.packed(*right)
        origin = NONE if left is None else c.packed(*left)
        if target == NONE or (origin == NONE) != (left is None):
            return False
        row = self._find(target)
        before = NONE if left is None else self._find(origin)
        if row == NONE or c.block[row] == NONE:
            return False
        if left is not None:
            if before == NONE or c.block[before] == NONE:
                return False
            if before == row:
                return origin + 1 == target
            if self._last_id(before) != origin:
                return False
        if c.first_id[row] != target:
            return False
        self._steps = 0
        try:
            before = self._left_of(client, origin, target, before, row)
        except ItemsUnreadable:
            return False
        between = self._first if before == NONE else c.right[before]
        while between != row:
            if between == NONE:
                return False
            if self.shown(between) and c.unpacked(c.first_id[between])[0] < client:
                return False
            between = c.right[between]
        return True

    def written_by(self, client: int) -> bool:
        """Whether anything that a client has put in is seen, itself or brought again by undo."""
        c = self._columns
        packed = c.packed(client, 0)
        if packed == NONE:
            return False
        for row in c.of_client[packed >> CLOCK_BITS]:
            if c.block[row] != NONE and c.flags[row] & COUNTABLE:
                if self.shown(row):
                    return True
                if any(copy.shown for copy in self.copies(*c.unpacked(c.first_id[row]))):
                    return True
        return False

    def is_shown(self, client: int, clock: int) -> bool:
        """Whether a unit is in the text and not deleted."""
        packed = self._columns.packed(client, clock) if 0 <= clock <= CLOCK_MASK else NONE
        row = NONE if packed == NONE else self._find(packed)
        return row != NONE and self._columns.block[row] != NONE and self.shown(row) > 0

    def index_of_row(self, row: int) -> int:
        """Return the UTF-16 index of an item in the content, or of what follows it."""
        c = self._columns
        size, left, flags = c.size, c.left, c.flags
        block = c.block[row]
        first = self._block_first[block]
        index = 0
        while row != first:
            row = left[row]
            if flags[row] & SHOWN == COUNTABLE:
                index += size[row]
        return index + sum(self._shown[: self._block_number[block]])

    def countable(self, row: int) -> int:
        """Return how many UTF-16 units of the text an item is, or was before its deletion."""
        c = self._columns
        return c.size[row] if c.flags[row] & COUNTABLE else 0

    def deleted(self, row: int) -> bool:
        """Whether an item is deleted."""
        return bool(self._columns.flags[row] & DELETED)

    def live_neighbour(self, row: int, *, left: bool) -> int | None:
        """Return the next item that is not deleted, `NONE` at an end of the text.

        None if too many deleted ones are in between.
        """
        c = self._columns
        column = c.left if left else c.right
        for _ in range(_MOST_TOMBSTONES):
            row = column[row]
            if row == NONE or not c.flags[row] & DELETED:
                return row
        return None

    def clock(self, client: int) -> int:
        """Return the clock that a client has reached."""
        c = self._columns
        packed = c.packed(client, 0)
        return 0 if packed == NONE else c.reached[packed >> CLOCK_BITS]

    def gap_at(self, utf16: int, *, before: bool) -> tuple[Id | None, Id | None]:
        """Return the ids between which text goes at a UTF-16 index, None for an end.

        It goes behind the unit to the left and, as Yjs does it, behind what is deleted
        there. With `before` it goes right before the unit at the index, which must exist.
        """
        c = self._columns
        if before:
            row, offset = self.find_unit(utf16)
            left = c.first_id[row] + offset - 1 if offset else self._last_id(c.left[row])
            right = c.first_id[row] + offset
        else:
            row = NONE
            if utf16:
                row, offset = self.find_unit(utf16 - 1)
                if offset + 1 < c.size[row]:
                    unit = c.first_id[row] + offset
                    return c.unpacked(unit), c.unpacked(unit + 1)
            following = self._first if row == NONE else c.right[row]
            for _ in range(_MOST_TOMBSTONES):
                if following == NONE or not c.flags[following] & DELETED:
                    break
                row, following = following, c.right[following]
            left = self._last_id(row)
            right = NONE if following == NONE else c.first_id[following]
        return (
            None if left == NONE else c.unpacked(left),
            None if right == NONE else c.unpacked(right),
        )

    def units(self, utf16: int, length: int) -> dict[int, list[tuple[int, int]]]:
        """Return the clocks of what is seen in a range, as (first, length), by client."""
        found: dict[int, list[tuple[int, int]]] = {}
        for client, clock, units in self.seen(utf16, length):
            found.setdefault(client, []).append((clock, units))
        return found

    def seen(self, utf16: int, length: int) -> Iterator[tuple[int, int, int]]:
        """Return what is seen in a range, in order: client, first clock, and how many units."""
        c = self._columns
        row, offset = self.find_unit(utf16) if length else (NONE, 0)
        while length:
            if units := self.shown(row):
                units = min(units - offset, length)
                client, clock = c.unpacked(c.first_id[row] + offset)
                yield client, clock, units
                length -= units
                offset = 0
            row = c.right[row]


def read_redone(update: bytes) -> list[tuple[Id, int, Id]]:
    """Return what undo or redo brought again: the old first id, clocks, and the new first id.

    `update` is that of the transaction. Yjs and pycrdt put the copy before the deleted
    item (yjs `Item.js`, `redoItem`), so its right origin says what it is a copy of.
    """
    reader = Reader(update)
    redone = []
    for _ in range(reader.varuint()):
        count, client, clock = reader.varuint(), reader.varuint(), reader.varuint()
        for _ in range(count):
            info = reader.data[reader.at]
            start = reader.at = reader.at + 1
            old: Id | None = None
            if info & 0x1F == 0 or info == 10:
                length = reader.varuint()
            else:
                read_origins(reader, UpdateHeader(), info)
                end = reader.at
                if info & 0x40:
                    reader.at = start
                    if info & 0x80:
                        reader.varuint()
                        reader.varuint()
                    old = reader.varuint(), reader.varuint()
                reader.at = end
                length = skip_content(reader, info & 0x1F)
            if old is not None:
                redone.append((old, length, (client, clock)))
            clock += length
    return redone
