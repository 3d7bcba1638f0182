"""The bytes of attachments in PostgreSQL, in parts: every node can have them from there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from sync.relay.storage.postgres.pool import Pool


class PostgresAttachmentBytes:
    """See `AttachmentBytes`."""

    def __init__(self, url: str) -> None:
        """The tables must be there (`schema.prepare`)."""
        self._readers = Pool(url, read_only=True)
        self._writers = Pool(url, read_only=False)

    def has(self, digest: bytes) -> bool:
        """See `AttachmentBytes.has`."""
        with self._readers.connection() as connection:
            row = connection.execute(
                "SELECT 1 FROM attachment_parts WHERE hash = ? LIMIT 1", [digest]
            ).fetchone()
        return row is not None

    def put(self, digest: bytes, parts: Iterable[bytes]) -> None:
        """See `AttachmentBytes.put`."""
        with self._writers.transaction() as connection:
            for number, part in enumerate(chain(parts, [b""])):  # the end, also of an empty one
                # Over what is there: if a disk spoiled that, this mends it.
                connection.execute(
                    "INSERT INTO attachment_parts VALUES (?, ?, ?)"
                    " ON CONFLICT (hash, part) DO UPDATE SET data = excluded.data",
                    [digest, number, part],
                )

    def get(self, digest: bytes) -> Iterator[bytes]:
        """See `AttachmentBytes.get`."""
        number = 0
        while True:
            with self._readers.connection() as connection:
                row = connection.execute(
                    "SELECT data FROM attachment_parts WHERE hash = ? AND part = ?",
                    [digest, number],
                ).fetchone()
            if row is None:
                return
            yield row[0]
            number += 1

    def close(self) -> None:
        """Let go of all connections."""
        self._readers.close()
        self._writers.close()
