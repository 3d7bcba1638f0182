"""The audit log."""

from __future__ import annotations

import time

from sync.relay.audit import FAILURES_AN_HOUR, KEPT_DAYS, Action, Actor, AuditEntry
from sync.relay.storage.sql.database import Connection, Database

_DAY = 24 * 3600 * 1000
_HOUR = 3600 * 1000
"""Milliseconds."""


def record(
    connection: Connection,
    action: Action,
    by: Actor,
    *,
    document: str | None = None,
    subject: str | None = None,
    detail: str | None = None,
) -> None:
    """Write down what the running transaction does, and let go of what is too old."""
    now = int(time.time() * 1000)
    connection.execute("DELETE FROM audit WHERE at < ?", [now - KEPT_DAYS * _DAY])
    connection.execute(
        "INSERT INTO audit (at, actor, place, action, document, subject, detail)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [now, by.user_id, by.place, action.value, document, subject, detail],
    )


class SqlAudit(Database):
    """See `Audit`."""

    def note_failed_sign_in(self, user_id: str | None, place: str) -> None:
        """See `SignIns.note_failed_sign_in`."""
        with self._writing() as connection:
            [noted] = connection.execute(
                "SELECT count(*) FROM audit WHERE at > ? AND action = ?",
                [int(time.time() * 1000) - _HOUR, Action.SIGN_IN_FAILED.value],
            ).fetchone()
            if noted < FAILURES_AN_HOUR:
                by = Actor(None, place)
                record(connection, Action.SIGN_IN_FAILED, by, subject=user_id)

    def audit(
        self, since: float, user_id: str | None = None, document: str | None = None
    ) -> list[AuditEntry]:
        """See `Audit.audit`."""
        with self._listing() as connection:
            rows = connection.execute(
                "SELECT at, action, actor, who.name, place, document, subject, whom.name,"
                " detail FROM audit LEFT JOIN users AS who ON who.id = actor"
                " LEFT JOIN users AS whom ON whom.id = subject WHERE at >= :since"
                " AND (CAST(:user AS TEXT) IS NULL OR actor = :user OR subject = :user)"
                " AND (CAST(:document AS TEXT) IS NULL OR document = :document)"
                " ORDER BY at, audit.id",
                {"since": int(since * 1000), "user": user_id, "document": document},
            ).fetchall()
        return [AuditEntry(at / 1000, *row) for at, *row in rows]
