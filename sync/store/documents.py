"""The list of documents on this device, and what is known about each.

Functions for one SQLite connection; those that write run on the writer thread.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sync.errors import UnknownDocument
from sync.store.accounts import Account
from sync.types import DocumentId, Role, commented_id, is_implied, library_id


@dataclass(frozen=True, slots=True)
class Totals:
    """What is known about all documents together."""

    waiting: int
    """Local updates that the relay has not acknowledged."""
    documents_waiting: int
    """Documents that they are in."""
    documents_refused: int
    """Documents with updates that the relay refused."""
    all_on_relay: bool
    """Whether the relay knows each document."""


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """What this device knows about one document."""

    id: DocumentId
    title: str
    created: str
    """ISO 8601, UTC; by this device's clock, so only ever shown."""
    waiting: int
    """Local updates that the relay has not acknowledged."""
    refused: int
    """Local updates that the relay refused; they stay on this device."""
    role: Role | None
    """This person's role; None until the relay has said one."""
    on_relay: bool
    """Whether the relay knows the document."""
    refused_reason: str | None
    """The relay's sentence about the last refusal, None if nothing is refused."""
    relay_state: str | None
    """What the relay called its state when this device last had all of it; None: not known."""
    in_step: int | None
    """Unix milliseconds when device and relay last held the same; for show only."""
    home: str | None = None
    """The account that it belongs to (`Account.key`); "": this device only; None: not said yet."""
    elsewhere: str | None = None
    """The relay that it belongs to, "" for none, while the profile's account is another one;
    None while it is that one's. Then it goes to no relay."""

    @property
    def lost(self) -> bool:
        """Whether the relay has the document and no longer lets this person see it."""
        return self.on_relay and self.role is None


_COLUMNS = (
    "id, title, created, waiting, refused, role, on_relay, refused_reason, relay_state, in_step,"
    " home, home IS NOT NULL AND home IS NOT (SELECT value FROM profile WHERE name = 'home')"
)


def records(connection: sqlite3.Connection, *, implied: bool = False) -> list[DocumentRecord]:
    """Return all documents, oldest first; those that nobody creates only if they are `implied`."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM documents ORDER BY number")  # noqa: S608
    found = (_record(row) for row in rows)
    return [record for record in found if implied or not is_implied(record.id)]


def totals(connection: sqlite3.Connection, account: Account | None) -> Totals:
    """Return what is known about all documents of an account together, and its library.

    None: of those that belong to nobody yet.
    """
    mine, home = ("", None) if account is None else (library_id(account.user_id), account.key)
    row = connection.execute(
        "SELECT coalesce(sum(waiting), 0), count(*) FILTER (WHERE waiting),"
        " count(*) FILTER (WHERE refused), coalesce(min(on_relay), 1) FROM documents"
        " WHERE (id = ? OR id NOT GLOB 'library.*') AND (home IS NULL OR home = ?)",
        [mine, home],
    ).fetchone()
    waiting, documents_waiting, documents_refused, all_on_relay = row
    return Totals(waiting, documents_waiting, documents_refused, bool(all_on_relay))


def record(connection: sqlite3.Connection, document_id: DocumentId) -> DocumentRecord:
    """Return one document. Raises `UnknownDocument`."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM documents WHERE id = ?",  # noqa: S608
        [document_id],
    ).fetchone()
    if row is None:
        raise UnknownDocument(document_id)
    return _record(row)


def _record(row: tuple[Any, ...]) -> DocumentRecord:
    document_id, title, created, waiting, refused, role, on_relay, reason, state, in_step = row[:10]
    home, is_elsewhere = row[10:]
    return DocumentRecord(
        DocumentId(document_id),
        title,
        created,
        waiting,
        refused,
        None if role is None else Role(role),
        bool(on_relay),
        reason,
        state,
        in_step,
        home,
        home.partition(" at ")[2] if is_elsewhere else None,
    )


def number_of(connection: sqlite3.Connection, document_id: DocumentId) -> int:
    """Return the key that the other tables use. Raises `UnknownDocument`."""
    row = connection.execute("SELECT number FROM documents WHERE id = ?", [document_id]).fetchone()
    if row is None:
        raise UnknownDocument(document_id)
    return int(row[0])


