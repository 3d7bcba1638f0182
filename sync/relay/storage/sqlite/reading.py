"""What is read from the log: functions for one connection, each of one state of the file."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sync.relay.storage.base import StoredLog, Version
from sync.relay.storage.sqlite import schema
from sync.types import DocumentId, Sequence


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A state, and the sequence of the last update in it."""

    sequence: Sequence
    state: bytes = field(repr=False)


def checksum(sequence: int, data: bytes) -> int:
    """Return what tells, later, whether these are still the bytes of that row."""
    return zlib.crc32(data, sequence & 0xFFFFFFFF)


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Give a connection that cannot write. Raises `AdministrationError`, inside too."""
    connection = schema.connect(path, read_only=True)
    try:
        yield connection
    except sqlite3.Error as error:
        raise schema.explain(error, path) from None
    finally:
        connection.close()


def load_from(path: Path, document_id: DocumentId) -> StoredLog:
    """Return all of a document; an unknown one is empty. Raises `AdministrationError`."""
    with opened(path) as connection:
        return load(connection, document_id)


def load(connection: sqlite3.Connection, document_id: DocumentId) -> StoredLog:
    """Return all of a document; an unknown one is empty."""
    connection.execute("BEGIN")  # one state of the file for all queries
    try:
        row = connection.execute("SELECT key FROM documents WHERE id = ?", [document_id]).fetchone()
        if row is None:
            return StoredLog(None, [])
        found = connection.execute(
            "SELECT sequence, state, checksum FROM snapshots WHERE document = ?", row
        ).fetchone()
        covered = found[0] if found else 0
        rows = connection.execute(
            "SELECT sequence, data, checksum FROM updates WHERE document = ? AND sequence > ?"
            " ORDER BY sequence",
            [row[0], covered],
        ).fetchall()
        return StoredLog(
            found[1] if found else None,
            [data for _, data, _ in rows],
            Sequence(rows[-1][0] if rows else covered),
            tuple(
                Sequence(sequence)
                for sequence, data, expected in ([found, *rows] if found else rows)
                if expected is not None and checksum(sequence, data) != expected
            ),
        )
    finally:
        connection.execute("COMMIT")


def size(connection: sqlite3.Connection, document_id: DocumentId) -> int:
    """Return the bytes of a document's snapshot and updates."""
    row = connection.execute(
        "SELECT coalesce((SELECT sum(length(data)) FROM updates WHERE document = key), 0)"
        " + coalesce((SELECT length(state) FROM snapshots WHERE document = key), 0)"
        " FROM documents WHERE id = ?",
        [document_id],
    ).fetchone()
    return 0 if row is None else int(row[0])


def snapshot(connection: sqlite3.Connection, document_id: DocumentId) -> Snapshot | None:
    """Return a document's snapshot, None if there is none."""
    row = connection.execute(
        "SELECT sequence, state FROM snapshots JOIN documents ON document = key WHERE id = ?",
        [document_id],
    ).fetchone()
    return None if row is None else Snapshot(Sequence(row[0]), row[1])


def versions(connection: sqlite3.Connection, document_id: DocumentId) -> list[Version]:
    """Return a document's versions, oldest first."""
    rows = connection.execute(
        "SELECT sequence, made, length(state) FROM versions JOIN documents ON document = key"
        " WHERE id = ? ORDER BY sequence",
        [document_id],
    )
    return [Version(Sequence(sequence), made, size) for sequence, made, size in rows]


def version(
    connection: sqlite3.Connection, document_id: DocumentId, sequence: Sequence
) -> bytes | None:
    """Return a version as it is on disk, compressed."""
    row = connection.execute(
        "SELECT state FROM versions JOIN documents ON document = key WHERE id = ? AND sequence = ?",
        [document_id, sequence],
    ).fetchone()
    return None if row is None else bytes(row[0])
