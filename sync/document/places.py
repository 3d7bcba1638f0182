"""Ranges that follow a text's changes without asking its items again."""

from __future__ import annotations

from typing import TypeAlias

from sync.document.anchors import Place
from sync.document.delta import Delete, Delta, Insert, Retain

MOST_EDITS = 32
"""Edits of one change that places are moved by; for more, resolve them again."""

Edits: TypeAlias = list[tuple[int, int, int]]
"""Where in the old text, how many UTF-16 units went and how many came, from its start."""


def read_edits(delta: Delta) -> Edits:
    """Return what a change puts in and takes out."""
    edits: Edits = []
    at = 0
    for operation in delta:
        match operation:
            case Retain(length):
                at += length
            case Delete(length):
                edits.append((at, length, 0))
                at += length
            case Insert():
                edits.append((at, 0, operation.length))
    return edits


def move(place: Place, edits: Edits) -> Place | None:
    """Return where a `fixed` place is after a change; None: ask the items."""
    start, end = place.start, place.end
    if not edits or edits[0][0] > end:
        return place
    if start < end:
        first, last = move_unit(start, edits), move_unit(end - 1, edits)
        if first is None or last is None:
            return None
        return Place(first, last + 1, place.standing, fixed=True, restored=place.restored)
    # Between two units, of which there is none before the first.
    before = move_unit(start - 1, edits) if start else -1
    behind = move_unit(end, edits)
    if before is None or behind is None or before + 1 != behind:
        return None
    return Place(behind, behind, place.standing, fixed=True, restored=place.restored)


def move_unit(index: int, edits: Edits) -> int | None:
    """Return where a unit is after a change (UTF-16 units), None if it went."""
    moved = index
    for at, gone, come in edits:
        if at > index:
            break
        if index < at + gone:
            return None
        moved += come - gone
    return moved
