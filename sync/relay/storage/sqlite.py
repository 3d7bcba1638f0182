"""The relay's storage on one SQLite file: for one machine, and enough for a team."""

from __future__ import annotations

import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from sync.errors import AdministrationError
from sync.relay.storage import schema
from sync.relay.storage.base import DocumentEntry, Settled, SigningKey, StoredLog, User
from sync.types import DocumentId, Role

_Append = tuple[DocumentId, bytes | None, str, object]


class SqliteLog:
    """The update log. One thread writes; one fsync covers all that waits for it."""

    def __init__(self, path: Path, settled: Settled) -> None:
        self._path = path
        self._settled = settled
        self._queue: SimpleQueue[_Append | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="relay-log", daemon=True)
        # Key and next sequence by document id; forgotten when a commit fails.
        self._heads: dict[DocumentId, list[int]] = {}
        self._thread.start()

    def append(
        self, document_id: DocumentId, update: bytes | None, author: str, ticket: object
    ) -> None:
        """See `UpdateLog.append`."""
        self._queue.put((document_id, update, author, ticket))

    def load(self, document_id: DocumentId) -> StoredLog:
        """See `UpdateLog.load`."""
        connection = schema.connect(self._path, read_only=True)
        try:
            connection.execute("BEGIN")
            row = connection.execute(
                "SELECT key FROM documents WHERE id = ?", [document_id]
            ).fetchone()
            if row is None:
                return StoredLog(None, [])
            snapshot = connection.execute(
                "SELECT sequence, state FROM snapshots WHERE document = ?", row
            ).fetchone()
            rows = connection.execute(
                "SELECT data FROM updates WHERE document = ? AND sequence > ? ORDER BY sequence",
                [row[0], snapshot[0] if snapshot else 0],
            )
            return StoredLog(snapshot[1] if snapshot else None, [data for (data,) in rows])
        except sqlite3.Error as error:
            raise schema.explain(error, self._path) from None
        finally:
            connection.close()

    def probe(self) -> bool:
        """See `UpdateLog.probe`."""
        try:
            connection = schema.connect(self._path)
            try:
                connection.execute("UPDATE probe SET value = value + 1")
            finally:
                connection.close()
        except (sqlite3.Error, AdministrationError):
            return False
        return True

    def close(self) -> None:
        """Settle what was appended and end the thread."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        connection = schema.connect(self._path)
        running = True
        while running:
            batch = [self._queue.get()]
            while not self._queue.empty():
                batch.append(self._queue.get())
            running = None not in batch
            appends = [entry for entry in batch if entry is not None]
            if appends:
                self._settled(self._commit(connection, appends))
        connection.close()

    def _commit(
        self, connection: sqlite3.Connection, appends: list[_Append]
    ) -> list[tuple[Any, str | None]]:
        """Put a batch on disk; return what became of each, in order."""
        results: list[tuple[Any, str | None]] = []
        try:
            connection.execute("BEGIN IMMEDIATE")
            for document_id, update, author, ticket in appends:
                known = update is None or self._insert(connection, document_id, update, author)
                results.append((ticket, None if known else "there is no such document"))
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._heads.clear()
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            return [(ticket, schema.reason(error)) for _, _, _, ticket in appends]
        return results

    def _insert(
        self, connection: sqlite3.Connection, document_id: DocumentId, update: bytes, author: str
    ) -> bool:
        head = self._heads.get(document_id)
        if head is None:
            row = connection.execute(
                "SELECT key, 1 + max("
                "coalesce((SELECT max(sequence) FROM updates WHERE document = key), 0),"
                "coalesce((SELECT sequence FROM snapshots WHERE document = key), 0))"
                " FROM documents WHERE id = ?",
                [document_id],
            ).fetchone()
            if row is None:
                return False
            head = self._heads[document_id] = list(row)
        connection.execute(
            "INSERT INTO updates VALUES (?, ?, ?, ?, ?)",
            [head[0], head[1], author, int(time.time() * 1000), update],
        )
        head[1] += 1
        return True


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


class SqliteStorage:
    """See `Storage`. `settled` may be left out by programs that append nothing."""

    def __init__(self, data_dir: Path, settled: Settled = lambda _: None) -> None:
        """Open the file in `data_dir`, or make it. Raises what `schema.prepare` does."""
        path = data_dir / schema.FILE_NAME
        schema.prepare(path)
        self.accounts = SqliteAccounts(path)
        self.log = SqliteLog(path, settled)
        self._closed = False

    def close(self) -> None:
        """See `Storage.close`."""
        if not self._closed:
            self._closed = True
            self.log.close()
            self.accounts.close()
