"""How another process of the relay reads the log: it is told a URL, and reads by itself.

A log of many megabytes crosses no pipe that way, and no connection is shared.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from sync.relay.storage.base import StoredLog
from sync.relay.storage.sql import reading
from sync.relay.storage.sql.database import Connection
from sync.relay.storage.sqlite import schema
from sync.types import DocumentId

_SQLITE = "sqlite:"


def sqlite_url(path: Path) -> str:
    """Return what `load` finds a file by."""
    return f"{_SQLITE}{path}"


def is_postgres(url: str) -> bool:
    """Whether that names a database of PostgreSQL."""
    return url.startswith(("postgresql://", "postgres://"))


def load(url: str, document_id: DocumentId) -> StoredLog:
    """Do what `UpdateLog.load` does, of the log whose `UpdateLog.url` that is."""
    with _opened(url) as connection:
        return reading.load(connection, document_id)


def _opened(url: str) -> AbstractContextManager[Connection]:
    if url.startswith(_SQLITE):
        return schema.opened(Path(url.removeprefix(_SQLITE)))
    if is_postgres(url):
        # Only where it is needed: a relay on SQLite has no driver for PostgreSQL.
        from sync.relay.storage.postgres import connecting

        return connecting.opened(url)
    raise ValueError("there is no such kind of log")  # without the URL: it may hold a password
