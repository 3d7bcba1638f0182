"""The schema, as ordered steps, and the look at a file before anything touches it.

`PRAGMA user_version` counts the steps that a file has been through. Each step
is one transaction together with its count.
"""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sync import files
from sync.errors import DatabaseDamaged, NewerSchema
from sync.phrases import phrase
from sync.store import probes
from sync.store.database import connect, is_damage

if TYPE_CHECKING:
    from sqlite_utils import Database


def _documents_log_and_outbox(db: Database) -> None:
    for table in (
        # `number` keeps rows small: a 32-character id in each of 260,000 updates is 8 MB.
        # `last_sequence`, `waiting` and `refused` are kept in the transactions that change
        # them, so that the status of 10,000 documents is one short query.
        """CREATE TABLE documents (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            title TEXT NOT NULL,
            created TEXT NOT NULL,
            role TEXT,
            on_relay INTEGER NOT NULL DEFAULT 0,
            last_sequence INTEGER NOT NULL DEFAULT 0,
            waiting INTEGER NOT NULL DEFAULT 0,
            refused INTEGER NOT NULL DEFAULT 0,
            refused_reason TEXT
        ) STRICT""",
        # `written` is Unix milliseconds, only ever shown.
        """CREATE TABLE updates (
            document INTEGER NOT NULL REFERENCES documents (number),
            sequence INTEGER NOT NULL,
            origin TEXT NOT NULL,
            author TEXT,
            written INTEGER NOT NULL,
            bytes BLOB NOT NULL,
            PRIMARY KEY (document, sequence)
        ) STRICT, WITHOUT ROWID""",
        # All updates up to `sequence` in one..
        """CREATE TABLE snapshots (
            document INTEGER PRIMARY KEY REFERENCES documents (number),
            sequence INTEGER NOT NULL,
            written INTEGER NOT NULL,
            bytes BLOB NOT NULL
        ) STRICT""",
        # The foreign key is what keeps an unsent update in the log: no ON DELETE.
        """CREATE TABLE outbox (
            document INTEGER NOT NULL,
            sequence INTEGER NOT NULL,
            refused INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (document, sequence),
            FOREIGN KEY (document, sequence) REFERENCES updates (document, sequence)
        ) STRICT, WITHOUT ROWID""",
        "CREATE TABLE profile (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
    ):
        db.execute(table)
    db.execute("INSERT INTO profile VALUES ('id', ?)", [uuid.uuid4().hex])


def _states_of_the_relay(db: Database) -> None:
    # What the relay called the state that this device has all of (an opaque word), and when that
    # was found (Unix milliseconds, only ever shown).
    db.execute("ALTER TABLE documents ADD COLUMN relay_state TEXT")
    db.execute("ALTER TABLE documents ADD COLUMN in_step INTEGER")


def _checksums(db: Database) -> None:
    # CRC-32 of `bytes`; NULL in rows that were written before. SQLite has no sums of its own, and
    # Yjs takes some of what a disk makes of an update for another one.
    for table in ("updates", "snapshots"):
        db.execute(f"ALTER TABLE {table} ADD COLUMN crc INTEGER")


def _history(db: Database) -> None:
    for table in (
        # `number` says which of two is newer, never `made` (Unix seconds, for show and for
        # thinning). `authors` is a JSON array of user ids, null for somebody unknown.
        """CREATE TABLE versions (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            document INTEGER NOT NULL REFERENCES documents (number),
            sequence INTEGER NOT NULL,
            made INTEGER NOT NULL,
            name TEXT,
            authors TEXT NOT NULL,
            state BLOB NOT NULL
        ) STRICT""",
        "CREATE INDEX versions_of_document ON versions (document, number)",
        # What was seen is the log up to `sequence`; `state` is that, compressed, from when the
        # log does not go back as far.
        """CREATE TABLE seen (
            document INTEGER PRIMARY KEY REFERENCES documents (number),
            sequence INTEGER NOT NULL,
            state BLOB
        ) STRICT""",
        # What each user deleted on this device, of the updates that are in a snapshot;
        # `author` is empty for while nobody was signed in.
        """CREATE TABLE removals (
            document INTEGER NOT NULL REFERENCES documents (number),
            author TEXT NOT NULL,
            deletions BLOB NOT NULL,
            PRIMARY KEY (document, author)
        ) STRICT, WITHOUT ROWID""",
    ):
        db.execute(table)


def _indexed(db: Database) -> None:
    # How far each document is in the index for searching, a file of its own (decision 0016).
    db.execute(
        """CREATE TABLE indexed (
            document INTEGER PRIMARY KEY REFERENCES documents (number) ON DELETE CASCADE,
            sequence INTEGER NOT NULL,
            title TEXT NOT NULL,
            token INTEGER NOT NULL
        ) STRICT"""
    )


