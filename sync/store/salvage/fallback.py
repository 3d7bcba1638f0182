"""What backups know of documents that a damaged database has lost."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from sync.errors import StoreError
from sync.store import log
from sync.store.compaction import build_document
from sync.store.log import StoredDocument
from sync.types import DocumentId, Sequence


class Backups:
    """The databases of backups, the newest first; those that cannot be read are passed over."""

    def __init__(self, databases: Iterable[Path]) -> None:
        self._open: list[tuple[str, sqlite3.Connection]] = []
        for path in databases:
            with suppress(sqlite3.Error):
                connection = sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)
                connection.isolation_level = None
                self._open.append((path.parent.name[:10], connection))

    def close(self) -> None:
        """Let go of the files."""
        for _, connection in self._open:
            connection.close()

    def state(self, document_id: DocumentId) -> tuple[str, bytes] | None:
        """Return the newest whole state of a document, and the day of the backup that has it."""
        for name, connection in self._open:
            with suppress(sqlite3.Error, StoreError):
                document, left_out = build_document(_load(connection, document_id))
                if not left_out:
                    return name, document.encode_state()
        return None

    def documents(self, profile_id: str | None) -> dict[int, tuple[DocumentId, str, str]]:
        """Return id, title and time of creation of every document by its number.

        From the newest backup of the profile; of any if it is not known which one it is, because
        all backups that lie in a profile are of it.
        """
        for _, connection in self._open:
            with suppress(sqlite3.Error):
                (found,) = connection.execute(
                    "SELECT value FROM profile WHERE name = 'id'"
                ).fetchone() or ("",)
                if profile_id in (None, found):
                    return {
                        number: (DocumentId(document_id), title, created)
                        for number, document_id, title, created in connection.execute(
                            "SELECT number, id, title, created FROM documents"
                        )
                    }
        return {}

    def profile(self) -> list[tuple[str, str]]:
        """Return what the newest readable backup knows of the profile itself."""
        for _, connection in self._open:
            with suppress(sqlite3.Error):
                return connection.execute(
                    "SELECT name, value FROM profile WHERE name IN ('id', 'account')"
                ).fetchall()
        return []


def _load(connection: sqlite3.Connection, document_id: DocumentId) -> StoredDocument:
    columns = {row[1] for row in connection.execute("PRAGMA table_info(updates)")}
    if "crc" in columns:
        return log.load(connection, document_id)
    # Made before rows had checksums.
    sql = "SELECT bytes FROM {} JOIN documents ON number = document WHERE id = ?"
    snapshot = connection.execute(sql.format("snapshots"), [document_id]).fetchone()
    updates = connection.execute(sql.format("updates") + " ORDER BY sequence", [document_id])
    rows = [data for (data,) in updates]
    return StoredDocument(None if snapshot is None else snapshot[0], rows, Sequence(0))
