"""People, documents and rights in PostgreSQL, and what a serving node remembers of them.

What the event loop asks (`user`, `role`, `is_signed_in`) is remembered for as long as
`revision` has been looked at within `GOOD_SECONDS`: each look reads again what is
remembered of the people whose rights have changed since the last one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TypeVar

from sync.relay.storage.base import User
from sync.relay.storage.postgres.connecting import Connection
from sync.relay.storage.postgres.pool import Pool
from sync.relay.storage.postgres.replica import Replica
from sync.relay.storage.sql.accounts import SqlAccounts
from sync.relay.storage.sql.users import COLUMNS, user_of
from sync.types import DocumentId, Role, commented_id, library_owner

GOOD_SECONDS = 1.5
"""After the last look at the revision; the server looks every 0.5 s."""

MOST_KEPT = 200_000
"""Answers of each kind that are remembered: several for each socket that a node may have."""

_WRITING = 0x1A2B0002
"""The advisory lock of what may not go on beside another change of the same kind."""

_ABOUT = 0x1A2C
"""The first key of the advisory locks on what a change is about."""

# A base backup, or a standby that takes over, is a server of its own that has started later; a dump
# makes tables anew.
_LOOK = """
    SELECT value, md5(concat_ws(' ',
        extract(epoch FROM pg_postmaster_start_time()),
        'documents'::regclass::oid,
        pg_relation_filenode('documents')
    )) FROM access_revision
"""
"""Asks for the revision, and what names the era (`Accounts.era`)."""

Key = TypeVar("Key")
Value = TypeVar("Value")


class Remembered:
    """Answers. A lookup that began before a look at what has changed is not kept after it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.generation = 0
        """How often something has changed."""
        self.users: dict[str, User | None] = {}
        self.families: dict[str, str | None] = {}
        """Whose sign-in it is; None if it has ended."""
        self.roles: dict[tuple[DocumentId, str], Role | None] = {}

    def ask(self, kept: dict[Key, Value], key: Key, look_up: Callable[[], Value]) -> Value:
        """Return what is in `kept`, or what is looked up."""
        generation = self.generation
        value = look_up()
        with self.lock:
            if generation == self.generation:
                if len(kept) >= MOST_KEPT:
                    del kept[next(iter(kept))]
                kept[key] = value
        return value


