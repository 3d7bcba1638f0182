"""The rows on one page of a database, each by itself: a broken one costs no other.

Format: https://sqlite.org/fileformat2.html, "B-tree Pages" and "Record Format".
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from sync.store.salvage.pages import HEADER_SIZE, Pages

Value = int | float | str | bytes | None

INTERIOR_INDEX: Final = 2
INTERIOR_TABLE: Final = 5
LEAF_INDEX: Final = 10
LEAF_TABLE: Final = 13
KINDS: Final = {INTERIOR_INDEX, INTERIOR_TABLE, LEAF_INDEX, LEAF_TABLE}

LARGEST_RECORD: Final = 1_000_000_000
"""Bytes; SQLite's own limit, so a longer one is damage."""


class Row(NamedTuple):
    """One record as it is stored."""

    rowid: int | None
    """None on a page of an index, or of a table WITHOUT ROWID."""
    values: tuple[Value, ...]
    pages: tuple[int, ...]
    """All pages that it is on."""


@dataclass(slots=True)
class Node:
    """What can be read of one page of a tree."""

    kind: int
    children: list[int] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    broken: int = 0
    """Cells that make no sense."""


class _Broken(Exception):
    """Bytes that no row has."""


def read_node(pages: Pages, number: int) -> Node | None:
    """Return what is on a page; None if it is not one of a tree."""
    page = pages.page(number)
    at = HEADER_SIZE if number == 1 else 0
    if len(page) < at + 12 or page[at] not in KINDS:
        return None
    node = Node(page[at])
    (count,) = struct.unpack_from(">H", page, at + 3)
    interior = node.kind in (INTERIOR_INDEX, INTERIOR_TABLE)
    array = at + (12 if interior else 8)
    if array + 2 * count > len(page):
        node.broken = 1
        count = (len(page) - array) // 2
    for cell in struct.unpack_from(f">{count}H", page, array):
        try:
            _read_cell(pages, node, number, page, cell)
        except (_Broken, IndexError, struct.error, UnicodeDecodeError):
            node.broken += 1
    if interior:
        node.children.append(int.from_bytes(page[at + 8 : at + 12], "big"))
    return node


def _read_cell(pages: Pages, node: Node, number: int, page: bytes, at: int) -> None:
    if at < 8:
        raise _Broken
    if node.kind in (INTERIOR_INDEX, INTERIOR_TABLE):
        (child,) = struct.unpack_from(">I", page, at)
        node.children.append(child)
        at += 4
    if node.kind == INTERIOR_TABLE:
        return
    size, at = _varint(page, at)
    rowid = None
    if node.kind == LEAF_TABLE:
        rowid, at = _varint(page, at)
        rowid -= (rowid & 1 << 63) << 1
    if size > LARGEST_RECORD:
        raise _Broken
    payload, others = _payload(pages, page, at, size, is_table=node.kind == LEAF_TABLE)
    node.rows.append(Row(rowid, read_record(payload), (number, *others)))


def _payload(
    pages: Pages, page: bytes, at: int, size: int, *, is_table: bool
) -> tuple[bytes, list[int]]:
    """Return a record's bytes and the overflow pages that they are on."""
    usable = pages.usable
    most = usable - 35 if is_table else (usable - 12) * 64 // 255 - 23
    if size <= most:
        if at + size > len(page):
            raise _Broken
        return page[at : at + size], []
    least = (usable - 12) * 32 // 255 - 23
    here = least + (size - least) % (usable - 4)
    here = here if here <= most else least
    if at + here + 4 > len(page):
        raise _Broken
    parts = [page[at : at + here]]
    left = size - here
    following = int.from_bytes(page[at + here : at + here + 4], "big")
    seen: dict[int, None] = {}
    while left:
        overflow = pages.page(following)
        if following in seen or len(overflow) < usable:
            raise _Broken
        seen[following] = None
        parts.append(overflow[4 : 4 + left])
        left -= len(parts[-1])
        following = int.from_bytes(overflow[:4], "big")
    if following:  # the last one of a chain says so: else it is another record's page
        raise _Broken
    return b"".join(parts), list(seen)


_SIZES: Final = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0)
"""Bytes of a value by its serial type, below those of blobs and text."""


def read_record(payload: bytes) -> tuple[Value, ...]:
    """Return the values of a record, for which a salvage has most of its time to spend."""
    values: list[Value] = []
    kinds, at = _kinds(payload)
    for kind in kinds:
        if kind >= 12:
            end = at + (kind - 12 >> 1)
            values.append(payload[at:end].decode() if kind & 1 else payload[at:end])
        elif kind in (10, 11):
            raise _Broken
        else:
            end = at + _SIZES[kind]
            if kind == 0:
                values.append(None)
            elif kind < 7:
                values.append(int.from_bytes(payload[at:end], "big", signed=True))
            elif kind == 7:
                values.append(struct.unpack(">d", payload[at:end])[0])
            else:
                values.append(kind - 8)
        at = end
    if at != len(payload):  # also if the last values were cut off
        raise _Broken
    return tuple(values)


def _kinds(payload: bytes) -> tuple[Iterable[int], int]:
    """Return the serial types of a record's values, and where these begin."""
    header = payload[0]
    if 0 < header <= len(payload) and payload[:header].isascii():
        return payload[1:header], header  # each is one byte, as in nearly all rows
    header, at = _varint(payload, 0)
    if not at <= header <= len(payload):
        raise _Broken
    kinds = []
    while at < header:
        kind, at = _varint(payload, at)
        kinds.append(kind)
    if at != header:
        raise _Broken
    return kinds, header


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = data[at]
    if value < 0x80:
        return value, at + 1
    value = 0
    for index in range(8):
        byte = data[at + index]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + index + 1
    return value << 8 | data[at + 8], at + 9
