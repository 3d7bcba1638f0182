"""The log: one commit for all that waits, acknowledgments after it and in order, sequences."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from sync.relay.storage.base import NO_SEQUENCE, StoredLog
from sync.relay.storage.sql.log import SqlLog
from sync.threads import Item, Threads, Worker
from sync.types import DocumentId, Sequence
from tests.sync.relay.storage.backends import BACKENDS, Backend, rows
from tests.sync.relay.storage.conftest import BOOK, PATIENCE, Fill, Receipts, typed

pytestmark = pytest.mark.parametrize("backend", BACKENDS, indirect=True)

COMMENTS = DocumentId("book.comments")


class Held(Threads):
    """Keeps the log's thread waiting until `go_on` is set, as a slow fsync does."""

    def __init__(self) -> None:
        self.go_on = threading.Event()

    def worker(self, name: str, handle: Callable[[list[Item]], None]) -> Worker[Item]:
        def held(batch: list[Item]) -> None:
            assert self.go_on.wait(PATIENCE)
            handle(batch)

        return super().worker(name, held)


def test_one_commit_for_all_that_waits(backend: Backend) -> None:
    receipts = Receipts()
    commits: list[float] = []
    held = Held()
    log = backend.log(receipts, committed=commits.append, threads=held)
    updates = typed(*"abcdefghij" * 50)
    for number, update in enumerate(updates):
        log.append(BOOK, update, "ada", number)
    assert receipts.all == []
    held.go_on.set()
    assert receipts.wait(500) == [(number, None) for number in range(500)]
    assert receipts.sequences == list(range(1, 501))
    assert len(commits) <= 2  # the first may have been taken before the second came
    assert log.load(BOOK) == StoredLog(None, updates, Sequence(500))
    log.close()


def test_it_is_in_the_database_before_it_is_acknowledged(backend: Backend) -> None:
    seen: list[tuple[int, int]] = []
    done = threading.Event()

    def settled(results: list[Any]) -> None:
        total = (seen[-1][0] if seen else 0) + len(results)
        seen.append((total, rows(backend)))  # another connection sees what is committed only
        if total == 300:
            done.set()

    log = backend.log(settled)
    for number, update in enumerate(typed(*"x" * 300)):
        log.append(BOOK, update, "ada", number)
    assert done.wait(PATIENCE)
    log.close()
    assert all(acknowledged <= stored for acknowledged, stored in seen)


def test_nothing_to_write_is_acknowledged_after_all_before(backend: Backend) -> None:
    held = Held()
    log = backend.log(receipts := Receipts(), threads=held)
    (update,) = typed("a")
    log.append(BOOK, update, "ada", "written")
    log.append(BOOK, None, "ada", "empty")
    held.go_on.set()
    assert receipts.wait(2) == [("written", None), ("empty", None)]
    assert receipts.sequences == [1, NO_SEQUENCE]
    assert log.load(BOOK).updates == [update]
    log.close()


def test_documents_are_numbered_each_by_itself_and_go_on_after_a_restart(
    backend: Backend, log: SqlLog, fill: Fill
) -> None:
    fill(typed("a", "b"))
    fill(typed("c"), COMMENTS)
    log.close()
    again = backend.log(receipts := Receipts())
    again.append(BOOK, typed("d")[0], "ada", 1)
    receipts.wait(1)
    again.close()
    assert receipts.sequences == [3]
    numbers = backend.sql("SELECT id, sequence FROM updates JOIN documents ON document = key")
    assert sorted(numbers) == [("book", 1), ("book", 2), ("book", 3), ("book.comments", 1)]


def test_a_document_that_there_is_not(log: SqlLog, receipts: Receipts) -> None:
    update = typed("a")[0]
    log.append(DocumentId("nothing"), update, "ada", 1)
    log.append(DocumentId("nothing.comments"), update, "ada", 2)
    log.append(BOOK, update, "ada", 3)
    why = "there is no such document"
    assert receipts.wait(3) == [(1, why), (2, why), (3, None)]
    assert receipts.sequences == [NO_SEQUENCE, NO_SEQUENCE, 1]


def test_a_mistake_of_the_programs_own_leaves_nobody_waiting(
    log: SqlLog, receipts: Receipts, fill: Fill
) -> None:
    log.append(BOOK, object(), "ada", 1)  # type: ignore[arg-type]
    assert receipts.wait(1)[0][1] is not None
    log.write(lambda _: None)
    fill(typed("still here"))


class TestSince:
    def test_what_came_after_an_update(self, log: SqlLog, fill: Fill) -> None:
        updates = typed("one ", "two ", "three")
        fill(updates)
        assert log.since(BOOK, Sequence(1)) == StoredLog(None, updates[1:], Sequence(3))
        assert log.since(BOOK, NO_SEQUENCE) == StoredLog(None, updates, Sequence(3))
        assert log.since(BOOK, Sequence(3)) == StoredLog(None, [], Sequence(3))
        assert log.since(DocumentId("nothing"), Sequence(1)) == StoredLog(None, [], NO_SEQUENCE)

    def test_what_only_the_snapshot_has(self, log: SqlLog, fill: Fill) -> None:
        updates = typed("one ", "two ", "three ", "four")
        fill(updates[:3])
        log.compact(BOOK)
        fill(updates[3:])
        found = log.since(BOOK, Sequence(1))
        assert found == log.load(BOOK)
        assert (found.snapshot is None, found.updates) == (False, updates[3:])
        assert log.since(BOOK, Sequence(3)) == StoredLog(None, updates[3:], Sequence(4))
        assert log.since(BOOK, Sequence(4)) == StoredLog(None, [], Sequence(4))

    def test_where_logs_end(self, log: SqlLog, fill: Fill) -> None:
        fill(typed("one ", "two "))
        fill(typed("c"), COMMENTS)
        wanted = [BOOK, COMMENTS, DocumentId("nothing")]
        assert log.last_sequences(wanted) == {BOOK: 2, COMMENTS: 1}
        log.compact(BOOK)
        assert log.last_sequences([BOOK]) == {BOOK: 2}
        assert log.last_sequences([]) == {}
        many = [DocumentId(f"d{number}") for number in range(2_000)]
        assert log.last_sequences([*many, BOOK]) == {BOOK: 2}


def test_a_damaged_row_is_named(backend: Backend, log: SqlLog, fill: Fill) -> None:
    fill(typed("one", "two"))
    backend.sql("UPDATE updates SET checksum = 1 WHERE sequence = 2")
    assert log.load(BOOK).damaged == (2,)
    assert log.since(BOOK, Sequence(1)).damaged == (2,)
