"""Versions grow fewer with age: all for an hour, hourly for a day, daily for ever."""

from __future__ import annotations

import itertools
import zlib
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from sync.relay.storage.base import Version
from sync.relay.storage.replay import Replay
from sync.relay.storage.sqlite import compaction, reading
from sync.relay.storage.sqlite.log import SqliteLog
from sync.types import Sequence
from sync.versions import superseded
from tests.sync.relay.storage.conftest import BOOK, Fill, typed

HOUR, DAY = 3600, 24 * 3600
NOON = 1_800_000_000 // DAY * DAY + DAY // 2


def thinned(made: list[int], now: float) -> list[int]:
    versions = [Version(Sequence(number), at, 1) for number, at in enumerate(made)]
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


def test_versions_are_whole_states_that_can_be_read_back(log: SqliteLog, fill: Fill) -> None:
    words = typed("one ", "two ", "three")
    for word in words:
        fill([word])
        log.compact(BOOK, version_seconds=0)
    versions = log.versions(BOOK)
    assert [version.sequence for version in versions] == [1, 2, 3]
    texts = [Replay.of_state(log.version(BOOK, v.sequence) or b"").text() for v in versions]
    assert texts == ["one ", "one two ", "one two three"]
    assert log.version(BOOK, Sequence(7)) is None


def test_a_version_is_kept_now_and_then_only(log: SqliteLog, fill: Fill) -> None:
    for word in typed("one ", "two ", "three"):
        fill([word])
        log.compact(BOOK, version_seconds=600)
    assert [version.sequence for version in log.versions(BOOK)] == [1]
    log.compact(BOOK, version_seconds=0)
    log.compact(BOOK, version_seconds=0)  # nothing has changed since
    assert [version.sequence for version in log.versions(BOOK)] == [1, 3]


def test_what_is_due_by_a_simulated_clock(path: Path, log: SqliteLog, fill: Fill) -> None:
    fill(typed("one"))
    log.compact(BOOK)
    state = zlib.compress(log.version(BOOK, Sequence(1)) or b"")
    for sequence, now in zip(itertools.count(10), range(NOON, NOON + 3 * DAY, 1800), strict=False):
        log.write(
            lambda writer, sequence=sequence, now=now: compaction.save_version(
                writer, BOOK, Sequence(sequence), now, state
            )
        )
    versions = log.versions(BOOK)[1:]
    now = versions[-1].made
    assert [now - version.made for version in versions][-3:] == [3600, 1800, 0]
    assert len(versions) == 3 + 24 + 3
    with reading.opened(path) as connection:
        assert compaction.versioned(connection) == [BOOK]
    log.write(lambda writer: compaction.thin(writer, BOOK, now + 100 * DAY))
    kept = [version.made // DAY for version in log.versions(BOOK) if version.sequence >= 10]
    assert kept == [NOON // DAY + number for number in range(4)]
