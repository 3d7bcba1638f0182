"""Disks that fill up and lose power between any two commits; the files are real."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


class PowerLoss(BaseException):
    """The machine is off: whoever is told of it is gone already."""


class Disk:
    """One machine's; each process that is started on it gets a copy of what is there."""

    def __init__(self, folder: Path, rng: random.Random, template: Path | None = None) -> None:
        self._folder = folder
        self._rng = rng
        self._generation = 0
        self.full = False
        self.fail_at_commit: str | None = None
        """Lose power ``before`` or ``after`` the next commit that writes something."""
        self.path = folder / "0"
        if template is None:
            self.path.mkdir(parents=True)
        else:
            shutil.copytree(template, self.path)

    def lose_power(self) -> None:
        """Leave what is committed, in a folder of its own: what goes on writing writes elsewhere.

        SQLite runs on this thread alone, so that nothing is half written now.
        """
        self.fail_at_commit = None
        self.put_back(self.path)

    def put_back(self, folder: Path) -> None:
        """Let the next process find a copy of what is in `folder`."""
        self._generation += 1
        self.path = self._folder / str(self._generation)
        copy_database(folder, self.path)

    def before(self, connection: Connection, verb: str) -> None:
        """Called before each statement that writes, and each commit of some."""
        if self.full and verb != "DELETE" and (verb == "COMMIT" or self._rng.random() < 0.7):
            if connection.in_transaction:
                sqlite3.Connection.execute(connection, "ROLLBACK")  # as SQLite does by itself
            connection.wrote = False
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            error.sqlite_errorname = "SQLITE_FULL"
            raise error
        if verb == "COMMIT" and self.fail_at_commit == "before":
            raise PowerLoss

    def committed(self) -> None:
        """Called when something was committed."""
        if self.fail_at_commit == "after":
            raise PowerLoss


class Connection(sqlite3.Connection):
    """A connection to a file on a `Disk`."""

    disk: Disk | None = None
    wrote = False
    is_safe = False
    """Whether a commit is on the disk when it returns."""

    def execute(self, sql: str, *args: Any) -> sqlite3.Cursor:
        verb = sql.lstrip()[:7].split(" ")[0].upper()
        if self.disk is None:
            return super().execute(sql, *args)
        if verb in WRITES:
            self.disk.before(self, verb)
            self.wrote = self.in_transaction
        elif verb == "COMMIT" and self.wrote:
            self.disk.before(self, verb)
            self.wrote = False
            if not self.is_safe:
                (synchronous,) = super().execute("PRAGMA synchronous").fetchone()
                assert synchronous == 2, "a commit would not survive a power loss"
                self.is_safe = True
            cursor = super().execute(sql, *args)
            self.disk.committed()
            return cursor
        return super().execute(sql, *args)

    def executemany(self, sql: str, *args: Any) -> sqlite3.Cursor:
        if self.disk is not None:
            self.disk.before(self, "INSERT")
            self.wrote = self.in_transaction
        return super().executemany(sql, *args)


@contextmanager
def faulty_disks(current: Callable[[], Disk | None]) -> Iterator[None]:
    """Let each new connection be to the disk that `current` says."""
    real = sqlite3.connect

    def connect(*args: Any, **options: Any) -> Connection:
        connection: Connection = real(*args, factory=Connection, **options)
        connection.disk = current()
        return connection

    with patch.object(sqlite3, "connect", connect):
        yield


def copy_database(folder: Path, to: Path) -> None:
    """Copy the databases in `folder` with what is only in their write-ahead logs."""
    to.mkdir(parents=True)
    for path in folder.iterdir():
        if path.suffix in (".db", ".sqlite3") or path.name.endswith("-wal"):
            shutil.copyfile(path, to / path.name)
