"""A relay's files without a relay."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from sync.document.delta import Delete, Retain, insert
from sync.document.document import Document
from sync.relay.storage.base import Settlement
from sync.relay.storage.sqlite import schema
from sync.relay.storage.sqlite.log import SqliteLog
from sync.relay.storage.sqlite.storage import SqliteStorage
from sync.types import DocumentId, Origin

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
def data_dir(tmp_path: Path) -> Path:
    """Hold a user and an empty document."""
    storage = SqliteStorage(tmp_path / "relay")
    user = storage.accounts.add_user("ada", "hash")
    storage.accounts.create_document(BOOK, "Book", user.id)
    storage.close()
    return tmp_path / "relay"


@pytest.fixture
def path(data_dir: Path) -> Path:
    return data_dir / schema.FILE_NAME


@pytest.fixture
def receipts() -> Receipts:
    return Receipts()


@pytest.fixture
def log(path: Path, receipts: Receipts) -> Iterator[SqliteLog]:
    log = SqliteLog(path, receipts)
    yield log
    log.close()


Fill = Callable[..., None]


@pytest.fixture
def fill(log: SqliteLog, receipts: Receipts) -> Fill:
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
    with closing(sqlite3.connect(path, isolation_level=None, timeout=20)) as connection:
        return connection.execute(statement, values).fetchall()


def rows(path: Path) -> int:
    """Return how long all logs are together."""
    return int(sql(path, "SELECT count(*) FROM updates")[0][0])


def turn(path: Path, table: str, column: str, old: bytes, new: bytes) -> None:
    """Turn some bits of what lies on the disk."""
    assert len(old) == len(new)
    for (data,) in sql(path, f"SELECT {column} FROM {table} WHERE instr({column}, ?)", old):
        sql(
            path,
            f"UPDATE {table} SET {column} = ? WHERE {column} = ?",
            data.replace(old, new),
            data,
        )