def _homes_and_members(db: Database) -> None:
    # The account that a document belongs to (`Account.key`), empty: this device only, NULL: the
    # first account that there will be (decision 0025). `used` orders accounts, for show only.
    db.execute("ALTER TABLE documents ADD COLUMN home TEXT")
    db.execute(
        """CREATE TABLE accounts (
            relay_url TEXT NOT NULL,
            user_id TEXT NOT NULL,
            name TEXT NOT NULL,
            used INTEGER NOT NULL,
            PRIMARY KEY (relay_url, user_id)
        ) STRICT, WITHOUT ROWID"""
    )
    account = "FROM profile WHERE name = 'account' AND json_valid(value)"
    parts = [f"json_extract(value, '$.{name}')" for name in ("user_id", "relay_url", "name")]
    user_id, relay_url, name = parts
    db.execute(f"INSERT INTO profile SELECT 'home', {user_id} || ' at ' || {relay_url} {account}")
    db.execute(f"INSERT INTO accounts SELECT {relay_url}, {user_id}, {name}, 0 {account}")
    db.execute("UPDATE documents SET home = (SELECT value FROM profile WHERE name = 'home')")
    # What the relay said last about who has a role in a document: a JSON array, and when (Unix
    # milliseconds, only ever shown).
    db.execute(
        """CREATE TABLE members (
            document INTEGER PRIMARY KEY REFERENCES documents (number) ON DELETE CASCADE,
            known INTEGER NOT NULL,
            list TEXT NOT NULL
        ) STRICT"""
    )


MIGRATIONS: tuple[Callable[[Database], None], ...] = (
    _documents_log_and_outbox,
    _states_of_the_relay,
    _checksums,
    _history,
    _indexed,
    _homes_and_members,
)
"""Only ever appended to."""

DATABASE = "inkstand.db"
LOCK = "inkstand.lock"
"""Files in a profile."""

_HEADER_SIZE = 100
_MAGIC = b"SQLite format 3\0"


def prepare(path: Path) -> None:
    """Make the database if there is none, else check it and bring it up to date.

    Raises `NewerSchema` or `DatabaseDamaged`, the file untouched; `sqlite3.Error`
    or `OSError` when the disk does not let it.
    """
    if path.exists():
        found = check(path)
        if found < len(MIGRATIONS):
            _migrate(path)
    else:
        _create(path)


def check(path: Path) -> int:
    """Return a file's schema version without writing to it.

    Raises `DatabaseDamaged` or `NewerSchema`.
    """
    log = _neighbour(path, "-wal")
    has_log = log.exists() and log.stat().st_size > 0
    _check_header(path, has_log=has_log)
    # With no log to look into, SQLite need not even create files beside it.
    mode = "mode=ro" if has_log else "mode=ro&immutable=1"
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True)
        try:
            (found,) = connection.execute("PRAGMA user_version").fetchone()
            if found > len(MIGRATIONS):
                raise NewerSchema(path, int(found), len(MIGRATIONS))
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
            if found < 1 or "documents" not in tables:
                raise DatabaseDamaged(path, phrase("it is a database, but not one of Inkstand's"))
            probes.probe(connection, path)
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        if is_damage(error):
            raise DatabaseDamaged(path, str(error)) from error
        raise
    return int(found)


def _check_header(path: Path, *, has_log: bool) -> None:
    """Find what SQLite overlooks: it takes an empty file for a new database.

    Source: https://sqlite.org/fileformat2.html, "The Database Header".
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        header = file.read(_HEADER_SIZE)
    if len(header) < _HEADER_SIZE:
        raise DatabaseDamaged(path, phrase("it is cut short") if header else phrase("it is empty"))
    if not header.startswith(_MAGIC):
        raise DatabaseDamaged(path, phrase("it is not a database"))
    page_size = int.from_bytes(header[16:18], "big")
    page_size = 65_536 if page_size == 1 else page_size
    pages = int.from_bytes(header[28:32], "big")
    # A log may hold the pages that an interrupted checkpoint had no time to copy.
    if size < pages * page_size and not has_log:
        raise DatabaseDamaged(path, phrase("it is cut short"))


def _create(path: Path) -> None:
    """Make a complete database under another name first: `path` is never half made."""
    making = _neighbour(path, ".new")
    for leftover in (making, *(_neighbour(making, end) for end in ("-wal", "-shm", "-journal"))):
        leftover.unlink(missing_ok=True)
    for orphan in (_neighbour(path, "-wal"), _neighbour(path, "-shm")):
        # The log of a database that was moved away must not be replayed into this one.
        if orphan.exists():
            orphan.replace(_neighbour(orphan, ".orphan"))
    making.touch(mode=0o600)
    _migrate(making)
    making.replace(path)
    files.sync(path.parent)


def make(path: Path, version: int) -> None:
    """Make a new database of an older schema version, to be filled with rows of that version."""
    path.touch(mode=0o600)
    connection = connect(path, writable=True)
    try:
        apply(connection, version)
    finally:
        connection.close()


def apply(connection: sqlite3.Connection, version: int) -> None:
    """Bring a database that is open for writing to a schema version that it has not reached."""
    # A program start that has nothing to migrate does without its 0.1 s of import.
    from sqlite_utils import Database

    db = Database(connection, execute_plugins=False)
    (found,) = db.execute("PRAGMA user_version").fetchone()
    for step in range(found, version):
        with db.atomic():
            MIGRATIONS[step](db)
            db.execute(f"PRAGMA user_version={step + 1}")


def _migrate(path: Path) -> None:
    connection = connect(path, writable=True)
    try:
        apply(connection, len(MIGRATIONS))
    finally:
        connection.close()


def _neighbour(path: Path, end: str) -> Path:
    return path.with_name(path.name + end)
