"""Connections to PostgreSQL for any thread: as many as are in use at one time, and a few idle."""

from __future__ import annotations

import select
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from sync.errors import AdministrationError
from sync.relay.storage.postgres import connecting
from sync.relay.storage.postgres.connecting import Connection

MOST = 12
"""Connections of one node of each kind; PostgreSQL allows all nodes 100 by default."""

WAIT_SECONDS = 10.0
"""For one of them."""


class Pool:
    """Connections of one kind; any thread."""

    def __init__(self, url: str, *, read_only: bool) -> None:
        self.url = url
        self._read_only = read_only
        self._idle: deque[Connection] = deque()
        self._free = threading.BoundedSemaphore(MOST)
        self._closed = False

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """Give a connection. Raises `AdministrationError`, inside too."""
        if not self._free.acquire(timeout=WAIT_SECONDS):
            raise AdministrationError(f"{connecting.shown(self.url)} is busy. Try again.")
        try:
            connection = self._take()
            try:
                yield connection
            except psycopg.Error as error:
                raise connecting.explain(error, self.url) from None
            finally:
                self._give_back(connection)
        finally:
            self._free.release()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Give a connection in a transaction that ends with the block.

        Raises `AdministrationError`, inside too.
        """
        with self.connection() as connection, connection.raw.transaction():
            yield connection

    def close(self) -> None:
        """Let go of the idle ones, and of the others when they are given back."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()

    def _take(self) -> Connection:
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return connecting.connect(self.url, read_only=self._read_only)
            # A server that has ended it has said so meanwhile, or hung up: either can be read.
            if not connection.raw.closed and not _has_news(connection.raw):
                return connection
            connection.close()

    def _give_back(self, connection: Connection) -> None:
        idle = connection.raw.info.transaction_status is psycopg.pq.TransactionStatus.IDLE
        if self._closed or not idle:
            connection.close()
        else:
            self._idle.append(connection)


def _has_news(raw: psycopg.Connection[tuple[object, ...]]) -> bool:
    poll = select.poll()
    poll.register(raw.fileno(), select.POLLIN)
    return bool(poll.poll(0))
