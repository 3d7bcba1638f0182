"""People, documents and rights on SQLite."""

from __future__ import annotations

import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sync.errors import AdministrationError
from sync.relay.storage.base import DocumentEntry, SigningKey, User
from sync.relay.storage.sqlite import schema
from sync.types import DocumentId, Role


class SqliteAccounts:
    """People and rights. Reading never waits for a write: the event loop reads here."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._writer = schema.connect(path)
        self._local = threading.local()
        self._readers: list[sqlite3.Connection] = []

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                self._writer.execute("BEGIN IMMEDIATE")
                yield self._writer
                self._writer.execute("COMMIT")
            except sqlite3.Error as error:
                raise schema.explain(error, self._path) from None
            finally:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """Give the thread's own connection; each statement sees what is committed by then."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = schema.connect(self._path, read_only=True)
            self._readers.append(connection)
        try:
            yield connection
        except sqlite3.Error as error:
            raise schema.explain(error, self._path) from None

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            for connection in (self._writer, *self._readers):
                connection.close()

    def revision(self) -> int:
        """See `Accounts.revision`."""
        with self._reading() as connection:
            return int(connection.execute("SELECT value FROM access_revision").fetchone()[0])

    def add_user(self, name: str, password_hash: str) -> User:
        """See `Accounts.add_user`."""
        user = User(secrets.token_hex(16), name, active=True)
        with self._writing() as connection:
            if connection.execute(
                "SELECT 1 FROM users WHERE name_key = ?", [name.casefold()]
            ).fetchone():
                raise AdministrationError(f"There is a user {name!r} already.")
            connection.execute(
                "INSERT INTO users VALUES (?, ?, ?, ?, 1, ?)",
                [user.id, name, name.casefold(), password_hash, int(time.time())],
            )
        return user

    def find_user(self, name: str) -> tuple[User, str] | None:
        """See `Accounts.find_user`."""
        with self._reading() as connection:
            row = connection.execute(
                "SELECT id, name, active, password_hash FROM users WHERE name_key = ?",
                [name.casefold()],
            ).fetchone()
        return None if row is None else (User(row[0], row[1], bool(row[2])), str(row[3]))

    def user(self, user_id: str) -> User | None:
        """See `Accounts.user`."""
        with self._reading() as connection:
            row = connection.execute(
                "SELECT id, name, active FROM users WHERE id = ?", [user_id]
            ).fetchone()
        return None if row is None else User(row[0], row[1], bool(row[2]))

    def set_active(self, user_id: str, active: bool) -> None:
        """See `Accounts.set_active`."""
        with self._writing() as connection:
            connection.execute("UPDATE users SET active = ? WHERE id = ?", [active, user_id])
            if not active:
                connection.execute("DELETE FROM refresh_tokens WHERE user_id = ?", [user_id])

    def create_document(self, document_id: DocumentId, title: str, owner: str) -> bool:
        """See `Accounts.create_document`."""
        with self._writing() as connection:
            row = connection.execute(
                "INSERT INTO documents (id, title, created) VALUES (?, ?, ?)"
                " ON CONFLICT (id) DO NOTHING RETURNING key",
                [document_id, title, int(time.time())],
            ).fetchone()
            if row is not None:
                connection.execute("INSERT INTO members VALUES (?, ?, 'owner')", [row[0], owner])
        return row is not None

    def share(self, document_id: DocumentId, user_id: str, role: Role | None) -> None:
        """See `Accounts.share`."""
        with self._writing() as connection:
            row = connection.execute(
                "SELECT key FROM documents WHERE id = ?", [document_id]
            ).fetchone()
            if row is None:
                raise AdministrationError(f"There is no document {document_id!r} on this relay.")
            if role is None:
                connection.execute(
                    "DELETE FROM members WHERE document = ? AND user_id = ?", [row[0], user_id]
                )
            else:
                connection.execute(
                    "INSERT INTO members VALUES (?, ?, ?)"
                    " ON CONFLICT (document, user_id) DO UPDATE SET role = excluded.role",
                    [row[0], user_id, role.value],
                )

    def role(self, document_id: DocumentId, user_id: str) -> Role | None:
        """See `Accounts.role`."""
        with self._reading() as connection:
            row = connection.execute(
                "SELECT role FROM members JOIN documents ON document = key"
                " JOIN users ON users.id = user_id AND active"
                " WHERE documents.id = ? AND user_id = ?",
                [document_id, user_id],
            ).fetchone()
        return None if row is None else Role(row[0])

    def documents(self, user_id: str) -> list[DocumentEntry]:
        """See `Accounts.documents`."""
        with self._reading() as connection:
            rows = connection.execute(
                "SELECT id, title, role, created FROM members JOIN documents ON document = key"
                " WHERE user_id = ? ORDER BY key",
                [user_id],
            ).fetchall()
        return [DocumentEntry(DocumentId(i), t, Role(r), c) for i, t, r, c in rows]

    def signing_keys(self) -> list[SigningKey]:
        """See `Accounts.signing_keys`."""
        query = "SELECT kid, secret FROM signing_keys ORDER BY created DESC, kid"
        with self._reading() as connection:
            rows = connection.execute(query).fetchall()
        if not rows:
            with self._writing() as connection:
                connection.execute(
                    "INSERT INTO signing_keys SELECT ?, ?, ?"
                    " WHERE NOT EXISTS (SELECT 1 FROM signing_keys)",
                    [secrets.token_hex(4), secrets.token_bytes(32), int(time.time())],
                )
                rows = connection.execute(query).fetchall()
        return [SigningKey(kid, secret) for kid, secret in rows]

    def start_family(self, user_id: str, token_hash: bytes, now: float, expires: float) -> None:
        """See `Accounts.start_family`."""
        with self._writing() as connection:
            connection.execute("DELETE FROM refresh_tokens WHERE expires < ?", [now])
            connection.execute(
                "INSERT INTO refresh_tokens VALUES (?, ?, ?, NULL, ?, NULL)",
                [token_hash, secrets.token_hex(16), user_id, expires],
            )

    def rotate(
        self, token_hash: bytes, successor_hash: bytes, now: float, expires: float, grace: float
    ) -> str | None:
        """See `Accounts.rotate`."""
        with self._writing() as connection:
            row = connection.execute(
                "SELECT family, refresh_tokens.user_id, used FROM refresh_tokens"
                " JOIN users ON users.id = refresh_tokens.user_id AND active"
                " WHERE hash = ? AND expires > ?",
                [token_hash, now],
            ).fetchone()
            if row is None:
                return None
            family, user_id, used = row
            if used is not None:
                successor_used = connection.execute(
                    "SELECT 1 FROM refresh_tokens WHERE parent = ? AND used IS NOT NULL",
                    [token_hash],
                ).fetchone()
                if successor_used or now - used > grace:
                    connection.execute("DELETE FROM refresh_tokens WHERE family = ?", [family])
                    return None
                # The answer was lost and the request came again: the first answer is void.
                connection.execute("DELETE FROM refresh_tokens WHERE parent = ?", [token_hash])
            connection.execute(
                "UPDATE refresh_tokens SET used = coalesce(used, ?) WHERE hash = ?",
                [now, token_hash],
            )
            connection.execute(
                "INSERT INTO refresh_tokens VALUES (?, ?, ?, ?, ?, NULL)",
                [successor_hash, family, user_id, token_hash, expires],
            )
        return str(user_id)

    def end_family(self, token_hash: bytes) -> None:
        """See `Accounts.end_family`."""
        with self._writing() as connection:
            connection.execute(
                "DELETE FROM refresh_tokens WHERE family ="
                " (SELECT family FROM refresh_tokens WHERE hash = ?)",
                [token_hash],
            )
