"""Whether everything in a relay's log can be read, and what to do if not."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from sync.relay.storage.base import StoredLog
from sync.relay.storage.replay import Replay, deeply
from sync.relay.storage.sql import reading
from sync.relay.storage.sql.database import Connection
from sync.types import DocumentId

Progress = Callable[[str, int, int], None]
"""Told what is looked at, the number done and the number of all."""


def check_documents(
    connection: Connection, progress: Progress, restore: str, error: type[Exception]
) -> Iterator[str]:
    """Yield a sentence for each thing that is amiss in a document.

    `restore` says how to go back to a backup; `error` is what the connection raises for
    what cannot be read.
    """
    rows = connection.execute("SELECT id FROM documents ORDER BY key").fetchall()
    for number, (document_id,) in enumerate(rows):
        progress("documents", number, len(rows))
        try:
            yield from _check_document(connection, DocumentId(document_id), restore)
        except error as failure:  # a page of it; others may be whole
            yield f"document {document_id}: it cannot be read ({failure}). {restore}."


def attached(connection: Connection) -> list[tuple[bytes, str]]:
    """Return the hash of each attachment, with a document that has it."""
    rows = connection.execute(
        "SELECT hash, min(id) FROM attachments JOIN documents ON document = key GROUP BY hash"
    )
    return [(bytes(digest), document_id) for digest, document_id in rows]


def _check_document(connection: Connection, document_id: DocumentId, restore: str) -> Iterator[str]:
    name = f"document {document_id}"
    missing = _holes(connection, document_id)
    if missing:
        yield (
            f"{name}: {missing} rows are missing from its log. Open it on every device that has "
            f"it, so that they send what the relay lacks; or {restore[0].lower() + restore[1:]}."
        )
    found = deeply(lambda: _look_at(reading.load(connection, document_id)))
    if found.damaged:
        yield (
            f"{name}: {found.damaged} are not as they were written; the disk has changed them. "
            f"{restore}."
        )
    if found.unreadable:
        yield (
            f"{name}: {found.unreadable} cannot be read and are left out ({found.why}). Open it "
            "on every device that has it, so that they send what the relay lacks; or "
            f"{restore[0].lower() + restore[1:]}."
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
                f"not need it; if somebody does, {restore[0].lower() + restore[1:]}."
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


def _holes(connection: Connection, document_id: DocumentId) -> int:
    """Return how many rows are missing between the snapshot and the end of the log."""
    row = connection.execute(
        "SELECT max(updates.sequence) - coalesce(max(snapshots.sequence), 0) - count(*)"
        " FROM documents JOIN updates ON updates.document = key"
        " LEFT JOIN snapshots ON snapshots.document = key"
        " WHERE id = ? AND updates.sequence > coalesce(snapshots.sequence, 0)",
        [document_id],
    ).fetchone()
    return int(row[0] or 0)
