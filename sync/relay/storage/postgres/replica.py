"""Lists read from a streaming replica, but never older than what the primary had when asked.

The primary says how far its log is on disk, which touches no table; the replica is used
once it has replayed as much (docs/decisions/0032).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import psycopg

from sync.errors import AdministrationError
from sync.relay.storage.postgres.connecting import Connection
from sync.relay.storage.postgres.pool import Pool

WAIT_SECONDS = 0.2
"""For the replica to catch up; after that the primary answers."""

REST_SECONDS = 1.0
"""During which a replica that is behind, or not there, is not asked again."""

_LOOK_SECONDS = 0.002


class Replica:
    """Any thread."""

    def __init__(self, url: str, primary: Pool) -> None:
        self._pool = Pool(url, read_only=True)
        self._primary = primary
        self._rests_until = 0.0
        self.answered = 0
        """How many lists it had; the primary had the others."""

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees at least what was committed before this was called.

        Raises `AdministrationError`, inside too.
        """
        with ExitStack() as stack:
            connection = self._caught_up(stack)
            if connection is None:
                connection = stack.enter_context(self._primary.connection())
            else:
                self.answered += 1
            yield connection

    def _caught_up(self, stack: ExitStack) -> Connection | None:
        began = time.monotonic()
        if began < self._rests_until:
            return None
        with self._primary.connection() as primary:
            [position] = primary.execute("SELECT pg_current_wal_flush_lsn()::text").fetchone()
        try:
            connection = stack.enter_context(self._pool.connection())
            while True:
                [has] = connection.execute(
                    "SELECT pg_wal_lsn_diff(pg_last_wal_replay_lsn(), CAST(? AS pg_lsn)) >= 0",
                    [position],
                ).fetchone()
                if has:
                    return connection
                if has is None or time.monotonic() - began > WAIT_SECONDS:
                    break  # it is no replica, or is behind
                time.sleep(_LOOK_SECONDS)
        except (AdministrationError, psycopg.Error):
            pass  # the primary knows it all
        self._rests_until = time.monotonic() + REST_SECONDS
        return None

    def close(self) -> None:
        """Let go of all connections."""
        self._pool.close()
