"""One SQLite file: a writer thread with group commit, and readers beside it.

The writer thread owns the only connection that writes. Callers hand it
functions and get futures; all functions that arrived while the last commit ran
share the next one, so many writers cost one fsync. A future is resolved after
the COMMIT of its function, that is: when its rows are on the disk
(`synchronous=FULL`, write-ahead log).
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeVar

from sync.errors import CannotSave, DatabaseDamaged
from sync.phrases import phrase

Result = TypeVar("Result")

BUSY_TIMEOUT = 5.0
"""Seconds to wait for another process that looks at the file (a backup, `sqlite3`)."""

_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


@dataclass(slots=True)
class _Task(Generic[Result]):
    function: Callable[[sqlite3.Connection], Result]
    future: Future[Result] = field(default_factory=Future)


class _BatchLost(Exception):
    """The transaction is gone with all tasks in it; `cause` says why."""

    def __init__(self, cause: BaseException) -> None:
        self.cause = cause


def connect(path: Path, *, writable: bool) -> sqlite3.Connection:
    """Open an existing database that any one thread at a time may use.

    Raises `sqlite3.Error`.
    """
    # Reading needs write access to the file's -shm neighbour, so readers ask
    # for it too and are held back by query_only.
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw",
        uri=True,
        timeout=BUSY_TIMEOUT,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        connection.execute("PRAGMA foreign_keys=ON")
        if writable:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
        else:
            connection.execute("PRAGMA query_only=ON")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def plain_words(error: BaseException) -> str:
    """Return what went wrong with the database in words for the person who writes."""
    return _explain(_primary_code(error)) or str(error) or type(error).__name__


def _explain(code: int) -> str | None:
    """Return what a result code means; None for those that only a mistake in a task brings."""
    match code:
        case sqlite3.SQLITE_FULL:
            return phrase("the disk is full")
        case sqlite3.SQLITE_READONLY:
            return phrase("the disk or the folder is read-only")
        case sqlite3.SQLITE_IOERR:
            return phrase("the disk reports an error")
        case sqlite3.SQLITE_CANTOPEN:
            return phrase("the database file cannot be opened")
        case sqlite3.SQLITE_NOMEM:
            return phrase("there is not enough memory")
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return phrase("another program is using the database")
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return phrase("the database is damaged")
    return None


def is_damage(error: sqlite3.Error) -> bool:
    """Whether SQLite says that the file itself is broken."""
    return _primary_code(error) in _DAMAGED


def _primary_code(error: BaseException) -> int:
    """Return SQLite's result code without its extension; 0 if there is none."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


