"""How another process of the relay reads the log: it is told a URL, and reads by itself.

A log of many megabytes crosses no pipe that way, and no connection is shared.
"""

from __future__ import annotations

from pathlib import Path

from sync.relay.storage.base import StoredLog
from sync.relay.storage.sqlite import reading
from sync.types import DocumentId

_SQLITE = "sqlite:"


def sqlite_url(path: Path) -> str:
    """Return what `load` finds a file by."""
    return f"{_SQLITE}{path}"


def load(url: str, document_id: DocumentId) -> StoredLog:
    """Do what `UpdateLog.load` does, of the log whose `UpdateLog.url` that is."""
    if not url.startswith(_SQLITE):
        raise ValueError("there is no such kind of log")  # without the URL: it may hold a password
    return reading.load_from(Path(url.removeprefix(_SQLITE)), document_id)
