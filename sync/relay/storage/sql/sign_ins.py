"""Signing keys and refresh tokens."""

from __future__ import annotations

import math
import secrets
import time

from sync.relay.audit import MACHINE, Action, Actor
from sync.relay.storage.base import SignIn, SigningKey
from sync.relay.storage.sql.audit import record
from sync.relay.storage.sql.database import Database
from sync.relay.storage.sql.users import end_all_sign_ins

_VOID = 0
"""As the time of use: of a token that was never to be used, because another took its place."""


class SqlSignIns(Database):
    """See `SignIns`."""

    def signing_keys(self) -> list[SigningKey]:
        """See `SignIns.signing_keys`."""
        query = "SELECT kid, secret, retired FROM signing_keys ORDER BY created DESC"
        with self._reading() as connection:
            rows = connection.execute(query).fetchall()
        if not rows:
            with self._writing() as connection:
                connection.execute(
                    "INSERT INTO signing_keys (kid, secret, created) SELECT ?, ?, ?"
                    " WHERE NOT EXISTS (SELECT 1 FROM signing_keys)",
                    [secrets.token_hex(4), secrets.token_bytes(32), int(time.time())],
                )
                rows = connection.execute(query).fetchall()
        return [
            SigningKey(kid, secret, math.inf if retired is None else float(retired))
            for kid, secret, retired in rows
        ]

    def rotate_signing_key(self, overlap: float, by: Actor = MACHINE) -> SigningKey:
        """See `SignIns.rotate_signing_key`."""
        now = time.time()
        key = SigningKey(secrets.token_hex(4), secrets.token_bytes(32), math.inf)
        with self._writing() as connection:
            connection.execute(
                "UPDATE signing_keys SET retired = :until"
                " WHERE retired IS NULL OR retired > :until",
                {"until": now + overlap},
            )
            connection.execute("DELETE FROM signing_keys WHERE retired <= ?", [now])
            # The newest signs, so two of one second must not be taken for equally new.
            connection.execute(
                "INSERT INTO signing_keys (kid, secret, created)"
                " SELECT :kid, :secret,"
                " CASE WHEN max(created) >= :now THEN 1 + max(created) ELSE :now END"
                " FROM signing_keys",
                {"kid": key.kid, "secret": key.secret, "now": int(now)},
            )
            record(connection, Action.KEY_ROTATED, by, subject=key.kid)
        return key

    def start_family(
        self, user_id: str, token_hash: bytes, now: float, expires: float, by: Actor = MACHINE
    ) -> str:
        """See `SignIns.start_family`."""
        family = secrets.token_hex(16)
        with self._writing() as connection:
            connection.execute("DELETE FROM refresh_tokens WHERE expires < ?", [now])
            connection.execute("DELETE FROM signing_keys WHERE retired <= ?", [now])
            connection.execute(
                "INSERT INTO refresh_tokens VALUES (?, ?, ?, NULL, ?, NULL)",
                [token_hash, family, user_id, expires],
            )
            record(connection, Action.SIGNED_IN, by, subject=user_id)
        return family

    def rotate(
        self,
        token_hash: bytes,
        successor_hash: bytes,
        now: float,
        expires: float,
        grace: float,
        place: str | None = None,
    ) -> SignIn | None:
        """See `SignIns.rotate`."""
        with self._reading() as connection:
            row = connection.execute(
                "SELECT family FROM refresh_tokens WHERE hash = ?", [token_hash]
            ).fetchone()
        if row is None:
            return None
        # Each device does this every few minutes: those of others need not wait for it.
        with self._writing(about=row[0]) as connection:
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
                    "SELECT 1 FROM refresh_tokens WHERE parent = ? AND used > ?",
                    [token_hash, _VOID],
                ).fetchone()
                if successor_used or now - used > grace:
                    connection.execute("DELETE FROM refresh_tokens WHERE family = ?", [family])
                    connection.execute("UPDATE access_revision SET value = value + 1")
                    record(
                        connection,
                        Action.TOKEN_FAMILY_REVOKED,
                        Actor(None, place),
                        subject=user_id,
                        detail="a used refresh token came again",
                    )
                    return None
                # The answer was lost and the request came again: the first answer is void. If it
                # is used all the same, it was not lost, and two have asked: then all ends.
                connection.execute(
                    "UPDATE refresh_tokens SET used = ? WHERE parent = ?", [_VOID, token_hash]
                )
            connection.execute(
                "UPDATE refresh_tokens SET used = coalesce(used, ?) WHERE hash = ?",
                [now, token_hash],
            )
            connection.execute(
                "INSERT INTO refresh_tokens VALUES (?, ?, ?, ?, ?, NULL)",
                [successor_hash, family, user_id, token_hash, expires],
            )
        return SignIn(user_id, family)

    def is_signed_in(self, family: str) -> bool:
        """See `SignIns.is_signed_in`."""
        with self._reading() as connection:
            row = connection.execute(
                "SELECT 1 FROM refresh_tokens WHERE family = ? LIMIT 1", [family]
            ).fetchone()
        return row is not None

    def end_family(self, token_hash: bytes, place: str | None = None) -> None:
        """See `SignIns.end_family`."""
        with self._writing() as connection:
            row = connection.execute(
                "DELETE FROM refresh_tokens WHERE family ="
                " (SELECT family FROM refresh_tokens WHERE hash = ?) RETURNING user_id",
                [token_hash],
            ).fetchall()
            if row:
                connection.execute("UPDATE access_revision SET value = value + 1")
                user_id = row[0][0]
                record(connection, Action.SIGNED_OUT, Actor(user_id, place), subject=user_id)

    def end_sign_ins(self, user_id: str, by: Actor = MACHINE) -> None:
        """See `SignIns.end_sign_ins`."""
        with self._writing() as connection:
            end_all_sign_ins(connection, user_id)
            record(connection, Action.SIGNED_OUT, by, subject=user_id, detail="everywhere")
