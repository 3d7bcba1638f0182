"""How PostgreSQL is reached: URLs, connections of the shape of SQLite's, errors in words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from sync.errors import AdministrationError
from sync.relay.storage.sql.database import Rows

CONNECT_SECONDS = 3
"""For one address of the server."""

_DEAD_MILLISECONDS = 5_000
"""Without a sign of the other end after which a connection is given up, by either."""

# A node that freezes, or is cut off, in the middle of a transaction would keep all others waiting.
_SESSION = {
    "idle_in_transaction_session_timeout": "5s",
    "lock_timeout": "10s",
    "tcp_user_timeout": "5s",
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
}
# What is read within BEGIN and COMMIT is of one moment.
_READING = {
    "default_transaction_read_only": "on",
    "default_transaction_isolation": r"repeatable\ read",
}

_PLACES = re.compile(r"%|\?|(?<!:):([a-z_]+)")


class Connection:
    """See `sql.database.Connection`. Belongs to one thread at a time."""

    def __init__(self, raw: psycopg.Connection[tuple[Any, ...]]) -> None:
        self.raw = raw

    def execute(self, query: str, values: Sequence[Any] | Mapping[str, Any] = (), /) -> Rows:
        """Run one statement. Raises `psycopg.Error`."""
        return self.raw.execute(_translated(query), values or None, binary=True)

    def close(self) -> None:
        """Hang up."""
        self.raw.close()


@lru_cache(maxsize=512)
def _translated(query: str) -> bytes:
    """Return a query with its values' places written as psycopg has them."""

    def written(found: re.Match[str]) -> str:
        if found[0] == "?":
            return "%s"
        return "%%" if found[0] == "%" else f"%({found[1]})s"

    return _PLACES.sub(written, query).encode()


def shown(url: str) -> str:
    """Return where a URL leads, for people: without user, password and options."""
    parts = _parts(url)
    port = f":{parts['port']}" if parts.get("port") else ""
    return f"PostgreSQL at {parts.get('host') or 'localhost'}{port}/{parts.get('dbname') or ''}"


def connect(url: str, *, read_only: bool = False) -> Connection:
    """Open a connection; each statement is a transaction unless one is begun.

    What the URL does not say is in libpq's environment variables and ``~/.pgpass``.
    Raises `AdministrationError`.
    """
    parts = _parts(url)
    session = {**_SESSION, **(_READING if read_only else {})}
    options = " ".join(f"-c {name}={value}" for name, value in session.items())
    settings: dict[str, Any] = {
        "connect_timeout": CONNECT_SECONDS,
        "application_name": "inkstand-relay",
        "tcp_user_timeout": _DEAD_MILLISECONDS,
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        **parts,
        "options": f"{options} {parts.get('options') or ''}".strip(),
        "client_encoding": "UTF8",
    }
    try:
        return Connection(psycopg.connect(make_conninfo("", **settings), autocommit=True))
    except psycopg.Error as error:
        raise explain(error, url) from None


@contextmanager
def opened(url: str) -> Iterator[Connection]:
    """Give a connection that cannot write. Raises `AdministrationError`, inside too."""
    connection = connect(url, read_only=True)
    try:
        yield connection
    except psycopg.Error as error:
        raise explain(error, url) from None
    finally:
        connection.close()


def explain(error: psycopg.Error, url: str) -> AdministrationError:
    """Return what an administrator should read for an error of PostgreSQL's."""
    said = (error.diag.message_primary or str(error)).strip().replace("\n", " ")
    return AdministrationError(f"Cannot use {shown(url)}: {said}.")


def reason(error: Exception) -> str:
    """Return why writing failed, without internal details: clients read it."""
    state = getattr(error, "sqlstate", None) or ""
    if state == "53100":
        return "the relay's disk is full"
    if state == "25006":
        return "the relay's database is read-only"
    if state == "55P03":
        return "the relay's database is busy"
    if isinstance(error, AdministrationError) or state[:2] in ("", "08", "57"):
        return "the relay's database does not answer"
    return f"the relay's database does not work ({state})"


def _parts(url: str) -> dict[str, Any]:
    try:
        return conninfo_to_dict(url)
    except psycopg.Error:  # its words hold the URL, and so perhaps a password
        raise AdministrationError(
            "That is no URL of a PostgreSQL database. Write it like "
            "postgresql://inkstand@db.example.org/inkstand."
        ) from None
