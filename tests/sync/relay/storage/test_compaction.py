"""A snapshot takes a log's place: nothing is lost at any moment, nobody waits."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading

import pytest

from sync.errors import AdministrationError
from sync.relay.storage.base import StoredLog
from sync.relay.storage.replay import CannotFold, Replay
from sync.relay.storage.sql import compaction
from sync.relay.storage.sql.folding import FoldingProcess
from sync.relay.storage.sql.log import SqlLog
from sync.relay.storage.sql.reading import Snapshot
from sync.types import DocumentId
from tests.sync.relay.storage.backends import BACKENDS, Backend, rows, turn
from tests.sync.relay.storage.conftest import (
    BOOK,
    PATIENCE,
    Fill,
    Receipts,
    typed,
    typed_and_deleted,
)

pytestmark = pytest.mark.parametrize("backend", BACKENDS, indirect=True)


def text(log: SqlLog) -> str:
    replay = Replay.of(log.load(BOOK))
    assert not replay.incomplete
    return replay.text()


def test_a_snapshot_takes_the_place_of_a_log(backend: Backend, log: SqlLog, fill: Fill) -> None:
    updates = typed("one ", "two 😀 ", "three ", "four")
    fill(updates[:3])
    log.compact(BOOK)
    assert rows(backend) == 0
    stored = log.load(BOOK)
    assert (stored.updates, stored.last_sequence, stored.damaged) == ([], 3, ())
    fill(updates[3:])
    assert log.load(BOOK).last_sequence == 4
    assert log.load(BOOK).updates == updates[3:]
    assert text(log) == "one two 😀 three four"
    log.compact(BOOK)
    log.compact(BOOK)  # nothing is new
    log.compact(DocumentId("nothing"))
    assert (rows(backend), text(log)) == (0, "one two 😀 three four")


def test_many_rows_go_a_few_at_a_time(
    backend: Backend, log: SqlLog, fill: Fill, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compaction, "ROWS_AT_A_TIME", 7)
    fill(typed_and_deleted(20))
    left: list[int] = []

    def stopped() -> bool:
        left.append(rows(backend))
        return False

    log.compact(BOOK, stopped=stopped)
    assert left == [40, 33, 26, 19, 12, 5, 0]


def test_people_write_while_it_folds(log: SqlLog, fill: Fill) -> None:
    updates = typed(*"abcdefghij")
    fill(updates[:5])
    folding, go_on = threading.Event(), threading.Event()

    def fold(url: str, document_id: DocumentId) -> Snapshot | None:
        snapshot = compaction.fold_here(url, document_id)
        folding.set()
        assert go_on.wait(PATIENCE)
        return snapshot

    compacting = threading.Thread(target=log.compact, args=[BOOK, fold])
    compacting.start()
    assert folding.wait(PATIENCE)
    fill(updates[5:])
    go_on.set()
    compacting.join(PATIENCE)
    assert log.load(BOOK).updates == updates[5:]
    assert text(log) == "abcdefghij"


@pytest.mark.parametrize("rows_gone", [0, 1, 3])
def test_a_crash_between_the_steps(
    backend: Backend, log: SqlLog, fill: Fill, rows_gone: int
) -> None:
    fill(typed("one ", "two ", "three ", "four"))
    snapshot = compaction.fold_here(log.url, BOOK)
    assert snapshot is not None
    log.write(lambda writer: compaction.save(writer, BOOK, snapshot))
    backend.sql("DELETE FROM updates WHERE sequence <= ?", rows_gone)
    log.close()
    again = backend.log(Receipts())
    assert text(again) == "one two three four"
    with again.reading() as connection:
        assert compaction.due(connection, 1_000, 0) == [BOOK]
    again.compact(BOOK)
    assert (rows(backend), text(again)) == (0, "one two three four")
    again.close()


COMPACT_FOR_EVER = """
import sys
from pathlib import Path
from sync.relay.storage.sql import compaction
from tests.sync.relay.storage.backends import PostgresBackend, SqliteBackend
from tests.sync.relay.storage.conftest import BOOK, Receipts, typed

compaction.ROWS_AT_A_TIME = 1
where = sys.argv[1]
backend = PostgresBackend(where) if "://" in where else SqliteBackend(Path(where))
log = backend.log(receipts := Receipts())
updates = typed(*["word "] * 300)
for start in range(0, 300, 30):
    for update in updates[start : start + 30]:
        log.append(BOOK, update, "ada", 0)
    receipts.wait(start + 30)
    print(flush=True)
    log.compact(BOOK, version_seconds=0)
