"""What an update deletes: no state vector says that."""

from __future__ import annotations

import pycrdt

from sync.document.structs import Reader
from sync.document.updates import guarded, read_header
from sync.errors import InvalidUpdate
from sync.lib0 import encode_varuint

Deletions = dict[int, list[tuple[int, int]]]
"""Deleted clocks (first, end) by client id, sorted, neighbours joined."""


def deletions_in(update: bytes) -> Deletions:
    """Return what any update deletes. Raises `InvalidUpdate` if it is none."""
    ends = read_header(update).ends
    beyond = encode_varuint(len(ends)) + b"".join(
        encode_varuint(client) + encode_varuint(end) for client, end in ends.items()
    )
    return read_deletions(guarded(pycrdt.get_update, update, beyond))


def read_deletions(update: bytes) -> Deletions:
    """Return what an update without structs deletes.

    Neighbouring ranges are joined, because two documents may have cut them differently.
    Layout: yjs `DeleteSet.js`, `writeDeleteSet`. Raises `InvalidUpdate`.
    """
    reader = Reader(update)
    found: Deletions = {}
    try:
        if reader.varuint() != 0:
            raise InvalidUpdate("there are structs where only deletions should be")
        for _ in range(reader.varuint()):
            ranges = found.setdefault(reader.varuint(), [])
            for _ in range(reader.varuint()):
                start = reader.varuint()
                ranges.append((start, start + reader.varuint()))
    except (IndexError, ValueError):
        raise InvalidUpdate("the deletions are malformed") from None
    return {client: _joined(ranges) for client, ranges in found.items()}


def includes(ours: Deletions, theirs: Deletions) -> bool:
    """Whether all of `theirs` is in `ours`."""
    return all(
        any(first <= start and end <= last for first, last in ours.get(client, ()))
        for client, ranges in theirs.items()
        for start, end in ranges
    )


def _joined(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
