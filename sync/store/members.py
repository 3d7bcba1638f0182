"""Who has a role in a document, as the relay said when it was last asked: to be read offline.

Functions for one SQLite connection; those that write run on the writer thread.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass

from sync.store.documents import number_of
from sync.types import DocumentId, Role

LONGEST_NAME = 200
"""Characters of a member's name that are kept, as a relay allows them."""


@dataclass(frozen=True, slots=True)
class Member:
    """A person with a role in a document."""

    user_id: str
    name: str
    role: Role
    active: bool = True
    """Whether the account can be signed in to."""


@dataclass(frozen=True, slots=True)
class KnownMembers:
    """What the relay said last."""

    members: tuple[Member, ...]
    """By name."""
    known: int
    """Unix milliseconds when it said so; for show only."""


def remember(
    connection: sqlite3.Connection, document_id: DocumentId, members: Sequence[Member]
) -> None:
    """Keep what the relay has just said. Raises `UnknownDocument`."""
    connection.execute(
        "INSERT OR REPLACE INTO members (document, known, list) VALUES (?, ?, ?)",
        [
            number_of(connection, document_id),
            int(time.time() * 1000),
            json.dumps([asdict(member) for member in members]),
        ],
    )


def known(connection: sqlite3.Connection, document_id: DocumentId) -> KnownMembers | None:
    """Return what the relay said last; None if it never did, or a disk has changed it."""
    row = connection.execute(
        "SELECT known, list FROM members WHERE document ="
        " (SELECT number FROM documents WHERE id = ?)",
        [document_id],
    ).fetchone()
    if row is None:
        return None
    with suppress(ValueError, TypeError, KeyError):
        members = tuple(
            Member(str(m["user_id"]), str(m["name"]), Role(m["role"]), bool(m["active"]))
            for m in json.loads(row[1])
        )
        return KnownMembers(members, int(row[0]))
    return None
