"""Documents and rights."""

from __future__ import annotations

import time
from collections.abc import Mapping

from sync.errors import AdministrationError, LastOwner, NotAMember
from sync.relay.audit import MACHINE, Action, Actor
from sync.relay.storage.base import DocumentEntry, Member, User
from sync.relay.storage.sql.audit import record
from sync.relay.storage.sql.database import Connection, Database
from sync.relay.storage.sql.reading import LAST
from sync.types import DocumentId, Role, Sequence, commented_id, library_owner

_ENTRY = f"""
    SELECT documents.id, documents.title, role, documents.created,
        EXISTS (
            SELECT 1 FROM members AS others
            WHERE others.document = documents.key AND others.user_id != members.user_id
        ),
        {LAST.format("documents.key")}, {LAST.format("comments.key")}
    FROM members JOIN documents ON document = documents.key
    LEFT JOIN documents AS comments ON comments.id = documents.id || '.comments'
"""  # noqa: S608


def document_key(connection: Connection, document_id: DocumentId) -> int:
    """Return the number of a document's rows. Raises `AdministrationError`."""
    row = connection.execute("SELECT key FROM documents WHERE id = ?", [document_id]).fetchone()
    if row is None:
        raise AdministrationError(f"There is no document {document_id!r} on this relay.")
    return int(row[0])


def implied_key(connection: Connection, document_id: DocumentId) -> int | None:
    """Make the row of a document that nobody creates; None if it belongs to nothing here."""
    base, owner = commented_id(document_id), library_owner(document_id)
    belongs = (
        connection.execute("SELECT 1 FROM documents WHERE id = ?", [base])
        if base is not None
        else connection.execute("SELECT 1 FROM users WHERE id = ?", [owner])
    ).fetchone()
    if belongs is None:
        return None
    connection.execute(
        "INSERT INTO documents (id, title, created) VALUES (?, '', ?) ON CONFLICT (id) DO NOTHING",
        [document_id, int(time.time())],
    )
    return document_key(connection, document_id)


def role_of(connection: Connection, key: int, user_id: str) -> Role | None:
    """Return a role, whether the user is active or not."""
    row = connection.execute(
        "SELECT role FROM members WHERE document = ? AND user_id = ?", [key, user_id]
    ).fetchone()
    return None if row is None else Role(row[0])


def put_role(connection: Connection, key: int, user_id: str, role: Role) -> None:
    """Give a role, or another one."""
    connection.execute(
        "INSERT INTO members VALUES (?, ?, ?)"
        " ON CONFLICT (document, user_id) DO UPDATE SET role = excluded.role",
        [key, user_id, role.value],
    )


def entry_of(connection: Connection, key: int, user_id: str) -> DocumentEntry:
    """Return a document as one of its members sees it."""
    row = connection.execute(
        f"{_ENTRY} WHERE documents.key = ? AND user_id = ?", [key, user_id]
    ).fetchone()
    return _entry(row)


def _create(
    connection: Connection, document_id: DocumentId, title: str, owner: str, by: Actor
) -> bool:
    row = connection.execute(
        "INSERT INTO documents (id, title, created) VALUES (?, ?, ?)"
        " ON CONFLICT (id) DO NOTHING RETURNING key",
        [document_id, title, int(time.time())],
    ).fetchone()
    if row is not None:
        put_role(connection, row[0], owner, Role.OWNER)
        record(connection, Action.DOCUMENT_CREATED, by, document=document_id, subject=owner)
    return row is not None


