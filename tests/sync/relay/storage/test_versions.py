"""The relay keeps versions that can be read back; which stay: `tests/sync/test_versions.py`."""

from __future__ import annotations

import itertools
import zlib

import pytest

from sync.relay.storage.replay import Replay
from sync.relay.storage.sql import compaction
from sync.relay.storage.sql.log import SqlLog
from sync.types import Sequence
from tests.sync.relay.storage.backends import BACKENDS
from tests.sync.relay.storage.conftest import BOOK, Fill, typed

pytestmark = pytest.mark.parametrize("backend", BACKENDS, indirect=True)

HOUR, DAY = 3600, 24 * 3600
NOON = 1_800_000_000 // DAY * DAY + DAY // 2


def test_versions_are_whole_states_that_can_be_read_back(log: SqlLog, fill: Fill) -> None:
    words = typed("one ", "two ", "three")
    for word in words:
        fill([word])
        log.compact(BOOK, version_seconds=0)
    versions = log.versions(BOOK)
    assert [version.sequence for version in versions] == [1, 2, 3]
    texts = [Replay.of_state(log.version(BOOK, v.sequence) or b"").text() for v in versions]
    assert texts == ["one ", "one two ", "one two three"]
    assert log.version(BOOK, Sequence(7)) is None


def test_a_version_is_kept_now_and_then_only(log: SqlLog, fill: Fill) -> None:
    for word in typed("one ", "two ", "three"):
        fill([word])
        log.compact(BOOK, version_seconds=600)
    assert [version.sequence for version in log.versions(BOOK)] == [1]
    log.compact(BOOK, version_seconds=0)
    log.compact(BOOK, version_seconds=0)  # nothing has changed since
    assert [version.sequence for version in log.versions(BOOK)] == [1, 3]


def test_what_is_due_by_a_simulated_clock(log: SqlLog, fill: Fill) -> None:
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
    with log.reading() as connection:
        assert compaction.versioned(connection) == [BOOK]
    log.write(lambda writer: compaction.thin(writer, BOOK, now + 100 * DAY))
    kept = [version.made // DAY for version in log.versions(BOOK) if version.sequence >= 10]
    assert kept == [NOON // DAY + number for number in range(4)]
