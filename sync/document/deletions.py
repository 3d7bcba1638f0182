"""What updates delete: ranges of ids, by the client that had written them.

Yjs does not say who deleted something. But an update of this device says what this device
deleted, so what these say is kept beside the document. Kept as a Yjs update that brings no
structs: then pycrdt can put two of them together.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

import pycrdt

from sync.document.structs import Reader, UpdateHeader, read_origins, skip_content
from sync.document.updates import EMPTY_UPDATE, guarded
from sync.errors import InvalidUpdate

Ranges: TypeAlias = dict[int, list[tuple[int, int]]]
"""By client: first clock and clock after the last one, sorted, none touching the next."""


def deletions_of(updates: Iterable[bytes]) -> bytes:
    """Return what some updates delete, as one update; what cannot be read is left out."""
    parts = []
    for update in updates:
        if update[-1:] == b"\0":  # a length is never 0, so: nothing is deleted
            continue
        try:
            reader = Reader(update)
            _skip_structs(reader)
        except (IndexError, ValueError):
            continue
        parts.append(b"\0" + update[reader.at :])
    return join_deletions(parts)


def join_deletions(parts: Sequence[bytes]) -> bytes:
    """Return what `deletions_of` said at different times as one update.

    Raises `InvalidUpdate` if one of them is none.
    """
    return guarded(pycrdt.merge_updates, *parts) if parts else EMPTY_UPDATE


def read_deletions(update: bytes) -> Ranges:
    """Return the ranges that an update deletes. Raises `InvalidUpdate` if it is none."""
    try:
        reader = Reader(update)
        _skip_structs(reader)
        return read_delete_set(reader)
    except IndexError:
        raise InvalidUpdate("it ends too early") from None
    except ValueError as error:
        raise InvalidUpdate(str(error)) from None


def read_delete_set(reader: Reader) -> Ranges:
    """Read what stands at the end of an update, behind its structs."""
    found: dict[int, list[tuple[int, int]]] = {}
    for _ in range(reader.varuint()):
        client = reader.varuint()
        ranges = found.setdefault(client, [])
        for _ in range(reader.varuint()):
            clock = reader.varuint()
            ranges.append((clock, clock + reader.varuint()))
    return {client: joined(sorted(ranges)) for client, ranges in found.items()}


def joined(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return sorted ranges with those that touch made one."""
    result: list[tuple[int, int]] = []
    for start, end in ranges:
        if result and start <= result[-1][1]:
            result[-1] = result[-1][0], max(end, result[-1][1])
        else:
            result.append((start, end))
    return result


def overlaps(ranges: Sequence[tuple[int, int]], start: int, end: int) -> Iterator[tuple[int, int]]:
    """Return the parts of sorted ranges that lie between two numbers."""
    if start >= end:
        return
    for number in range(max(bisect_right(ranges, (start, end)) - 1, 0), len(ranges)):
        first, last = ranges[number]
        if first >= end:
            return
        if last > start:
            yield max(first, start), min(last, end)


def includes(ours: Mapping[int, Sequence[tuple[int, int]]], theirs: Ranges) -> bool:
    """Whether all of `theirs` is in `ours`."""
    return all(
        any(first <= start and end <= last for first, last in ours.get(client, ()))
        for client, ranges in theirs.items()
        for start, end in ranges
    )


class Removers:
    """Who deleted what, as far as anybody knows: what each user's deletions are, by user id."""

    def __init__(self, known: Mapping[str, Ranges]) -> None:
        self._known = known

    def of(self, client: int, clock: int, length: int) -> list[tuple[int, int, str | None]]:
        """Return first clock, clock after the last, and who deleted that; None: nobody knows."""
        found = sorted(
            (start, end, user)
            for user, ranges in self._known.items()
            for start, end in overlaps(ranges.get(client, ()), clock, clock + length)
        )
        pieces: list[tuple[int, int, str | None]] = []
        at = clock
        for start, end, user in found:
            if start > at:
                pieces.append((at, start, None))
            if end > at:
                pieces.append((max(start, at), end, user))
                at = end
        if at < clock + length:
            pieces.append((at, clock + length, None))
        return pieces


def _skip_structs(reader: Reader) -> None:
    header = UpdateHeader()
    for _ in range(reader.varuint()):
        count = reader.varuint()
        reader.varuint()
        reader.varuint()
        for _ in range(count):
            info = reader.data[reader.at]
            reader.at += 1
            if info == 10 or info & 0x1F == 0:
                reader.varuint()
            else:
                read_origins(reader, header, info)
                skip_content(reader, info & 0x1F)
