"""Takes no more from a socket than disk and decoder can keep up with."""

from __future__ import annotations

from asyncio import Transport

RECEIVE_BUFFER = 16 * 1024 * 1024
"""Bytes of changes of one connection that may wait; then reading from its socket pauses."""
RECEIVE_COUNT = 4_096
"""Changes and joins that may wait likewise."""


class Inflow:
    """Counts what a connection has sent and what is not settled; pauses its transport."""

    def __init__(self) -> None:
        self._transport: Transport | None = None
        self._sizes: dict[int, int] = {}
        """Bytes of each change that is not settled, by ticket."""
        self._bytes = 0
        self._joins = 0
        self.paused = False

    def attach(self, transport: Transport) -> None:
        """Begin with the socket open for reading."""
        self._transport = transport

    def change_came(self, ticket: int, size: int) -> None:
        """A change of `size` bytes waits for its fate."""
        self._sizes[ticket] = size
        self._bytes += size
        self._check()

    def change_settled(self, ticket: int) -> None:
        """A change waits no longer."""
        self._bytes -= self._sizes.pop(ticket, 0)
        self._check()

    def join_came(self) -> None:
        """A join waits for its answer."""
        self._joins += 1
        self._check()

    def join_answered(self) -> None:
        """A join waits no longer."""
        self._joins -= 1
        self._check()

    def _check(self) -> None:
        count = len(self._sizes) + self._joins
        if not self.paused and (self._bytes > RECEIVE_BUFFER or count > RECEIVE_COUNT):
            self.paused = True
            if self._transport is not None and not self._transport.is_closing():
                self._transport.pause_reading()
        elif self.paused and self._bytes <= RECEIVE_BUFFER // 2 and count <= RECEIVE_COUNT // 2:
            self.paused = False
            if self._transport is not None and not self._transport.is_closing():
                self._transport.resume_reading()
