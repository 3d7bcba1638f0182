"""Setting a damaged database aside, and putting what is left of it in its place."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path

from sync import files
from sync.errors import CannotSalvage, NothingReadable
from sync.phrases import explain_os_error
from sync.store import backup, migrations, replacing
from sync.store.database import plain_words
from sync.store.salvage.fallback import Backups
from sync.store.salvage.mending import mend
from sync.store.salvage.pages import Pages
from sync.store.salvage.reading import Found, Reading
from sync.store.salvage.report import Salvage

_MAKING = ".salvaging"
_MARK = "-damaged"

NOTICE = "salvage"
"""The name in `profile` under which the report is kept until somebody has seen it."""

Progress = Callable[[int, int], None]
"""Told how much is done, and of how much. May raise, to end it: nothing is changed then."""


def mark(path: Path) -> None:
    """Note that the database at `path` is damaged where a start does not look."""
    with contextlib.suppress(OSError):
        path.with_name(path.name + _MARK).touch(mode=0o600)


def is_marked(path: Path) -> bool:
    """Whether `mark` has noted it. Salvaged or replaced, it is so no more."""
    return path.exists() and path.with_name(path.name + _MARK).exists()


def salvage(path: Path, progress: Progress = lambda *_: None) -> Salvage:
    """Make a new database of all that can be read of the one at `path`, which is moved aside.

    Nobody may have it open, and the caller owns the profile. Raises `NothingReadable` or
    `CannotSalvage`; nothing was changed then.
    """
    making = path.with_name(path.name + _MAKING)
    try:
        aside = files.dated(path.parent, "damaged-")
        replacing.remove(making)
        try:
            report = _build(path, making, aside, progress)
            files.sync(making)
            replacing.replace(path, making, aside)
        finally:
            replacing.remove(making)
    except OSError as error:
        raise CannotSalvage(path, explain_os_error(error)) from error
    except sqlite3.Error as error:
        raise CannotSalvage(path, plain_words(error)) from error
    return report


def _build(path: Path, making: Path, aside: Path, progress: Progress) -> Salvage:
    databases = backup.databases(path.parent)
    with Pages(path) as pages, contextlib.closing(Backups(databases)) as backups:
        reading = Reading(pages, progress)
        migrations.make(making, reading.version)
        connection = sqlite3.connect(making, isolation_level=None)
        try:
            # Nobody waits for it, and until it is whole it is worth nothing.
            for setting in ("journal_mode = DELETE", "synchronous = OFF", "foreign_keys = OFF"):
                connection.execute(f"PRAGMA {setting}")
            connection.execute("BEGIN")
            _fill(connection, reading)
            if not connection.execute(
                "SELECT 1 FROM updates UNION SELECT 1 FROM documents UNION SELECT 1 FROM snapshots"
            ).fetchone():
                raise NothingReadable(path, databases[0].parent if databases else None)
            connection.execute("COMMIT")
            migrations.apply(connection, len(migrations.MIGRATIONS))
            connection.execute("BEGIN")
            losses, signed_out = mend(
                connection, reading.document_ids, reading.damaged, backups, progress
            )
            (documents,) = connection.execute("SELECT count(*) FROM documents").fetchone()
            report = Salvage(aside.name, documents, tuple(losses), reading.unknown, signed_out)
            connection.execute(
                "INSERT OR REPLACE INTO profile VALUES (?, ?)", [NOTICE, report.to_json()]
            )
            connection.execute("COMMIT")
        finally:
            connection.close()
    return report


def _fill(connection: sqlite3.Connection, reading: Reading) -> None:
    """Insert all rows; what a fresh database begins with stays only where nothing was read."""
    begun = {
        name: connection.execute(f"SELECT * FROM {name}").fetchall()  # noqa: S608
        for name in reading.tables
    }
    for name in reading.tables:
        connection.execute(f"DELETE FROM {name}")  # noqa: S608
    key = lambda found: (found.table.name, len(found.values))  # noqa: E731
    for (name, width), rows in groupby(reading.rows(), key):
        columns = [column.name for column in reading.tables[name].columns[:width]]
        _insert(connection, name, columns, rows)
    for name, first in begun.items():
        if first and name != "profile":  # a new id there would hide that the old one is lost
            places = ", ".join("?" * len(first[0]))
            connection.executemany(
                f"INSERT OR IGNORE INTO {name} VALUES ({places})",  # noqa: S608
                first,
            )


def _insert(
    connection: sqlite3.Connection, name: str, columns: list[str], rows: Iterator[Found]
) -> None:
    places = ", ".join("?" * len(columns))
    # The first one read of two that have the same key is the better one.
    sql = f"INSERT OR IGNORE INTO {name} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608
    connection.executemany(sql, (found.values for found in rows))
