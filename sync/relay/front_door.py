"""One address for HTTP and WebSocket: reads a request's head and hands the socket on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from http import HTTPStatus

from sync.relay.api.problems import raw_problem
from sync.relay.census import Census
from sync.relay.listening import Listening

HEAD_BYTES = 16 * 1024
"""Bytes of a request's head."""
HEAD_SECONDS = 10.0
"""Seconds that a peer has to send it."""


class FrontDoor(asyncio.Protocol):
    """Becomes the WebSocket shell or the HTTP server once it knows which is wanted."""

    def __init__(
        self,
        listening: Listening,
        census: Census,
        websocket: Callable[[str], asyncio.Protocol | None],
        http: Callable[[str], asyncio.Protocol | None],
    ) -> None:
        """`websocket` and `http` get the client's address, and return None if there is no room."""
        self._listening = listening
        self._census = census
        self._websocket = websocket
        self._http = http
        self._peer = ""
        self._head = bytearray()
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for the head, not for ever, and not with ever so many."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        peer = transport.get_extra_info("peername") or ("",)
        self._peer = str(peer[0])
        is_proxy = self._listening.proxies.trusts(self._peer)
        if not self._listening.admits(self._peer) or not self._census.come_to_the_door(
            self._peer, is_proxy=is_proxy
        ):
            transport.abort()
            return
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(HEAD_SECONDS, transport.abort)

    def connection_lost(self, _: Exception | None) -> None:
        """Nobody came in."""
        self._wait_no_longer()

    def _wait_no_longer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            self._census.leave_the_door(self._peer)

    def data_received(self, data: bytes) -> None:
        """Collect the head; then step aside."""
        if self._transport is None or self._transport.is_closing():
            return
        self._head += data
        end = self._head.find(b"\r\n\r\n")
        if end < 0:
            if len(self._head) > HEAD_BYTES:
                self._refuse(
                    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
                    f"The request's head is too large: {HEAD_BYTES:,} bytes are allowed.",
                )
            return
        self._wait_no_longer()
        headers = _headers(bytes(self._head[:end]))
        forwarded = headers.get(b"x-forwarded-for")
        place = self._listening.proxies.place(
            self._peer, None if forwarded is None else forwarded.decode("latin-1")
        )
        is_websocket = b"websocket" in headers.get(b"upgrade", b"").lower()  # RFC 6455, section 4.1
        inner = self._websocket(place) if is_websocket else self._http(place)
        if inner is None:
            self._refuse(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "The relay has no room for another connection. Try again soon.",
                "Retry-After: 5\r\n",
            )
            return
        self._transport.set_protocol(inner)
        inner.connection_made(self._transport)
        inner.data_received(bytes(self._head))

    def _refuse(self, status: HTTPStatus, detail: str, headers: str = "") -> None:
        assert self._transport is not None
        self._transport.write(raw_problem(status, detail, headers))
        self._transport.close()


def _headers(head: bytes) -> dict[bytes, bytes]:
    """Return the headers by lower-case name; those that come twice joined by a comma."""
    found: dict[bytes, bytes] = {}
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        key = name.strip().lower()
        found[key] = found[key] + b"," + value.strip() if key in found else value.strip()
    return found
