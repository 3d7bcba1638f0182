"""The relay's storage on one SQLite file: for one machine, and enough for a team."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from sync.relay.settings import Settings
from sync.relay.storage.base import Settled
from sync.relay.storage.sql.storage import SqlStorage, nobody
from sync.relay.storage.sqlite import schema
from sync.relay.storage.sqlite.accounts import SqliteAccounts
from sync.relay.storage.sqlite.log import SqliteLog
from sync.threads import THREADS, Threads


class SqliteStorage(SqlStorage):
    """See `Storage`. `settled` may be left out by programs that append nothing."""

    attachments = None
    """See `Storage.attachments`."""

    def __init__(
        self,
        data_dir: Path,
        settled: Settled = nobody,
        settings: Settings | None = None,
        committed: Callable[[float], object] = nobody,
        threads: Threads = THREADS,
    ) -> None:
        """Open the file in `data_dir`, or make it. Raises what `schema.prepare` does.

        `committed` is called with the seconds that each commit took, on another thread. For
        `settings` see `SqlStorage`.
        """
        path = data_dir / schema.FILE_NAME
        schema.prepare(path)
        log = partial(SqliteLog, path)
        super().__init__(SqliteAccounts(path), log, settled, settings, committed, threads)
