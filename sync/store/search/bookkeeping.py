"""What the profile's database knows about the index: how far each document is in it.

Of a document in the index both have the same token. That holds them together over crashes,
restored backups and deleted files: where the tokens differ, the document is indexed again.
Functions for one connection to the profile's database; those that write run on the writer thread.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from sync.store.search.schedule import Stale
from sync.types import DocumentId, Sequence, is_implied

_STALE = (
    "FROM documents LEFT JOIN indexed ON indexed.document = documents.number"
    " WHERE indexed.sequence IS NOT documents.last_sequence"
    " OR indexed.title IS NOT documents.title"
    " ORDER BY indexed.document IS NULL, number DESC"
)


def stale(connection: sqlite3.Connection) -> list[Stale]:
    """Return the documents of which the index has not all: never comments, never a library.

    First come those of which it has something, then the newest.
    """
    rows = connection.execute(f"SELECT number, id, documents.title, last_sequence {_STALE}")
    return [
        Stale(number, DocumentId(document_id), title, Sequence(last))
        for number, document_id, title, last in rows
        if not is_implied(DocumentId(document_id))
    ]


def note(connection: sqlite3.Connection, indexed: Iterable[tuple[Stale, Sequence, int]]) -> None:
    """Note up to which sequence documents are in the index now, and with which token.

    One that has gone meanwhile is passed over.
    """
    connection.executemany(
        "INSERT OR REPLACE INTO indexed SELECT number, ?, ?, ? FROM documents"
        " WHERE number = ? AND id = ?",
        [(sequence, one.title, token, one.number, one.id) for one, sequence, token in indexed],
    )


def tokens(connection: sqlite3.Connection) -> dict[int, tuple[str, int]]:
    """Return id and token of all documents that the index should have, by number."""
    rows = connection.execute(
        "SELECT number, id, token FROM indexed JOIN documents ON number = document"
    )
    return {number: (document_id, token) for number, document_id, token in rows}


def count(connection: sqlite3.Connection) -> int:
    """Return how many documents the index should have."""
    (number,) = connection.execute("SELECT count(*) FROM indexed").fetchone()
    return int(number)


def documents(connection: sqlite3.Connection) -> int:
    """Return how many documents there are: no comments, no library."""
    rows = connection.execute("SELECT id FROM documents")
    return sum(not is_implied(DocumentId(document_id)) for (document_id,) in rows)


def forget(connection: sqlite3.Connection, numbers: Iterable[int]) -> None:
    """Note that the index does not have documents, whatever was noted before."""
    connection.executemany(
        "DELETE FROM indexed WHERE document = ?", [(number,) for number in numbers]
    )


def titles(connection: sqlite3.Connection, ids: Iterable[DocumentId]) -> dict[str, str]:
    """Return the titles of the documents, among those asked for, that are on this device."""
    wanted = list(ids)
    marks = ", ".join("?" * len(wanted))
    return dict(
        connection.execute(f"SELECT id, title FROM documents WHERE id IN ({marks})", wanted)  # noqa: S608
    )