class PostgresAccounts(SqlAccounts):
    """See `Accounts`."""

    def __init__(self, url: str, replica: str | None = None) -> None:
        """The tables must be there (`schema.prepare`); `replica` is the URL of a copy for lists."""
        self._readers = Pool(url, read_only=True)
        self.replica = None if replica is None else Replica(replica, self._readers)
        self._writers = Pool(url, read_only=False)
        self._remembered = Remembered()
        self._looking = threading.Lock()
        self._revision = -1
        self._era = ""
        self._looked = -GOOD_SECONDS
        """When the revision was last seen, by `time.monotonic`."""

    @contextmanager
    def _writing(self, about: str | None = None) -> Iterator[Connection]:
        """See `Database._writing`."""
        with self._writers.transaction() as connection:
            if about is None:
                connection.execute("SELECT pg_advisory_xact_lock(?)", [_WRITING])
            else:
                connection.execute("SELECT pg_advisory_xact_lock_shared(?)", [_WRITING])
                connection.execute("SELECT pg_advisory_xact_lock(?, hashtext(?))", [_ABOUT, about])
            yield connection
        if self._good:  # who has changed something finds it changed
            self.revision()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """See `Database._reading`."""
        with self._readers.connection() as connection:
            yield connection

    def _listing(self) -> AbstractContextManager[Connection]:
        """See `Database._listing`."""
        return self._reading() if self.replica is None else self.replica.reading()

    def close(self) -> None:
        """See `Database.close`."""
        if self.replica is not None:
            self.replica.close()
        self._readers.close()
        self._writers.close()

    # What the event loop asks

    @property
    def _good(self) -> bool:
        return time.monotonic() - self._looked < GOOD_SECONDS

    def is_at_hand(self, user_id: str | None, family: str | None, document_id: DocumentId) -> bool:
        """See `Accounts.is_at_hand`."""
        known = self._remembered
        return (
            self._good
            and user_id in known.users
            and (family is None or family in known.families)
            and (document_id, user_id) in known.roles
        )

    def user(self, user_id: str) -> User | None:
        """See `Users.user`."""
        known = self._remembered
        if self._good and user_id in known.users:
            return known.users[user_id]
        return known.ask(known.users, user_id, lambda: SqlAccounts.user(self, user_id))

    def role(self, document_id: DocumentId, user_id: str) -> Role | None:
        """See `Documents.role`."""
        known, key = self._remembered, (document_id, user_id)
        if self._good and key in known.roles:
            return known.roles[key]
        return known.ask(known.roles, key, lambda: SqlAccounts.role(self, document_id, user_id))

    def is_signed_in(self, family: str) -> bool:
        """See `SignIns.is_signed_in`."""
        known = self._remembered
        if self._good and family in known.families:
            return known.families[family] is not None
        return known.ask(known.families, family, lambda: self._whose(family)) is not None

    def _whose(self, family: str) -> str | None:
        with self._reading() as connection:
            row = connection.execute(
                "SELECT user_id FROM refresh_tokens WHERE family = ? LIMIT 1", [family]
            ).fetchone()
        return None if row is None else str(row[0])

    # What has changed

    def revision(self) -> int:
        """See `Accounts.revision`. What is remembered is as new as that afterwards."""
        with self._looking:
            began = time.monotonic()
            with self._reading() as connection:
                # One moment for all: what is read again is what has made the revision.
                connection.execute("BEGIN")
                found = connection.execute(_LOOK).fetchone()
                value, self._era = int(found[0]), str(found[1])
                if value != self._revision:
                    self._read_again(connection, value)
                connection.execute("COMMIT")
            self._revision = value
            self._looked = began
            return value

    def era(self) -> str:
        """See `Accounts.era`: what was seen with the last revision."""
        if not self._era:
            self.revision()
        return self._era

    def _read_again(self, connection: Connection, value: int) -> None:
        known = self._remembered
        [oldest] = connection.execute("SELECT min(revision) FROM access_changes").fetchone()
        rows = connection.execute(
            "SELECT DISTINCT user_id FROM access_changes WHERE revision > ?", [self._revision]
        ).fetchall()
        whom = {row[0] for row in rows}
        if value < self._revision or (oldest or 0) > self._revision + 1:
            with known.lock:  # nobody can say what has changed
                known.generation += 1
                for kept in (known.users, known.families, known.roles):
                    kept.clear()
            return
        with known.lock:
            known.generation += 1  # lookups that have begun are of a moment before this
            users = [one for one in known.users if one in whom]
            families = [one for one, of in known.families.items() if of in whom]
            roles = [one for one in known.roles if one[1] in whom]
        found_users = _users(connection, users)
        signed_in = _signed_in(connection, families)
        found_roles = _roles(connection, roles)
        with known.lock:
            known.users.update({one: found_users.get(one) for one in users})
            known.families.update({one: signed_in.get(one) for one in families})
            known.roles.update({one: found_roles.get(one) for one in roles})


def _users(connection: Connection, user_ids: list[str]) -> dict[str, User]:
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM users WHERE id = ANY(?)",  # noqa: S608
        [user_ids],
    )
    return {row[0]: user_of(row) for row in rows}


def _signed_in(connection: Connection, families: list[str]) -> dict[str, str]:
    rows = connection.execute(
        "SELECT DISTINCT family, user_id FROM refresh_tokens WHERE family = ANY(?)", [families]
    )
    return dict(rows.fetchall())


def _roles(
    connection: Connection, wanted: Iterable[tuple[DocumentId, str]]
) -> dict[tuple[DocumentId, str], Role]:
    """Return what `role` does for each."""
    pairs = {one: commented_id(one[0]) or one[0] for one in wanted}
    user_ids = list({user_id for _, user_id in pairs})
    active = {
        row[0]
        for row in connection.execute(
            "SELECT id FROM users WHERE id = ANY(?) AND active", [user_ids]
        )
    }
    rows = connection.execute(
        "SELECT documents.id, user_id, role FROM members JOIN documents ON document = key"
        " WHERE user_id = ANY(?) AND documents.id = ANY(?)",
        [user_ids, list(set(pairs.values()))],
    )
    held = {(document_id, user_id): Role(role) for document_id, user_id, role in rows}
    found = {}
    for (document_id, user_id), base in pairs.items():
        if user_id not in active:
            continue
        owner = library_owner(document_id)
        role = held.get((base, user_id)) if owner is None else None
        if owner == user_id:
            role = Role.OWNER
        if role is not None:
            found[document_id, user_id] = role
    return found
