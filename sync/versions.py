"""Which automatic versions of a document stay, on a device and on the relay: fewer with age."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

from sync.types import Sequence

ALL_FOR_SECONDS = 3600
"""Younger versions all stay."""
HOURLY_FOR_SECONDS = 24 * 3600
"""Of those younger than this the last of each hour stays, of those older the last of each day."""

VERSION_SECONDS = 600.0
"""A document that changes gets a version at most so often."""


class Dated(Protocol):
    """A version, as far as it matters here."""

    @property
    def sequence(self) -> Sequence:
        """Of the last update in it: says which of two is newer."""

    @property
    def made(self) -> int:
        """Unix seconds, by a clock that may have been wrong."""

    @property
    def size(self) -> int:
        """Bytes on disk."""


AnyVersion = TypeVar("AnyVersion", bound=Dated)


def superseded(versions: Iterable[AnyVersion], now: float) -> list[AnyVersion]:
    """Return which of a document's versions go, at `now` in Unix seconds.

    Hours and days are those of UTC, so that thinning again later decides the
    same: a version that stays once is not lost to a window that moves. The
    newest always stays. Where the clock was set back, a version counts as being as
    old as the one before it and no older, so none goes for what a wrong clock said;
    and the one before it stays too, for without it the age would be another.
    """
    last: dict[tuple[int, int], list[AnyVersion]] = {}
    going: list[AnyVersion] = []
    for version, made in _in_order(versions):
        age = now - made
        if age <= ALL_FOR_SECONDS:
            break
        length = 3600 if age <= HOURLY_FOR_SECONDS else 24 * 3600
        held = last.setdefault((length, made // length), [])
        set_back = version.made < made  # then held[0] is the one whose time it has
        going += held[1:] if set_back else held
        held[1 if set_back else 0 :] = [version]
    return going


def too_large(versions: Iterable[AnyVersion], now: float, most: int) -> list[AnyVersion]:
    """Return which versions go because all together have more than `most` bytes.

    First those that stand closest to their neighbours for their age: so what stays is
    dense where it is young. The oldest goes when there is nothing between it and the newest,
    the newest never.
    """
    staying = list(_in_order(versions))
    size = sum(version.size for version, _ in staying)
    going = []
    while size > most and len(staying) > 1:
        number = min(
            range(1, len(staying) - 1),
            key=lambda n: (staying[n + 1][1] - staying[n - 1][1]) / _age(staying[n][1], now),
            default=0,
        )
        version, _ = staying.pop(number)
        size -= version.size
        going.append(version)
    return going


def _in_order(versions: Iterable[AnyVersion]) -> Iterable[tuple[AnyVersion, int]]:
    """Return versions, oldest first, with the time from which on they count."""
    made = 0
    for version in sorted(versions, key=lambda version: version.sequence):
        made = max(made, version.made)
        yield version, made


def _age(made: int, now: float) -> float:
    return max(now - made, 1.0)
