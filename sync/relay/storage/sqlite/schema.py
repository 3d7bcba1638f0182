"""The relay's SQLite file: how it is opened, and its tables, step by step."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sync.errors import AdministrationError, NewerSchema
from sync.relay.storage import files

FILE_NAME = "relay.sqlite3"

BUSY_SECONDS = 5.0
"""How long one process waits for another's write: an administration command's is short."""

_STEPS = (
    """
    CREATE TABLE users (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        name_key TEXT NOT NULL UNIQUE,      -- caseless: one name, one person
        password_hash TEXT NOT NULL,
        active INTEGER NOT NULL DEFAULT 1,
        created INTEGER NOT NULL            -- Unix seconds, for show
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE documents (
        key INTEGER PRIMARY KEY,            -- short: it is in every row of the log
        id TEXT NOT NULL UNIQUE,
        title TEXT NOT NULL,
        created INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE members (
        document INTEGER NOT NULL REFERENCES documents(key) ON DELETE CASCADE,
        user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
        role TEXT NOT NULL CHECK (role IN ('owner', 'editor', 'commenter', 'viewer')),
        PRIMARY KEY (document, user_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX members_by_user ON members(user_id);

    -- The truth. A document's rows lie together, so a load is one range scan.
    CREATE TABLE updates (
        document INTEGER NOT NULL REFERENCES documents(key) ON DELETE CASCADE,
        sequence INTEGER NOT NULL,          -- from 1, no gaps, never reused
        author TEXT NOT NULL,               -- user id
        received INTEGER NOT NULL,          -- Unix milliseconds, for show
        data BLOB NOT NULL,                 -- as it came
        PRIMARY KEY (document, sequence)
    ) STRICT, WITHOUT ROWID;

    -- Only makes loading fast: the state after the update of that sequence.
    CREATE TABLE snapshots (
        document INTEGER PRIMARY KEY REFERENCES documents(key) ON DELETE CASCADE,
        sequence INTEGER NOT NULL,
        state BLOB NOT NULL
    ) STRICT;

    CREATE TABLE signing_keys (
        kid TEXT PRIMARY KEY,
        secret BLOB NOT NULL,
        created INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE refresh_tokens (
        hash BLOB PRIMARY KEY,              -- SHA-256 of the token
        family TEXT NOT NULL,               -- of one sign-in
        user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
        parent BLOB,                        -- hash of the token that it replaced
        expires REAL NOT NULL,              -- Unix seconds
        used REAL                           -- Unix seconds, NULL while it is good
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX refresh_by_family ON refresh_tokens(family);
    CREATE INDEX refresh_by_user ON refresh_tokens(user_id);

    -- Grows with every change of somebody's rights; the serving process looks at it.
    CREATE TABLE access_revision (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        value INTEGER NOT NULL
    ) STRICT;
    INSERT INTO access_revision VALUES (1, 0);
    CREATE TRIGGER user_changed AFTER UPDATE OF active ON users
        BEGIN UPDATE access_revision SET value = value + 1; END;
    CREATE TRIGGER member_changed AFTER UPDATE ON members
        BEGIN UPDATE access_revision SET value = value + 1; END;
    CREATE TRIGGER member_gone AFTER DELETE ON members
        BEGIN UPDATE access_revision SET value = value + 1; END;

    -- Written to find out whether writing works again.
    CREATE TABLE probe (id INTEGER PRIMARY KEY CHECK (id = 1), value INTEGER NOT NULL) STRICT;
    INSERT INTO probe VALUES (1, 0);
    """,
    """
    -- Who did what; never a password, a token or a word of a document.
    CREATE TABLE audit (
        id INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,                -- Unix milliseconds
        actor TEXT,                         -- user id; NULL: an administrator on the machine
        place TEXT,                         -- network address; NULL on the machine
        action TEXT NOT NULL,               -- sync.relay.audit.Action
        document TEXT,                      -- document id
        subject TEXT,                       -- user id or name that it was done to
        detail TEXT                         -- a role, a reason
    ) STRICT;
    CREATE INDEX audit_by_time ON audit(at);

    CREATE TABLE invites (
        hash BLOB PRIMARY KEY,              -- SHA-256 of the code
        id TEXT NOT NULL UNIQUE,            -- to name it in a list; worth nothing
        document INTEGER NOT NULL REFERENCES documents(key) ON DELETE CASCADE,
        role TEXT NOT NULL CHECK (role IN ('editor', 'commenter', 'viewer')),
        created_by TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
        created INTEGER NOT NULL,           -- Unix seconds
        expires INTEGER NOT NULL,           -- Unix seconds
        used_by TEXT REFERENCES users(id) ON DELETE SET NULL,
        used INTEGER                        -- Unix seconds; NULL while it is good
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX invites_by_document ON invites(document);

    -- The bytes lie in files named by their hash; whoever may read the document may read them.
    CREATE TABLE attachments (
        document INTEGER NOT NULL REFERENCES documents(key) ON DELETE CASCADE,
        hash BLOB NOT NULL,                 -- SHA-256
        size INTEGER NOT NULL,              -- bytes
        media_type TEXT NOT NULL,           -- as found in the bytes, not as claimed
        added_by TEXT NOT NULL,             -- user id
        added INTEGER NOT NULL,             -- Unix seconds
        PRIMARY KEY (document, hash)
    ) STRICT, WITHOUT ROWID;

    -- Whole states to go back to, by age ever fewer.
    CREATE TABLE versions (
        document INTEGER NOT NULL REFERENCES documents(key) ON DELETE CASCADE,
        sequence INTEGER NOT NULL,          -- of the last update in it
        made INTEGER NOT NULL,              -- Unix seconds
        state BLOB NOT NULL,                -- zlib
        PRIMARY KEY (document, sequence)
    ) STRICT, WITHOUT ROWID;

    CREATE TRIGGER user_added AFTER INSERT ON members
        BEGIN UPDATE access_revision SET value = value + 1; END;

    -- Unix seconds until which tokens of an older key are good; NULL for the newest.
    ALTER TABLE signing_keys ADD COLUMN retired REAL;
    -- A serving process signs with the newest, and takes no token of one that is gone.
    CREATE TRIGGER key_added AFTER INSERT ON signing_keys
        BEGIN UPDATE access_revision SET value = value + 1; END;
    """,
    """
    -- CRC-32, see `reading.checksum`: SQLite would not see that a disk has turned a bit, and most
    -- turned bits still make an update. NULL in what an older relay wrote.
    ALTER TABLE updates ADD COLUMN checksum INTEGER;
    ALTER TABLE snapshots ADD COLUMN checksum INTEGER;
    """,
)

VERSION = len(_STEPS)
"""The format that this program writes, kept in ``PRAGMA user_version``."""


def prepare(path: Path) -> None:
    """Make the file if it is not there, and bring it to this format.

    Raises `NewerSchema` (a newer program made it), or `AdministrationError`
    with a sentence; the file is as before then.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Before SQLite does, so that nobody else may read the signing key for a moment.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        files.give_to_owner(path.parent, path)
    except OSError as error:
        raise cannot_write(path.parent, error) from None
    connection = connect(path)
    try:
        if _version(connection) != VERSION:
            _migrate(connection, path)
    except sqlite3.Error as error:
        raise explain(error, path) from None
    finally:
        connection.close()


def existing(data_dir: Path) -> Path:
    """Return the file in `data_dir`, for those that must not make one.

    Raises `AdministrationError` if there is none.
    """
    path = data_dir / FILE_NAME
    if not path.is_file():
        raise AdministrationError(
            f"There is no relay's data in {data_dir}. Name the folder that it serves with "
            "--data-dir."
        )
    return path


def refuse_older(connection: sqlite3.Connection, path: Path) -> None:
    """Raise `AdministrationError` if the file is not of this format yet."""
    if _version(connection) < VERSION:
        raise AdministrationError(
            f"An older version of Inkstand made {path}. Start the relay once, which brings it up "
            "to date."
        )


def refuse_newer(connection: sqlite3.Connection, path: Path) -> None:
    """Raise `NewerSchema` if a newer program made the file."""
    found = _version(connection)
    if found > VERSION:
        raise NewerSchema(path, found, VERSION)


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """Open a connection to a file that `prepare` has seen to.

    Transactions are begun and ended by the caller. Raises
    `AdministrationError` if the file is damaged or cannot be opened.
    """
    try:
        # Each connection belongs to one thread; only closing is done from another.
        connection = sqlite3.connect(
            path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
    except sqlite3.Error as error:
        raise explain(error, path) from None
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA query_only = {int(read_only)}")
    except sqlite3.Error as error:
        connection.close()
        raise explain(error, path) from None
    return connection


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Give a connection that cannot write. Raises `AdministrationError`, inside too."""
    connection = connect(path, read_only=True)
    try:
        yield connection
    except sqlite3.Error as error:
        raise explain(error, path) from None
    finally:
        connection.close()


def cannot_write(folder: Path, error: OSError) -> AdministrationError:
    """Return what an administrator should read about a data directory that cannot be used."""
    return AdministrationError(
        f"Cannot write to {folder} ({error.strerror}). "
        "Choose a folder that this user may write to with --data-dir."
    )


def explain(error: sqlite3.Error, path: Path) -> AdministrationError:
    """Return what an administrator should read for an error of SQLite's."""
    name = getattr(error, "sqlite_errorname", None) or ""
    if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        return AdministrationError(
            f"{path} is damaged ({error}). Nothing was changed; restore it from a backup."
        )
    return AdministrationError(f"Cannot use {path}: {reason(error)}.")


def reason(error: Exception) -> str:
    """Return why writing failed, without internal details: clients read it."""
    name = getattr(error, "sqlite_errorname", None) or ""
    if name.startswith("SQLITE_FULL"):
        return "the relay's disk is full"
    if name.startswith("SQLITE_READONLY"):
        return "the relay's disk is read-only"
    if name.startswith("SQLITE_BUSY"):
        return "the relay's database is busy"
    if name.startswith(("SQLITE_IOERR", "SQLITE_CANTOPEN")):
        return f"the relay's disk does not work ({name})"
    return f"the relay's database does not work ({name or type(error).__name__})"


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    while True:
        connection.execute("BEGIN IMMEDIATE")
        try:
            # Read again under the lock: another process may have been first.
            found = _version(connection)
            if found > VERSION:
                raise NewerSchema(path, found, VERSION)
            if found < VERSION:
                for statement in _statements(_STEPS[found]):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {found + 1}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        if found >= VERSION:
            return


def _statements(script: str) -> list[str]:
    """Split a script; `executescript` would commit before it."""
    statements = []
    rest = ""
    for part in script.split(";"):
        rest += part + ";"
        if sqlite3.complete_statement(rest):
            statements.append(rest)
            rest = ""
    return statements
