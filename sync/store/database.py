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
from typing import Any, Generic, TypeVar

from sync.errors import CannotSave, DatabaseDamaged
from sync.foreground import FOREGROUND
from sync.phrases import phrase
from sync.threads import THREADS, Threads, Worker

Result = TypeVar("Result")

BUSY_TIMEOUT = 5.0
"""Seconds to wait for another process that looks at the file (a backup, `sqlite3`)."""

READERS_TIMEOUT = 30.0
"""Seconds that whoever wants the file alone waits for those who read."""

_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


@dataclass(slots=True)
class _Task(Generic[Result]):
    function: Callable[[sqlite3.Connection], Result]
    future: Future[Result] = field(default_factory=Future)


@dataclass(slots=True)
class _Alone(Generic[Result]):
    """Work that wants the file to itself."""

    function: Callable[[], Result]
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

    def __init__(self, path: Path, threads: Threads = THREADS) -> None:
        self.path = path
        self.commits = 0
        """Transactions committed so far; far fewer than tasks when many arrive together."""
        self.after_commit: Callable[[], None] | None = None
        """Called on the writer thread after each of them; must be quick."""
        self.on_damage: Callable[[], None] = lambda: None
        """Called on any thread, and must be quick, when SQLite finds the file broken: once."""
        self._closing = threading.Condition()
        self._closed = False
        self._damage_told = False
        self._lent = 0
        self._held = False
        """Whether no connection is lent because somebody has the file to himself."""
        self._readers: list[sqlite3.Connection] = []
        # None after a failure that a fresh connection may not have, until the next task.
        self._writer: sqlite3.Connection | None = connect(path, writable=True)
        self._worker: Worker[_Task[Any] | _Alone[Any]] = threads.worker(
            "inkstand-writer", self._work
        )

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
                self._worker.put(task)
                return task.future
        task.future.set_exception(CannotSave(phrase("this profile was closed")))
        return task.future

    def alone(self, function: Callable[[], Result]) -> Future[Result]:
        """Run `function` on the writer thread, in order, while nobody here has the file open.

        It may put another file in its place. Readers wait meanwhile. The future has what it
        returned or raised; `CannotSave` if somebody does not stop reading.
        """
        work = _Alone(function)
        with self._closing:
            if not self._closed:
                self._worker.put(work)
                return work.future
        work.future.set_exception(CannotSave(phrase("this profile was closed")))
        return work.future

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
                self._take_back(connection, keep=False)
                connection = None
            if is_damage(error):
                self._tell_damage()
                raise DatabaseDamaged(self.path, str(error)) from error
            raise _as_store_error(error) from error
        finally:
            if connection is not None:
                self._take_back(connection, keep=True)

    def close(self) -> None:
        """Commit what was submitted, then close; later tasks fail."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
        self._worker.end(wait=True)
        with self._closing:
            readers, self._readers = self._readers, []
        for reader in readers:
            reader.close()
        if self._writer is not None:
            self._writer.close()  # the last one to close also empties the write-ahead log

    def _lend(self) -> sqlite3.Connection:
        with self._closing:
            self._closing.wait_for(lambda: not self._held)
            if self._closed:
                raise CannotSave(phrase("this profile was closed"))
            self._lent += 1
            if self._readers:
                return self._readers.pop()
        try:
            return connect(self.path, writable=False)
        except BaseException:
            with self._closing:
                self._lent -= 1
                self._closing.notify_all()
            raise

    def _take_back(self, connection: sqlite3.Connection, *, keep: bool) -> None:
        with self._closing:
            keep = keep and not (self._closed or self._held)
            if keep:
                self._readers.append(connection)
        if not keep:
            connection.close()
        with self._closing:
            self._lent -= 1
            self._closing.notify_all()

    def _tell_damage(self) -> None:
        with self._closing:
            told, self._damage_told = self._damage_told, True
        if not told:
            self.on_damage()

    # The writer thread

    def _work(self, items: list[_Task[Any] | _Alone[Any]]) -> None:
        """Write what was submitted, in one transaction up to each that wants the file alone."""
        batch: list[_Task[Any]] = []
        for item in items:
            if isinstance(item, _Alone):
                self._write(batch)
                batch = []
                self._run_alone(item)
            elif item.future.set_running_or_notify_cancel():
                batch.append(item)
        self._write(batch)

    def _run_alone(self, work: _Alone[Any]) -> None:
        with self._closing:
            self._held = True
            readers, self._readers = self._readers, []
            free = self._closing.wait_for(lambda: not self._lent, READERS_TIMEOUT)
        try:
            for reader in readers:
                reader.close()
            self._forget_writer()
            if not free:
                raise CannotSave(phrase("another program is using the database"))
            result = work.function()
        except BaseException as error:  # whatever it is, it belongs to the caller  # noqa: BLE001
            failure: BaseException | None = error
        else:
            failure = None
        with self._closing:
            self._held = False
            self._damage_told = self._damage_told and failure is not None
            self._closing.notify_all()
        if failure is None:
            work.future.set_result(result)
        else:
            work.future.set_exception(failure)

    def _write(self, batch: list[_Task[Any]]) -> None:
        if not batch:
            return
        try:
            self._commit(batch)
        except _BatchLost as lost:
            self._forget_writer()
            if _primary_code(lost.cause) in _DAMAGED:
                self._tell_damage()
            if len(batch) == 1:
                batch[0].future.set_exception(CannotSave(plain_words(lost.cause)))
                return
            # One task too large for the disk must not fail the keystrokes beside it.
            for task in batch:
                self._write([task])

    def _commit(self, batch: list[_Task[Any]]) -> None:
        """Run a batch in one transaction and resolve its futures; or `_BatchLost`."""
        outcomes: list[tuple[Any, BaseException | None]] = []
        FOREGROUND.give_way()  # a key is painted before the disk is asked to keep it
        try:
            if self._writer is None:
                self._writer = connect(self.path, writable=True)
            writer = self._writer
            writer.execute("BEGIN IMMEDIATE")
            for task in batch:
                FOREGROUND.give_way()
                outcomes.append(_run_in_savepoint(writer, task))
            writer.execute("COMMIT")
        except sqlite3.Error as error:
            raise _BatchLost(error) from error
        self.commits += 1
        for task, (result, failure) in zip(batch, outcomes, strict=True):
            if failure is None:
                task.future.set_result(result)
            else:
                if _primary_code(failure) in _DAMAGED:
                    self._tell_damage()
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
