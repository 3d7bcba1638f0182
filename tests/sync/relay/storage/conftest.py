"""A relay's files without a relay."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sync.document.delta import Delete, Retain, insert
from sync.document.document import Document
from sync.relay.storage.base import Settlement
from sync.relay.storage.sql.log import SqlLog
from sync.types import DocumentId, Origin
from tests.sync.relay.storage import backends
from tests.sync.relay.storage.backends import Backend, PostgresBackend, SqliteBackend

BOOK = DocumentId("book")
PATIENCE = 20.0


def typed(*words: str) -> list[bytes]:
    """Return the updates of somebody who writes these words one after the other."""
    document = Document(client_id=1)
    updates: list[bytes] = []
    document.on_update(lambda update, _: updates.append(update))
    for word in words:
        document.apply(insert(document.length, word), Origin.COMMAND)
    return updates


def typed_and_deleted(times: int) -> list[bytes]:
    """Return the updates of somebody who takes back half of each word."""
    document = Document(client_id=1)
    updates: list[bytes] = []
    document.on_update(lambda update, _: updates.append(update))
    for number in range(times):
        document.apply(insert(0, f"{number:04} "), Origin.COMMAND)
        document.apply([Retain(1), Delete(2)], Origin.COMMAND)
    return updates


class Receipts:
    """What the log says of each ticket, batch by batch."""

    def __init__(self) -> None:
        self.batches: list[list[Settlement]] = []
        self._changed = threading.Condition()

    def __call__(self, results: list[Settlement]) -> None:
        with self._changed:
            self.batches.append(results)
            self._changed.notify_all()

    @property
    def all(self) -> list[tuple[Any, str | None]]:
        """Ticket and reason."""
        return [result[:2] for batch in self.batches for result in batch]

    @property
    def sequences(self) -> list[int]:
        return [result.sequence for batch in self.batches for result in batch]

    def wait(self, count: int) -> list[tuple[Any, str | None]]:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.all) >= count, PATIENCE), self.all
            return self.all


@pytest.fixture
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Backend:
    """Hold a user and an empty document, in SQLite unless a test wants another."""
    backend: Backend
    if getattr(request, "param", "sqlite") == "postgres":
        backend = PostgresBackend(request.getfixturevalue("postgres_url"))
    else:
        backend = SqliteBackend(tmp_path / "relay")
    storage = backend.storage()
    user = storage.accounts.add_user("ada", "hash")
    storage.accounts.create_document(BOOK, "Book", user.id)
    storage.close()
    return backend


@pytest.fixture
def path(backend: SqliteBackend) -> Path:
    return backend.path


@pytest.fixture
def data_dir(backend: SqliteBackend) -> Path:
    return backend.data_dir


@pytest.fixture
def receipts() -> Receipts:
    return Receipts()


@pytest.fixture
def log(backend: Backend, receipts: Receipts) -> Iterator[SqlLog]:
    log = backend.log(receipts)
    yield log
    log.close()


Fill = Callable[..., None]


@pytest.fixture
def fill(log: SqlLog, receipts: Receipts) -> Fill:
    """Put updates on disk, and wait until they are."""

    def fill(updates: list[bytes], document_id: DocumentId = BOOK) -> None:
        before = len(receipts.all)
        for number, update in enumerate(updates):
            log.append(document_id, update, "ada", number)
        results = receipts.wait(before + len(updates))
        assert {reason for _, reason in results[before:]} <= {None}

    return fill


def sql(path: Path, statement: str, *values: Any) -> list[Any]:
    """Do something to the file that no program of ours would do."""
    return SqliteBackend(path.parent).sql(statement, *values)


def rows(path: Path) -> int:
    """Return how long all logs are together."""
    return backends.rows(SqliteBackend(path.parent))


def turn(path: Path, table: str, column: str, old: bytes, new: bytes) -> None:
    """Turn some bits of what lies on the disk."""
    backends.turn(SqliteBackend(path.parent), table, column, old, new)
