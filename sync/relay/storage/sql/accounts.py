"""People, documents and rights."""

from __future__ import annotations

from abc import abstractmethod

from sync.relay.storage.sql.attachments import SqlAttachments
from sync.relay.storage.sql.audit import SqlAudit
from sync.relay.storage.sql.documents import SqlDocuments
from sync.relay.storage.sql.invites import SqlInvites
from sync.relay.storage.sql.sign_ins import SqlSignIns
from sync.relay.storage.sql.users import SqlUsers
from sync.types import DocumentId


class SqlAccounts(SqlUsers, SqlSignIns, SqlDocuments, SqlInvites, SqlAttachments, SqlAudit):
    """See `Accounts`."""

    @abstractmethod
    def is_at_hand(self, user_id: str | None, family: str | None, document_id: DocumentId) -> bool:
        """See `Accounts.is_at_hand`."""

    @abstractmethod
    def era(self) -> str:
        """See `Accounts.era`."""

    def revision(self) -> int:
        """See `Accounts.revision`."""
        with self._reading() as connection:
            return int(connection.execute("SELECT value FROM access_revision").fetchone()[0])
