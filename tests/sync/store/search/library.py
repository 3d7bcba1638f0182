"""Documents made of plain text, in a real profile."""

from __future__ import annotations

import sqlite3

from sync.document.delta import delete, insert
from sync.document.document import Document
from sync.store.compaction import build_document
from sync.store.search.results import Results
from sync.store.store import Store
from sync.types import DocumentId, Origin


def add(store: Store, document_id: str, text: str, title: str = "") -> DocumentId:
    """Make a document with that text and a closing newline."""
    document = Document()
    updates: list[tuple[bytes, Origin]] = []
    document.on_update(lambda update, origin: updates.append((update, origin)))
    document.apply(insert(0, text + "\n"), Origin.COMMAND)
    store.create_document(DocumentId(document_id), title, updates).result()
    return DocumentId(document_id)


def rewrite(store: Store, document_id: DocumentId, text: str) -> None:
    """Put another text in the place of a document's."""
    document, _ = build_document(store.load(document_id))
    updates: list[tuple[bytes, Origin]] = []
    document.on_update(lambda update, origin: updates.append((update, origin)))
    if document.length > 1:
        document.apply(delete(0, document.length - 1), Origin.VIEW)
    if text:
        document.apply(insert(0, text), Origin.VIEW)
    if updates:
        store.append_local_all(document_id, updates, None).result()


def remove(store: Store, document_id: DocumentId) -> None:
    """Take a document off this device, with all that belongs to it."""

    def remove(connection: sqlite3.Connection) -> None:
        (number,) = connection.execute(
            "SELECT number FROM documents WHERE id = ?", [document_id]
        ).fetchone()
        for table in ("outbox", "updates", "snapshots"):
            connection.execute(f"DELETE FROM {table} WHERE document = ?", [number])
        connection.execute("DELETE FROM documents WHERE number = ?", [number])

    store.database.submit(remove).result()


def search(store: Store, text: str, limit: int = 1_000) -> Results:
    """Index what is new, and search."""
    store.search.catch_up()
    return store.search.search(text, limit=limit)


def ids(store: Store, text: str) -> list[str]:
    return [found.document_id for found in search(store, text).found]
