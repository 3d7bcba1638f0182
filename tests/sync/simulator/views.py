"""What the files hold, read past the programs that write them."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sync.relay.storage.replay import Replay
from sync.types import DocumentId

_DEVICE = (
    "SELECT number FROM documents WHERE id = ?",
    "SELECT sequence, bytes FROM snapshots WHERE document = ? AND sequence > ?",
    "SELECT sequence, bytes FROM updates WHERE document = ? AND sequence > ? ORDER BY sequence",
)
_RELAY = (
    "SELECT key FROM documents WHERE id = ?",
    "SELECT sequence, state FROM snapshots WHERE document = ? AND sequence > ?",
    "SELECT sequence, data FROM updates WHERE document = ? AND sequence > ? ORDER BY sequence",
)


class DiskView:
    """Follows the logs in one database file, of a device or the relay."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection = sqlite3.connect(path)
        self._queries = _RELAY if path.suffix == ".sqlite3" else _DEVICE
        self._replays: dict[DocumentId, tuple[Replay, int]] = {}
        self._texts: dict[DocumentId, tuple[int, str]] = {}
        self._version = 0
        self._current: set[DocumentId] = set()
        """Documents that were read since the file last changed."""

    def close(self) -> None:
        self._connection.close()

    def text(self, document_id: DocumentId) -> str:
        """Return a document's text as it is committed, empty if there is none."""
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        if version != self._version:
            self._version = version
            self._current.clear()
        if document_id in self._current:
            return self._texts[document_id][1]
        self._current.add(document_id)
        find, snapshots, updates = self._queries
        row = self._connection.execute(find, [document_id]).fetchone()
        if row is None:
            self._texts[document_id] = -1, ""
            return ""
        replay, seen = self._replays.get(document_id) or (Replay(), 0)
        for query in (snapshots, updates):
            rows = self._connection.execute(query, [row[0], seen]).fetchall()
            replay.apply(data for _, data in rows)
            seen = max([seen, *(sequence for sequence, _ in rows)])
        self._replays[document_id] = replay, seen
        known = self._texts.get(document_id)
        if known is None or known[0] != seen:
            known = self._texts[document_id] = seen, replay.text()
        return known[1]
