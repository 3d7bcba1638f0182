"""The relay's storage in PostgreSQL: for as many nodes as there are."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sync.relay.settings import Settings
from sync.relay.storage.base import Settled
from sync.relay.storage.postgres import schema
from sync.relay.storage.postgres.accounts import PostgresAccounts
from sync.relay.storage.postgres.attachments import PostgresAttachmentBytes
from sync.relay.storage.postgres.log import PostgresLog
from sync.relay.storage.sql.storage import SqlStorage, nobody
from sync.threads import THREADS, Threads


class PostgresStorage(SqlStorage):
    """See `Storage`. `settled` may be left out by programs that append nothing."""

    def __init__(
        self,
        url: str,
        settled: Settled = nobody,
        settings: Settings | None = None,
        committed: Callable[[float], object] = nobody,
        threads: Threads = THREADS,
        replica: str | None = None,
    ) -> None:
        """Use the database at `url`, or make its tables. Raises what `schema.prepare` does.

        Lists are read from the `replica` at that URL, if there is one. For the rest see
        `SqliteStorage`.
        """
        schema.prepare(url)
        self.attachments = PostgresAttachmentBytes(url)
        log = partial(PostgresLog, url)
        super().__init__(PostgresAccounts(url, replica), log, settled, settings, committed, threads)

    def close(self) -> None:
        """See `Storage.close`."""
        super().close()
        self.attachments.close()
