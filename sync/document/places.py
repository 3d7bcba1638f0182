"""Ranges that follow a text's changes without asking its items again."""

from __future__ import annotations

from dataclasses import replace
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
    if place.start < place.end:
        start, last = _unit(place.start, edits), _unit(place.end - 1, edits)
        end = None if last is None else last + 1
    else:  # between two units; there is none before the first
        before = _unit(place.start - 1, edits) if place.start else -1
        start = None if before is None else before + 1
        end = _unit(place.end, edits)
        if start != end:  # there is something between them
            return None
    return None if start is None or end is None else replace(place, start=start, end=end)


def _unit(index: int, edits: Edits) -> int | None:
    """Return where a unit is after a change, None if it went."""
    moved = index
    for at, gone, come in edits:
        if at > index:
            break
        if index < at + gone:
            return None
        moved += come - gone
    return moved
