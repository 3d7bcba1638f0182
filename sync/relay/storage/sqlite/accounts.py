"""People, documents and rights on SQLite."""

from __future__ import annotations

from sync.relay.storage.sqlite.attachments import SqliteAttachments
from sync.relay.storage.sqlite.audit import SqliteAudit
from sync.relay.storage.sqlite.documents import SqliteDocuments
from sync.relay.storage.sqlite.invites import SqliteInvites
from sync.relay.storage.sqlite.sign_ins import SqliteSignIns
from sync.relay.storage.sqlite.users import SqliteUsers


class SqliteAccounts(
    SqliteUsers, SqliteSignIns, SqliteDocuments, SqliteInvites, SqliteAttachments, SqliteAudit
):
    """See `Accounts`."""

    def revision(self) -> int:
        """See `Accounts.revision`."""
        with self._reading() as connection:
            return int(connection.execute("SELECT value FROM access_revision").fetchone()[0])
