"""A back end as far as they share it: its log, its accounts, and the upkeep of a serving relay."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from sync.relay.settings import Settings
from sync.relay.storage.base import Settled
from sync.relay.storage.sql.accounts import SqlAccounts
from sync.relay.storage.sql.log import SqlLog
from sync.relay.storage.sql.upkeep import Upkeep
from sync.threads import Threads
from sync.types import DocumentId


class OpenLog(Protocol):
    """Opens a back end's log: see `SqlLog.__init__`."""

    def __call__(
        self,
        settled: Settled,
        long: Callable[[DocumentId], None],
        long_updates: int,
        committed: Callable[[float], object],
        threads: Threads,
        /,
    ) -> SqlLog:
        """Open it."""


def nobody(*_: object) -> None:
    """Hear what nobody waits for."""


class SqlStorage:
    """See `Storage`."""

    def __init__(
        self,
        accounts: SqlAccounts,
        open_log: OpenLog,
        settled: Settled,
        settings: Settings | None,
        committed: Callable[[float], object],
        threads: Threads,
    ) -> None:
        """With the `settings` of a relay that serves it, the upkeep goes on by itself."""
        self.accounts = accounts
        self._upkeep = None if settings is None else Upkeep(settings)
        if settings is None or self._upkeep is None:
            self.log = open_log(settled, nobody, 0, committed, threads)
        else:
            long = self._upkeep.notice
            self.log = open_log(settled, long, settings.compact_updates, committed, threads)
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
