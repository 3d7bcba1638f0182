"""The index: a database file of its own beside the profile's, which may be lost at any time.

Everything in it is made from the documents. It is apart so that writing it never holds up a
keystroke on its way to the disk, so that no backup carries it, and so that damage to it costs
nothing but making it again. Three FTS5 tables, none of which keeps the text:

- `words` says fast which documents have a word, or one that begins so; without places.
- `phrases` knows the places: for phrases, and for bm25.
- `titles`: titles only, so that they can come first.

The text is beside them, compressed, for snippets, and to take a document out again: FTS5 must be
told then exactly what went in.
"""

from __future__ import annotations

import json
import sqlite3
import unicodedata
import zlib
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sync.errors import CannotSave
from sync.phrases import phrase
from sync.store.database import Database
from sync.store.search.extract import Extract
from sync.store.search.folding import fold
from sync.types import DocumentId

VERSION = f"1 {unicodedata.unidata_version}"
"""Of tables, folding and extraction. An index of another version is made anew."""

_TABLES = ("titles", "words", "phrases")

_SCHEMA = (
    "CREATE TABLE about (version TEXT NOT NULL) STRICT",
    """CREATE TABLE texts (
        document INTEGER PRIMARY KEY,
        id TEXT NOT NULL,
        token INTEGER NOT NULL,
        title TEXT NOT NULL,
        text BLOB NOT NULL,
        notes TEXT NOT NULL
    ) STRICT""",
    # So that a list of them does not walk through the texts.
    "CREATE INDEX texts_by_id ON texts (id, token)",
    "CREATE VIRTUAL TABLE titles USING fts5 (title, content='', prefix='1 2 3', tokenize='ascii')",
    """CREATE VIRTUAL TABLE words USING fts5
        (text, content='', detail=none, prefix='1 2 3', tokenize='ascii')""",
    "CREATE VIRTUAL TABLE phrases USING fts5 (title, text, content='', tokenize='ascii')",
)


class IndexDamaged(Exception):
    """What is in the index is not what was put there."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the index holds of one document."""

    number: int
    """The document's key in the profile's database."""
    id: DocumentId
    token: int
    """Drawn anew at each indexing; the profile's database knows the same one."""
    title: str
    extract: Extract


def open_index(path: Path) -> Database:
    """Open the index, made anew if it is missing, of another version or unreadable.

    Raises `sqlite3.Error` or `OSError` when the disk does not let it.
    """
    if _version(path) != VERSION:
        discard(path)
        path.touch(mode=0o600)
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("BEGIN")
            for statement in _SCHEMA:
                connection.execute(statement)
            connection.execute("INSERT INTO about VALUES (?)", [VERSION])
            connection.execute("COMMIT")
    return Database(path)


def join_index(path: Path) -> Database:
    """Open the index that another process has opened, and made if need be.

    Raises `CannotSave` if it is not there, and what `open_index` raises.
    """
    if _version(path) != VERSION:
        raise CannotSave(phrase("the index is not there"))
    return Database(path)


def _version(path: Path) -> str | None:
    if not path.exists():
        return None
    try:
        with closing(sqlite3.connect(path)) as connection:
            (version,) = connection.execute("SELECT version FROM about").fetchone()
    except (sqlite3.DatabaseError, TypeError):
        return None
    return str(version)


def discard(path: Path) -> None:
    """Delete an index that nobody has open."""
    for end in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + end).unlink(missing_ok=True)


def check(connection: sqlite3.Connection) -> bool:
    """Look through all of the index; whether it is whole. May raise `sqlite3.DatabaseError`."""
    for table in _TABLES:
        connection.execute(f"INSERT INTO {table} ({table}) VALUES ('integrity-check')")  # noqa: S608
    (answer,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    return str(answer) == "ok"


def count(connection: sqlite3.Connection) -> int:
    """Return how many documents are in the index."""
    (number,) = connection.execute("SELECT count(*) FROM texts").fetchone()
    return int(number)


def tokens(connection: sqlite3.Connection) -> dict[int, tuple[str, int]]:
    """Return id and token of all documents in the index, by number."""
    rows = connection.execute("SELECT document, id, token FROM texts")
    return {number: (document_id, token) for number, document_id, token in rows}


def numbers_of(connection: sqlite3.Connection, ids: Iterable[DocumentId]) -> set[int]:
    """Return the numbers of those documents that the index has."""
    rows = connection.execute(
        "SELECT document FROM texts WHERE id IN (SELECT value FROM json_each(?))",
        [json.dumps(list(ids))],
    )
    return {number for (number,) in rows}


def entry(connection: sqlite3.Connection, number: int) -> Entry | None:
    """Return what the index has of a document, None if it has nothing. Raises `IndexDamaged`."""
    row = connection.execute(
        "SELECT id, token, title, text, notes FROM texts WHERE document = ?", [number]
    ).fetchone()
    if row is None:
        return None
    document_id, token, title, text, notes = row
    try:
        pairs = tuple((start, place) for start, place in json.loads(notes))
        extract = Extract(zlib.decompress(text).decode(), pairs)
    except (zlib.error, ValueError, TypeError) as error:
        raise IndexDamaged from error
    return Entry(number, DocumentId(document_id), token, title, extract)


def put(connection: sqlite3.Connection, entries: Iterable[Entry]) -> None:
    """Take documents in, in the place of what the index had of them."""
    for each in entries:
        remove(connection, [each.number])
        connection.execute(
            "INSERT INTO texts VALUES (?, ?, ?, ?, ?, ?)",
            [
                each.number,
                each.id,
                each.token,
                each.title,
                zlib.compress(each.extract.text.encode()),
                json.dumps(each.extract.notes),
            ],
        )
        title, text = fold(each.title), fold(each.extract.text)
        connection.execute("INSERT INTO titles (rowid, title) VALUES (?, ?)", [each.number, title])
        connection.execute(
            "INSERT INTO words (rowid, text) VALUES (?, ?)", [each.number, f"{title} {text}"]
        )
        connection.execute(
            "INSERT INTO phrases (rowid, title, text) VALUES (?, ?, ?)", [each.number, title, text]
        )


def remove(connection: sqlite3.Connection, numbers: Iterable[int]) -> None:
    """Take documents out; those that are not in it are passed over."""
    for number in numbers:
        old = entry(connection, number)
        if old is None:
            continue
        title, text = fold(old.title), fold(old.extract.text)
        connection.execute(
            "INSERT INTO titles (titles, rowid, title) VALUES ('delete', ?, ?)", [number, title]
        )
        connection.execute(
            "INSERT INTO words (words, rowid, text) VALUES ('delete', ?, ?)",
            [number, f"{title} {text}"],
        )
        connection.execute(
            "INSERT INTO phrases (phrases, rowid, title, text) VALUES ('delete', ?, ?, ?)",
            [number, title, text],
        )
        connection.execute("DELETE FROM texts WHERE document = ?", [number])
