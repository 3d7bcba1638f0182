"""When a document is due, by a clock that the tests move."""

from __future__ import annotations

from dataclasses import replace

from sync.store.search.schedule import COST, IDLE, LONGEST, Schedule, Stale
from sync.types import DocumentId, Sequence

MOBY = Stale(1, DocumentId("moby"), "Moby", Sequence(1))
DUCK = Stale(2, DocumentId("duck"), "Duck", Sequence(1))


def typed(stale: Stale, last: int) -> Stale:
    return replace(stale, last_sequence=Sequence(last))


def first_due(schedule: Schedule, start: float) -> float:
    """Type a key each second; return how long it takes until the document is indexed."""
    for second in range(10_000):
        if schedule.due([typed(MOBY, second)], start + second):
            return float(second)
    raise AssertionError("never")


def test_one_that_rests_is_due() -> None:
    schedule = Schedule()
    assert schedule.due([MOBY, DUCK], 0.0) == []
    assert schedule.due([typed(MOBY, 2), DUCK], IDLE) == [DUCK]
    schedule.done(DUCK, 0.1)
    assert schedule.due([typed(MOBY, 2)], 2 * IDLE) == [typed(MOBY, 2)]
    schedule.done(MOBY, 0.1)
    assert schedule.waiting == 0


def test_one_that_changes_all_the_time_waits_its_longest() -> None:
    schedule = Schedule()
    assert first_due(schedule, 0.0) == LONGEST
    schedule.done(MOBY, 0.01)
    assert first_due(schedule, 100.0) == LONGEST


def test_one_that_costs_much_waits_in_proportion() -> None:
    schedule = Schedule()
    schedule.done(MOBY, 3.0)
    assert first_due(schedule, 0.0) == 3.0 * COST
    schedule.done(MOBY, 0.1)
    assert first_due(schedule, 1_000.0) == LONGEST


def test_one_that_is_no_longer_stale_is_forgotten() -> None:
    schedule = Schedule()
    schedule.due([MOBY], 0.0)
    assert schedule.due([], 1.0) == []
    assert schedule.waiting == 0
    assert schedule.due([MOBY], IDLE) == []
