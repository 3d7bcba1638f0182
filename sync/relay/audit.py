"""The audit log: who signed in, shared, revoked. Never a password, a token, a code or a text.

Opening a document is not in it: that would be a diary of everybody's day.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum

from sync.errors import AdministrationError

KEPT_DAYS = 400
"""Days after which an entry goes."""
FAILURES_AN_HOUR = 1_000
"""Failed sign-ins that are written down within an hour: guessing must not fill the disk."""

_UNITS = {"m": 60, "h": 3600, "d": 24 * 3600}


class Action(StrEnum):
    """What was done."""

    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGNED_OUT = "signed_out"
    TOKEN_FAMILY_REVOKED = "token_family_revoked"  # noqa: S105  # no secret, a word
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    USER_ADDED = "user_added"
    USER_ACTIVATED = "user_activated"
    USER_DEACTIVATED = "user_deactivated"
    DOCUMENT_CREATED = "document_created"
    MEMBER_ROLE_CHANGED = "member_role_changed"
    MEMBER_REMOVED = "member_removed"
    OWNERSHIP_TRANSFERRED = "ownership_transferred"
    INVITE_CREATED = "invite_created"
    INVITE_ACCEPTED = "invite_accepted"
    INVITE_REVOKED = "invite_revoked"
    ATTACHMENT_ADDED = "attachment_added"
    KEY_ROTATED = "key_rotated"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, and from where."""

    user_id: str | None = None
    """None: an administrator on the machine, or somebody who is not signed in."""
    place: str | None = None
    """Network address; None on the machine."""


MACHINE = Actor()
"""An administrator, with a command."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing that was done. Names are those of today."""

    at: float
    """Unix seconds."""
    action: str
    """An `Action`, or one of another version."""
    actor: str | None
    """User id."""
    actor_name: str | None
    place: str | None
    document: str | None
    subject: str | None
    """A user id, or the id of an invite, an attachment or a key."""
    subject_name: str | None
    """The name of `subject` if it is a person."""
    detail: str | None


def parse_age(text: str) -> float:
    """Return the seconds of ``30m``, ``12h`` or ``7d``. Raises `AdministrationError`."""
    found = re.fullmatch(r"(\d{1,6})([mhd])", text)
    if found is None:
        raise AdministrationError(
            f"{text!r} is no length of time. Write minutes, hours or days, as in 30m, 12h or 7d."
        )
    return float(found[1]) * _UNITS[found[2]]


def as_table(entries: Iterable[AuditEntry]) -> Iterator[str]:
    """Return lines in aligned columns: when (UTC), who, what, and what it was done to."""
    rows = [("time (UTC)", "who", "action", "document", "to", "detail", "from")]
    rows += (
        (
            datetime.fromtimestamp(entry.at, UTC).strftime("%Y-%m-%d %H:%M:%S"),
            entry.actor_name or entry.actor or "-",
            entry.action,
            entry.document or "-",
            entry.subject_name or entry.subject or "-",
            entry.detail or "-",
            entry.place or "-",
        )
        for entry in entries
    )
    return columns(rows)


def columns(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Return rows as lines with aligned columns; nothing in a cell can move the cursor."""
    shown = [["".join(c if c.isprintable() else "?" for c in cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    for row in shown:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def as_json(entries: Iterable[AuditEntry]) -> Iterator[str]:
    """Return one JSON object a line."""
    return (json.dumps(asdict(entry), ensure_ascii=False) for entry in entries)
