"""All that goes to one socket: in order, one write a tick, and no more than it takes."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable

from websockets.protocol import SEND_EOF

from sync.protocol.server import ServerProtocol
from sync.relay.framing import websocket_message
from sync.relay.metrics import Counters
from sync.relay.websocket import WebSocket

PIECE_BYTES = 256 * 1024
"""What the transport is given at a time of what waits."""


class Outflow:
    """Gathers what the WebSocket, the protocol and the rooms want to send."""

    def __init__(
        self,
        websocket: WebSocket,
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
        self._waiting: deque[bytes] = deque()
        """What was to be written and is not the transport's yet.

        asyncio keeps what a socket does not take in one block, and moves megabytes each time
        that something is added: 10 ms for everybody. Here it waits as it is, and what a room
        said to many is there once.
        """
        self._waiting_bytes = 0
        self._at = 0
        """How much of the first of them has gone."""
        self._full = False
        """Whether the transport has enough for now."""
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
        if transport is None:
            self._waiting.clear()
            self._waiting_bytes = self._at = 0

    def full(self, *, on: bool) -> None:
        """Give the transport nothing more, or go on (`asyncio.Protocol.pause_writing`)."""
        self._full = on
        if not on:
            self.soon()

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
        if frames and self._websocket.is_open:  # nothing may follow a close frame
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
            if self._full or self._waiting or len(data) > PIECE_BYTES:
                self._waiting.append(data)
                self._waiting_bytes += len(data)
            else:
                self._transport.write(data)
        if self._waiting:
            self._write_piece(self._transport)
        elif self._ends:
            if self._transport.can_write_eof():
                with contextlib.suppress(OSError):  # the peer has gone without waiting for it
                    self._transport.write_eof()
            else:  # TLS has no half-closed connections
                self._transport.close()
        waiting = self._waiting_bytes + self._transport.get_write_buffer_size()
        if waiting > self._allowance:
            self._counters.slow_readers += 1
            self._too_slow()
        elif waiting < self._limit:
            self._allowance = self._limit

    def _write_piece(self, transport: asyncio.Transport) -> None:
        """Give the transport some of what waits, if it takes any; the rest in later ticks."""
        if self._full:
            return
        first = self._waiting[0]
        if len(first) > PIECE_BYTES:
            piece = memoryview(first)[self._at : self._at + PIECE_BYTES]
            self._at += len(piece)
            if self._at == len(first):
                self._waiting.popleft()
                self._at = 0
        else:
            small: list[bytes] = []
            room = PIECE_BYTES
            while self._waiting and len(self._waiting[0]) <= room:
                small.append(self._waiting.popleft())
                room -= len(small[-1])
            piece = memoryview(b"".join(small))
        self._waiting_bytes -= len(piece)
        transport.write(piece)
        if self._waiting or self._ends:
            self.soon()
