"""People, documents and rights in the relay's SQLite file, for any thread."""

from __future__ import annotations

import secrets
import sqlite3
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sync.relay.storage.sql.accounts import SqlAccounts
from sync.relay.storage.sqlite import schema
from sync.types import DocumentId


class SqliteAccounts(SqlAccounts):
    """One connection that writes, and as many that read as there are readers at one time.

    Reading never waits for a write: the event loop reads here.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._writer = schema.connect(path)
        # Not one a thread: threads of a pool come and go, and would leave theirs behind.
        self._idle: deque[sqlite3.Connection] = deque()
        self._closed = False
        self._era = secrets.token_hex(8)

    @contextmanager
    def _writing(self, about: str | None = None) -> Iterator[sqlite3.Connection]:  # noqa: ARG002
        """See `Database._writing`. One writes at a time, whatever it is about."""
        with self._lock:
            try:
                self._writer.execute("BEGIN IMMEDIATE")
                yield self._writer
                self._writer.execute("COMMIT")
            except sqlite3.Error as error:
                raise schema.explain(error, self.path) from None
            finally:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """See `Database._reading`."""
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = schema.connect(self.path, read_only=True)
        try:
            yield connection
        except sqlite3.Error as error:
            raise schema.explain(error, self.path) from None
        finally:
            if self._closed:
                connection.close()
            else:
                self._idle.append(connection)

    def is_at_hand(self, user_id: str | None, family: str | None, document_id: DocumentId) -> bool:  # noqa: ARG002
        """See `Accounts.is_at_hand`: it is on this machine."""
        return True

    def era(self) -> str:
        """See `Accounts.era`: a file is put back while nobody has it open."""
        return self._era

    def close(self) -> None:
        """See `Database.close`."""
        with self._lock:
            self._closed = True
            self._writer.close()
            while self._idle:
                self._idle.pop().close()
