"""The quick look at a database before it is used: it costs a few pages, whatever the size.

What it does not reach is found when it is read, and by `sync.store.integrity`.
"""

from __future__ import annotations

import json
import sqlite3
import struct
from pathlib import Path

from sync.errors import DatabaseDamaged
from sync.phrases import phrase
from sync.store.salvage.pages import frames
from sync.types import Role

_TABLES = {"documents", "updates", "snapshots", "outbox", "profile"}
_FRAMES_KNOWN = struct.Struct("=I")
_FRAMES_KNOWN_AT = 16
"""Of `mxFrame` in the header of the -shm file: https://sqlite.org/walformat.html, in this
machine's order of bytes."""


def probe(connection: sqlite3.Connection, path: Path) -> None:
    """Look at both ends of every table, at all that is known about documents, and at the log.

    Raises `DatabaseDamaged` or `sqlite3.Error`.
    """
    names = {
        name
        for _, name, kind, *_ in connection.execute("PRAGMA main.table_list").fetchall()
        if kind == "table" and not name.startswith("sqlite_")
    }
    if not names >= _TABLES:
        raise DatabaseDamaged(path, phrase("tables are missing"))
    for name in sorted(names):
        _look_at_ends(connection, name)
    if not (_documents_make_sense(connection) and _profile_makes_sense(connection)):
        raise DatabaseDamaged(path, phrase("what it says about documents makes no sense"))
    _look_at_log(path)


def _look_at_ends(connection: sqlite3.Connection, table: str) -> None:
    columns = connection.execute(f"PRAGMA table_info({table})").fetchall()
    keys = [row[1] for row in sorted(columns, key=lambda row: row[5]) if row[5]] or ["rowid"]
    for order in ("ASC", "DESC"):
        by = ", ".join(f"{key} {order}" for key in keys)
        sql = f"SELECT {', '.join(keys)} FROM {table} ORDER BY {by} LIMIT 1"  # noqa: S608
        connection.execute(sql).fetchone()


def _documents_make_sense(connection: sqlite3.Connection) -> bool:
    """Whether ids and roles are some, and every text is UTF-8: in SQL, for 10,000 of them."""
    roles = ", ".join(f"'{role}'" for role in Role)
    if connection.execute(
        f"SELECT 1 FROM documents WHERE role NOT IN ({roles})"  # noqa: S608
        " OR length(id) NOT BETWEEN 1 AND 64 OR id GLOB '*[^A-Za-z0-9._-]*'"
        " OR id GLOB '[._-]*' LIMIT 1"
    ).fetchone():
        return False
    connection.text_factory = bytes
    try:
        (texts,) = connection.execute(
            "SELECT group_concat(title || created || coalesce(refused_reason, '')) FROM documents"
        ).fetchone()
        (texts or b"").decode()
    except UnicodeDecodeError:
        return False
    finally:
        connection.text_factory = str
    return True


def _profile_makes_sense(connection: sqlite3.Connection) -> bool:
    try:
        values = dict(connection.execute("SELECT name, value FROM profile").fetchall())
        return bool(values.get("id")) and is_account(values.get("account"))
    except (sqlite3.OperationalError, UnicodeDecodeError):  # not UTF-8
        return False


def is_account(value: str | None) -> bool:
    """Whether that can stand for who is signed in; None is nobody."""
    if value is None:
        return True
    try:
        account = json.loads(value)
    except ValueError:
        return False
    return (
        isinstance(account, dict)
        and account.keys() >= {"relay_url", "user_id", "name"}
        and all(isinstance(part, str) for part in account.values())
    )


def _look_at_log(path: Path) -> None:
    """Find transactions in the log behind a broken place: SQLite would leave them out, unsaid.

    One such transaction is what a power failure leaves of the last, which nobody was told of;
    each earlier one was on disk before the next began.
    """
    log = path.with_name(path.name + "-wal")
    index = path.with_name(path.name + "-shm")
    try:
        data = log.read_bytes()
        header = index.read_bytes()[:64]
    except FileNotFoundError:
        return
    if len(data) == 0 or len(header) < 64:
        return
    (known,) = _FRAMES_KNOWN.unpack_from(header, _FRAMES_KNOWN_AT)
    behind = sum(frame.commits for frame in frames(data, summed=False) if frame.position > known)
    if behind > 1:
        raise DatabaseDamaged(path, phrase("its log is broken"))
