"""The update log on SQLite: one thread writes, and one fsync covers all that waits for it."""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from sync.errors import AdministrationError
from sync.relay.storage.base import Settled, StoredLog
from sync.relay.storage.sqlite import schema
from sync.types import DocumentId

_Append = tuple[DocumentId, bytes | None, str, object]


class SqliteLog:
    """The update log. One thread writes; one fsync covers all that waits for it."""

    def __init__(self, path: Path, settled: Settled) -> None:
        self._path = path
        self._settled = settled
        self._queue: SimpleQueue[_Append | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="relay-log", daemon=True)
        # Key and next sequence by document id; forgotten when a commit fails.
        self._heads: dict[DocumentId, list[int]] = {}
        self._thread.start()

    def append(
        self, document_id: DocumentId, update: bytes | None, author: str, ticket: object
    ) -> None:
        """See `UpdateLog.append`."""
        self._queue.put((document_id, update, author, ticket))

    def load(self, document_id: DocumentId) -> StoredLog:
        """See `UpdateLog.load`."""
        connection = schema.connect(self._path, read_only=True)
        try:
            connection.execute("BEGIN")
            row = connection.execute(
                "SELECT key FROM documents WHERE id = ?", [document_id]
            ).fetchone()
            if row is None:
                return StoredLog(None, [])
            snapshot = connection.execute(
                "SELECT sequence, state FROM snapshots WHERE document = ?", row
            ).fetchone()
            rows = connection.execute(
                "SELECT data FROM updates WHERE document = ? AND sequence > ? ORDER BY sequence",
                [row[0], snapshot[0] if snapshot else 0],
            )
            return StoredLog(snapshot[1] if snapshot else None, [data for (data,) in rows])
        except sqlite3.Error as error:
            raise schema.explain(error, self._path) from None
        finally:
            connection.close()

    def probe(self) -> bool:
        """See `UpdateLog.probe`."""
        try:
            connection = schema.connect(self._path)
            try:
                connection.execute("UPDATE probe SET value = value + 1")
            finally:
                connection.close()
        except (sqlite3.Error, AdministrationError):
            return False
        return True

    def close(self) -> None:
        """Settle what was appended and end the thread."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        connection = schema.connect(self._path)
        running = True
        while running:
            batch = [self._queue.get()]
            while not self._queue.empty():
                batch.append(self._queue.get())
            running = None not in batch
            appends = [entry for entry in batch if entry is not None]
            if appends:
                self._settled(self._commit(connection, appends))
            # While this waits for the next, the last senders may have gone.
            del batch, appends
        connection.close()

    def _commit(
        self, connection: sqlite3.Connection, appends: list[_Append]
    ) -> list[tuple[Any, str | None]]:
        """Put a batch on disk; return what became of each, in order."""
        results: list[tuple[Any, str | None]] = []
        try:
            connection.execute("BEGIN IMMEDIATE")
            for document_id, update, author, ticket in appends:
                known = update is None or self._insert(connection, document_id, update, author)
                results.append((ticket, None if known else "there is no such document"))
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._heads.clear()
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            return [(ticket, schema.reason(error)) for _, _, _, ticket in appends]
        return results

    def _insert(
        self, connection: sqlite3.Connection, document_id: DocumentId, update: bytes, author: str
    ) -> bool:
        head = self._heads.get(document_id)
        if head is None:
            row = connection.execute(
                "SELECT key, 1 + max("
                "coalesce((SELECT max(sequence) FROM updates WHERE document = key), 0),"
                "coalesce((SELECT sequence FROM snapshots WHERE document = key), 0))"
                " FROM documents WHERE id = ?",
                [document_id],
            ).fetchone()
            if row is None:
                return False
            head = self._heads[document_id] = list(row)
        connection.execute(
            "INSERT INTO updates VALUES (?, ?, ?, ?, ?)",
            [head[0], head[1], author, int(time.time() * 1000), update],
        )
        head[1] += 1
        return True
