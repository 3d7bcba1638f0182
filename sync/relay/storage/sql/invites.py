"""Invites."""

from __future__ import annotations

import secrets
import time

from sync.errors import TooMany
from sync.relay.audit import Action, Actor
from sync.relay.storage.base import DocumentEntry, Invite, User
from sync.relay.storage.sql.audit import record
from sync.relay.storage.sql.database import Connection, Database
from sync.relay.storage.sql.documents import document_key, entry_of, put_role, role_of
from sync.relay.storage.sql.users import insert_user
from sync.types import DocumentId, Role

MOST_OPEN = 100
"""Invites of one document that are good at one time."""
_KEPT_SECONDS = 30 * 24 * 3600
"""Seconds after which an expired invite goes; until then its user may accept it again."""

# Whoever lost the right to invite has invited nobody.
_GOOD = (
    "used IS NULL AND expires > :now AND EXISTS (SELECT 1 FROM members"
    " JOIN users ON users.id = user_id AND active WHERE members.document = invites.document"
    " AND user_id = created_by AND members.role = 'owner')"
)
_OPEN = (
    "SELECT invites.id, role, created_by, invites.created, expires FROM invites"  # noqa: S608
    f" JOIN documents ON document = key WHERE documents.id = :document AND {_GOOD}"
    " ORDER BY invites.created, invites.id"
)


class SqlInvites(Database):
    """See `Invites`."""

    def create_invite(
        self, document_id: DocumentId, code_hash: bytes, role: Role, expires: float, by: Actor
    ) -> Invite:
        """See `Invites.create_invite`."""
        assert by.user_id is not None
        now = int(time.time())
        invite = Invite(secrets.token_hex(8), role, by.user_id, now, int(expires))
        with self._writing() as connection:
            connection.execute("DELETE FROM invites WHERE expires < ?", [now - _KEPT_SECONDS])
            key = document_key(connection, document_id)
            found = connection.execute(_OPEN, {"document": document_id, "now": now}).fetchall()
            if len(found) >= MOST_OPEN:
                raise TooMany(f"A document has at most {MOST_OPEN} open invites. Revoke one first.")
            connection.execute(
                "INSERT INTO invites VALUES (?, ?, ?, ?, ?, ?, ?, NULL, NULL)",
                [code_hash, invite.id, key, role.value, by.user_id, now, invite.expires],
            )
            record(
                connection,
                Action.INVITE_CREATED,
                by,
                document=document_id,
                subject=invite.id,
                detail=role.value,
            )
        return invite

    def invites(self, document_id: DocumentId) -> list[Invite]:
        """See `Invites.invites`."""
        with self._listing() as connection:
            rows = connection.execute(
                _OPEN, {"document": document_id, "now": int(time.time())}
            ).fetchall()
        return [
            Invite(i, Role(role), by, created, expires) for i, role, by, created, expires in rows
        ]

    def revoke_invite(self, document_id: DocumentId, invite_id: str, by: Actor) -> bool:
        """See `Invites.revoke_invite`."""
        with self._writing() as connection:
            row = connection.execute(
                "DELETE FROM invites WHERE id = :id AND used IS NULL AND expires > :now"
                " AND document = (SELECT key FROM documents WHERE id = :document) RETURNING 1",
                {"id": invite_id, "document": document_id, "now": int(time.time())},
            ).fetchall()
            if row:
                action = Action.INVITE_REVOKED
                record(connection, action, by, document=document_id, subject=invite_id)
        return bool(row)

    def is_good_invite(self, code_hash: bytes) -> bool:
        """See `Invites.is_good_invite`."""
        with self._reading() as connection:
            return _is_good(connection, code_hash)

    def accept_invite(self, code_hash: bytes, user_id: str, by: Actor) -> DocumentEntry | None:
        """See `Invites.accept_invite`."""
        with self._writing() as connection:
            return _accept(connection, code_hash, user_id, by)

    def sign_up(
        self, code_hash: bytes, name: str, password_hash: str, place: str | None
    ) -> tuple[User, DocumentEntry] | None:
        """See `Invites.sign_up`."""
        with self._writing() as connection:
            # First, so that nobody without an invite learns which names there are.
            if not _is_good(connection, code_hash):
                return None
            user = insert_user(connection, name, password_hash, Actor(None, place))
            entry = _accept(connection, code_hash, user.id, Actor(user.id, place))
        assert entry is not None
        return user, entry


def _is_good(connection: Connection, code_hash: bytes) -> bool:
    row = connection.execute(
        f"SELECT 1 FROM invites WHERE hash = :hash AND {_GOOD}",  # noqa: S608
        {"hash": code_hash, "now": int(time.time())},
    ).fetchone()
    return row is not None


def _accept(
    connection: Connection, code_hash: bytes, user_id: str, by: Actor
) -> DocumentEntry | None:
    now = int(time.time())
    row = connection.execute(
        f"SELECT id, document, role, used_by, {_GOOD} FROM invites WHERE hash = :hash",  # noqa: S608
        {"hash": code_hash, "now": now},
    ).fetchone()
    if row is None:
        return None
    invite_id, key, offered, used_by, good = row
    held = role_of(connection, key, user_id)
    if not good:
        again = used_by == user_id and held is not None
        return entry_of(connection, key, user_id) if again else None
    if held is not None and _strength(held) >= _strength(Role(offered)):
        return entry_of(connection, key, user_id)
    connection.execute(
        "UPDATE invites SET used = ?, used_by = ? WHERE hash = ?", [now, user_id, code_hash]
    )
    put_role(connection, key, user_id, Role(offered))
    entry = entry_of(connection, key, user_id)
    record(
        connection,
        Action.INVITE_ACCEPTED,
        by,
        document=entry.id,
        subject=invite_id,
        detail=offered,
    )
    return entry


def _strength(role: Role) -> int:
    """Return how much a role may do: `Role` lists the weakest last."""
    return -list(Role).index(role)
