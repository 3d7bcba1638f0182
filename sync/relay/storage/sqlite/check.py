"""Whether everything in a relay's data directory can be read, and what to do if not."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sync.errors import AdministrationError
from sync.relay.storage import files
from sync.relay.storage.base import StoredLog
from sync.relay.storage.replay import Replay, deeply
from sync.relay.storage.sql import reading
from sync.relay.storage.sqlite import schema
from sync.types import DocumentId

MOST_LINES = 20
"""Of one kind of damage to the file itself; more would say nothing more."""

RESTORE = "Restore a backup with `inkstand-relay restore`"

Progress = Callable[[str, int, int], None]
"""Told what is looked at, the number done and the number of all."""


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
            rows = connection.execute("SELECT id FROM documents ORDER BY key").fetchall()
            for number, (document_id,) in enumerate(rows):
                progress("documents", number, len(rows))
                try:
                    yield from _check_document(connection, DocumentId(document_id))
                except sqlite3.Error as error:  # a page of it; others may be whole
                    yield f"document {document_id}: it cannot be read ({error}). {RESTORE}."
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


def _check_document(connection: sqlite3.Connection, document_id: DocumentId) -> Iterator[str]:
    name = f"document {document_id}"
    missing = _holes(connection, document_id)
    if missing:
        yield (
            f"{name}: {missing} rows are missing from its log. Open it on every device that has "
            f"it, so that they send what the relay lacks; or {RESTORE.lower()}."
        )
    found = deeply(lambda: _look_at(reading.load(connection, document_id)))
    if found.damaged:
        yield (
            f"{name}: {found.damaged} are not as they were written; the disk has changed them. "
            f"{RESTORE}."
        )
    if found.unreadable:
        yield (
            f"{name}: {found.unreadable} cannot be read and are left out ({found.why}). Open it "
            "on every device that has it, so that they send what the relay lacks; or "
            f"{RESTORE.lower()}."
        )
    if found.waiting:
        yield (
            f"{name}: {found.waiting} changes build on changes that have not come. Open it on "
            "the devices that wrote it, so that they send the rest."
        )
    for version in reading.versions(connection, document_id):
        state = reading.version(connection, document_id, version.sequence) or b""
        if not deeply(partial(_is_sound, state)):
            yield (
                f"{name}: its version {version.sequence} cannot be read. The document itself does "
                f"not need it; if somebody does, {RESTORE.lower()}."
            )


@dataclass(frozen=True, slots=True)
class _Look:
    damaged: str
    unreadable: str
    why: str
    waiting: int


def _look_at(stored: StoredLog) -> _Look:
    replay = Replay()
    if stored.snapshot is not None:
        replay.apply([stored.snapshot])
    snapshot_unreadable = replay.incomplete
    replay.apply(stored.updates)
    # A damaged snapshot's number is that of its last update, which is no row any more.
    rows = range(stored.last_sequence - len(stored.updates) + 1, stored.last_sequence + 1)
    damaged_rows = sum(sequence in rows for sequence in stored.damaged)
    return _Look(
        _parts(damaged_rows < len(stored.damaged), damaged_rows),
        _parts(snapshot_unreadable, len(replay.unreadable) - snapshot_unreadable),
        replay.unreadable[0].detail if replay.unreadable else "",
        replay.waiting,
    )


def _parts(snapshot: bool, rows: int) -> str:
    """Name what is amiss of a document; nothing if nothing is."""
    parts = ["its snapshot"] if snapshot else []
    if rows:
        parts.append(f"{rows} rows of its log")
    return " and ".join(parts)


def _is_sound(version: bytes) -> bool:
    try:
        return not Replay.of_state(zlib.decompress(version)).incomplete
    except zlib.error:
        return False


def _holes(connection: sqlite3.Connection, document_id: DocumentId) -> int:
    """Return how many rows are missing between the snapshot and the end of the log."""
    row = connection.execute(
        "SELECT max(updates.sequence) - coalesce(snapshots.sequence, 0) - count(*)"
        " FROM documents JOIN updates ON updates.document = key"
        " LEFT JOIN snapshots ON snapshots.document = key"
        " WHERE id = ? AND updates.sequence > coalesce(snapshots.sequence, 0)",
        [document_id],
    ).fetchone()
    return int(row[0] or 0)


def _check_attachments(
    connection: sqlite3.Connection, data_dir: Path, progress: Progress
) -> Iterator[str]:
    rows = connection.execute(
        "SELECT hash, min(id) FROM attachments JOIN documents ON document = key GROUP BY hash"
    ).fetchall()
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
