"""Versions grow fewer with age: all for an hour, hourly for a day, daily for ever."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sync.types import Sequence
from sync.versions import superseded, too_large

HOUR, DAY = 3600, 24 * 3600
NOON = 1_800_000_000 // DAY * DAY + DAY // 2


@dataclass(frozen=True)
class Made:
    sequence: Sequence
    made: int
    size: int


def thinned(made: list[int], now: float) -> list[int]:
    versions = [Made(Sequence(number), at, 1) for number, at in enumerate(made)]
    going = superseded(versions, now)
    return [version.made for version in versions if version not in going]


def test_two_months_of_writing_day_and_night() -> None:
    """One version in ten minutes, thinned whenever one is made."""
    kept: list[int] = []
    for now in range(NOON, NOON + 60 * DAY, 600):
        kept = thinned([*kept, now], now)
    ages = [now - made for made in kept]
    assert [age for age in ages if age <= HOUR] == [3600, 3000, 2400, 1800, 1200, 600, 0]
    hourly = [made for made in kept if HOUR < now - made <= DAY]
    assert len({made // HOUR for made in hourly}) == len(hourly) == 24
    daily = [made for made in kept if now - made > DAY]
    assert len({made // DAY for made in daily}) == len(daily) == 60
    # Of each day and hour that are over it is the last that stays.
    assert all(made % DAY == DAY - 600 for made in daily[:-1])
    assert all(made % HOUR == HOUR - 600 for made in hourly[:-1])


@given(
    st.lists(st.integers(NOON - 40 * DAY, NOON), min_size=1, max_size=60),
    st.lists(st.integers(0, 5 * DAY), max_size=5),
)
def test_whenever_it_is_thinned_no_day_is_lost(made: list[int], waits: list[int]) -> None:
    made = sorted(made)
    kept, now = made, NOON
    for wait in waits:
        now += wait
        kept = thinned(kept, now)
        assert kept[-1] == made[-1]
        assert {at // DAY for at in kept} == {at // DAY for at in made}
        assert thinned(kept, now) == kept
        assert all(at in kept for at in made if now - at <= HOUR)
    # Thinning often and thinning once come to the same.
    old = now + 10 * DAY
    assert thinned(kept, old) == thinned(made, old)


def test_a_clock_that_was_set_back_takes_nothing() -> None:
    assert thinned([NOON, NOON + DAY, NOON + 2 * DAY], NOON) == [NOON, NOON + DAY, NOON + 2 * DAY]


def test_a_version_of_a_clock_set_back_is_no_older_than_the_one_before() -> None:
    """The clock said 1970 for two versions in a row."""
    made = [NOON, NOON + 600, 0, 600, NOON + 1800]
    assert thinned(made, NOON + HOUR) == made
    # A day later they count as being of the hour of the one before them.
    assert thinned(made, NOON + 2 * DAY) == [NOON + 1800]


def test_the_age_of_a_version_of_a_clock_set_back_does_not_change() -> None:
    """Another day was lost when the one that lent it its age had gone."""
    made = [NOON, NOON + DAY, 0]
    kept = thinned(made, NOON + 3 * DAY)
    assert kept == made
    assert thinned([*kept, NOON + 3 * DAY], NOON + 5 * DAY) == [*made, NOON + 3 * DAY]
    # A version of the same day by a clock that is right takes the place of both.
    assert thinned([*made, NOON + DAY + 60], NOON + 3 * DAY) == [NOON, NOON + DAY + 60]


@given(
    st.lists(
        st.one_of(st.integers(0, 4000), st.integers(-40 * DAY, 40 * DAY)), min_size=1, max_size=80
    )
)
def test_a_jumping_clock_takes_no_more_than_the_rule_allows(steps: list[int]) -> None:
    """Each step is what the clock moves by between two versions, forwards or back."""
    clock = NOON + 400 * DAY
    versions: list[Made] = []
    counted: list[int] = []  # from when on each version counts, the gone ones too
    for number, step in enumerate(steps):
        clock += step
        counted.append(max(clock, counted[-1] if counted else 0))
        versions.append(Made(Sequence(number), clock, 1))
        going = superseded(versions, clock)
        versions = [version for version in versions if version not in going]
        assert versions[-1].sequence == number
        for version in going:
            age = clock - counted[version.sequence]
            assert age > HOUR
            length = HOUR if age <= DAY else DAY
            slot = counted[version.sequence] // length
            later = [v for v in versions if v.sequence > version.sequence]
            assert any(counted[v.sequence] // length == slot for v in later)


def test_too_many_bytes_take_from_where_it_is_dense_for_its_age() -> None:
    versions = [Made(Sequence(n), NOON + n * DAY, 10) for n in range(100)]
    now = versions[-1].made
    going = too_large(versions, now, 200)
    staying = [v.sequence for v in versions if v not in going]
    assert len(staying) == 20
    assert (staying[0], staying[-1]) == (0, 99)
    gaps = [later - earlier for earlier, later in pairwise(staying)]
    assert gaps[-1] == 1
    assert max(gaps[:5]) > 4 * max(gaps[-5:])
    assert too_large(versions, now, 1000) == []
    assert too_large(versions, now, 0) != []
    assert versions[-1] not in too_large(versions, now, 0)


@given(
    st.lists(st.tuples(st.integers(0, 2**40), st.integers(0, 1000)), min_size=1),
    st.integers(0, 20_000),
)
def test_what_stays_is_never_too_large_but_for_the_newest(
    made: list[tuple[int, int]], most: int
) -> None:
    versions = [Made(Sequence(n), at, size) for n, (at, size) in enumerate(made)]
    going = too_large(versions, NOON, most)
    staying = [v for v in versions if v not in going]
    assert staying[-1] is versions[-1]
    assert sum(v.size for v in staying) <= most or len(staying) == 1
