"""What the person has seen of each document: the log up to a sequence.

The log itself says what came after. Only when a snapshot is about to take the place of updates
of others that were not seen is the state that was seen kept beside it, compressed, until more
has been seen. So a document in step costs one row of two numbers.

Functions for one SQLite connection; those that write run on the writer thread.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from sync.store import log
from sync.store.compaction import build_document
from sync.store.documents import number_of
from sync.store.log import StoredDocument
from sync.types import DocumentId, Origin, Sequence


@dataclass(frozen=True, slots=True)
class Seen:
    """Where a person left off."""

    sequence: Sequence
    """Everything up to there was seen; so were later updates of this device."""
    state: bytes | None
    """That, compressed; None where the log still says it."""


def mark(connection: sqlite3.Connection, document_id: DocumentId, up_to: Sequence | None) -> None:
    """Note that everything up to a sequence was seen, None: all there is.

    What was seen stays seen. Raises `UnknownDocument`.
    """
    number, last, covered = connection.execute(
        "SELECT number, last_sequence, coalesce(sequence, 0) FROM documents"
        " LEFT JOIN snapshots ON document = number WHERE number = ?",
        [number_of(connection, document_id)],
    ).fetchone()
    target = last if up_to is None else min(up_to, last)
    seen = read(connection, document_id)
    if seen is None:
        target = max(target, covered)
    elif target <= seen.sequence or target < covered:
        # What that was can no longer be told: rather show something again than not at all.
        return
    connection.execute("INSERT OR REPLACE INTO seen VALUES (?, ?, NULL)", [number, target])


def read(connection: sqlite3.Connection, document_id: DocumentId) -> Seen | None:
    """Return where the person left off; None for a document that they never saw.

    Raises `UnknownDocument`.
    """
    row = connection.execute(
        "SELECT sequence, state FROM seen WHERE document = ?",
        [number_of(connection, document_id)],
    ).fetchone()
    return None if row is None else Seen(Sequence(row[0]), row[1])


def with_news(connection: sqlite3.Connection) -> list[DocumentId]:
    """Return the documents that were seen once, and to which something came since.

    It may be something of the person's own, from another device.
    """
    rows = connection.execute(
        "SELECT id FROM seen JOIN documents ON document = number WHERE state IS NOT NULL"
        " OR EXISTS (SELECT 1 FROM updates WHERE updates.document = number"
        " AND updates.sequence > seen.sequence AND origin = ?) ORDER BY number",
        [Origin.REMOTE],
    )
    return [DocumentId(document_id) for (document_id,) in rows]


def base(connection: sqlite3.Connection, document_id: DocumentId) -> StoredDocument | None:
    """Return what the document was before the first update of others that was not seen.

    None if there is none, or the person never saw it. Raises `UnknownDocument`.
    """
    seen = read(connection, document_id)
    if seen is None:
        return None
    if seen.state is not None:
        return StoredDocument(zlib.decompress(seen.state), [], seen.sequence)
    first = _first_unseen(connection, document_id, seen.sequence)
    if first is None:
        return None
    return log.load(connection, document_id, Sequence(first - 1))


def prepare(
    connection: sqlite3.Connection, document_id: DocumentId, up_to: Sequence
) -> Callable[[sqlite3.Connection], None]:
    """Return what is to be written together with a snapshot of everything up to a sequence.

    Blocks while it builds the state that was seen, if that must be kept. The snapshots must
    not change meanwhile.
    """
    seen = read(connection, document_id)
    if seen is None or seen.state is not None or seen.sequence >= up_to:
        return lambda _: None
    stored = base(connection, document_id)
    if stored is None or stored.last_sequence >= up_to:
        sequence, kept = up_to, None
    else:
        document, _ = build_document(stored)
        sequence, kept = stored.last_sequence, zlib.compress(document.encode_state())

    def write(writer: sqlite3.Connection) -> None:
        # More may have been seen meanwhile; if the snapshot goes beyond it, it cannot be told
        # any more what that was, and something already seen will be shown again.
        writer.execute(
            "UPDATE seen SET sequence = ?, state = ? WHERE document = ? AND sequence < ?",
            [sequence, kept, number_of(writer, document_id), up_to],
        )

    return write


def _first_unseen(
    connection: sqlite3.Connection, document_id: DocumentId, seen: Sequence
) -> Sequence | None:
    (first,) = connection.execute(
        "SELECT min(sequence) FROM updates WHERE document = ? AND sequence > ? AND origin = ?",
        [number_of(connection, document_id), seen, Origin.REMOTE],
    ).fetchone()
    return None if first is None else Sequence(first)
