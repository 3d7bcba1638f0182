"""The HTTP server's side of a socket, which ends when too little moves on it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from sync.relay.api.problems import raw_problem

if TYPE_CHECKING:
    import h11

HTTP_SECONDS = 60.0
"""Seconds that one HTTP request may take, unless enough moves in it."""
BYTES_PER_SECOND = 32 * 1024
"""What must move in a request that takes longer than `HTTP_SECONDS`."""

_NO_HTTP = raw_problem(HTTPStatus.BAD_REQUEST, "That is no HTTP request.")


class HttpConnection(H11Protocol):
    """Gives a request `HTTP_SECONDS`, and a second more for each `BYTES_PER_SECOND` of bodies.

    The time runs from the connection's begin or the answer before. Only what an
    answer or an accepted request moves counts (`api.envelope`): a stranger who
    sends a byte now and then gets nothing more, and who uploads a large file
    over a slow line gets the time that it takes.
    """

    def __init__(
        self,
        config: Config,
        state: ServerState,
        loop: asyncio.AbstractEventLoop,
        gone: Callable[[], None],
        front_door: Callable[[], asyncio.Protocol],
    ) -> None:
        """Call `gone` when the socket is closed, or given back to a `front_door`."""
        super().__init__(config, state, {"moved": self._moved}, loop)
        self._gone = gone
        self._front_door = front_door
        self._ends = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Begin to count the time."""
        super().connection_made(transport)
        self._ends = self.loop.time() + HTTP_SECONDS
        self._timer = self.loop.call_at(self._ends, self._end)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop."""
        self._leave()
        super().connection_lost(exc)

    def _leave(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._gone()

    def on_response_complete(self) -> None:
        """Give the next request its own time."""
        self._ends = self.loop.time() + HTTP_SECONDS
        super().on_response_complete()

    def _moved(self, size: int) -> None:
        self._ends += size / BYTES_PER_SECOND

    def _end(self) -> None:
        if self.loop.time() < self._ends:
            self._timer = self.loop.call_at(self._ends, self._end)
        else:
            self.transport.abort()

    def send_400_response(self, _: str) -> None:
        """Refuse what is no HTTP, in the shape of all our errors."""
        self.transport.write(_NO_HTTP)
        self.transport.close()

    def _unsupported_upgrade_warning(self) -> None:
        """Who asks for anything else is answered without it (RFC 9110, section 7.8)."""

    def _should_upgrade_to_ws(self) -> bool:
        return True

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Have a later request for a WebSocket looked at like a first one.

        A proxy that keeps its connections open sends one person's on another's.
        """
        self._leave()
        self.connections.discard(self)
        head = [b"%b %b HTTP/1.1" % (event.method, event.target)]
        head += [b"%b: %b" % (name, value) for name, value in event.headers]
        door = self._front_door()
        self.transport.set_protocol(door)
        door.connection_made(self.transport)
        door.data_received(b"\r\n".join(head) + b"\r\n\r\n" + self.conn.trailing_data[0])
