"""The local updates that the relay has not acknowledged.

An update enters together with its log row, in one transaction, and leaves when
the relay says that it is on the relay's disk. One that the relay refused stays,
marked. Functions for one SQLite connection; those that write run on the writer
thread.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from sync.store.documents import number_of
from sync.types import DocumentId, Sequence


def put(connection: sqlite3.Connection, number: int, sequences: Iterable[int]) -> None:
    """Note that these updates of the document with key `number` wait for the relay."""
    cursor = connection.executemany(
        "INSERT INTO outbox (document, sequence) VALUES (?, ?)",
        [(number, sequence) for sequence in sequences],
    )
    connection.execute(
        "UPDATE documents SET waiting = waiting + ? WHERE number = ?", [cursor.rowcount, number]
    )


def waiting(
    connection: sqlite3.Connection,
    document_id: DocumentId,
    after: Sequence,
    limit: int,
    limit_bytes: int,
) -> list[tuple[Sequence, bytes]]:
    """Return the first updates that wait, from beyond `after`, oldest first.

    At most `limit` of them, and none more once they have `limit_bytes`. Those
    that were refused are not among them. Raises `UnknownDocument`.
    """
    cursor = connection.execute(
        "SELECT sequence, bytes FROM outbox JOIN updates USING (document, sequence)"
        " WHERE document = ? AND sequence > ? AND NOT refused ORDER BY sequence LIMIT ?",
        [number_of(connection, document_id), after, limit],
    )
    rows = []
    size = 0
    for sequence, update in cursor:
        rows.append((Sequence(sequence), update))
        size += len(update)
        if size >= limit_bytes:
            break
    cursor.close()  # a cursor left half way would hold on to an old state of the file
    return rows


def acknowledge(
    connection: sqlite3.Connection,
    document_id: DocumentId,
    up_to: Sequence,
    *,
    refused_too: bool = False,
) -> None:
    """Let go of the updates up to `up_to`: the relay has them on its disk.

    `refused_too` says that the acknowledgment was for everything on this device,
    so that what was refused once has arrived as well.
    """
    number = number_of(connection, document_id)
    gone = connection.execute(
        "DELETE FROM outbox WHERE document = ? AND sequence <= ? AND NOT refused", [number, up_to]
    ).rowcount
    accepted = 0
    if refused_too:
        accepted = connection.execute(
            "DELETE FROM outbox WHERE document = ? AND sequence <= ?", [number, up_to]
        ).rowcount
    connection.execute(
        "UPDATE documents SET waiting = waiting - ?, refused = refused - ?,"
        " refused_reason = CASE WHEN refused = ? THEN NULL ELSE refused_reason END"
        " WHERE number = ?",
        [gone, accepted, accepted, number],
    )


def refuse(
    connection: sqlite3.Connection, document_id: DocumentId, up_to: Sequence, reason: str
) -> None:
    """Mark the updates up to `up_to` as refused for `reason`; they stay on this device."""
    number = number_of(connection, document_id)
    marked = connection.execute(
        "UPDATE outbox SET refused = 1 WHERE document = ? AND sequence <= ? AND NOT refused",
        [number, up_to],
    ).rowcount
    connection.execute(
        "UPDATE documents SET waiting = waiting - ?, refused = refused + ?, refused_reason ="
        " CASE WHEN refused + ? > 0 THEN ? ELSE NULL END WHERE number = ?",
        [marked, marked, marked, reason, number],
    )