class SqlDocuments(Database):
    """See `Documents`."""

    def create_document(
        self, document_id: DocumentId, title: str, owner: str, by: Actor = MACHINE
    ) -> bool:
        """See `Documents.create_document`."""
        with self._writing() as connection:
            return _create(connection, document_id, title, owner, by)

    def create_documents(
        self, documents: Mapping[DocumentId, str], owner: str, by: Actor = MACHINE
    ) -> None:
        """See `Documents.create_documents`."""
        with self._writing() as connection:
            for document_id, title in documents.items():
                _create(connection, document_id, title, owner, by)

    def rename_document(self, document_id: DocumentId, title: str) -> None:
        """See `Documents.rename_document`."""
        with self._writing() as connection:
            connection.execute("UPDATE documents SET title = ? WHERE id = ?", [title, document_id])

    def share(
        self,
        document_id: DocumentId,
        user_id: str,
        role: Role | None,
        by: Actor = MACHINE,
        *,
        members_only: bool = False,
    ) -> None:
        """See `Documents.share`."""
        with self._writing() as connection:
            key = document_key(connection, document_id)
            before = role_of(connection, key, user_id)
            if before is None and members_only:
                raise NotAMember
            if before is role:
                return
            if role is None:
                connection.execute(
                    "DELETE FROM members WHERE document = ? AND user_id = ?", [key, user_id]
                )
            else:
                put_role(connection, key, user_id, role)
            if before is Role.OWNER and not _has_owner(connection, key):
                raise LastOwner
            record(
                connection,
                Action.MEMBER_REMOVED if role is None else Action.MEMBER_ROLE_CHANGED,
                by,
                document=document_id,
                subject=user_id,
                detail=None if role is None else role.value,
            )

    def transfer(self, document_id: DocumentId, owner: str, successor: str, by: Actor) -> None:
        """See `Documents.transfer`."""
        with self._writing() as connection:
            key = document_key(connection, document_id)
            held = role_of(connection, key, owner), role_of(connection, key, successor)
            if held[0] is not Role.OWNER or held[1] is None or owner == successor:
                raise NotAMember
            put_role(connection, key, owner, Role.EDITOR)
            put_role(connection, key, successor, Role.OWNER)
            if not _has_owner(connection, key):
                raise LastOwner
            record(
                connection,
                Action.OWNERSHIP_TRANSFERRED,
                by,
                document=document_id,
                subject=successor,
            )

    def role(self, document_id: DocumentId, user_id: str) -> Role | None:
        """See `Documents.role`."""
        with self._reading() as connection:
            owner = library_owner(document_id)
            if owner is not None:
                row = connection.execute(
                    "SELECT 'owner' FROM users WHERE id = ? AND id = ? AND active",
                    [owner, user_id],
                ).fetchone()
                return None if row is None else Role(row[0])
            # In the comments everybody is what they are in the document beside them.
            document_id = commented_id(document_id) or document_id
            row = connection.execute(
                "SELECT role FROM members JOIN documents ON document = key"
                " JOIN users ON users.id = user_id AND active"
                " WHERE documents.id = ? AND user_id = ?",
                [document_id, user_id],
            ).fetchone()
        return None if row is None else Role(row[0])

    def document(self, document_id: DocumentId, user_id: str) -> DocumentEntry | None:
        """See `Documents.document`."""
        with self._reading() as connection:
            row = connection.execute(
                f"{_ENTRY} WHERE documents.id = ? AND user_id = ?", [document_id, user_id]
            ).fetchone()
        return None if row is None else _entry(row)

    def documents(self, user_id: str) -> list[DocumentEntry]:
        """See `Documents.documents`."""
        with self._listing() as connection:
            rows = connection.execute(
                f"{_ENTRY} WHERE user_id = ? ORDER BY documents.key", [user_id]
            ).fetchall()
        return [_entry(row) for row in rows]

    def members(self, document_id: DocumentId) -> list[Member]:
        """See `Documents.members`."""
        with self._listing() as connection:
            rows = connection.execute(
                "SELECT users.id, name, active, users.created, role FROM members"
                " JOIN documents ON document = key JOIN users ON users.id = user_id"
                " WHERE documents.id = ? ORDER BY name_key",
                [document_id],
            ).fetchall()
        return [
            Member(User(user_id, name, active=bool(active), created=created), Role(role))
            for user_id, name, active, created, role in rows
        ]


def _has_owner(connection: Connection, key: int) -> bool:
    """Whether somebody who can sign in may share the document."""
    row = connection.execute(
        "SELECT 1 FROM members JOIN users ON users.id = user_id AND active"
        " WHERE document = ? AND role = 'owner'",
        [key],
    ).fetchone()
    return row is not None


def _entry(row: tuple[str, str, str, int, int, int, int]) -> DocumentEntry:
    document_id, title, role, created, shared, sequence, comments = row
    return DocumentEntry(
        DocumentId(document_id),
        title,
        Role(role),
        created,
        bool(shared),
        Sequence(sequence),
        Sequence(comments),
    )
