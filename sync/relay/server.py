"""Puts the relay together and serves until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import random
import signal
import socket
from pathlib import Path
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from sync.errors import AdministrationError
from sync.protocol import close_codes, notices
from sync.protocol import messages as m
from sync.relay.api import make_api
from sync.relay.auth import Auth
from sync.relay.connection import Connection
from sync.relay.front_door import FrontDoor
from sync.relay.rooms import Rooms
from sync.relay.storage.sqlite import SqliteStorage

REVISION_SECONDS = 0.5
"""How often it is looked whether somebody's rights have changed, in any process."""
UNLOAD_SECONDS = 10.0
SPREAD_SECONDS = 3.0
"""Clients of a relay that stops come back spread over this time."""
DRAIN_SECONDS = 5.0
"""Seconds that open sockets have to close."""


class Relay:
    """Everything that one serving process holds. Belongs to its event loop."""

    def __init__(self, data_dir: Path) -> None:
        """Open the storage. Raises `NewerSchema` or `AdministrationError`."""
        self.loop = asyncio.get_running_loop()
        self.storage = SqliteStorage(data_dir, self._settled)
        self.accounts = self.storage.accounts
        self.auth = Auth(self.accounts)
        self.rooms = Rooms(self.storage.log)
        self.connections: set[Connection] = set()
        self.draining = False
        self._empty = asyncio.Event()
        self._revision = self.accounts.revision()
        config = Config(
            make_api(self.auth, self.accounts),
            lifespan="off",
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_keep_alive=15,
        )
        config.load()
        state = ServerState()
        self._http = lambda: H11Protocol(config, state, {}, self.loop)

    def accept(self) -> asyncio.Protocol:
        """Return the protocol for a new socket."""
        return FrontDoor(lambda: Connection(self), self._http)

    def _settled(self, results: list[tuple[Any, str | None]]) -> None:
        """Called on the log's thread: what became of each update of a commit."""
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self.loop.call_soon_threadsafe(self._settle, results)

    def _settle(self, results: list[tuple[Any, str | None]]) -> None:
        for (connection, address, ticket), reason in results:
            connection.settle(address, ticket, reason)

    async def watch(self) -> None:
        """Follow changes of rights, and unload what nobody uses."""
        unloaded = self.loop.time()
        while True:
            await asyncio.sleep(REVISION_SECONDS)
            with contextlib.suppress(AdministrationError):
                revision = self.accounts.revision()
                if revision != self._revision:
                    self._revision = revision
                    for connection in list(self.connections):
                        connection.recheck()
            if self.loop.time() - unloaded > UNLOAD_SECONDS:
                unloaded = self.loop.time()
                self.rooms.unload_idle(unloaded)

    async def drain(self) -> None:
        """Send everybody away, spread out, and settle what was received."""
        self.draining = True
        for connection in list(self.connections):
            wait = random.uniform(0.2, SPREAD_SECONDS)  # noqa: S311
            notice = m.Stateless(notices.write_notice(notices.RETRY_AFTER, seconds=round(wait, 2)))
            for address in connection.opened:
                connection.send(address, notice)
                break
            connection.close(close_codes.GOING_AWAY)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                await self._all_gone()
        await asyncio.to_thread(self.storage.close)

    async def _all_gone(self) -> None:
        if self.connections:
            self._empty.clear()
            await self._empty.wait()

    def forget(self, connection: Connection) -> None:
        """A socket is closed."""
        self.connections.discard(connection)
        if not self.connections:
            self._empty.set()


def parse_listen(text: str) -> tuple[str, int]:
    """Return host and port of ``HOST:PORT``. Raises `AdministrationError`."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:
        raise AdministrationError(f"{text!r} is no address; write HOST:PORT, as in 127.0.0.1:8100.")
    return host.strip("[]"), int(port)


def is_loopback(host: str) -> bool:
    """Whether nobody outside this machine can connect to `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


async def serve(data_dir: Path, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT. Raises `AdministrationError`."""
    relay = Relay(data_dir)
    try:
        server = await relay.loop.create_server(relay.accept, host, port, backlog=1024)
    except OSError as error:
        relay.storage.close()
        reason = (error.strerror or str(error)).lower()
        raise AdministrationError(f"Cannot listen on {host}:{port}: {reason}.") from None
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        relay.loop.add_signal_handler(number, stopped.set)
    bound = server.sockets[0].getsockname()
    shown = f"[{host}]" if server.sockets[0].family == socket.AF_INET6 else host
    print(f"listening on ws://{shown}:{bound[1]}", flush=True)  # noqa: T201
    watching = asyncio.create_task(relay.watch())
    await stopped.wait()
    server.close()
    watching.cancel()
    await relay.drain()
