"""The log of updates, which is the truth, and the snapshots that make loading it fast.

Functions for one SQLite connection; those that write run on the writer thread.
"""

from __future__ import annotations

import sqlite3
import time
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from sync.errors import UnknownDocument
from sync.store.documents import number_of
from sync.types import DocumentId, Origin, Sequence


class RowDamaged(sqlite3.DatabaseError):
    """The disk has changed what was written: SQLite itself does not see it."""

    def __init__(self) -> None:
        super().__init__("a row is not what was written")
        self.sqlite_errorcode = sqlite3.SQLITE_CORRUPT


MAX_SEQUENCE = 2**63 - 1
"""The largest number that SQLite has."""


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """All that the disk holds of a document: `Document.load(snapshot, updates)`."""

    snapshot: bytes | None
    """One update that stands for everything before `updates`."""
    updates: list[bytes]
    """In the order of the log."""
    last_sequence: Sequence
    """Of the last update logged so far, 0 if there is none."""


def is_sound(data: bytes, crc: int | None) -> bool:
    """Whether bytes of a row are what was written; None: it was written without a CRC-32."""
    return crc is None or zlib.crc32(data) == crc


def append(
    connection: sqlite3.Connection,
    document_id: DocumentId,
    updates: Iterable[tuple[bytes, Origin]],
    author: str | None,
) -> tuple[int, range]:
    """Log updates in order; return the document's key and the sequences that they got.

    Raises `UnknownDocument`.
    """
    row = connection.execute(
        "SELECT number, last_sequence FROM documents WHERE id = ?", [document_id]
    ).fetchone()
    if row is None:
        raise UnknownDocument(document_id)
    number, last = row
    now = int(time.time() * 1000)
    rows = [
        (number, sequence, origin, author, now, update, zlib.crc32(update))
        for sequence, (update, origin) in enumerate(updates, start=last + 1)
    ]
    connection.executemany(
        "INSERT INTO updates (document, sequence, origin, author, written, bytes, crc)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        rows,
    )
    connection.execute(
        "UPDATE documents SET last_sequence = ? WHERE number = ?", [last + len(rows), number]
    )
    return number, range(last + 1, last + 1 + len(rows))


def load(
    connection: sqlite3.Connection, document_id: DocumentId, up_to: Sequence | None = None
) -> StoredDocument:
    """Return the newest snapshot and what was logged after it. Raises `UnknownDocument`.

    With `up_to` only what was logged up to there; a snapshot that goes beyond cannot say
    what was before, so `last_sequence` is then that of the snapshot.
    """
    connection.execute("BEGIN")  # one state of the file for all queries
    try:
        return read(connection, document_id, up_to)
    finally:
        connection.execute("COMMIT")


def read(
    connection: sqlite3.Connection, document_id: DocumentId, up_to: Sequence | None = None
) -> StoredDocument:
    """As `load`, inside a transaction. Raises `UnknownDocument`."""
    number = number_of(connection, document_id)
    snapshot = connection.execute(
        "SELECT sequence, bytes, crc FROM snapshots WHERE document = ?", [number]
    ).fetchone()
    covered = 0 if snapshot is None else snapshot[0]
    (last,) = connection.execute(
        "SELECT last_sequence FROM documents WHERE number = ?", [number]
    ).fetchone()
    # Not up to `last`: while a database is salvaged that is not known yet.
    end = MAX_SEQUENCE if up_to is None else max(covered, min(last, up_to))
    rows = connection.execute(
        "SELECT bytes, crc FROM updates WHERE document = ? AND sequence > ? AND sequence <= ?"
        " ORDER BY sequence",
        [number, covered, end],
    ).fetchall()
    for data, crc in (*rows, *([] if snapshot is None else [snapshot[1:]])):
        if not is_sound(data, crc):
            raise RowDamaged
    updates = [data for data, _ in rows]
    if up_to is not None:
        last = end
    return StoredDocument(None if snapshot is None else snapshot[1], updates, Sequence(last))


def last_sequence(connection: sqlite3.Connection, document_id: DocumentId) -> Sequence:
    """Return the sequence of the last update logged. Raises `UnknownDocument`."""
    row = connection.execute(
        "SELECT last_sequence FROM documents WHERE id = ?", [document_id]
    ).fetchone()
    if row is None:
        raise UnknownDocument(document_id)
    return Sequence(row[0])


def replace(connection: sqlite3.Connection, document_id: DocumentId, state: bytes) -> Sequence:
    """Put `state` in the place of everything that was logged; return its sequence.

    What waited or was refused goes as well. Raises `UnknownDocument`.
    """
    number = number_of(connection, document_id)
    for table in ("outbox", "snapshots", "updates", "seen", "removals"):
        connection.execute(f"DELETE FROM {table} WHERE document = ?", [number])  # noqa: S608
    connection.execute(
        "UPDATE documents SET waiting = 0, refused = 0, refused_reason = NULL WHERE number = ?",
        [number],
    )
    _, sequences = append(connection, document_id, [(state, Origin.REMOTE)], None)
    return Sequence(sequences.stop - 1)


def save_snapshot(
    connection: sqlite3.Connection, document_id: DocumentId, snapshot: bytes, upto: Sequence
) -> None:
    """Put `snapshot` in the place of all updates up to `upto`; the rows stay for now."""
    connection.execute(
        "INSERT INTO snapshots (document, sequence, written, bytes, crc) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (document) DO UPDATE SET sequence = excluded.sequence,"
        " written = excluded.written, bytes = excluded.bytes, crc = excluded.crc"
        " WHERE excluded.sequence > sequence",
        [
            *(number_of(connection, document_id), upto, int(time.time() * 1000)),
            *(snapshot, zlib.crc32(snapshot)),
        ],
    )


def read_snapshot(
    connection: sqlite3.Connection, document_id: DocumentId
) -> tuple[Sequence, bytes] | None:
    """Return the snapshot and the last sequence that it covers; None if there is none."""
    row = connection.execute(
        "SELECT sequence, bytes FROM snapshots WHERE document = ?",
        [number_of(connection, document_id)],
    ).fetchone()
    return None if row is None else (Sequence(row[0]), row[1])


def prune(connection: sqlite3.Connection, document_id: DocumentId, limit: int) -> int:
    """Delete up to `limit` rows that the snapshot covers; return how many went.

    Rows still in the outbox stay: the relay wants them as they are.
    """
    return connection.execute(
        "DELETE FROM updates WHERE (document, sequence) IN ("
        " SELECT document, updates.sequence FROM updates JOIN snapshots USING (document)"
        " WHERE document = ? AND updates.sequence <= snapshots.sequence AND NOT EXISTS ("
        "  SELECT 1 FROM outbox WHERE outbox.document = updates.document"
        "  AND outbox.sequence = updates.sequence)"
        " LIMIT ?)",
        [number_of(connection, document_id), limit],
    ).rowcount
