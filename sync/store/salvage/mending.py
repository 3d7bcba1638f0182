"""Making rows that were read one by one a database that holds together.

What was read as it should be stays as it is. A document that lost something gets a snapshot of
all that is left of it, under a number that no lost row can have had; rows in the outbox stay rows.
"""

from __future__ import annotations

import sqlite3
import uuid
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pycrdt

from sync.document.document import Document
from sync.document.updates import EMPTY_UPDATE, guarded, read_header
from sync.errors import InvalidUpdate
from sync.phrases import phrase
from sync.store import accounts, log, outbox
from sync.store.compaction import build_document
from sync.store.probes import is_account
from sync.store.salvage.fallback import Backups
from sync.store.salvage.report import Loss
from sync.types import (
    DocumentId,
    Origin,
    Role,
    Sequence,
    commented_id,
    is_document_id,
    new_document_id,
)

PASSED_OVER = 1_000_000
"""Sequences that are skipped behind a loss: a row that was lost may have had any of the next ones,
and what is still under way for it (an acknowledgment) must not be taken for another's."""


@dataclass(frozen=True, slots=True)
class Hurt:
    """A document that lost something, by its number."""

    number: int
    missing: int
    """Rows that should be there."""
    broken: tuple[int, ...]
    """Sequences of rows that are there and make no sense."""


def mend(
    connection: sqlite3.Connection,
    document_ids: dict[int, str],
    damaged: set[str],
    backups: Backups,
    progress: Callable[[int, int], None],
) -> tuple[list[Loss], bool]:
    """Make a database that was just filled consistent, in the open transaction.

    Returns what was lost, and whether it is not known any more who was signed in.
    `document_ids` are those that the index of ids still has, `damaged` the tables of which
    something is missing.
    """
    signed_out = _mend_profile(connection, "profile" in damaged, backups)
    orphans = _mend_documents(connection, document_ids, "documents" in damaged, backups)
    unsent = _unsent_without_row(connection)
    _drop_rows_without_parents(connection)
    hurt = _find_hurt(connection, orphans)
    losses = []
    for done, one in enumerate(hurt):
        progress(done, len(hurt))
        losses.append(_mend_document(connection, one, backups))
    done_already = {one.number for one in hurt}
    for (number,) in connection.execute("SELECT number FROM documents").fetchall():
        if number not in done_already and ("outbox" in damaged or number in unsent):
            _offer_everything(connection, number)
    _count_anew(connection)
    _forget_states(connection)
    return losses, signed_out


def _forget_states(connection: sqlite3.Connection) -> None:
    """Have every document compared with the relay again: what it was in step with may be lost."""
    columns = {name for _, name, *_ in connection.execute("PRAGMA table_info(documents)")}
    if "relay_state" in columns:  # the database may be of an older format
        connection.execute("UPDATE documents SET relay_state = NULL, in_step = NULL")


# The profile and the list of documents


def _mend_profile(connection: sqlite3.Connection, damaged: bool, backups: Backups) -> bool:
    rows = dict(connection.execute("SELECT name, value FROM profile").fetchall())
    damaged = damaged or "id" not in rows
    if not is_account(rows.get("account")):
        connection.execute("DELETE FROM profile WHERE name = 'account'")
        damaged = damaged or "account" in rows
    if damaged:
        connection.executemany("INSERT OR IGNORE INTO profile VALUES (?, ?)", backups.profile())
    connection.execute("INSERT OR IGNORE INTO profile VALUES ('id', ?)", [uuid.uuid4().hex])
    connection.execute("DELETE FROM profile WHERE name = 'home'")
    account = accounts.current(connection)
    if account is not None:
        connection.execute("INSERT INTO profile VALUES ('home', ?)", [account.key])
    return damaged and account is None


_NEW_ROW = "INSERT OR IGNORE INTO documents (number, id, title, created, home)"
_HOME = (
    "CASE WHEN (SELECT count(*) FROM accounts) > 1 THEN ''"
    " ELSE (SELECT value FROM profile WHERE name = 'home') END"
)
"""Of a document whose row is lost: where there are several relays, nobody knows which has it."""


def _mend_documents(
    connection: sqlite3.Connection, document_ids: dict[int, str], damaged: bool, backups: Backups
) -> set[int]:
    """Have a row for every document that something is left of; return those that had none."""
    for number, document_id, role in connection.execute(
        "SELECT number, id, role FROM documents"
    ).fetchall():
        if not is_document_id(document_id):
            damaged = True
            connection.execute("DELETE FROM documents WHERE number = ?", [number])
        elif role is not None and role not in list(Role):
            connection.execute("UPDATE documents SET role = NULL WHERE number = ?", [number])
    has_rows = {
        number
        for table in ("updates", "snapshots")
        for (number,) in connection.execute(
            f"SELECT DISTINCT document FROM {table}"  # noqa: S608
            " WHERE document NOT IN (SELECT number FROM documents)"
        )
    }
    if not (damaged or has_rows):
        return set()
    row = connection.execute("SELECT value FROM profile WHERE name = 'id'").fetchone()
    known = backups.documents(row[0])
    now = datetime.now(UTC).isoformat(timespec="seconds")
    lost = has_rows | document_ids.keys() | known.keys()
    made = set()
    for number in sorted(lost):
        document_id, title, created = known.get(number, (None, "", now))
        document_id = document_ids.get(number) or document_id or new_document_id()
        if connection.execute(
            f"{_NEW_ROW} VALUES (?, ?, ?, ?, {_HOME})",
            [number, document_id, title, created],
        ).rowcount:
            made.add(number)
    return made


