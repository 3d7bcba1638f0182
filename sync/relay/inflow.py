"""Takes no more from a socket than disk and decoder can keep up with, and no faster than is fair.

A client that sends too much is not refused, which would only make it send again:
its socket is read later.
"""

from __future__ import annotations

import asyncio

from sync.relay.metrics import Counters
from sync.relay.settings import Settings

RECEIVE_BUFFER = 16 * 1024 * 1024
"""Bytes of changes of one connection that may wait; then reading from its socket pauses."""
RECEIVE_COUNT = 4_096
"""Changes and joins that may wait likewise."""


class Inflow:
    """Counts what a connection has sent and what is not settled; pauses its transport."""

    def __init__(self, settings: Settings, counters: Counters) -> None:
        self._counters = counters
        self._transport: asyncio.Transport | None = None
        self._loop = asyncio.get_running_loop()
        self._sizes: dict[int, int] = {}
        """Bytes of each change that is not settled, by ticket."""
        self._bytes = 0
        self._joins = 0
        self._full = False
        self._busy = False
        # A token bucket: what is left of the burst, and when that was counted.
        self._rate = settings.updates_per_second
        self._burst = settings.updates_burst
        self._tokens = float(settings.updates_burst)
        self._counted = self._loop.time()
        self._waits: asyncio.TimerHandle | None = None

    @property
    def paused(self) -> bool:
        """Whether it is us who do not listen."""
        return self._full or self._busy or self._waits is not None

    @property
    def unsettled(self) -> bool:
        """Whether something waits for its acknowledgment."""
        return bool(self._sizes)

    def attach(self, transport: asyncio.Transport | None) -> None:
        """Begin with the socket open for reading; end with None."""
        self._transport = transport
        if transport is None and self._waits is not None:
            self._waits.cancel()
            self._waits = None

    def busy(self, *, on: bool) -> None:
        """Read no more while there is some left of what was read (`sync.relay.turns`)."""
        if on != self._busy:
            self._busy = on
            self._apply()

    def message_came(self) -> None:
        """Count a message of any kind; too many too fast make the next ones wait."""
        self._tokens -= 1
        if self._tokens >= 0 or self._waits is not None:
            return
        now = self._loop.time()
        refilled = self._tokens + (now - self._counted) * self._rate
        self._tokens = min(refilled, float(self._burst))
        self._counted = now
        if self._tokens < 0:
            self._counters.throttled += 1
            seconds = (1 - self._tokens) / self._rate
            self._waits = self._loop.call_later(seconds, self._go_on)
            self._apply()

    def _go_on(self) -> None:
        self._waits = None
        self._apply()

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
        if not self._full and (self._bytes > RECEIVE_BUFFER or count > RECEIVE_COUNT):
            self._full = True
            self._apply()
        elif self._full and self._bytes <= RECEIVE_BUFFER // 2 and count <= RECEIVE_COUNT // 2:
            self._full = False
            self._apply()

    def _apply(self) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        if self.paused:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()
