"""The relay's storage in PostgreSQL: for as many nodes as there are."""

from __future__ import annotations

from collections.abc import Callable

from sync.relay.settings import Settings
from sync.relay.storage.base import Settled
from sync.relay.storage.postgres import schema
from sync.relay.storage.postgres.accounts import PostgresAccounts
from sync.relay.storage.postgres.attachments import PostgresAttachmentBytes
from sync.relay.storage.postgres.log import PostgresLog
from sync.relay.storage.sql.upkeep import Upkeep
from sync.threads import THREADS, Threads


class PostgresStorage:
    """See `Storage`. `settled` may be left out by programs that append nothing."""

    def __init__(
        self,
        url: str,
        settled: Settled = lambda _: None,
        settings: Settings | None = None,
        committed: Callable[[float], object] = lambda _: None,
        threads: Threads = THREADS,
        replica: str | None = None,
    ) -> None:
        """Use the database at `url`, or make its tables. Raises what `schema.prepare` does.

        Lists are read from the `replica` at that URL, if there is one. For the rest see
        `SqliteStorage`.
        """
        schema.prepare(url)
        self.accounts = PostgresAccounts(url, replica)
        self.attachments = PostgresAttachmentBytes(url)
        if settings is None:
            self._upkeep = None
            self.log = PostgresLog(url, settled, threads=threads)
        else:
            self._upkeep = Upkeep(settings)
            self.log = PostgresLog(
                url, settled, self._upkeep.notice, settings.compact_updates, committed, threads
            )
            self._upkeep.start(self.log)
        self._closed = False

    def close(self) -> None:
        """See `Storage.close`."""
        if not self._closed:
            self._closed = True
            if self._upkeep is not None:
                self._upkeep.stop()
            self.log.close()
            self.accounts.close()
            self.attachments.close()