def create(
    connection: sqlite3.Connection, document_id: DocumentId, title: str, home: str | None = None
) -> None:
    """Note a new document; one that is there already stays as it is.

    It belongs to `home`, else to what it comments on, else to the profile's account.
    """
    connection.execute(
        "INSERT OR IGNORE INTO documents (id, title, created, home) VALUES (?, ?, ?, coalesce(?,"
        " (SELECT home FROM documents WHERE id = ?),"
        " (SELECT value FROM profile WHERE name = 'home')))",
        [
            *(document_id, title, datetime.now(UTC).isoformat(timespec="seconds"), home),
            commented_id(document_id),
        ],
    )


def rename(connection: sqlite3.Connection, document_id: DocumentId, title: str) -> None:
    """Change the title that lists show. Raises `UnknownDocument`."""
    _update(connection, "title = ?", [title], document_id)


def set_role(
    connection: sqlite3.Connection,
    document_id: DocumentId,
    role: Role | None,
    home: str | None = None,
) -> None:
    """Note the role that the relay gives; None if it has taken every role away.

    A role means that the relay knows the document. The document belongs to `home` from now on,
    if that is given: who had it before had another account there. Raises `UnknownDocument`.
    """
    if home is not None:
        _forget_relay(connection, "id = ? AND home IS NOT ?", [document_id, home])
        _update(connection, "home = ?", [home], document_id)
    _update(
        connection,
        # In another role there may be more to say, or less, than when both were in step.
        "relay_state = CASE WHEN role IS ? THEN relay_state END, role = ?,"
        " on_relay = max(on_relay, ?)",
        [role, role, role is not None],
        document_id,
    )


def set_relay_states(
    connection: sqlite3.Connection, states: Mapping[DocumentId, str | None]
) -> None:
    """Note what the relay called the states that this device has all of, and that it is so now.

    None: the relay has not said. Documents that are not here are passed over.
    """
    now = int(time.time() * 1000)
    connection.executemany(
        "UPDATE documents SET relay_state = ?, in_step = ? WHERE id = ?",
        [(state, now, document_id) for document_id, state in states.items()],
    )


def keep_here(connection: sqlite3.Connection) -> None:
    """Let documents that belong to nobody yet go to no relay until `move` sends them to one."""
    connection.execute("UPDATE documents SET home = '' WHERE home IS NULL")


def homes(connection: sqlite3.Connection) -> dict[str | None, int]:
    """Return the homes that documents have (see `DocumentRecord.home`), and how many each has."""
    rows = connection.execute(
        "SELECT home, count(*) FROM documents"
        " WHERE id NOT GLOB 'library.*' AND id NOT GLOB '*.comments' GROUP BY home"
    )
    return dict(rows.fetchall())


def move(connection: sqlite3.Connection, old: str, new: str) -> None:
    """Let all that belongs to one account belong to another: it goes to that one's relay now.

    What a relay said about it is forgotten, and all that was refused waits again. What the old
    relay acknowledged is in the log, and the sync step 2 brings it to the new one.
    """
    _forget_relay(connection, "home = ?", [old])
    connection.execute("UPDATE documents SET home = ? WHERE home = ?", [new, old])


_FORGET = (
    "UPDATE documents SET role = NULL, on_relay = 0, waiting = waiting + refused,"
    " refused = 0, refused_reason = NULL, relay_state = NULL, in_step = NULL"
)


def _forget_relay(connection: sqlite3.Connection, which: str, values: list[object]) -> None:
    chosen = f"SELECT number FROM documents WHERE {which}"  # noqa: S608
    connection.execute(
        f"UPDATE outbox SET refused = 0 WHERE refused AND document IN ({chosen})",  # noqa: S608
        values,
    )
    connection.execute(f"{_FORGET} WHERE {which}", values)


def _update(
    connection: sqlite3.Connection, change: str, values: list[object], document_id: DocumentId
) -> None:
    sql = f"UPDATE documents SET {change} WHERE id = ?"  # noqa: S608
    if not connection.execute(sql, [*values, document_id]).rowcount:
        raise UnknownDocument(document_id)