def _unsent_without_row(connection: sqlite3.Connection) -> set[int]:
    """Return the documents of which the outbox names a row that is lost."""
    rows = connection.execute(
        "SELECT DISTINCT document FROM outbox WHERE NOT EXISTS (SELECT 1 FROM updates"
        " WHERE updates.document = outbox.document AND updates.sequence = outbox.sequence)"
    )
    return {number for (number,) in rows}


def _drop_rows_without_parents(connection: sqlite3.Connection) -> None:
    """Delete what refers to something that is lost, in any table."""
    while True:
        broken = {row[0:1] + row[3:4] for row in connection.execute("PRAGMA foreign_key_check")}
        if not broken:
            return
        for table, key in broken:
            columns = [
                row
                for row in connection.execute(f"PRAGMA foreign_key_list({table})").fetchall()
                if row[0] == key
            ]
            parent = columns[0][2]
            pairs = " AND ".join(f"p.{to} = {table}.{start}" for _, _, _, start, to, *_ in columns)
            given = " AND ".join(f"{start} IS NOT NULL" for _, _, _, start, *_ in columns)
            connection.execute(
                f"DELETE FROM {table} WHERE {given}"  # noqa: S608
                f" AND NOT EXISTS (SELECT 1 FROM {parent} AS p WHERE {pairs})"
            )


# Documents


def _find_hurt(connection: sqlite3.Connection, orphans: set[int]) -> list[Hurt]:
    """Return the documents that are not what they were."""
    broken: dict[int, list[int]] = {}
    for table in ("updates", "snapshots"):
        for number, sequence, update, crc in connection.execute(
            f"SELECT document, sequence, bytes, crc FROM {table}"  # noqa: S608
        ):
            if not _is_update(update, crc):
                broken.setdefault(number, []).append(sequence if table == "updates" else 0)
    for number, sequences in broken.items():
        if 0 in sequences:
            connection.execute("DELETE FROM snapshots WHERE document = ?", [number])
    hurt = []
    for number, covered, last, count in connection.execute(
        "SELECT number, coalesce(snapshots.sequence, 0), max(last_sequence,"
        "  coalesce((SELECT max(sequence) FROM updates WHERE document = number), 0)),"
        " (SELECT count(*) FROM updates WHERE document = number"
        "  AND updates.sequence > coalesce(snapshots.sequence, 0))"
        " FROM documents LEFT JOIN snapshots ON snapshots.document = number"
    ).fetchall():
        missing = max(0, last - covered - count)
        bad = tuple(sequence for sequence in broken.get(number, ()) if sequence)
        if missing or bad or number in broken or number in orphans:
            hurt.append(Hurt(number, missing, bad))
    return hurt


def _is_update(data: bytes, crc: int | None) -> bool:
    if crc is not None:
        return log.is_sound(data, crc)
    try:
        guarded(pycrdt.get_state, data)
    except InvalidUpdate:
        return False
    return True


def _mend_document(connection: sqlite3.Connection, hurt: Hurt, backups: Backups) -> Loss:
    number = hurt.number
    connection.executemany(
        "DELETE FROM outbox WHERE document = ? AND sequence = ?",
        [(number, sequence) for sequence in hurt.broken],
    )
    connection.executemany(
        "DELETE FROM updates WHERE document = ? AND sequence = ?",
        [(number, sequence) for sequence in hurt.broken],
    )
    document_id, title, last = connection.execute(
        "SELECT id, title, last_sequence FROM documents WHERE number = ?", [number]
    ).fetchone()
    since, until = _span(connection, number)
    stored = log.read(connection, document_id)
    document, left_out = build_document(stored)
    for state in _states_elsewhere(connection, number):
        document.apply_update(state)
    backup = backups.state(document_id)
    if backup is not None:
        document.apply_update(backup[1])
    title = title or document.title or phrase("Recovered document")
    last = max(last, *_sequences(connection, number), 0) + PASSED_OVER
    _fold(connection, number, document, Sequence(last), title)
    _offer_everything(connection, number)
    return Loss(
        document_id,
        title,
        hurt.missing + len(hurt.broken) + len(left_out),
        since,
        until,
        None if backup is None else backup[0],
    )


