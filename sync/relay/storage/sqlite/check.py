"""Whether everything in a relay's data directory can be read, and what to do if not."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from sync.errors import AdministrationError
from sync.relay.storage import files
from sync.relay.storage.sql.check import Progress, attached, check_documents
from sync.relay.storage.sqlite import schema

MOST_LINES = 20
"""Of one kind of damage to the file itself; more would say nothing more."""

RESTORE = "Restore a backup with `inkstand-relay restore`"


def check(data_dir: Path, progress: Progress = lambda *_: None) -> Iterator[str]:
    """Yield a sentence for each thing that is amiss: what, where, and what to do.

    Reads only, and a relay may serve meanwhile. May take long. Raises
    `NewerSchema`, and `AdministrationError` if there is nothing to look at.
    """
    path = schema.existing(data_dir)
    try:
        with schema.opened(path) as connection:
            schema.refuse_newer(connection, path)
            schema.refuse_older(connection, path)
            progress("database", 0, 1)
            yield from _check_file(connection, path)
            yield from check_documents(connection, progress, RESTORE, sqlite3.Error)
            yield from _check_attachments(connection, data_dir, progress)
    except AdministrationError as error:
        yield str(error)


def _check_file(connection: sqlite3.Connection, path: Path) -> Iterator[str]:
    try:
        for (found,) in connection.execute(f"PRAGMA integrity_check({MOST_LINES})"):
            if found != "ok":
                yield f"{path}: {found}. {RESTORE}."
        tables = {row[0] for row in connection.execute("PRAGMA foreign_key_check")}
        for table in sorted(tables):
            yield f"{path}: rows in {table!r} belong to nothing that is there. {RESTORE}."
    except sqlite3.Error as error:  # so bad that it cannot even be looked at; documents may do
        yield f"{path}: {error}. {RESTORE}."


def _check_attachments(
    connection: sqlite3.Connection, data_dir: Path, progress: Progress
) -> Iterator[str]:
    rows = attached(connection)
    for number, (digest, document_id) in enumerate(rows):
        progress("attachments", number, len(rows))
        try:
            sound = files.has_digest(files.attachment_path(data_dir, digest), digest)
        except OSError:
            sound = False
        if not sound:
            yield (
                f"attachment {digest.hex()} of document {document_id} is missing or damaged. Copy "
                f"it to {files.attachment_path(data_dir, digest)} from a backup, or add it to the "
                "document again."
            )
