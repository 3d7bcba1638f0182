"""The versions of documents that are kept: whole states to go back to.

Functions for one SQLite connection; those that write run on the writer thread.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from sync.errors import UnknownVersion
from sync.store.documents import number_of
from sync.types import DocumentId, Sequence
from sync.versions import superseded, too_large

MOST_BYTES = 128 * 1024 * 1024
"""Of the automatic versions of one document, compressed."""


@dataclass(frozen=True, slots=True)
class Version:
    """A state of a document to go back to."""

    number: int
    """Names it; of two the newer one has the larger number."""
    sequence: Sequence
    """Of the last update in it."""
    made: int
    """Unix seconds, by this device's clock; only ever shown."""
    name: str | None
    """What the person calls it; None for one that was made by itself."""
    authors: tuple[str | None, ...]
    """User ids of those who wrote since the version before; None: somebody unknown.

    Yjs does not say who deletes, so who only deleted on another device is not among them.
    """
    size: int
    """Bytes on disk."""


def versions(connection: sqlite3.Connection, document_id: DocumentId) -> list[Version]:
    """Return a document's versions, newest first. Raises `UnknownDocument`."""
    rows = connection.execute(
        f"{_SELECT} WHERE document = ? ORDER BY number DESC",
        [number_of(connection, document_id)],
    )
    return [_version(row) for row in rows]


def newest(connection: sqlite3.Connection, document_id: DocumentId) -> Version | None:
    """Return a document's newest version. Raises `UnknownDocument`."""
    row = connection.execute(
        f"{_SELECT} WHERE document = ? ORDER BY number DESC LIMIT 1",
        [number_of(connection, document_id)],
    ).fetchone()
    return None if row is None else _version(row)


def state(connection: sqlite3.Connection, document_id: DocumentId, number: int) -> bytes:
    """Return a version as the Yjs update that builds it. Raises `UnknownVersion`."""
    row = connection.execute(
        "SELECT state FROM versions WHERE document = ? AND number = ?",
        [number_of(connection, document_id), number],
    ).fetchone()
    if row is None:
        raise UnknownVersion
    return zlib.decompress(row[0])


def add(
    connection: sqlite3.Connection,
    document_id: DocumentId,
    sequence: Sequence,
    made: int,
    name: str | None,
    authors: Iterable[str | None],
    compressed: bytes,
) -> Version:
    """Keep a version and return it; `made` in Unix seconds."""
    number = connection.execute(
        "INSERT INTO versions (document, sequence, made, name, authors, state)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [
            number_of(connection, document_id),
            sequence,
            made,
            name,
            _encoded(authors),
            compressed,
        ],
    ).lastrowid
    return _version(connection.execute(f"{_SELECT} WHERE number = ?", [number]).fetchone())


def thin(connection: sqlite3.Connection, document_id: DocumentId, now: float) -> None:
    """Let go of automatic versions that are too many, at `now` in Unix seconds."""
    automatic = [version for version in versions(connection, document_id) if version.name is None]
    going = superseded(automatic, now)
    staying = [version for version in automatic if version not in going]
    for version in (*going, *too_large(staying, now, MOST_BYTES)):
        _remove(connection, version.number)


def rename(connection: sqlite3.Connection, document_id: DocumentId, number: int, name: str) -> None:
    """Give a version a name, with which it stays for ever. Raises `UnknownVersion`."""
    if not connection.execute(
        "UPDATE versions SET name = ? WHERE document = ? AND number = ?",
        [name, number_of(connection, document_id), number],
    ).rowcount:
        raise UnknownVersion


def delete(connection: sqlite3.Connection, document_id: DocumentId, number: int) -> None:
    """Let go of a named version. Raises `UnknownVersion`, also for one without a name."""
    row = connection.execute(
        "SELECT 1 FROM versions WHERE document = ? AND number = ? AND name IS NOT NULL",
        [number_of(connection, document_id), number],
    ).fetchone()
    if row is None:
        raise UnknownVersion
    _remove(connection, number)


def _remove(connection: sqlite3.Connection, number: int) -> None:
    """Delete a version; the next newer one tells of its authors from now on."""
    document, authors = connection.execute(
        "DELETE FROM versions WHERE number = ? RETURNING document, authors", [number]
    ).fetchone()
    row = connection.execute(
        "SELECT number, authors FROM versions WHERE document = ? AND number > ?"
        " ORDER BY number LIMIT 1",
        [document, number],
    ).fetchone()
    if row is not None:
        both = {*json.loads(authors), *json.loads(row[1])}
        connection.execute(
            "UPDATE versions SET authors = ? WHERE number = ?", [_encoded(both), row[0]]
        )


_SELECT = "SELECT number, sequence, made, name, authors, length(state) FROM versions"


def _version(row: tuple[int, int, int, str | None, str, int]) -> Version:
    number, sequence, made, name, authors, size = row
    return Version(number, Sequence(sequence), made, name, tuple(json.loads(authors)), size)


def _encoded(authors: Iterable[str | None]) -> str:
    return json.dumps(sorted(set(authors), key=lambda user: (user is None, user or "")))
