"""People and their passwords."""

from __future__ import annotations

import secrets
import time

from sync.errors import NameTaken
from sync.relay.audit import MACHINE, Action, Actor
from sync.relay.storage.base import User
from sync.relay.storage.sql.audit import record
from sync.relay.storage.sql.database import Connection, Database

COLUMNS = "id, name, active, created"
"""What `user_of` takes."""


def insert_user(connection: Connection, name: str, password_hash: str, by: Actor) -> User:
    """Add an account within a transaction. Raises `NameTaken`."""
    user = User(secrets.token_hex(16), name, active=True, created=int(time.time()))
    if connection.execute("SELECT 1 FROM users WHERE name_key = ?", [name.casefold()]).fetchone():
        raise NameTaken(name)
    connection.execute(
        "INSERT INTO users VALUES (?, ?, ?, ?, TRUE, ?)",
        [user.id, name, name.casefold(), password_hash, user.created],
    )
    record(connection, Action.USER_ADDED, by, subject=user.id)
    return user


def end_all_sign_ins(connection: Connection, user_id: str) -> None:
    """Forget a user's refresh tokens, and let open sockets be looked at."""
    connection.execute("DELETE FROM refresh_tokens WHERE user_id = ?", [user_id])
    connection.execute("UPDATE access_revision SET value = value + 1")


class SqlUsers(Database):
    """See `Users`."""

    def add_user(self, name: str, password_hash: str, by: Actor = MACHINE) -> User:
        """See `Users.add_user`."""
        with self._writing() as connection:
            return insert_user(connection, name, password_hash, by)

    def find_user(self, name: str) -> tuple[User, str] | None:
        """See `Users.find_user`."""
        with self._reading() as connection:
            row = connection.execute(
                f"SELECT {COLUMNS}, password_hash FROM users WHERE name_key = ?",  # noqa: S608
                [name.casefold()],
            ).fetchone()
        return None if row is None else (user_of(row[:4]), str(row[4]))

    def user(self, user_id: str) -> User | None:
        """See `Users.user`."""
        with self._reading() as connection:
            row = connection.execute(
                f"SELECT {COLUMNS} FROM users WHERE id = ?",  # noqa: S608
                [user_id],
            ).fetchone()
        return None if row is None else user_of(row)

    def users(self) -> list[User]:
        """See `Users.users`."""
        with self._listing() as connection:
            rows = connection.execute(
                f"SELECT {COLUMNS} FROM users ORDER BY name_key"  # noqa: S608
            ).fetchall()
        return [user_of(row) for row in rows]

    def set_active(self, user_id: str, active: bool, by: Actor = MACHINE) -> None:
        """See `Users.set_active`."""
        action = Action.USER_ACTIVATED if active else Action.USER_DEACTIVATED
        with self._writing() as connection:
            connection.execute("UPDATE users SET active = ? WHERE id = ?", [active, user_id])
            if not active:
                end_all_sign_ins(connection, user_id)
            record(connection, action, by, subject=user_id)

    def set_password(self, user_id: str, password_hash: str, by: Actor = MACHINE) -> None:
        """See `Users.set_password`."""
        with self._writing() as connection:
            connection.execute(
                "UPDATE users SET password_hash = ? WHERE id = ?", [password_hash, user_id]
            )
            end_all_sign_ins(connection, user_id)
            record(connection, Action.PASSWORD_CHANGED, by, subject=user_id)


def user_of(row: tuple[str, str, int, int]) -> User:
    """Return the user of a row of `COLUMNS`."""
    return User(row[0], row[1], active=bool(row[2]), created=row[3])
