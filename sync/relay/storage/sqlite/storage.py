"""The relay's storage on one SQLite file: for one machine, and enough for a team."""

from __future__ import annotations

from pathlib import Path

from sync.relay.storage.base import Settled
from sync.relay.storage.sqlite import schema
from sync.relay.storage.sqlite.accounts import SqliteAccounts
from sync.relay.storage.sqlite.log import SqliteLog


class SqliteStorage:
    """See `Storage`. `settled` may be left out by programs that append nothing."""

    def __init__(self, data_dir: Path, settled: Settled = lambda _: None) -> None:
        """Open the file in `data_dir`, or make it. Raises what `schema.prepare` does."""
        path = data_dir / schema.FILE_NAME
        schema.prepare(path)
        self.accounts = SqliteAccounts(path)
        self.log = SqliteLog(path, settled)
        self._closed = False

    def close(self) -> None:
        """See `Storage.close`."""
        if not self._closed:
            self._closed = True
            self.log.close()
            self.accounts.close()
