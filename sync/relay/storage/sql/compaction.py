"""The steps of putting a snapshot in the place of a log, and of keeping versions.

A crash between any two is harmless: rows that a snapshot covers are skipped by
the next load and go with the next compaction. The rows' room in the file is
used again by later rows; the file does not shrink (auto_vacuum is off, because
moving pages on every commit costs more than it gives), so it stays at about the
most that it ever held. A backup is written without the free room. PostgreSQL's
autovacuum does the same for it.
"""

from __future__ import annotations

from collections.abc import Callable

from sync.relay.storage import elsewhere, replay
from sync.relay.storage.sql import reading
from sync.relay.storage.sql.database import Connection
from sync.relay.storage.sql.reading import Snapshot
from sync.types import DocumentId, Sequence
from sync.versions import superseded

ROWS_AT_A_TIME = 2_000
"""Rows that go in one transaction; an acknowledgment behind it waits a few milliseconds."""

LONG_BYTES = 16 * 1024 * 1024
"""Of updates since the last compaction, after which a log is long, however few they are."""

Fold = Callable[[str, DocumentId], Snapshot | None]
"""Makes the snapshot of a document in the log of that URL, None if it is empty.

Raises `CannotFold` and `AdministrationError`.
"""


def fold_here(url: str, document_id: DocumentId) -> Snapshot | None:
    """Make the snapshot in this process. See `Fold`."""
    stored = elsewhere.load(url, document_id)
    if not stored.last_sequence:
        return None
    if not stored.updates and stored.snapshot is not None:
        return Snapshot(stored.last_sequence, stored.snapshot)
    return Snapshot(stored.last_sequence, replay.fold(stored))


def save(writer: Connection, document_id: DocumentId, snapshot: Snapshot) -> None:
    """Put a snapshot on disk; the rows that it covers stay for now."""
    checksum = reading.checksum(snapshot.sequence, snapshot.state)
    writer.execute(
        "INSERT INTO snapshots SELECT key, ?, ?, ? FROM documents WHERE id = ?"
        " ON CONFLICT (document) DO UPDATE SET"
        " sequence = excluded.sequence, state = excluded.state, checksum = excluded.checksum"
        " WHERE excluded.sequence > snapshots.sequence",
        [snapshot.sequence, snapshot.state, checksum, document_id],
    )


def take_back(writer: Connection, document_id: DocumentId, previous: Snapshot | None) -> None:
    """Put the snapshot that was there before the last `save` in its place, or none."""
    writer.execute(
        "DELETE FROM snapshots WHERE document = (SELECT key FROM documents WHERE id = ?)",
        [document_id],
    )
    if previous is not None:
        save(writer, document_id, previous)


def prune(writer: Connection, document_id: DocumentId) -> int:
    """Delete a few rows that the snapshot covers, oldest first; return how many went."""
    row = writer.execute(
        "SELECT key, snapshots.sequence, (SELECT min(sequence) FROM updates WHERE document = key)"
        " FROM documents JOIN snapshots ON document = key WHERE id = ?",
        [document_id],
    ).fetchone()
    if row is None or row[2] is None:
        return 0
    key, covered, first = row
    return writer.execute(
        "DELETE FROM updates WHERE document = ? AND sequence <= ?",
        [key, min(covered, first - 1 + ROWS_AT_A_TIME)],
    ).rowcount


def version_due(
    connection: Connection, document_id: DocumentId, now: float, after_seconds: float
) -> bool:
    """Whether the document has changed since its newest version, and that is old enough."""
    row = connection.execute(
        "SELECT max(made), max(versions.sequence), max(snapshots.sequence) FROM documents"
        " JOIN snapshots ON snapshots.document = key LEFT JOIN versions ON versions.document = key"
        " WHERE id = ?",
        [document_id],
    ).fetchone()
    made, versioned, covered = row
    if covered is None:
        return False
    # A clock that was set back is no reason to keep none.
    return made is None or (versioned < covered and not 0 <= now - made < after_seconds)


def save_version(
    writer: Connection,
    document_id: DocumentId,
    sequence: Sequence,
    made: int,
    compressed: bytes,
) -> None:
    """Keep a version, and let go of those that it supersedes; `made` in Unix seconds."""
    writer.execute(
        "INSERT INTO versions SELECT key, ?, ?, ? FROM documents WHERE id = ?"
        " ON CONFLICT (document, sequence) DO NOTHING",
        [sequence, made, compressed, document_id],
    )
    thin(writer, document_id, made)


def thin(writer: Connection, document_id: DocumentId, now: float) -> None:
    """Let go of the versions that are too many for their age, at `now` in Unix seconds."""
    for version in superseded(reading.versions(writer, document_id), now):
        writer.execute(
            "DELETE FROM versions WHERE document = (SELECT key FROM documents WHERE id = ?)"
            " AND sequence = ?",
            [document_id, version.sequence],
        )


def due(connection: Connection, updates: int, quiet_since: float) -> list[DocumentId]:
    """Return the documents that are to be compacted.

    Those with more than `updates` since the snapshot, those with leftovers of a
    compaction, and those with any updates of which the last came before
    `quiet_since` (Unix seconds): whoever ends their work for the day leaves a
    version behind, however little it was.
    """
    rows = connection.execute(
        "SELECT id FROM documents LEFT JOIN snapshots ON document = key WHERE"
        " (SELECT max(sequence) FROM updates WHERE updates.document = key)"
        "  - coalesce(snapshots.sequence, 0) > ?"
        " OR (SELECT min(sequence) FROM updates WHERE updates.document = key)"
        "  <= snapshots.sequence"
        " OR (SELECT received FROM updates WHERE updates.document = key"
        "  ORDER BY sequence DESC LIMIT 1) < ?",
        [updates, int(quiet_since * 1000)],
    )
    return [DocumentId(document_id) for (document_id,) in rows]


def versioned(connection: Connection) -> list[DocumentId]:
    """Return the documents that have more than one version."""
    rows = connection.execute(
        "SELECT id FROM versions JOIN documents ON document = key GROUP BY key HAVING count(*) > 1"
    )
    return [DocumentId(document_id) for (document_id,) in rows]
