"""Whose device this is, and at which relays else it has been signed in to. Nothing secret.

Each document that a relay knows belongs to the account that brought it there or got it from there:
its home. What belongs to another account than the profile's current one stays as it is, and no
relay but its own ever gets it (docs/decisions/0025).

Functions for one SQLite connection; those that write run on the writer thread.
"""

from __future__ import annotations

import json
import sqlite3
import time
from dataclasses import asdict, dataclass

HERE = ""
"""Home of a document that goes to no relay until the person sends it there."""


@dataclass(frozen=True, slots=True)
class Account:
    """A person at a relay; nothing secret."""

    relay_url: str
    user_id: str
    name: str

    @property
    def key(self) -> str:
        """What names it as a document's home, and to the keyring: whose, and where."""
        return f"{self.user_id} at {self.relay_url}"


def current(connection: sqlite3.Connection) -> Account | None:
    """Return who signed in last; None if nobody ever did."""
    row = connection.execute("SELECT value FROM profile WHERE name = 'account'").fetchone()
    return None if row is None else Account(**json.loads(row[0]))


def known(connection: sqlite3.Connection) -> list[Account]:
    """Return all who signed in on this device and were not forgotten, the last one first."""
    rows = connection.execute("SELECT relay_url, user_id, name FROM accounts ORDER BY used DESC")
    return [Account(*row) for row in rows]


def use(connection: sqlite3.Connection, account: Account) -> None:
    """Make an account the current one; the documents of the one before are not touched."""
    before = current(connection)
    if before is not None and before.key != account.key:
        connection.execute("DELETE FROM profile WHERE name = 'in_step'")
    connection.executemany(
        "INSERT OR REPLACE INTO profile VALUES (?, ?)",
        [("account", json.dumps(asdict(account))), ("home", account.key)],
    )
    connection.execute(
        "INSERT OR REPLACE INTO accounts (relay_url, user_id, name, used) VALUES (?, ?, ?, ?)",
        [account.relay_url, account.user_id, account.name, time.time_ns()],
    )


def forget(connection: sqlite3.Connection, account: Account) -> None:
    """No longer offer an account; what belongs to it stays, and still goes nowhere else."""
    connection.execute(
        "DELETE FROM accounts WHERE relay_url = ? AND user_id = ?",
        [account.relay_url, account.user_id],
    )
