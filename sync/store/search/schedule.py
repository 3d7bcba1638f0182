"""When a changed document is indexed again: when it rests, or has been waiting for long."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sync.types import DocumentId, Sequence

IDLE = 2.0
"""Seconds without a change after which a document is indexed; also between two looks."""

LONGEST = 30.0
"""Seconds after which one is indexed that keeps changing."""

COST = 50.0
"""Times as long as its last indexing took a document waits at least while it keeps changing:
so that one of 5 MB takes up 2% of a processor."""


@dataclass(frozen=True, slots=True)
class Stale:
    """A document of which the index has not all."""

    number: int
    id: DocumentId
    title: str
    last_sequence: Sequence


@dataclass(frozen=True, slots=True)
class _Waiting:
    stale: Stale
    since: float
    changed: float


class Schedule:
    """Says which documents are due. Knows no clock: `now` is any seconds that go forward."""

    def __init__(self) -> None:
        self._waiting: dict[int, _Waiting] = {}
        self._costs: dict[int, float] = {}

    @property
    def waiting(self) -> int:
        """How many documents were stale and not due at the last look, or not done since."""
        return len(self._waiting)

    def due(self, stale: Iterable[Stale], now: float) -> list[Stale]:
        """Return those of all stale documents that are to be indexed now."""
        waiting = {}
        for one in stale:
            before = self._waiting.get(one.number)
            if before is None:
                waiting[one.number] = _Waiting(one, now, now)
            elif before.stale != one:
                waiting[one.number] = replace(before, stale=one, changed=now)
            else:
                waiting[one.number] = before
        self._waiting = waiting
        return [
            each.stale
            for each in waiting.values()
            if now - each.changed >= IDLE or now - each.since >= self._patience(each)
        ]

    def done(self, one: Stale, cost: float) -> None:
        """Note that a document was indexed, and how many seconds that took."""
        self._waiting.pop(one.number, None)
        self._costs.pop(one.number, None)
        if cost * COST > LONGEST:
            self._costs[one.number] = cost

    def _patience(self, waiting: _Waiting) -> float:
        return max(LONGEST, COST * self._costs.get(waiting.stale.number, 0.0))
