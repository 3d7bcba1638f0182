"""The relay's storage on one SQLite file: for one machine, and enough for a team."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sync.relay.settings import Settings
from sync.relay.storage.base import Settled
from sync.relay.storage.sql.upkeep import Upkeep
from sync.relay.storage.sqlite import schema
from sync.relay.storage.sqlite.accounts import SqliteAccounts
from sync.relay.storage.sqlite.log import SqliteLog
from sync.threads import THREADS, Threads


class SqliteStorage:
    """See `Storage`. `settled` may be left out by programs that append nothing."""

    attachments = None
    """See `Storage.attachments`."""

    def __init__(
        self,
        data_dir: Path,
        settled: Settled = lambda _: None,
        settings: Settings | None = None,
        committed: Callable[[float], object] = lambda _: None,
        threads: Threads = THREADS,
    ) -> None:
        """Open the file in `data_dir`, or make it. Raises what `schema.prepare` does.

        With the `settings` of a relay that serves it, the file's upkeep goes on by itself.
        `committed` is called with the seconds that each commit took, on another thread.
        """
        path = data_dir / schema.FILE_NAME
        schema.prepare(path)
        self.accounts = SqliteAccounts(path)
        if settings is None:
            self._upkeep = None
            self.log = SqliteLog(path, settled, threads=threads)
        else:
            self._upkeep = Upkeep(settings)
            self.log = SqliteLog(
                path, settled, self._upkeep.notice, settings.compact_updates, committed, threads
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
