"""Puts the relay together and serves until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
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
from sync.relay.opened import Opened
from sync.relay.rooms import Rooms, Ticket
from sync.relay.settings import DEFAULTS, Settings
from sync.relay.storage.sqlite.schema import cannot_write
from sync.relay.storage.sqlite.storage import SqliteStorage

log = logging.getLogger(__name__)

TICK_SECONDS = 0.5
"""How often deadlines are looked at, and whether anybody's rights have changed, in any process."""
PROBE_SECONDS = 1.0
"""Seconds until a disk that failed is tried again, doubled each time."""
MAX_PROBE_SECONDS = 30.0
UNLOAD_SECONDS = 10.0
SPREAD_SECONDS = 3.0
"""Clients of a relay that stops come back spread over this time."""
DRAIN_SECONDS = 5.0
"""Seconds that open sockets have to close."""


class Relay:
    """Everything that one serving process holds. Belongs to its event loop."""

    def __init__(self, data_dir: Path, settings: Settings = DEFAULTS) -> None:
        """Open the storage. Raises `NewerSchema` or `AdministrationError`."""
        self.loop = asyncio.get_running_loop()
        self.settings = settings
        self.storage = SqliteStorage(data_dir, self._settled)
        self.accounts = self.storage.accounts
        self.auth = Auth(self.accounts)
        self.rooms = Rooms(self.storage.log, settings)
        self.connections: set[Connection] = set()
        self.draining = False
        self._empty = asyncio.Event()
        self._revision = self.accounts.revision()
        self._failing = False
        """Whether the disk did not take an update, and has not been seen to work since."""
        self._probe = PROBE_SECONDS
        self._probe_at = 0.0
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
        ticket: Ticket
        for ticket, reason in results:
            ticket.room.settled(ticket, reason)
            if reason is not None and not self._failing:
                self._failing = True
                self._probe = PROBE_SECONDS
                self._probe_at = self.loop.time() + self._probe

    async def watch(self) -> None:
        """Follow changes of rights, deadlines and the disk; unload what nobody uses."""
        unloaded = self.loop.time()
        while True:
            await asyncio.sleep(TICK_SECONDS)
            now, wall = self.loop.time(), time.time()
            try:
                self._follow_rights()
            except AdministrationError as error:
                log.error("Cannot see whether rights have changed: %s", error)
            for connection in list(self.connections):
                connection.tick(now, wall)
            if self._failing and now > self._probe_at:
                await self._try_the_disk()
            if now - unloaded > UNLOAD_SECONDS:
                unloaded = now
                self.rooms.unload_idle(now)

    def _follow_rights(self) -> None:
        revision = self.accounts.revision()
        if revision != self._revision:
            for connection in list(self.connections):
                connection.recheck()
            self._revision = revision

    async def _try_the_disk(self) -> None:
        """Send those whose changes were refused to sync again, once writing works."""
        self._failing = not await asyncio.to_thread(self.storage.log.probe)
        if self._failing:
            self._probe = min(2 * self._probe, MAX_PROBE_SECONDS)
            self._probe_at = self.loop.time() + self._probe
            return
        log.warning("The disk works again.")
        for connection in {
            opened.connection for opened in self.rooms.outdated() if isinstance(opened, Opened)
        }:
            connection.close(close_codes.RESET_CONNECTION)

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
        await asyncio.to_thread(self.close)

    def close(self) -> None:
        """Settle what was received, and let go of the files."""
        self.rooms.close()
        self.storage.close()

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


async def serve(data_dir: Path, host: str, port: int, settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT. Raises `NewerSchema` or `AdministrationError`."""
    with _only_one(data_dir):
        relay = Relay(data_dir, settings)
        # With two families, port 0 would give each a port of its own.
        family = socket.AF_INET if host == "localhost" and port == 0 else socket.AF_UNSPEC
        try:
            server = await relay.loop.create_server(
                relay.accept, host, port, family=family, backlog=1024
            )
        except OSError as error:
            relay.close()
            reason = (error.strerror or str(error)).lower()
            raise AdministrationError(f"Cannot listen on {host}:{port}: {reason}.") from None
        stopped = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            relay.loop.add_signal_handler(number, stopped.set)
        bound = server.sockets[0].getsockname()
        shown = f"[{host}]" if ":" in host else host
        print(f"listening on ws://{shown}:{bound[1]}", flush=True)  # noqa: T201
        watching = asyncio.create_task(relay.watch())
        await stopped.wait()
        server.close()
        watching.cancel()
        await relay.drain()


@contextlib.contextmanager
def _only_one(data_dir: Path) -> Iterator[None]:
    """Keep other relays from the data directory: two would number one log twice."""
    lock = FileLock(data_dir / "relay.lock", mode=0o600)
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout:
        raise AdministrationError(
            f"Another relay serves {data_dir} already. Stop it, or choose another folder."
        ) from None
    except OSError as error:
        raise cannot_write(data_dir, error) from None
    try:
        yield
    finally:
        lock.release()