class Database:
    """The connections to one existing, migrated database file.

    Raises `sqlite3.Error` if it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.commits = 0
        """Transactions committed so far; far fewer than tasks when many arrive together."""
        self.after_commit: Callable[[], None] | None = None
        """Called on the writer thread after each of them; must be quick."""
        self._queue: SimpleQueue[_Task[Any] | None] = SimpleQueue()
        self._closing = threading.Lock()
        self._closed = False
        self._readers: list[sqlite3.Connection] = []
        # None after a failure that a fresh connection may not have, until the next task.
        self._writer: sqlite3.Connection | None = connect(path, writable=True)
        self._thread = threading.Thread(target=self._run, name="inkstand-writer", daemon=True)
        self._thread.start()

    def submit(self, function: Callable[[sqlite3.Connection], Result]) -> Future[Result]:
        """Run `function` on the writer thread, in order, inside a transaction.

        It must depend on nothing but the connection: if the transaction is lost
        it may run again. The future holds its result once that is on the disk;
        else what it raised (its neighbours are not touched), or `CannotSave`
        when the disk did not take it. Callbacks of the future run on the writer
        thread and must be quick.
        """
        task = _Task(function)
        with self._closing:
            if not self._closed:
                self._queue.put(task)
                return task.future
        task.future.set_exception(CannotSave(phrase("this profile was closed")))
        return task.future

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection that sees everything committed so far and cannot write.

        Any thread may read. Raises `DatabaseDamaged` or `CannotSave` for what
        SQLite reports inside.
        """
        connection = None
        try:
            connection = self._lend()
            yield connection
        except sqlite3.DatabaseError as error:
            if connection is not None:
                connection.close()
                connection = None
            if is_damage(error):
                raise DatabaseDamaged(self.path, str(error)) from error
            raise _as_store_error(error) from error
        finally:
            if connection is not None:
                self._give_back(connection)

    def close(self) -> None:
        """Commit what was submitted, then close; later tasks fail."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
            self._queue.put(None)
        self._thread.join()
        with self._closing:
            readers, self._readers = self._readers, []
        for reader in readers:
            reader.close()
        if self._writer is not None:
            self._writer.close()  # the last one to close also empties the write-ahead log

    def _lend(self) -> sqlite3.Connection:
        with self._closing:
            if self._closed:
                raise CannotSave(phrase("this profile was closed"))
            if self._readers:
                return self._readers.pop()
        return connect(self.path, writable=False)

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._closing:
            if not self._closed:
                self._readers.append(connection)
                return
        connection.close()

    # The writer thread

    def _run(self) -> None:
        more = True
        while more:
            batch, more = self._take()
            self._write(batch)

    def _take(self) -> tuple[list[_Task[Any]], bool]:
        """Wait for a task and take all that are there; False if it is time to end."""
        batch: list[_Task[Any]] = []
        task = self._queue.get()
        while True:
            if task is None:
                return batch, False
            if task.future.set_running_or_notify_cancel():
                batch.append(task)
            try:
                task = self._queue.get_nowait()
            except Empty:
                return batch, True

    def _write(self, batch: list[_Task[Any]]) -> None:
        if not batch:
            return
        try:
            self._commit(batch)
        except _BatchLost as lost:
            self._forget_writer()
            if len(batch) == 1:
                batch[0].future.set_exception(CannotSave(plain_words(lost.cause)))
                return
            # One task too large for the disk must not fail the keystrokes beside it.
            for task in batch:
                self._write([task])

    def _commit(self, batch: list[_Task[Any]]) -> None:
        """Run a batch in one transaction and resolve its futures; or `_BatchLost`."""
        outcomes: list[tuple[Any, BaseException | None]] = []
        try:
            if self._writer is None:
                self._writer = connect(self.path, writable=True)
            writer = self._writer
            writer.execute("BEGIN IMMEDIATE")
            outcomes.extend(_run_in_savepoint(writer, task) for task in batch)
            writer.execute("COMMIT")
        except sqlite3.Error as error:
            raise _BatchLost(error) from error
        self.commits += 1
        for task, (result, failure) in zip(batch, outcomes, strict=True):
            if failure is None:
                task.future.set_result(result)
            else:
                task.future.set_exception(_as_store_error(failure))
        if self.after_commit is not None:
            self.after_commit()

    def _forget_writer(self) -> None:
        """Start the next transaction on a fresh connection.

        One that SQLite had to open on a read-only disk stays read-only for ever.
        """
        writer, self._writer = self._writer, None
        if writer is not None:
            with suppress(sqlite3.Error):
                writer.rollback()
            with suppress(sqlite3.Error):
                writer.close()


def _run_in_savepoint(
    writer: sqlite3.Connection, task: _Task[Any]
) -> tuple[Any, BaseException | None]:
    writer.execute("SAVEPOINT task")
    try:
        result = task.function(writer)
    except BaseException as error:  # whatever it is, it belongs to the caller
        if not writer.in_transaction:
            # A full disk makes SQLite roll back everything by itself.
            raise _BatchLost(error) from error
        writer.execute("ROLLBACK TO task")
        writer.execute("RELEASE task")
        return None, error
    writer.execute("RELEASE task")
    return result, None


def _as_store_error(error: BaseException) -> BaseException:
    """Return `CannotSave` for what the disk does; a mistake in a task's SQL stays as it is."""
    if not isinstance(error, sqlite3.Error) or _explain(_primary_code(error)) is None:
        return error
    cannot_save = CannotSave(plain_words(error))
    cannot_save.__cause__ = error
    return cannot_save
