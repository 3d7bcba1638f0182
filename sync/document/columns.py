"""The items of a text as columns of numbers: 45 bytes an item, where an object takes 190.

A row is an item: a run of clocks of one client. Rows are reused when items are joined.
An id is packed into one number (`pack`), with the client as the number of its row in
`clients`, because Yjs' client ids have up to 53 bits.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass

from sync.document.schema import CONTENT
from sync.document.structs import Reader, skip_content
from sync.document.updates import MAX_CLOCK

NONE = -1
"""No item, or no id."""

CLOCK_BITS = 31
CLOCK_MASK = MAX_CLOCK

DELETED = 1
COUNTABLE = 2
"""Has an index of its own in the text: a string or an embed, no format."""
DECLARED = 4
"""Says itself that it is in the content, instead of standing beside what is."""
SHOWN = DELETED | COUNTABLE
"""`flags & SHOWN == COUNTABLE` for what is seen."""

STRING, EMBED, FORMAT = 4, 5, 6
"""Kinds of content (yjs `Item.js`, `contentRefs`)."""

ROWS_AT_A_TIME = 256
"""Structs that are read or placed between two pauses: about a millisecond."""

_CONTENT = CONTENT.encode()
_NO_IDS = array("q", [NONE])
_NO_ROWS = array("i", [NONE])


class ItemsUnreadable(Exception):
    """An update that does not fit the list, or takes too long: begin anew from the state."""


@dataclass(slots=True)
class Arriving:
    """The structs of one client in an update, and how many of them have been placed."""

    rows: array[int]
    placed: int = 0


class Columns:
    """Rows of items; the columns are public to `ItemList`, which knows what they mean."""

    def __init__(self) -> None:
        self.clients: list[int] = []
        self._client_numbers: dict[int, int] = {}
        self._five: dict[bytes, int] = {}
        self.reached: list[int] = []
        """Clock that each client has reached, by its number."""
        self.of_client: list[array[int]] = []
        """Rows of each client by clock, as far as they are placed."""
        self.first_id = array("q")
        self.size = array("i")
        """Clocks."""
        self.origin = array("q")
        self.right_origin = array("q")
        self.left = array("i")
        self.right = array("i")
        self.block = array("i")
        """Block that holds the item, `NONE` if it is not in the content."""
        self.flags = bytearray()
        self._free = array("i")

    def number_of(self, client: int) -> int:
        """Return the number of a client, which it gets now if it has none."""
        number = self._client_numbers.get(client)
        if number is None:
            number = self._client_numbers[client] = len(self.clients)
            self.clients.append(client)
            self.reached.append(0)
            self.of_client.append(array("i"))
        return number

    def packed(self, client: int, clock: int) -> int:
        """Return an id as one number; `NONE` if nothing of that client is known."""
        number = self._client_numbers.get(client)
        return NONE if number is None else number << CLOCK_BITS | clock

    def unpacked(self, packed: int) -> tuple[int, int]:
        """Return client and clock of an id."""
        return self.clients[packed >> CLOCK_BITS], packed & CLOCK_MASK

    def new_row(self, first_id: int, size: int, origin: int, right_origin: int, flags: int) -> int:
        """Return the row of a new item, which is not placed yet."""
        if not self._free:
            self._add_rows(64)
        row = self._free.pop()
        self.first_id[row] = first_id
        self.size[row] = size
        self.origin[row] = origin
        self.right_origin[row] = right_origin
        self.left[row] = self.right[row] = self.block[row] = NONE
        self.flags[row] = flags
        return row

    def _add_rows(self, count: int) -> None:
        """Add free rows, the first of which is taken first."""
        start = len(self.flags)
        for column in (self.first_id, self.origin, self.right_origin):
            column.extend(_NO_IDS * count)
        for column in (self.size, self.left, self.right, self.block):
            column.extend(_NO_ROWS * count)
        self.flags += bytes(count)
        self._free.extend(range(start + count - 1, start - 1, -1))

    def free_row(self, row: int) -> None:
        """Let a row be used again; its size is 0 from now on."""
        self.size[row] = 0
        self._free.append(row)

    def read_structs(
        self,
        reader: Reader,
        arriving: dict[int, Arriving],
        contents: dict[int, tuple[int, bytes]] | None,
    ) -> Iterator[None]:
        """Make a row of each struct of an update, with pauses.

        `contents` gets kind and bytes of texts and formats, by row.

        In one function, because a book has half a million structs: a call for each of
        their numbers would take most of the time.
        """
        data = reader.data
        number_of, five, free = self.number_of, self._five, self._free
        first_ids, sizes, flags_of = self.first_id, self.size, self.flags
        origins, right_origins, blocks = self.origin, self.right_origin, self.block
        for _ in range(reader.varuint()):
            count, client, clock = reader.varuint(), reader.varuint(), reader.varuint()
            if client in (known := self._client_numbers) and known[client] in arriving:
                raise ItemsUnreadable("a client comes twice")
            first_id = number_of(client) << CLOCK_BITS
            rows = array("i")
            arriving[first_id >> CLOCK_BITS] = Arriving(rows)
            first_id |= clock
            at = reader.at
            missing = min(count, len(data)) - len(free)
            if missing > 0:
                self._add_rows(missing)
            for done in range(count):
                if done % ROWS_AT_A_TIME == ROWS_AT_A_TIME - 1:
                    yield
                info = data[at]
                at += 1
                kind = info & 0x1F
                row = free.pop()
                rows.append(row)
                origins[row] = right_origins[row] = blocks[row] = NONE
                flags = 0
                if kind == 0 or info == 10:
                    if kind:
                        raise ItemsUnreadable("clocks are left out")
                    reader.at = at
                    size = reader.varuint()
                    at = reader.at
                else:
                    for column, bit in ((origins, 0x80), (right_origins, 0x40)):
                        if not info & bit:
                            continue
                        # Client ids are random numbers of 32 bits: nearly all take five bytes.
                        number = five.get(data[at : at + 5], NONE)
                        if number >= 0:
                            at += 5
                        else:
                            reader.at = at
                            number = number_of(reader.varuint())
                            if reader.at == at + 5:
                                five[data[at : at + 5]] = number
                            at = reader.at
                        byte = data[at]
                        at += 1
                        value = byte & 0x7F
                        shift = 7
                        while byte >= 0x80:
                            byte = data[at]
                            at += 1
                            value |= (byte & 0x7F) << shift
                            shift += 7
                        if value > CLOCK_MASK:
                            raise ItemsUnreadable("a clock is too large")
                        column[row] = number << CLOCK_BITS | value
                    reader.at = at
                    if not info & 0xC0 and _declares(reader, info):
                        flags = DECLARED
                    body = reader.at
                    size = skip_content(reader, kind)
                    at = reader.at
                    if kind == 1:
                        flags |= DELETED
                    elif kind != FORMAT:
                        flags |= COUNTABLE
                    if contents is not None and kind in _READ:
                        contents[row] = (kind, data[body:at])
                first_ids[row] = first_id
                sizes[row] = size
                flags_of[row] = flags
                first_id += size
            reader.at = at


_READ = (STRING, FORMAT)


def _declares(reader: Reader, info: int) -> bool:
    """Step over an item's parent, and its key in a map; whether it is in the content."""
    in_content = False
    if reader.varuint() == 1:
        in_content = reader.string() == _CONTENT and not info & 0x20
    else:
        reader.varuint()
        reader.varuint()
    if info & 0x20:
        reader.skip_string()
    return in_content
