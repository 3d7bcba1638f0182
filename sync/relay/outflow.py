"""All that goes to one socket: in order, one write a tick, and no more than it takes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from websockets.protocol import SEND_EOF, State
from websockets.server import ServerProtocol as WebSocketProtocol

from sync.protocol.server import ServerProtocol
from sync.relay.framing import websocket_message
from sync.relay.metrics import Counters


class Outflow:
    """Gathers what the WebSocket, the protocol and the rooms want to send."""

    def __init__(
        self,
        websocket: WebSocketProtocol,
        protocol: ServerProtocol,
        limit: int,
        counters: Counters,
        too_slow: Callable[[], None],
    ) -> None:
        """Take at most `limit` bytes that the peer does not read; then call `too_slow`."""
        self._websocket = websocket
        self._protocol = protocol
        self._limit = self._allowance = limit
        self._counters = counters
        self._too_slow = too_slow
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._out: list[bytes] = []
        """Chunks for the write at the end of this tick."""
        self._ends = False
        """Whether nothing follows them."""
        self._scheduled = False
        self.allowed = False
        """Whether something was let wait that has not been written yet."""
        self.last = self._loop.time()
        """When something was last sent."""

    def attach(self, transport: asyncio.Transport | None) -> None:
        """Begin with an open socket; end with None."""
        self._transport = transport

    def allow(self, size: int) -> None:
        """Let an answer of `size` bytes wait beside the rest until it has gone."""
        self._allowance = max(self._allowance, self._limit + size)
        self.allowed = True

    def put(self, data: bytes, messages: int) -> None:
        """Send some WebSocket messages after all that was to be sent before, and all that now."""
        self.gather()
        self._out.append(data)
        self._counters.frames_out += messages - 1
        self._write()

    def soon(self) -> None:
        """Write at the end of this tick."""
        if not self._scheduled:
            self._scheduled = True
            self._loop.call_soon(self._write_soon)

    def gather(self) -> None:
        """Take over what both protocols want to send, in order."""
        for chunk in self._websocket.data_to_send():
            if chunk == SEND_EOF:
                self._ends = True
            else:
                self._out.append(chunk)
        frames = self._protocol.data_to_send()
        if frames and self._websocket.state is State.OPEN:  # nothing may follow a close frame
            self._out += map(websocket_message, frames)

    def _write_soon(self) -> None:
        self._scheduled = False
        self._write()

    def _write(self) -> None:
        if self._transport is None:
            return
        self.gather()
        self.allowed = False
        if self._out:
            self.last = self._loop.time()
            out, self._out = self._out, []
            self._counters.frames_out += len(out)
            data = b"".join(out)
            self._counters.bytes_out += len(data)
            self._transport.write(data)
        if self._ends:
            if self._transport.can_write_eof():
                with contextlib.suppress(OSError):  # the peer has gone without waiting for it
                    self._transport.write_eof()
            else:  # TLS has no half-closed connections
                self._transport.close()
        waiting = self._transport.get_write_buffer_size()
        if waiting > self._allowance:
            self._counters.slow_readers += 1
            self._too_slow()
        elif waiting < self._limit:
            self._allowance = self._limit
