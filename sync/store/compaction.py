"""Putting a snapshot in the place of a long log, and never before it is proved equal."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import TypeAlias

from sync.document.document import Document
from sync.document.updates import read_state_vector
from sync.errors import DatabaseDamaged, InvalidUpdate
from sync.phrases import phrase
from sync.store import log
from sync.store.database import Database
from sync.store.log import StoredDocument
from sync.types import DocumentId, Sequence

Settle: TypeAlias = Callable[[sqlite3.Connection], None]
"""What is to be written together with a snapshot."""

ROWS_AT_A_TIME = 2_000
"""Rows that go in one transaction; a keystroke behind it waits a few milliseconds."""


def build_document(stored: StoredDocument) -> tuple[Document, list[InvalidUpdate]]:
    """Return the document that the disk holds, and what could not be read.

    An unreadable update is left out, so that one bad row cannot keep a person
    from everything else that they wrote.
    """
    try:
        return Document.load(stored.snapshot, stored.updates), []
    except InvalidUpdate:
        document = Document()
        left_out = []
        for update in (stored.snapshot, *stored.updates):
            try:
                if update is not None:
                    document.apply_update(update)
            except InvalidUpdate as error:
                left_out.append(error)
        return document, left_out


def compact(
    database: Database,
    document_id: DocumentId,
    before_snapshot: Callable[[DocumentId, Sequence], Settle],
) -> bool:
    """Bring the log of a document into one snapshot; whether it was possible.

    Blocks; any thread but the writer's may call it, one at a time. It is not
    possible while an update waits for one that has not come, because a snapshot
    would lose the waiting one. `before_snapshot` gets the chance to save what the log
    says and the snapshot does not. Raises `UnknownDocument`, `CannotSave`, `DatabaseDamaged`.

    A crash at any point is harmless: rows that a snapshot covers are skipped by
    the next load and deleted by the next compaction.
    """
    with database.reading() as connection:
        stored = log.load(connection, document_id)
    if stored.updates:
        document, left_out = build_document(stored)
        if document.missing or left_out:
            return False
        snapshot = document.encode_state()
        if not equal(Document.load(snapshot), document):
            return False
        settle = before_snapshot(document_id, stored.last_sequence)

        def save(writer: sqlite3.Connection) -> None:
            settle(writer)
            log.save_snapshot(writer, document_id, snapshot, stored.last_sequence)

        database.submit(save).result()
        with database.reading() as connection:
            kept = log.read_snapshot(connection, document_id)
        if kept != (stored.last_sequence, snapshot):
            raise DatabaseDamaged(database.path, phrase("what was written is not what is read"))
    while database.submit(lambda writer: log.prune(writer, document_id, ROWS_AT_A_TIME)).result():
        pass
    return True


def equal(one: Document, other: Document) -> bool:
    """Whether two documents have come as far as each other and say the same."""
    return (
        read_state_vector(one.state_vector()) == read_state_vector(other.state_vector())
        and one.contents() == other.contents()
        and one.maps() == other.maps()
    )
