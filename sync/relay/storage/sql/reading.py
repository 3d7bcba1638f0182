"""What is read from the log: functions for one connection, each of one state of the database."""

from __future__ import annotations

import zlib
from collections.abc import Collection
from dataclasses import dataclass, field

from sync.relay.storage.base import StoredLog, Version
from sync.relay.storage.sql.database import Connection
from sync.types import DocumentId, Sequence

# Compaction takes rows out of the log, but never the snapshot that stands for them.
LAST = (
    "(SELECT coalesce(max(sequence), 0) FROM"
    " (SELECT max(sequence) AS sequence FROM updates WHERE document = {0}"
    " UNION ALL SELECT sequence FROM snapshots WHERE document = {0}) AS ends)"
)
"""The last sequence of the document of which ``{0}`` is the key, in a query."""

_ASKED_AT_ONCE = 500
"""Documents; SQLite has a limit of values in one query."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A state, and the sequence of the last update in it."""

    sequence: Sequence
    state: bytes = field(repr=False)


def checksum(sequence: int, data: bytes) -> int:
    """Return what tells, later, whether these are still the bytes of that row."""
    return zlib.crc32(data, sequence & 0xFFFFFFFF)


def load(
    connection: Connection, document_id: DocumentId, after: Sequence | None = None
) -> StoredLog:
    """Return all of a document, or all `after` a sequence (`UpdateLog.since`).

    An unknown one is empty.
    """
    connection.execute("BEGIN")  # one state of the database for all queries
    try:
        row = connection.execute("SELECT key FROM documents WHERE id = ?", [document_id]).fetchone()
        if row is None:
            return StoredLog(None, [])
        found = connection.execute(
            "SELECT sequence, state, checksum FROM snapshots WHERE document = ? AND sequence > ?",
            [row[0], after or 0],
        ).fetchone()
        covered = found[0] if found else after or 0
        if found and after is not None and _has_rows(connection, row[0], after, covered):
            found, covered = None, after  # they are not deleted yet, and less to read
        rows = connection.execute(
            "SELECT sequence, data, checksum FROM updates WHERE document = ? AND sequence > ?"
            " ORDER BY sequence",
            [row[0], covered],
        ).fetchall()
        last = rows[-1][0] if rows else covered
        if after is not None and not rows and not found:
            last = _last(connection, row[0])
        return StoredLog(
            found[1] if found else None,
            [data for _, data, _ in rows],
            Sequence(last),
            tuple(
                Sequence(sequence)
                for sequence, data, expected in ([found, *rows] if found else rows)
                if expected is not None and checksum(sequence, data) != expected
            ),
        )
    finally:
        connection.execute("COMMIT")


def _has_rows(connection: Connection, key: int, after: int, until: int) -> bool:
    row = connection.execute(
        "SELECT count(*) FROM updates WHERE document = ? AND sequence > ? AND sequence <= ?",
        [key, after, until],
    ).fetchone()
    return int(row[0]) == until - after


def _last(connection: Connection, key: int) -> int:
    query = f"SELECT {LAST.format(':key')}"
    return int(connection.execute(query, {"key": key}).fetchone()[0])


def last_sequences(
    connection: Connection, document_ids: Collection[DocumentId]
) -> dict[DocumentId, Sequence]:
    """Return where the logs of those documents end that there are."""
    wanted, found = list(document_ids), {}
    for start in range(0, len(wanted), _ASKED_AT_ONCE):
        some = wanted[start : start + _ASKED_AT_ONCE]
        rows = connection.execute(
            f"SELECT id, {LAST.format('documents.key')} FROM documents"  # noqa: S608
            f" WHERE id IN ({', '.join('?' * len(some))})",
            some,
        )
        found.update({DocumentId(row[0]): Sequence(row[1]) for row in rows})
    return found


def knows(connection: Connection, document_id: DocumentId) -> bool:
    """Whether there is such a document."""
    row = connection.execute("SELECT 1 FROM documents WHERE id = ?", [document_id]).fetchone()
    return row is not None


def size(connection: Connection, document_id: DocumentId) -> int:
    """Return the bytes of a document's snapshot and updates."""
    row = connection.execute(
        "SELECT coalesce((SELECT sum(length(data)) FROM updates WHERE document = key), 0)"
        " + coalesce((SELECT length(state) FROM snapshots WHERE document = key), 0)"
        " FROM documents WHERE id = ?",
        [document_id],
    ).fetchone()
    return 0 if row is None else int(row[0])


def snapshot(connection: Connection, document_id: DocumentId) -> Snapshot | None:
    """Return a document's snapshot, None if there is none."""
    row = connection.execute(
        "SELECT sequence, state FROM snapshots JOIN documents ON document = key WHERE id = ?",
        [document_id],
    ).fetchone()
    return None if row is None else Snapshot(Sequence(row[0]), row[1])


def versions(connection: Connection, document_id: DocumentId) -> list[Version]:
    """Return a document's versions, oldest first."""
    rows = connection.execute(
        "SELECT sequence, made, length(state) FROM versions JOIN documents ON document = key"
        " WHERE id = ? ORDER BY sequence",
        [document_id],
    )
    return [Version(Sequence(sequence), made, size) for sequence, made, size in rows]


def version(connection: Connection, document_id: DocumentId, sequence: Sequence) -> bytes | None:
    """Return a version as it is on disk, compressed."""
    row = connection.execute(
        "SELECT state FROM versions JOIN documents ON document = key WHERE id = ? AND sequence = ?",
        [document_id, sequence],
    ).fetchone()
    return None if row is None else bytes(row[0])
