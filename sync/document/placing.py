"""Where the items of an update go in the text: Yjs' rule, followed beside pycrdt.

Where an item goes: yjs `Item.js`, `integrate`. What may be joined: `mergeWith`.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator

from sync.document.columns import (
    CLOCK_BITS,
    CLOCK_MASK,
    COUNTABLE,
    DECLARED,
    DELETED,
    NONE,
    ROWS_AT_A_TIME,
    SHOWN,
    Arriving,
    Columns,
    ItemsUnreadable,
)
from sync.document.structs import Reader

_BLOCK = 256
"""Items in a fresh block; one is split when it has twice as many."""

_MOST_STEPS = 2_000_000
"""Neighbours looked at while placing the items of one update: about a second.

Honest writers need a handful an item. Yjs' rule takes quadratic time for many items
that were made for one place, and a peer can make as many as the update's size allows.
"""


class Step:
    """What one update changed in the list: rows of new items and of newly deleted ones."""

    __slots__ = ("contents", "deleted", "inserted", "split")

    def __init__(self) -> None:
        self.contents: dict[int, tuple[int, bytes]] = {}
        """Kind and bytes of new texts and formats, as far as they are known."""
        self.inserted: list[int] = []
        self.deleted: list[int] = []
        """Were in the content before, and not deleted."""
        self.split: list[int] = []


class PlacedItems:
    """All items that the updates given to it have brought, in blocks of neighbours."""

    def _building(self, state: bytes) -> Iterator[None]:
        self._columns = Columns()
        self._first = NONE
        self._steps = 0
        # While there are no blocks, only neighbours are kept up: the state is being read.
        self._blocks = False
        self._block_first = array("i")
        self._block_size = array("i")
        self._block_number = array("i")
        self._order = array("i")  # blocks in document order
        self._shown = array("i")  # UTF-16 units of each, by its number in that order
        self._step: Step | None = None
        yield from self._take_in(state)

    def begin(self, update: bytes) -> Step:
        """Follow one more update and say what it changed; `finish` must come before the next.

        Raises `ItemsUnreadable`; the list is of no use then.
        """
        self._step = step = Step()
        for _ in self._take_in(update):
            pass
        return step

    def finish(self, step: Step) -> None:
        """Join what Yjs would join, so that typing does not make an item of each letter."""
        self._step = None
        c = self._columns
        for row in (*step.inserted, *step.deleted, *step.split):
            if c.size[row] and c.block[row] != NONE:
                self._join(row, c.right[row])
                self._join(c.left[row], row)

    def shown(self, row: int) -> int:
        """Return how many UTF-16 units of the text an item is now."""
        c = self._columns
        return c.size[row] if c.flags[row] & SHOWN == COUNTABLE else 0

    # Taking in

    def _take_in(self, update: bytes) -> Iterator[None]:
        self._steps = 0
        step = self._step
        try:
            reader = Reader(update)
            arriving: dict[int, Arriving] = {}
            contents = None if step is None else step.contents
            yield from self._columns.read_structs(reader, arriving, contents)
            yield from self._place_all(arriving)
            for _ in range(reader.varuint()):
                number = self._columns.number_of(reader.varuint()) << CLOCK_BITS
                for count in range(reader.varuint()):
                    if count % ROWS_AT_A_TIME == ROWS_AT_A_TIME - 1:
                        yield
                    start = number | reader.varuint()
                    self._delete(start, start + reader.varuint())
            if not self._blocks:
                yield from self._make_blocks()
        except (IndexError, ValueError, OverflowError) as error:
            raise ItemsUnreadable(str(error)) from None

    def _place_all(self, arriving: dict[int, Arriving]) -> Iterator[None]:
        """Place all items, each after those of other clients that it builds on."""
        c = self._columns
        origins, right_origins, reached = c.origin, c.right_origin, c.reached
        for first in arriving:
            waiting: list[tuple[int, int]] = [(first, CLOCK_MASK)]
            while waiting:
                client, until = waiting[-1]
                section = arriving[client]
                rows = section.rows
                while section.placed < len(rows) and reached[client] <= until:
                    row = rows[section.placed]
                    missing = NONE
                    for packed in (origins[row], right_origins[row]):
                        if packed != NONE and reached[packed >> CLOCK_BITS] <= packed & CLOCK_MASK:
                            missing = packed
                            break
                    if missing != NONE and missing >> CLOCK_BITS != client:
                        other = missing >> CLOCK_BITS
                        if other not in arriving or any(w == other for w, _ in waiting):
                            raise ItemsUnreadable("an item builds on one that is not there")
                        waiting.append((other, missing & CLOCK_MASK))
                        break
                    section.placed += 1
                    self._place(row, client)
                    if section.placed % ROWS_AT_A_TIME == 0:
                        yield
                else:
                    waiting.pop()
                    if reached[client] <= until != CLOCK_MASK:
                        raise ItemsUnreadable("an item builds on one that is not there")

    def _place(self, row: int, client: int) -> None:
        c = self._columns
        clock = c.first_id[row] & CLOCK_MASK
        known = c.reached[client] - clock
        if known < 0:
            raise ItemsUnreadable("clocks are left out")
        if known:
            if known >= c.size[row]:
                self._drop(row)
                return
            c.first_id[row] += known
            c.size[row] -= known
            c.origin[row] = c.first_id[row] - 1
            if self._step is not None:
                self._step.contents.pop(row, None)
        left = right = NONE
        in_content = bool(c.flags[row] & DECLARED)
        rows = c.of_client[client]
        origin, right_origin = c.origin[row], c.right_origin[row]
        if origin != NONE:
            # Most are written behind what the same person wrote last.
            left = rows[-1] if origin == c.first_id[row] - 1 else self._ending_at(origin)
            in_content = c.block[left] != NONE
        after = self._first if left == NONE else c.right[left]
        if right_origin != NONE:
            beside = after != NONE and c.first_id[after] == right_origin
            right = after if beside else self._starting_at(right_origin)
            in_content = c.block[right] != NONE and (left == NONE or in_content)
        c.reached[client] += c.size[row]
        if in_content:
            rows.append(row)
            after = self._first if left == NONE else c.right[left]  # `right` may have been cut
            if after != right:
                writer = c.clients[client]
                left = self._left_of(writer, c.origin[row], c.right_origin[row], left, right)
            self._link(row, left)
            if self._step is not None:
                self._step.inserted.append(row)
        elif rows and c.block[rows[-1]] == NONE:
            c.size[rows[-1]] += c.size[row]
            self._drop(row)
        else:
            rows.append(row)

    def _drop(self, row: int) -> None:
        """Forget an item that says nothing new, or whose id is all that counts."""
        if self._step is not None:
            self._step.contents.pop(row, None)
        self._columns.free_row(row)

    def _left_of(self, client: int, origin: int, right_origin: int, left: int, right: int) -> int:
        """Return what an item goes behind, of all that others put between `left` and `right`.

        `origin` and `right_origin` are the item's own (packed ids), `client` who wrote it.
        """
        c = self._columns
        other = self._first if left == NONE else c.right[left]
        before: set[int] = set()
        conflicting: set[int] = set()
        while other not in (NONE, right):
            self._steps += 1
            if self._steps > _MOST_STEPS:
                raise ItemsUnreadable("too many were put in one place")
            before.add(other)
            conflicting.add(other)
            others = c.origin[other]
            if origin == others:
                if c.clients[c.first_id[other] >> CLOCK_BITS] < client:
                    left = other
                    conflicting.clear()
                elif right_origin == c.right_origin[other]:
                    break
            elif others != NONE and (held_by := self._holding(others)) in before:
                if held_by not in conflicting:
                    left = other
                    conflicting.clear()
            else:
                break
            other = c.right[other]
        return left

    def _delete(self, start: int, end: int) -> None:
        c = self._columns
        while start < end:
            row = self._find(start)
            if row == NONE:
                raise ItemsUnreadable("something unknown was deleted")
            if c.block[row] != NONE and not c.flags[row] & DELETED:
                if c.first_id[row] < start:
                    row = self._split(row, start - c.first_id[row])
                if c.first_id[row] + c.size[row] > end:
                    self._split(row, end - c.first_id[row])
                if self._blocks:
                    self._shown[self._block_number[c.block[row]]] -= self.shown(row)
                c.flags[row] |= DELETED
                if self._step is not None:
                    self._step.deleted.append(row)
            start = c.first_id[row] + c.size[row]

    # Finding, splitting and joining

    def _find(self, packed: int) -> int:
        """Return the row that holds a unit, `NONE` if there is none."""
        c = self._columns
        client = packed >> CLOCK_BITS
        rows = c.of_client[client]
        if not rows or packed & CLOCK_MASK >= c.reached[client]:
            return NONE
        last = rows[-1]
        if c.first_id[last] <= packed:  # what was written last is what is written beside
            return last
        return rows[bisect_right(rows, packed, key=c.first_id.__getitem__) - 1]

    def _last_id(self, row: int) -> int:
        c = self._columns
        return NONE if row == NONE else c.first_id[row] + c.size[row] - 1

    def _holding(self, packed: int) -> int:
        row = self._find(packed)
        if row == NONE:
            raise ItemsUnreadable("an item builds on one that is not there")
        return row

    def _ending_at(self, packed: int) -> int:
        row = self._holding(packed)
        size = packed - self._columns.first_id[row] + 1
        if size < self._columns.size[row] and self._columns.block[row] != NONE:
            self._split(row, size)
        return row

    def _starting_at(self, packed: int) -> int:
        row = self._holding(packed)
        size = packed - self._columns.first_id[row]
        return self._split(row, size) if size and self._columns.block[row] != NONE else row

    def _split(self, row: int, size: int) -> int:
        """Leave `size` clocks in an item; return the item of the others."""
        c = self._columns
        first = c.first_id[row] + size
        rest = c.new_row(first, c.size[row] - size, first - 1, c.right_origin[row], c.flags[row])
        if self._blocks:
            # `_link` adds it again.
            self._shown[self._block_number[c.block[row]]] -= self.shown(rest)
        c.size[row] = size
        rows = c.of_client[first >> CLOCK_BITS]
        rows.insert(bisect_right(rows, first, key=c.first_id.__getitem__), rest)
        self._link(rest, row)
        if self._step is not None:
            self._step.contents.pop(row, None)
            self._step.split.append(rest)
        return rest

    def _link(self, row: int, left: int) -> None:
        """Put an item into the list behind `left`, or first."""
        c = self._columns
        c.left[row] = left
        if left == NONE:
            right = self._first
            self._first = row
        else:
            right = c.right[left]
            c.right[left] = row
        c.right[row] = right
        if right != NONE:
            c.left[right] = row
        if not self._blocks:
            c.block[row] = 0
            return
        block = self._order[0] if left == NONE else c.block[left]
        if left == NONE:
            self._block_first[block] = row
        c.block[row] = block
        self._block_size[block] += 1
        self._shown[self._block_number[block]] += self.shown(row)
        if self._block_size[block] > 2 * _BLOCK:
            self._halve(block)

    def _make_blocks(self) -> Iterator[None]:
        """Put all items into blocks; until now there was one in name only."""
        c = self._columns
        row = self._first
        while row != NONE or not self._order:
            block = len(self._order)
            self._block_first.append(row)
            self._block_number.append(block)
            self._order.append(block)
            size = units = 0
            while row != NONE and size < _BLOCK:
                c.block[row] = block
                units += self.shown(row)
                size += 1
                row = c.right[row]
            self._block_size.append(size)
            self._shown.append(units)
            yield
        self._blocks = True

    def _halve(self, block: int) -> None:
        c = self._columns
        first = self._block_first[block]
        for _ in range(_BLOCK):
            first = c.right[first]
        fresh, number = len(self._block_first), self._block_number[block] + 1
        size = self._block_size[block] - _BLOCK
        units, row = 0, first
        for _ in range(size):
            c.block[row] = fresh
            units += self.shown(row)
            row = c.right[row]
        self._block_first.append(first)
        self._block_size.append(size)
        self._block_number.append(number)
        self._block_size[block] = _BLOCK
        self._order.insert(number, fresh)
        self._shown.insert(number, units)
        self._shown[number - 1] -= units
        for later in range(number + 1, len(self._order)):
            self._block_number[self._order[later]] = later

    def _join(self, left: int, right: int) -> None:
        """Make one item of two that Yjs would join."""
        c = self._columns
        if (
            left == NONE
            or right == NONE
            or self._last_id(left) != c.origin[right]
            or c.first_id[left] + c.size[left] != c.first_id[right]
            or c.block[left] != c.block[right]
            or (c.flags[left] ^ c.flags[right]) & SHOWN
            or c.right_origin[left] != c.right_origin[right]
        ):
            return
        self._block_size[c.block[left]] -= 1
        c.size[left] += c.size[right]
        after = c.right[left] = c.right[right]
        if after != NONE:
            c.left[after] = left
        rows = c.of_client[c.first_id[right] >> CLOCK_BITS]
        del rows[bisect_right(rows, c.first_id[right], key=c.first_id.__getitem__) - 1]
        c.free_row(right)
