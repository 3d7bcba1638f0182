"""Which automatic versions of a document stay: fewer, the older they are."""

from __future__ import annotations

from collections.abc import Iterable

from sync.relay.storage.base import Version
from sync.types import Sequence

ALL_FOR_SECONDS = 3600
"""Younger versions all stay."""
HOURLY_FOR_SECONDS = 24 * 3600
"""Of those younger than this the last of each hour stays, of those older the last of each day."""


def superseded(versions: Iterable[Version], now: float) -> list[Sequence]:
    """Return which of a document's versions go, at `now` in Unix seconds.

    Hours and days are those of UTC, so that thinning again later decides the
    same: a version that stays once is not lost to a window that moves. The
    newest always stays.
    """
    last: dict[tuple[int, int], Version] = {}
    going = []
    for version in sorted(versions, key=lambda version: (version.made, version.sequence)):
        age = now - version.made
        if age <= ALL_FOR_SECONDS:
            break
        length = 3600 if age <= HOURLY_FOR_SECONDS else 24 * 3600
        slot = (length, version.made // length)
        if slot in last:
            going.append(last[slot].sequence)
        last[slot] = version
    return going
