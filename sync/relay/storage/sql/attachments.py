"""Which files belong to which document,."""

from __future__ import annotations

import time

from sync.errors import TooMany
from sync.relay.audit import Action, Actor
from sync.relay.storage.base import Attachment
from sync.relay.storage.sql.audit import record
from sync.relay.storage.sql.database import Database
from sync.relay.storage.sql.documents import document_key
from sync.types import DocumentId

_COUNT = "SELECT count(*) FROM attachments JOIN documents ON document = key WHERE id = ?"


class SqlAttachments(Database):
    """See `Attachments`."""

    def attachment(self, document_id: DocumentId, digest: bytes) -> Attachment | None:
        """See `Attachments.attachment`."""
        with self._reading() as connection:
            row = connection.execute(
                "SELECT hash, size, media_type FROM attachments JOIN documents ON document = key"
                " WHERE id = ? AND hash = ?",
                [document_id, digest],
            ).fetchone()
        return None if row is None else Attachment(*row)

    def count_attachments(self, document_id: DocumentId) -> int:
        """See `Attachments.count_attachments`."""
        with self._reading() as connection:
            return int(connection.execute(_COUNT, [document_id]).fetchone()[0])

    def add_attachment(
        self, document_id: DocumentId, attachment: Attachment, most: int, by: Actor
    ) -> bool:
        """See `Attachments.add_attachment`."""
        with self._writing() as connection:
            key = document_key(connection, document_id)
            if connection.execute(
                "SELECT 1 FROM attachments WHERE document = ? AND hash = ?",
                [key, attachment.digest],
            ).fetchone():
                return False
            if connection.execute(_COUNT, [document_id]).fetchone()[0] >= most:
                raise TooMany(f"A document has at most {most:,} attachments.")
            connection.execute(
                "INSERT INTO attachments VALUES (?, ?, ?, ?, ?, ?)",
                [
                    key,
                    attachment.digest,
                    attachment.size,
                    attachment.media_type,
                    by.user_id,
                    int(time.time()),
                ],
            )
            record(
                connection,
                Action.ATTACHMENT_ADDED,
                by,
                document=document_id,
                subject=attachment.digest.hex(),
                detail=f"{attachment.size} bytes, {attachment.media_type}",
            )
        return True
