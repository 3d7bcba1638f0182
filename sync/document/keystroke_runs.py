"""Makes one update of keystrokes in a row, as Yjs would have if they had been one edit.

Who comes back after a day offline sends each key that was pressed, and everything behind
the relay's socket (log, disk, readers, bus, decoder) would work at each. Nothing is decoded:
the struct of a keystroke is copied, or its letters put behind those of the one before.
"""

from __future__ import annotations

import re

from sync.document.deletions import joined
from sync.document.keystrokes import DELETED, TYPED, read_client, read_number
from sync.lib0 import encode_bytes, encode_varuint

MOST = 500
"""Keystrokes in one update: nobody should have to take in a long one at once."""

Keystroke = re.Match[bytes]


def match_keystroke(update: bytes) -> Keystroke | None:
    """Return what `Run` takes; None if `is_keystroke` is false."""
    typed = TYPED.fullmatch(update)
    if typed is None:
        return DELETED.fullmatch(update)
    return typed if typed[7][0] == len(typed[8]) else None


class Run:
    """Keystrokes that may be one update: of one Yjs client, whose clocks follow each other.

    What they delete may be anybody's. All structs come before all deletions, whatever the
    order was: an item finds its place beside deleted ones as well (yjs `Item.integrate`).
    """

    __slots__ = ("_alone", "_by", "_clock", "_deleted", "_end", "_size", "_structs", "_tail")

    def __init__(self, first: Keystroke) -> None:
        self._size = 0
        self._by = b""
        """The Yjs client that types, as it is encoded; empty while none does."""
        self._clock = b""
        """Of the first thing typed, encoded."""
        self._end = 0
        """The clock after the last one."""
        self._structs: list[tuple[bytes, list[bytes]]] = []
        """Info and origins of each item, and the pieces of its text."""
        self._tail = b""
        """The right origin of the last item."""
        self._deleted: dict[int, list[tuple[int, int]]] = {}
        """By Yjs client: first clock and clock after the last one."""
        self._alone = first.string
        """The update, as long as it is but one."""
        self.add(first)

    def add(self, keystroke: Keystroke) -> bool:
        """Take one more in; False if it does not fit in here, and nothing has happened."""
        if self._size >= MOST:
            return False
        if keystroke.re is DELETED:
            by, at, size = keystroke.groups()
            start = read_number(at)
            self._deleted.setdefault(read_client(by), []).append((start, start + size[0]))
        elif not self._type(keystroke):
            return False
        self._size += 1
        return True

    def _type(self, keystroke: Keystroke) -> bool:
        by, at, left, left_at, beside, beside_at, size, text = keystroke.groups()
        clock = read_number(at)
        if not self._by:
            self._by, self._clock = by, at
        elif by != self._by or clock != self._end:
            return False
        head = keystroke.string[keystroke.end(2) : keystroke.start(7)]
        if left is not None:
            tail = beside + beside_at
        elif head[0] == 0x84:
            left, left_at, tail = beside, beside_at, b""
        else:
            tail = beside + beside_at
        if (
            self._structs
            and left == by
            and tail == self._tail
            and read_number(left_at) == clock - 1
        ):
            self._structs[-1][1].append(text)
        else:
            self._structs.append((head, [text]))
            self._tail = tail
        self._end = clock + size[0]
        return True

    def update(self) -> bytes:
        """Return what all of them are together."""
        if self._size == 1:
            return self._alone
        parts = [b"\x00"]
        if self._structs:
            parts = [b"\x01", encode_varuint(len(self._structs)), self._by, self._clock]
            for head, text in self._structs:
                parts += (head, encode_bytes(b"".join(text)))
        parts.append(encode_varuint(len(self._deleted)))
        for client, ranges in self._deleted.items():
            ranges = joined(sorted(ranges))
            parts += (encode_varuint(client), encode_varuint(len(ranges)))
            for start, end in ranges:
                parts += (encode_varuint(start), encode_varuint(end - start))
        return b"".join(parts)
