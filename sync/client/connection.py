"""One WebSocket: the shell around `ClientProtocol`, with its deadlines."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import NoReturn

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI

from sync import __version__
from sync.client.address import RelayAddress, unreachable
from sync.client.waking import SleepWatch
from sync.errors import ConnectionLost, ProtocolError, RelayUnreachable
from sync.foreground import FOREGROUND
from sync.phrases import phrase
from sync.protocol import close_codes
from sync.protocol.client import ClientProtocol, Event
from sync.protocol.messages import MAX_RELAY_FRAME

OPEN_DEADLINE = 10.0
"""Seconds for everything up to an open WebSocket."""

CLOSE_DEADLINE = 1.0
"""Seconds that a closing handshake may take: the window must not wait for a dead relay."""

PING_INTERVAL = 10.0
"""Seconds between our pings."""

AWAKE_DEADLINE = 5.0
"""Seconds that the relay has to answer when the machine has slept."""

DEAD_AFTER = 30.0
"""Seconds of silence after which the relay counts as dead."""


def _explain(code: int) -> str:
    """Return what a close code means, in words that follow "The connection … ended: "."""
    match code:
        case close_codes.NORMAL:
            return phrase("it closed the connection")
        case close_codes.GOING_AWAY:
            return phrase("it is restarting")
        case close_codes.TRY_AGAIN_LATER:
            return phrase("it is busy")
        case close_codes.RESET_CONNECTION:
            return phrase("it asked for a fresh connection")
        case close_codes.UNAUTHORIZED:
            return phrase("it no longer accepts the sign-in")
        case close_codes.FORBIDDEN:
            return phrase("your role in a document has changed")
    name = close_codes.NAMES.get(code, str(code))
    return phrase("it closed the connection ({code})", code=name)


async def open_socket(relay: RelayAddress) -> ClientConnection:
    """Return an open WebSocket. Raises `RelayUnreachable`."""
    try:
        return await connect(
            relay.url,
            compression=None,  # updates are small and many: it would cost more than it saves
            max_size=MAX_RELAY_FRAME,
            open_timeout=OPEN_DEADLINE,
            close_timeout=CLOSE_DEADLINE,
            ping_interval=None,  # the protocol has its own, which passes through every proxy
            proxy=None if relay.is_loopback else True,
            user_agent_header=f"Inkstand/{__version__}",
        )
    except InvalidStatus as error:
        detail = phrase("it answered with status {code}", code=str(error.response.status_code))
        raise RelayUnreachable(relay.url, detail) from None
    except (InvalidHandshake, InvalidURI, OSError, EOFError) as error:
        # What lies below a broken handshake says more: the other end hung up, mostly.
        cause = error.__cause__ if isinstance(error.__cause__, EOFError | OSError) else error
        raise unreachable(relay, cause) from None


class Connection:
    """Moves messages between an open WebSocket and a `ClientProtocol`.

    `on_event` is called for each event, in order; what it makes the protocol
    queue is sent afterwards. Belongs to one event loop.
    """

    def __init__(
        self,
        websocket: ClientConnection,
        relay: RelayAddress,
        protocol: ClientProtocol,
        on_event: Callable[[Event], None],
    ) -> None:
        self._websocket = websocket
        self._relay = relay
        self._protocol = protocol
        self._on_event = on_event
        self._to_send = asyncio.Event()
        self._failed: asyncio.Future[NoReturn] = asyncio.get_running_loop().create_future()
        self._heard_at = 0.0

    def flush(self) -> None:
        """Send what the protocol has queued, soon."""
        self._to_send.set()

    def fail(self, error: BaseException) -> None:
        """Make `run` close the WebSocket and raise `error`; only the first counts."""
        if not self._failed.done():
            self._failed.set_exception(error)

    async def run(self) -> NoReturn:
        """Serve until the connection ends, and say why.

        Raises `ConnectionLost`, `ProtocolError` for a relay that breaks the
        protocol, or what was given to `fail`.
        """
        self._heard_at = asyncio.get_running_loop().time()
        tasks = [
            asyncio.ensure_future(work)
            for work in (self._receive(), self._send(), self._watch(), self._failed)
        ]
        code = close_codes.NORMAL
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            raise AssertionError("one of them has failed")
        except ConnectionClosed as error:
            raise self._lost(error) from None
        except ProtocolError as error:
            code = error.code
            raise
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._websocket.close(code)

    async def _receive(self) -> NoReturn:
        loop = asyncio.get_running_loop()
        while True:
            message = await self._websocket.recv()
            FOREGROUND.give_way()
            self._heard_at = loop.time()
            if isinstance(message, str):
                raise ProtocolError(close_codes.UNSUPPORTED_DATA, "the relay sent text, not bytes")
            for event in self._protocol.receive(message):
                self._on_event(event)
            self._to_send.set()

    async def _send(self) -> NoReturn:
        while True:
            await self._to_send.wait()
            self._to_send.clear()
            for message in self._protocol.data_to_send():
                await self._websocket.send(message)

    async def _watch(self) -> NoReturn:
        """Ask whether the relay is alive, and give it up after a silence."""
        loop = asyncio.get_running_loop()
        sleep = SleepWatch()
        while True:
            if sleep.slept():  # then the relay has most likely given us up
                self._heard_at = min(self._heard_at, loop.time() - DEAD_AFTER + AWAKE_DEADLINE)
            self._protocol.ping()
            self._to_send.set()
            await asyncio.sleep(min(PING_INTERVAL, self._heard_at + DEAD_AFTER - loop.time()))
            if loop.time() - self._heard_at >= DEAD_AFTER:
                detail = phrase(
                    "nothing was heard from it for {seconds} s", seconds=round(DEAD_AFTER)
                )
                raise ConnectionLost(self._relay.url, detail, None)

    def _lost(self, error: ConnectionClosed) -> ConnectionLost:
        code = None if error.rcvd is None else error.rcvd.code
        detail = phrase("it broke off") if code is None else _explain(code)
        # The far end's system says that nobody is there; a network of one's own that has gone
        # has other words for it (ENETUNREACH, ETIMEDOUT), or none at all.
        gone = code is None and isinstance(error.__cause__, EOFError | ConnectionResetError | None)
        return ConnectionLost(self._relay.url, detail, code, relay_is_gone=gone)