"""


@pytest.mark.parametrize("batches", [1, 3, 6])
def test_kill_9_in_the_middle(backend: Backend, batches: int) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", COMPACT_FOR_EVER, backend.where], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    for _ in range(batches):
        child.stdout.readline()
    child.send_signal(signal.SIGKILL)
    acknowledged = 30 * (batches + child.stdout.read().count("\n"))
    child.wait()
    child.stdout.close()
    log = backend.log(Receipts())
    words = text(log).count("word ")
    assert acknowledged <= words <= min(acknowledged + 30, 300)
    log.compact(BOOK)
    assert (rows(backend), text(log).count("word ")) == (0, words)
    log.close()


class TestNothingIsThrownAway:
    def refused(self, backend: Backend, log: SqlLog, why: str) -> StoredLog:
        before = log.load(BOOK)
        with pytest.raises(CannotFold, match=why):
            log.compact(BOOK)
        assert log.load(BOOK) == before
        return before

    def test_behind_a_gap(self, backend: Backend, log: SqlLog, fill: Fill) -> None:
        updates = typed("one ", "two ", "three")
        fill([updates[0], updates[2]])
        self.refused(backend, log, "built on changes that are not there")
        fill([updates[1]])
        log.compact(BOOK)
        assert (rows(backend), text(log)) == (0, "one two three")

    def test_that_cannot_be_read(self, backend: Backend, log: SqlLog, fill: Fill) -> None:
        fill(typed("one ", "two"))
        unreadable = b"\x01\x01\xff"
        backend.sql("UPDATE updates SET data = ?, checksum = NULL WHERE sequence = 2", unreadable)
        self.refused(backend, log, "cannot be read")

    def test_with_a_turned_bit(self, backend: Backend, log: SqlLog, fill: Fill) -> None:
        fill(typed("one ", "two"))
        turn(backend, "updates", "data", b"two", b"toe")
        assert text(log) == "one toe"  # who joins gets what there is
        assert self.refused(backend, log, "not as they were written").damaged == (2,)

    def test_for_a_snapshot_that_is_not_read_back_as_it_was_written(
        self, backend: Backend, log: SqlLog, fill: Fill
    ) -> None:
        fill(typed("one ", "two"))
        before = log.load(BOOK)
        lie, truth = backend.lie  # a trigger in the place of a disk that lies
        backend.sql(lie)
        with pytest.raises(AdministrationError, match="does not read as it was written"):
            log.compact(BOOK)
        assert log.load(BOOK) == before
        backend.sql(truth)
        log.compact(BOOK)
        assert (rows(backend), text(log)) == (0, "one two")


def test_a_log_is_long_by_number_or_by_bytes(backend: Backend, log: SqlLog, fill: Fill) -> None:
    long: list[DocumentId] = []
    counting = backend.log(receipts := Receipts(), long.append, 10)
    updates = typed(*"x" * 25)
    for number, update in enumerate(updates):
        counting.append(BOOK, update, "ada", number)
        receipts.wait(number + 1)
    assert long == [BOOK, BOOK]
    big = typed("y" * (compaction.LONG_BYTES // 2 + 1))[0]
    counting.append(BOOK, big, "ada", 1)
    counting.append(BOOK, big, "ada", 2)
    receipts.wait(27)
    counting.close()
    assert long == [BOOK] * 3


class TestTheProcess:
    def test_it_makes_the_same_snapshot(self, log: SqlLog, fill: Fill) -> None:
        fill(typed_and_deleted(50))
        process = FoldingProcess()
        try:
            assert process.fold(log.url, BOOK) == compaction.fold_here(log.url, BOOK)
            assert process.fold(log.url, DocumentId("nothing")) is None
            process.rest()
            assert process.fold(log.url, BOOK) is not None
        finally:
            process.rest()

    def test_it_says_what_is_wrong(self, backend: Backend, log: SqlLog, fill: Fill) -> None:
        fill(typed("one", "two")[1:])
        process = FoldingProcess()
        try:
            with pytest.raises(CannotFold, match="not there"):
                process.fold(log.url, BOOK)
            with pytest.raises(AdministrationError):
                process.fold(backend.elsewhere, BOOK)
        finally:
            process.rest()

    def test_one_that_takes_for_ever_is_given_up(self, log: SqlLog, fill: Fill) -> None:
        fill(typed("one"))
        process = FoldingProcess(seconds=1e-6)
        try:
            with pytest.raises(CannotFold, match="died, or took"):
                process.fold(log.url, BOOK)
        finally:
            process.rest()
