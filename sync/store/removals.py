"""What was done here by whom: the log says it; what was deleted, this does after a snapshot.

Functions for one SQLite connection; those that write run on the writer thread.
"""

from __future__ import annotations

import sqlite3

from sync.document.deletions import Ranges, deletions_of, join_deletions, read_deletions
from sync.store.documents import number_of
from sync.types import DocumentId, Origin, Sequence

NOBODY = ""
"""The author of what was written while nobody was signed in."""


def in_log(
    connection: sqlite3.Connection, document_id: DocumentId, up_to: Sequence | None = None
) -> dict[str, bytes]:
    """Return what updates of this device in the log delete, by author. Raises `UnknownDocument`."""
    rows = connection.execute(
        # An update that deletes nothing ends with the number of its deletions, 0.
        "SELECT coalesce(author, ?), bytes FROM updates WHERE document = ? AND origin <> ?"
        " AND sequence <= coalesce(?, sequence) AND substr(bytes, -1) <> x'00' ORDER BY sequence",
        [NOBODY, number_of(connection, document_id), Origin.REMOTE, up_to],
    )
    updates: dict[str, list[bytes]] = {}
    for author, update in rows:
        updates.setdefault(author, []).append(update)
    return {author: deletions_of(some) for author, some in updates.items()}


def keep(connection: sqlite3.Connection, document_id: DocumentId, found: dict[str, bytes]) -> None:
    """Keep what `in_log` found, together with what is kept already."""
    number = number_of(connection, document_id)
    for author, deletions in found.items():
        kept = connection.execute(
            "SELECT deletions FROM removals WHERE document = ? AND author = ?", [number, author]
        ).fetchone()
        both = deletions if kept is None else join_deletions([kept[0], deletions])
        connection.execute(
            "INSERT OR REPLACE INTO removals VALUES (?, ?, ?)", [number, author, both]
        )


def known(
    connection: sqlite3.Connection, document_id: DocumentId, nobody: str = NOBODY
) -> dict[str, Ranges]:
    """Return all that users are known to have deleted on this device, by user id.

    `nobody` stands for those who were not signed in. Raises `UnknownDocument`.
    """
    rows = connection.execute(
        "SELECT author, deletions FROM removals WHERE document = ?",
        [number_of(connection, document_id)],
    )
    found: dict[str, list[bytes]] = {}
    for author, deletions in (*rows, *in_log(connection, document_id).items()):
        found.setdefault(author or nobody, []).append(deletions)
    return {author: read_deletions(join_deletions(some)) for author, some in found.items()}


def writers(
    connection: sqlite3.Connection, document_id: DocumentId, after: Sequence, up_to: Sequence
) -> set[str | None]:
    """Return who wrote on this device, of updates in the log. Raises `UnknownDocument`."""
    rows = connection.execute(
        "SELECT DISTINCT author FROM updates WHERE document = ? AND origin <> ?"
        " AND sequence > ? AND sequence <= ?",
        [number_of(connection, document_id), Origin.REMOTE, after, up_to],
    )
    return {author for (author,) in rows}
