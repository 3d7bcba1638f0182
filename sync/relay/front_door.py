"""One address for HTTP and WebSocket: reads a request's head and hands the socket on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

HEAD_BYTES = 16 * 1024
"""Bytes of a request's head."""
HEAD_SECONDS = 10.0
"""Seconds that a peer has to send it."""
HTTP_SECONDS = 60.0
"""Seconds after which an HTTP connection ends, however slowly its requests come."""

_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\n\r\n"

Factory = Callable[[], asyncio.Protocol]


class FrontDoor(asyncio.Protocol):
    """Becomes the WebSocket shell or the HTTP server once it knows which is wanted."""

    def __init__(self, websocket: Factory, http: Factory) -> None:
        self._websocket = websocket
        self._http = http
        self._head = bytearray()
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for the head, not for ever."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(HEAD_SECONDS, transport.abort)

    def connection_lost(self, _: Exception | None) -> None:
        """Nobody came in."""
        if self._timer is not None:
            self._timer.cancel()

    def data_received(self, data: bytes) -> None:
        """Collect the head; then step aside."""
        assert self._transport is not None
        self._head += data
        end = self._head.find(b"\r\n\r\n")
        if end < 0:
            if len(self._head) > HEAD_BYTES:
                self._transport.write(_TOO_LARGE)
                self._transport.close()
            return
        if self._timer is not None:
            self._timer.cancel()
        if _wants_websocket(bytes(self._head[:end])):
            inner = self._websocket()
        else:
            inner = self._http()
            asyncio.get_running_loop().call_later(HTTP_SECONDS, self._transport.abort)
        self._transport.set_protocol(inner)
        inner.connection_made(self._transport)
        inner.data_received(bytes(self._head))


def _wants_websocket(head: bytes) -> bool:
    """Whether a request's head asks for an upgrade to WebSocket (RFC 6455, section 4.1)."""
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"upgrade" and b"websocket" in value.lower():
            return True
    return False
