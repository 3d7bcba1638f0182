"""One address for HTTP and WebSocket: reads a request's head and hands the socket on.

Here is all of a WebSocket's handshake: the head is read once, and judged by the library.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from http import HTTPStatus

from websockets.datastructures import Headers
from websockets.exceptions import InvalidHeader
from websockets.http11 import Request
from websockets.server import ServerProtocol

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
        doorman: ServerProtocol,
        websocket: Callable[[str], asyncio.Protocol | None],
        http: Callable[[str], asyncio.Protocol | None],
    ) -> None:
        """`websocket` and `http` get the client's address, and return None if there is no room.

        `doorman` says who may have a WebSocket; one does for all.
        """
        self._listening = listening
        self._census = census
        self._doorman = doorman
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
        try:
            request = _request(self._head[:end].decode("latin-1"))
        except (ValueError, InvalidHeader):
            self._refuse(HTTPStatus.BAD_REQUEST, "That is no HTTP request.")
            return
        forwarded = request.headers.get_all("X-Forwarded-For")
        place = self._listening.proxies.place(self._peer, ",".join(forwarded) or None)
        if any("websocket" in value.lower() for value in request.headers.get_all("Upgrade")):
            self._shake_hands(request, place, bytes(self._head[end + 4 :]))
        elif (inner := self._http(place)) is not None:
            self._let_in(inner, bytes(self._head))
        else:
            self._refuse_for_room()

    def _shake_hands(self, request: Request, place: str, rest: bytes) -> None:
        """Answer who wants a WebSocket (RFC 6455, section 4.2); `rest` came behind the head."""
        assert self._transport is not None
        response = self._doorman.accept(request)
        if response.status_code != HTTPStatus.SWITCHING_PROTOCOLS:
            self._transport.write(response.serialize())
            self._transport.close()
        elif (inner := self._websocket(place)) is not None:
            self._transport.write(response.serialize())
            self._let_in(inner, rest)
        else:
            self._refuse_for_room()

    def _let_in(self, inner: asyncio.Protocol, data: bytes) -> None:
        assert self._transport is not None
        self._transport.set_protocol(inner)
        inner.connection_made(self._transport)
        if data:
            inner.data_received(data)

    def _refuse_for_room(self) -> None:
        self._refuse(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "The relay has no room for another connection. Try again soon.",
            "Retry-After: 5\r\n",
        )

    def _refuse(self, status: HTTPStatus, detail: str, headers: str = "") -> None:
        assert self._transport is not None
        self._transport.write(raw_problem(status, detail, headers))
        self._transport.close()


def _request(head: str) -> Request:
    """Return what a head asks for. Raises `ValueError` or `InvalidHeader` if it is none."""
    first, *lines = head.split("\r\n")
    method, path, protocol = first.split(" ")
    headers = Headers()
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or name != name.strip():
            raise ValueError
        headers[name] = value.strip()
    return Request(path, headers, method, protocol)