def _states_elsewhere(connection: sqlite3.Connection, number: int) -> Iterator[bytes]:
    """Yield the newest readable state of a document from each other table that keeps states.

    That is any with a column `document` and a BLOB column `state`, compressed or not (kept
    versions): an older state of the same document brings what is missing and takes nothing back.
    """
    for _, table, kind, *_ in connection.execute("PRAGMA main.table_list").fetchall():
        columns = {row[1]: row[2] for row in connection.execute(f"PRAGMA table_info({table})")}
        if kind != "table" or "document" not in columns or columns.get("state") != "BLOB":
            continue
        order = "sequence DESC" if "sequence" in columns else "document"
        sql = f"SELECT state FROM {table} WHERE document = ? ORDER BY {order}"  # noqa: S608
        for (data,) in connection.execute(sql, [number]):
            state = _readable_state(data)
            if state is not None:
                yield state
                break


def _readable_state(data: bytes | None) -> bytes | None:
    if data is None:
        return None
    for unpack in (zlib.decompress, bytes):
        try:
            state = unpack(data)
            read_header(state)
        except (zlib.error, InvalidUpdate):
            continue
        return state
    return None


def _span(connection: sqlite3.Connection, number: int) -> tuple[str | None, str | None]:
    """Return when the changes on both sides of what is missing were written, as far as known."""
    row = connection.execute(
        "SELECT sequence, written FROM snapshots WHERE document = ?", [number]
    ).fetchone()
    (last,) = connection.execute(
        "SELECT last_sequence FROM documents WHERE number = ?", [number]
    ).fetchone()
    at, since = row or (0, None)
    first_since = until = None
    found = False
    for sequence, written in connection.execute(
        "SELECT sequence, written FROM updates WHERE document = ? AND sequence > ?"
        " ORDER BY sequence",
        [number, at],
    ):
        if sequence > at + 1:
            first_since = first_since if found else since
            found, until = True, written
        at, since = sequence, written
    if at < last:
        first_since = first_since if found else since
        found, until = True, None
    return (_time(first_since), _time(until)) if found else (_time(since), None)


def _time(milliseconds: int | None) -> str | None:
    try:
        if milliseconds is None:
            return None
        return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="minutes")
    except (ValueError, OverflowError, OSError):
        return None


def _sequences(connection: sqlite3.Connection, number: int) -> list[int]:
    return [
        sequence or 0
        for table in ("updates", "snapshots")
        for (sequence,) in connection.execute(
            f"SELECT max(sequence) FROM {table} WHERE document = ?",  # noqa: S608
            [number],
        )
    ]


def _fold(
    connection: sqlite3.Connection, number: int, document: Document, last: Sequence, title: str
) -> None:
    """Put a snapshot up to `last` in the place of all rows but the outbox's.

    What builds on something lost is logged again behind it, until that comes back.
    """
    connection.execute(
        "UPDATE documents SET title = ?, last_sequence = ? WHERE number = ?", [title, last, number]
    )
    (document_id,) = connection.execute(
        "SELECT id FROM documents WHERE number = ?", [number]
    ).fetchone()
    log.save_snapshot(connection, document_id, document.encode_state(), last)
    log.prune(connection, document_id, -1)
    waiting = [(update, Origin.REMOTE) for update in document.waiting_updates]
    if waiting:
        log.append(connection, document_id, waiting, None)


def _offer_everything(connection: sqlite3.Connection, number: int) -> None:
    """Have the next sync offer the relay the whole document.

    A row of the outbox may be among what was lost, and deletions do not show in a state vector;
    while anything waits, the sync step 2 brings them all. An empty update is enough to wait.
    """
    document_id, role = connection.execute(
        "SELECT id, role FROM documents WHERE number = ?", [number]
    ).fetchone()
    if role is None or _may_write(DocumentId(document_id), Role(role)):
        _, sequences = log.append(connection, document_id, [(EMPTY_UPDATE, Origin.COMMAND)], None)
        outbox.put(connection, number, sequences)


def _may_write(document_id: DocumentId, role: Role) -> bool:
    return role.may_comment if commented_id(document_id) else role.may_write_content


def _count_anew(connection: sqlite3.Connection) -> None:
    connection.execute(
        "UPDATE documents SET"
        " waiting = (SELECT count(*) FROM outbox WHERE document = number AND NOT refused),"
        " refused = (SELECT count(*) FROM outbox WHERE document = number AND refused),"
        " last_sequence = max(last_sequence,"
        "  coalesce((SELECT max(sequence) FROM updates WHERE document = number), 0),"
        "  coalesce((SELECT sequence FROM snapshots WHERE document = number), 0))"
    )
    connection.execute(
        "UPDATE documents SET refused_reason = CASE WHEN refused THEN"
        " coalesce(refused_reason, ?) END",
        [phrase("The relay did not take it.")],
    )
