"""What two states of a document have in common, told by the ids of their characters.

A comparison of texts can only guess which "the" is which. Yjs' items know: whatever has the
same id in both states is the same character, and stands in the same order in both. What was
deleted and brought back has new ids, so between what is the same texts are compared after all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias

import pycrdt

from sync.document.columns import (
    CLOCK_MASK,
    COUNTABLE,
    SHOWN,
    Arriving,
    Columns,
    ItemsUnreadable,
)
from sync.document.deletions import Ranges, joined, overlaps, read_delete_set
from sync.document.edition import Block, Edition
from sync.document.items import ItemList
from sync.document.structs import Reader
from sync.document.updates import guarded, read_state_vector
from sync.document.words import join_blocks, whole_characters

Piece: TypeAlias = tuple[int, int, int, int]
"""Where it stands (UTF-16 units), how long it is, and the id of its first unit."""


@dataclass(slots=True)
class Alignment:
    """What is in both of two states, and what in one of them only, each in order."""

    kept: list[Block] = field(default_factory=list)
    removed: list[Piece] = field(default_factory=list)
    """In the older one only, with their places there."""
    inserted: list[Piece] = field(default_factory=list)
    """In the newer one only, with their places there."""


def align(old: Edition, new: Edition) -> Alignment:
    """Compare two states of one document, of which neither must have come from the other.

    Where the items cannot be put in order (`ItemsUnreadable`), nothing is known to be the same.
    """
    try:
        alignment = _walk(old.state, new.state)
    except ItemsUnreadable:
        return Alignment()
    alignment.kept = whole_characters(alignment.kept, old.units, new.units)
    return alignment


def _walk(old: bytes, new: bytes) -> Alignment:
    both = _both(old, new)
    before = seen_units(old)
    after = None if both is new else seen_units(new)
    result = Alignment()
    at = to = 0
    for client, clock, length, is_seen in ItemList(both):
        end = clock + length
        mine = list(overlaps(before.get(client, ()), clock, end))
        if after is None:
            theirs = [(clock, end)] if is_seen else []
        else:
            theirs = list(overlaps(after.get(client, ()), clock, end))
        for start, stop, was, is_ in _cells(mine, theirs):
            units = stop - start
            if was and is_:
                result.kept.append((at, to, units))
            elif was:
                result.removed.append((at, units, client, start))
            else:
                result.inserted.append((to, units, client, start))
            at += units if was else 0
            to += units if is_ else 0
    result.kept = join_blocks(result.kept)
    return result


def _both(old: bytes, new: bytes) -> bytes:
    """Return the state that has the items of both: the newer one, if it builds on the other."""
    clocks = read_state_vector(guarded(pycrdt.get_state, new))
    reached = read_state_vector(guarded(pycrdt.get_state, old))
    if all(clocks.get(client, 0) >= clock for client, clock in reached.items()):
        return new
    return guarded(pycrdt.merge_updates, old, new)


def _cells(
    mine: list[tuple[int, int]], theirs: list[tuple[int, int]]
) -> list[tuple[int, int, bool, bool]]:
    """Return start, end, and whether it is in the one and in the other, of two lists of ranges."""
    if mine == theirs:  # nearly always
        return [(start, end, True, True) for start, end in mine]
    edges = sorted({edge for pair in (*mine, *theirs) for edge in pair})
    cells = []
    for start, end in pairwise(edges):
        was = any(first <= start < last for first, last in mine)
        is_ = any(first <= start < last for first, last in theirs)
        if was or is_:
            cells.append((start, end, was, is_))
    return cells


def seen_units(state: bytes) -> Ranges:
    """Return the ids of what is not deleted in a state, whatever shared type it is in.

    Raises `ItemsUnreadable`. It takes a third of the time of an `ItemList`, which also knows
    the order.
    """
    columns = Columns()
    reader = Reader(state)
    arriving: dict[int, Arriving] = {}
    try:
        for _ in columns.read_structs(reader, arriving, None):
            pass
        deleted = read_delete_set(reader)
    except (IndexError, ValueError, OverflowError) as error:
        raise ItemsUnreadable(str(error)) from None
    found: Ranges = {}
    first_id, size, flags = columns.first_id, columns.size, columns.flags
    for number, section in arriving.items():
        client = columns.clients[number]
        clocks = [
            (first_id[row] & CLOCK_MASK, (first_id[row] & CLOCK_MASK) + size[row])
            for row in section.rows
            if flags[row] & SHOWN == COUNTABLE
        ]
        found[client] = _without(joined(clocks), deleted.get(client, []))
    return found


def _without(
    ranges: list[tuple[int, int]], deleted: list[tuple[int, int]]
) -> list[tuple[int, int]]:
    if not deleted:
        return ranges
    result = []
    for start, end in ranges:
        at = start
        for first, last in overlaps(deleted, start, end):
            if first > at:
                result.append((at, first))
            at = last
        if at < end:
            result.append((at, end))
    return result
