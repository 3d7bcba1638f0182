"""The update log on SQLite: one thread writes, and one fsync covers all that waits for it."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sync.errors import AdministrationError
from sync.relay.storage import elsewhere
from sync.relay.storage.base import NO_SEQUENCE, NO_SUCH_DOCUMENT, Settled, Settlement
from sync.relay.storage.sql import compaction, reading
from sync.relay.storage.sql.database import Connection
from sync.relay.storage.sql.documents import implied_key
from sync.relay.storage.sql.log import Append, Head, SqlLog
from sync.relay.storage.sqlite import schema
from sync.threads import THREADS, Threads
from sync.types import DocumentId, Sequence, is_implied

T = TypeVar("T")

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Head(Head):
    next: int = 1
    """Sequence of the next update."""


class _Job:
    """Something else to be written, in a transaction of its own."""

    def __init__(self, work: Callable[[Connection], Any]) -> None:
        self.work = work
        self.done: Future[Any] = Future()


class SqliteLog(SqlLog):
    """The update log. One thread writes; one fsync covers all that waits for it."""

    def __init__(
        self,
        path: Path,
        settled: Settled,
        long: Callable[[DocumentId], None] = lambda _: None,
        long_updates: int = 0,
        committed: Callable[[float], object] = lambda _: None,
        threads: Threads = THREADS,
    ) -> None:
        """Open the file, which must be there (`schema.prepare`). For the rest see `SqlLog`."""
        self._path = path
        self._heads: dict[DocumentId, _Head] = {}
        self._connection = schema.connect(path)
        super().__init__(settled, long, long_updates, committed, threads)

    @property
    def url(self) -> str:
        """See `UpdateLog.url`."""
        return elsewhere.sqlite_url(self._path)

    def probe(self) -> bool:
        """See `UpdateLog.probe`."""
        try:
            connection = schema.connect(self._path)
            try:
                connection.execute("UPDATE probe SET value = value + 1")
                # Begin a new write-ahead log: pages of this one may be clean in the system's cache
                # though the disk never took them, and what follows a gap is not read again
                # (Rebello et al., "Can Applications Recover from fsync Failures?", 2020).
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                connection.close()
        except (sqlite3.Error, AdministrationError):
            return False
        return True

    @property
    def _place(self) -> str:
        return str(self._path)

    def reading(self) -> AbstractContextManager[Connection]:
        """See `SqlLog.reading`."""
        return schema.opened(self._path)

    def _compacting(self, _: DocumentId) -> AbstractContextManager[bool]:
        """See `SqlLog._compacting`. One process serves a file, and it compacts on one thread."""
        return nullcontext(True)

    def write(self, work: Callable[[Connection], T]) -> T:
        """See `SqlLog.write`: on the log's thread, so never call it there."""
        job = _Job(work)
        self._worker.put(job)
        try:
            result: T = job.done.result()
        except sqlite3.Error as error:
            raise schema.explain(error, self._path) from None
        return result

    def close(self) -> None:
        """See `SqlLog.close`."""
        super().close()
        self._connection.close()

    def _handle(self, batch: list[Append | _Job]) -> None:
        appends: list[Append] = []
        for entry in batch:
            if isinstance(entry, _Job):
                self._append_all(appends)
                appends = []
                self._do(entry)
            else:
                appends.append(entry)
        self._append_all(appends)

    def _append_all(self, appends: list[Append]) -> None:
        if appends:
            self._settled(self._commit(appends))

    def _do(self, job: _Job) -> None:
        connection = self._connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            result = job.work(connection)
            connection.execute("COMMIT")
        except Exception as error:  # it is the caller's; this thread goes on  # noqa: BLE001
            with suppress(sqlite3.Error):
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
            job.done.set_exception(error)
        else:
            job.done.set_result(result)

    def _commit(self, appends: list[Append]) -> list[Settlement]:
        """Put a batch on disk; return what became of each, in order."""
        connection = self._connection
        results: list[Settlement] = []
        began = time.perf_counter()
        try:
            connection.execute("BEGIN IMMEDIATE")
            for document_id, update, author, ticket in appends:
                if update is None:
                    results.append(Settlement(ticket, None, NO_SEQUENCE))
                    continue
                sequence = self._insert(connection, document_id, update, author)
                reason = None if sequence else NO_SUCH_DOCUMENT
                results.append(Settlement(ticket, reason, sequence))
            connection.execute("COMMIT")
        except Exception as error:  # if this thread ended, all would wait for ever  # noqa: BLE001
            self._heads.clear()
            with suppress(sqlite3.Error):
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
            if not isinstance(error, sqlite3.Error):
                _log.exception("A mistake of the relay's own in the log")
            why = schema.reason(error)
            return [Settlement(ticket, why, NO_SEQUENCE) for _, _, _, ticket in appends]
        self._committed(time.perf_counter() - began)
        return results

    def _insert(
        self, connection: sqlite3.Connection, document_id: DocumentId, update: bytes, author: str
    ) -> Sequence:
        """Return the update's sequence, `NO_SEQUENCE` if there is no such document."""
        head = self._heads.get(document_id)
        if head is None:
            row = connection.execute(
                "SELECT key,"
                " coalesce((SELECT max(sequence) FROM updates WHERE document = key), 0),"
                " coalesce((SELECT sequence FROM snapshots WHERE document = key), 0)"
                " FROM documents WHERE id = ?",
                [document_id],
            ).fetchone()
            if row is None and is_implied(document_id):
                implied = implied_key(connection, document_id)
                row = None if implied is None else (implied, 0, 0)
            if row is None:
                return NO_SEQUENCE
            key, last, covered = row
            head = self._heads[document_id] = _Head(key, covered, next=max(last, covered) + 1)
        now, checksum = int(time.time() * 1000), reading.checksum(head.next, update)
        connection.execute(
            "INSERT INTO updates VALUES (?, ?, ?, ?, ?, ?)",
            [head.key, head.next, author, now, update, checksum],
        )
        head.grown += len(update)
        if self._long_updates and (
            (head.next - head.covered) % self._long_updates == 0
            or head.grown > compaction.LONG_BYTES
        ):
            head.grown = 0
            self._long(document_id)
        head.next += 1
        return Sequence(head.next - 1)
