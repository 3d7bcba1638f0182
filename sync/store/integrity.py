"""The long look at everything in a profile: what is amiss, and what to do about it.

Reads only, and a program may use the profile meanwhile. For a terminal, so in English.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

from sync.document.document import Document
from sync.errors import DatabaseDamaged, InvalidUpdate
from sync.files import has_digest
from sync.store import log, migrations
from sync.store.attachments import ATTACHMENTS, is_name
from sync.store.compaction import build_document, equal
from sync.store.log import StoredDocument
from sync.types import DocumentId, Sequence

SALVAGE = "`inkstand salvage` makes a new database of all that can be read, and keeps this one"
RESYNC = "`inkstand sync` fetches what the relay has of it"

MOST_LINES = 20
"""Of one kind of damage to the file itself; more would say nothing more."""

Progress = Callable[[str, int, int], None]
"""Told what is looked at, the number done and the number of all. May raise, to end it."""

_COUNTERS = """
    SELECT id, last_sequence, waiting, refused, refused_reason IS NOT NULL,
        (SELECT count(*) FROM outbox WHERE document = number AND NOT refused),
        (SELECT count(*) FROM outbox WHERE document = number AND outbox.refused),
        coalesce((SELECT max(sequence) FROM updates WHERE document = number), 0),
        coalesce((SELECT sequence FROM snapshots WHERE document = number), 0),
        (SELECT count(*) FROM updates WHERE document = number AND sequence > coalesce(
            (SELECT sequence FROM snapshots WHERE document = number), 0)),
        (SELECT count(*) FROM outbox WHERE document = number AND NOT EXISTS (
            SELECT 1 FROM updates WHERE updates.document = outbox.document
            AND updates.sequence = outbox.sequence))
    FROM documents WHERE number = ?"""


def check(data_dir: Path, progress: Progress = lambda *_: None) -> Iterator[str]:
    """Yield a sentence for each thing that is amiss. May take long.

    Raises `NewerSchema`, and `OSError` if there is no profile to look at.
    """
    path = data_dir / migrations.DATABASE
    path.stat()
    try:
        migrations.check(path)
    except DatabaseDamaged as error:
        yield f"{path} is damaged ({error.detail}). {SALVAGE}."
    except sqlite3.Error as error:
        yield f"{path} cannot be opened ({error})."
        return
    try:
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None
        )
    except sqlite3.Error:
        return
    with contextlib.closing(connection):
        yield from _check_file(connection, path, progress)
        yield from _check_documents(connection, progress)
    yield from _check_attachments(data_dir / ATTACHMENTS, progress)


def _check_file(connection: sqlite3.Connection, path: Path, progress: Progress) -> Iterator[str]:
    try:
        progress("database", 0, 1)
        for (found,) in connection.execute(f"PRAGMA integrity_check({MOST_LINES})"):
            if found != "ok":
                yield f"{path}: {found}. {SALVAGE}."
        tables = {row[0] for row in connection.execute("PRAGMA foreign_key_check")}
        for table in sorted(tables):
            yield f"{path}: rows in {table!r} belong to nothing that is there. {SALVAGE}."
    except sqlite3.Error as error:  # so bad that it cannot even be looked at; documents may do
        yield f"{path}: {error}. {SALVAGE}."


def _check_documents(connection: sqlite3.Connection, progress: Progress) -> Iterator[str]:
    try:
        rows = connection.execute("SELECT number, id, title FROM documents").fetchall()
    except sqlite3.Error as error:
        yield f"The list of documents cannot be read ({error}). {SALVAGE}."
        return
    for done, (number, document_id, title) in enumerate(rows):
        progress("documents", done, len(rows))
        name = f"“{title}” ({document_id})"
        try:
            for what in _check_rows(connection, number):
                yield f"{name}: {what}"
            for what in _check_content(connection, number, document_id):
                yield f"{name}: {what}"
        except sqlite3.Error as error:  # a page of it; others may be whole
            yield f"{name}: it cannot be read ({error}). {SALVAGE}."


def _check_rows(connection: sqlite3.Connection, number: int) -> Iterator[str]:
    (_, last, waiting, refused, reason, waits, refusals, newest, covered, tail, alone) = (
        connection.execute(_COUNTERS, [number]).fetchone()
    )
    if last < max(newest, covered):
        yield f"its log goes up to {max(newest, covered)}, but it says {last}. {SALVAGE}."
    gaps = max(last, newest) - covered - tail
    if gaps > 0:
        yield f"{gaps} changes are missing from its log. {SALVAGE}; {RESYNC}."
    if alone:
        yield f"{alone} changes that were not sent are not in its log. {SALVAGE}."
    if (waiting, refused) != (waits, refusals):
        yield (
            f"it says that {waiting} changes wait and {refused} were refused, but {waits} and "
            f"{refusals} are there. {SALVAGE}."
        )
    if bool(reason) != bool(refusals):
        yield f"what it says about refused changes does not fit. {SALVAGE}."


def _check_content(connection: sqlite3.Connection, number: int, document_id: str) -> Iterator[str]:
    stored = log.load(connection, DocumentId(document_id))
    document, left_out = build_document(stored)
    if left_out:
        yield (
            f"{len(left_out)} changes cannot be read and are left out ({left_out[0].detail}). "
            f"{SALVAGE}; {RESYNC}."
        )
        return
    if document.missing:
        yield f"some changes build on others that have not come. {RESYNC}."
    snapshot = log.read_snapshot(connection, DocumentId(document_id))
    if snapshot is None:
        return
    covered, state = snapshot
    rows = connection.execute(
        "SELECT bytes FROM updates WHERE document = ? AND sequence <= ? ORDER BY sequence",
        [number, covered],
    ).fetchall()
    if rows and not _stands_for(state, [update for (update,) in rows], whole=len(rows) == covered):
        yield f"its snapshot is not what its log says. {SALVAGE}."


def _stands_for(snapshot: bytes, updates: list[bytes], *, whole: bool) -> bool:
    """Whether a snapshot has all of these updates, and nothing else if they are the `whole` log."""
    try:
        document = Document.load(snapshot)
        if whole:
            replay, left_out = build_document(StoredDocument(None, updates, Sequence(0)))
            return not left_out and equal(replay, document)
        for update in updates:
            document.apply_update(update)
        return equal(document, Document.load(snapshot))
    except InvalidUpdate:
        return False


def _check_attachments(folder: Path, progress: Progress) -> Iterator[str]:
    found = [path for path in sorted(folder.glob("??/*")) if is_name(path.name)]
    for done, path in enumerate(found):
        progress("images", done, len(found))
        try:
            sound = has_digest(path, bytes.fromhex(path.name))
        except OSError:
            sound = False
        if not sound:
            yield (
                f"{path} is not any more what it was. Copy it from a backup, or put the image "
                "into the document again."
            )
