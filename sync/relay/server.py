"""Puts the relay together and serves until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import random
import signal
import socket
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Thread
from typing import TypeVar

from uvicorn.config import Config
from uvicorn.server import ServerState
from websockets.server import ServerProtocol
from websockets.typing import Origin

from sync import __version__
from sync.errors import AdministrationError
from sync.protocol import close_codes
from sync.relay.api.app import make_api
from sync.relay.api.dependencies import Context
from sync.relay.api.http import HttpConnection
from sync.relay.attachments import AttachmentFiles
from sync.relay.auth import Auth
from sync.relay.bus.opening import Cluster, open_bus
from sync.relay.census import Census
from sync.relay.connection import Connection
from sync.relay.exclusive import only_one
from sync.relay.front_door import FrontDoor
from sync.relay.listening import TLS_HANDSHAKE_SECONDS, Listening
from sync.relay.metrics import Metrics
from sync.relay.neighbours import Neighbours
from sync.relay.opened import Opened
from sync.relay.outside import Outside
from sync.relay.refusals import Refusals
from sync.relay.rooms import Room, Rooms, Ticket
from sync.relay.settings import DEFAULTS, Settings
from sync.relay.storage.base import Settlement
from sync.relay.storage.opening import Place
from sync.relay.turns import Turns
from sync.threads import THREADS, Threads

T = TypeVar("T")

log = logging.getLogger(__name__)

TICK_SECONDS = 0.5
"""How often deadlines are looked at, and whether anybody's rights have changed, in any process."""
ASKED_AT_ONCE = 4
"""Questions to a storage that is elsewhere: who somebody is, and what they may do."""
PROBE_SECONDS = 1.0
"""Seconds until a disk that failed is tried again, doubled each time."""
MAX_PROBE_SECONDS = 30.0
UNLOAD_SECONDS = 10.0
GOODBYE_SECONDS = 5.0
"""Seconds beyond the spread that open sockets have to close when the relay stops."""
MOVE_SECONDS = 0.5
"""Seconds at most that a client of a node that drains is to wait before it goes to another."""
ACCEPTED_AT_A_TIME = 3
"""Sockets; each takes a quarter of a millisecond from everybody else."""
BACKLOG = 1024
"""Sockets that may wait to be accepted; the system may allow fewer."""
SWITCH_SECONDS = 0.001
"""How long another thread may keep the event loop waiting for the interpreter; Python's is 5 ms."""
COLLECTING = (1_000, 2, 50)
"""New objects after which Python looks for garbage among them, how often until it looks at those
that were left, too, and how often that until at all (`gc.set_threshold`).

Its 700 cost a tenth of a busy relay's time. Its 10 in the middle make that 20,000 objects in
one go when many come at once: 8 ms, in which nobody is served.
"""


class Relay:
    """Everything that one serving process holds. Belongs to its event loop."""

    def __init__(
        self,
        data_dir: Path,
        settings: Settings = DEFAULTS,
        listening: Listening | None = None,
        threads: Threads = THREADS,
        place: Place | None = None,
        cluster: Cluster | None = None,
    ) -> None:
        """Open the storage at `place`, in `data_dir` if there is none, there as one of a `cluster`.

        Raises `NewerSchema` or `AdministrationError`.
        """
        self.loop = asyncio.get_running_loop()
        self.settings = settings
        self.protocol_limits = settings.protocol_limits
        self._listening = listening or Listening()
        # No extension is offered: what is compressed may be a bomb.
        self._doorman = ServerProtocol(origins=[None, *map(Origin, self._listening.origins)])
        self.metrics = Metrics()
        committed = self.metrics.commit_seconds.observe
        place = place or Place(data_dir)
        self.storage = place.open(self._settled, settings, committed, threads)
        self.accounts = self.storage.accounts
        self.auth = Auth(self.accounts)
        self.neighbours = None if cluster is None else self._meet(cluster)
        self.rooms = Rooms(self.storage.log, settings, self.neighbours)
        self._asking = ThreadPoolExecutor(ASKED_AT_ONCE, "relay-rights")
        self.connections: set[Connection] = set()
        self.turns = Turns()
        self.census = Census(settings)
        self.refusals = Refusals()
        self.draining = False
        self.stopped = asyncio.Event()
        """Set when it is to drain."""
        self._empty = asyncio.Event()
        self._revision = self.accounts.revision()
        self._failing = False
        """Whether the disk did not take an update, and has not been seen to work since."""
        self._probe = PROBE_SECONDS
        self._probe_at = 0.0
        self._add_gauges()
        files = AttachmentFiles(data_dir, self.storage.attachments)
        files.clear()
        config = Config(
            Outside(
                make_api(Context(self.auth, self.accounts, files, settings)),
                proxies=self._listening.proxies,
                origins=self._listening.origins,
                metrics=self.metrics,
                metrics_from=self._listening.metrics_from,
                trouble=self._trouble,
            ),
            lifespan="off",
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=False,  # `Outside` knows better whom to believe
            timeout_keep_alive=15,
            ws="none",  # the front door's, which counts them
        )
        config.load()
        self._http_config = config
        self._http_state = ServerState()

    def _meet(self, cluster: Cluster) -> Neighbours:
        counters = self.metrics.counters
        bus = open_bus(cluster.bus, counters)
        neighbours = Neighbours(
            cluster.node, bus, self.storage.log, counters, self._drain_asked, self._send_to_sync
        )
        neighbours.start()
        self.metrics.gauge(
            "bus_up", "1 if other nodes hear this one", lambda: int(neighbours.bus_works)
        )
        return neighbours

    def _drain_asked(self) -> int:
        log.info("An administrator wants this node drained")
        self.stopped.set()
        return len(self.connections)

    def _add_gauges(self) -> None:
        add = self.metrics.gauge
        add("connections", "Open WebSockets", lambda: len(self.connections))
        add("strangers", "Of them without a token", lambda: self.census.stranger_count)
        add("http_connections", "Open sockets of the HTTP interface", lambda: self.census.http)
        add("users", "People with an open WebSocket", lambda: len(self.census.users))
        add("turned_away", "Sockets for which there was no room", self._turned_away)
        add("encodings", "Document states made for joins", lambda: self.rooms.encodings)
        add("decoders_started", "Processes that decoded documents", lambda: self.rooms.decoder_life)
        add("rooms", "Documents in memory or in use", lambda: len(self.rooms))
        add("ready", "1 if new clients are welcome", lambda: int(self._trouble() is None))

    def _turned_away(self) -> int:
        return self.census.turned_away

    def _trouble(self) -> str | None:
        if self.draining:
            return "The relay is about to stop."
        return "The relay's disk does not work." if self._failing else None

    @property
    def crowd_seconds(self) -> float:
        """Over how long all who are here are to come back if they lose this relay at once."""
        return len(self.connections) / self.settings.returns_per_second

    def accept(self) -> asyncio.Protocol:
        """Return the protocol for a new socket."""
        return FrontDoor(self._listening, self.census, self._doorman, self._welcome, self._http)

    def _http(self, place: str) -> asyncio.Protocol | None:
        if not self.census.admit_http(place):
            return None
        gone = partial(self.census.http_gone, place)
        return HttpConnection(self._http_config, self._http_state, self.loop, gone, self.accept)

    def _welcome(self, place: str) -> asyncio.Protocol | None:
        if self.draining or not self.census.admit(place):
            return None
        return Connection(self, place)

    def ask(self, question: Callable[[], T], answer: Callable[[Future[T]], object]) -> None:
        """Have something blocking done on a thread; `answer` is called on the loop, if that runs.

        For the storage's answers that are not at hand.
        """

        def answered(future: Future[T]) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
                self.loop.call_soon_threadsafe(answer, future)

        with contextlib.suppress(RuntimeError):  # this is stopping: nobody is let in any more
            self._asking.submit(question).add_done_callback(answered)

    def _settled(self, results: list[Settlement]) -> None:
        """Called on the log's thread: what became of each update of a commit."""
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self.loop.call_soon_threadsafe(self._settle, results)

    def _settle(self, results: list[Settlement]) -> None:
        ticket: Ticket
        failed = None
        for ticket, reason, sequence in results:
            ticket.room.settled(ticket, reason, sequence)
            failed = failed or reason
        if failed is not None:
            self.metrics.counters.disk_failures += 1
            if not self._failing:
                log.error("The disk does not take updates", extra={"reason": failed})
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
                await self._follow_rights()
            except AdministrationError as error:
                log.error("Cannot see whether rights have changed", extra={"reason": str(error)})
            self._tick(now, wall)
            self.refusals.tick(now)
            if self.neighbours is not None:
                self.neighbours.tick(now)
            if self._failing and now > self._probe_at:
                await self._try_the_disk()
            if now - unloaded > UNLOAD_SECONDS:
                unloaded = now
                self.rooms.unload_idle(now)

    def _tick(self, now: float, wall: float) -> None:
        # Not in `watch`, whose variables would keep the last connection until another comes.
        for connection in list(self.connections):
            connection.tick(now, wall)

    async def _follow_rights(self) -> None:
        revision = await asyncio.to_thread(self.accounts.revision)
        if revision != self._revision:
            await asyncio.to_thread(self.auth.reload_keys)
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
        log.warning("The disk works again")
        for room in self.rooms:
            self._send_to_sync(room)

    def _send_to_sync(self, room: Room) -> None:
        """Hang up on those who must sync again."""
        for connection in {
            opened.connection for opened in room.outdated() if isinstance(opened, Opened)
        }:
            connection.close(close_codes.RESET_CONNECTION)

    async def drain(self) -> None:
        """Send everybody away, one after the other, and settle what was received."""
        self.draining = True
        spread = self.settings.drain_seconds
        leaving = list(self.connections)
        if self.neighbours is None:
            back = max(spread, self.crowd_seconds, 0.2)
        else:  # the others are there: they come as soon as they go
            spread, back = max(spread, self.crowd_seconds), MOVE_SECONDS
        random.shuffle(leaving)
        log.info("Stopping", extra={"connections": len(leaving), "seconds": spread})
        for number, connection in enumerate(leaving):
            # They come back no faster than they go, whatever they do by themselves.
            wait = random.uniform(0.2, back)  # noqa: S311
            self.loop.call_later(spread * number / len(leaving), connection.retire, wait)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(spread + GOODBYE_SECONDS):
                await self._all_gone()
        await self.end()

    async def end(self) -> None:
        """Settle what was received, tell it to the other nodes, and let go of everything."""
        await asyncio.to_thread(self.close)
        if self.neighbours is not None:
            await self.neighbours.close()

    def close(self) -> None:
        """Settle what was received, and let go of the files."""
        self.refusals.tick(self.loop.time(), 0.0)
        self._asking.shutdown(cancel_futures=True)
        self.rooms.close()
        self.storage.close()

    async def _all_gone(self) -> None:
        while self.connections:
            self._empty.clear()
            await self._empty.wait()

    def forget(self, connection: Connection) -> None:
        """A socket is closed."""
        self.connections.discard(connection)
        self.census.gone(connection.place, connection.user_id)
        if not self.connections:
            self._empty.set()


def let_queue(server: asyncio.Server) -> None:
    """Let more sockets wait than are accepted in one tick, which asyncio knows one number for."""
    for listener in server.sockets:
        with listener.dup() as same:
            same.listen(BACKLOG)


async def serve(
    data_dir: Path,
    listening: Listening,
    settings: Settings = DEFAULTS,
    leash: int | None = None,
    place: Place | None = None,
    cluster: Cluster | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT, or until `leash` ends; SIGHUP reads the certificate again.

    A leash is a file descriptor: who holds its other end takes the relay along, even if killed.
    Raises `NewerSchema` or `AdministrationError`.
    """
    listening.check()
    tls = listening.tls()
    sys.setswitchinterval(SWITCH_SECONDS)
    with only_one(data_dir):
        relay = Relay(data_dir, settings, listening, place=place, cluster=cluster)
        gc.freeze()  # the program itself is no garbage
        gc.set_threshold(*COLLECTING)
        # With two families, port 0 would give each a port of its own.
        one_family = listening.host == "localhost" and listening.port == 0
        try:
            server = await relay.loop.create_server(
                relay.accept,
                listening.host,
                listening.port,
                family=socket.AF_INET if one_family else socket.AF_UNSPEC,
                backlog=ACCEPTED_AT_A_TIME,
                ssl=tls,
                ssl_handshake_timeout=TLS_HANDSHAKE_SECONDS if tls else None,
            )
        except OSError as error:
            await relay.end()
            reason = (error.strerror or str(error)).lower()
            raise AdministrationError(
                f"Cannot listen on {listening.host}:{listening.port}: {reason}."
            ) from None
        let_queue(server)

        def renew() -> None:
            if tls is not None:
                try:
                    listening.load_certificate(tls)
                except AdministrationError as error:
                    log.error("Kept the old certificate", extra={"reason": str(error)})
                else:
                    log.info("Read the certificate again")

        # Not the loop's handlers: closing, it would put the defaults back, and who asks again while
        # the interpreter winds up would turn a clean end into a death. Once is enough.
        asked = (signal.SIGTERM, signal.SIGINT)

        def stop(*_: object) -> None:
            for number in asked:
                signal.signal(number, signal.SIG_IGN)
            relay.loop.call_soon_threadsafe(relay.stopped.set)

        for number in asked:
            signal.signal(number, stop)
        relay.loop.add_signal_handler(signal.SIGHUP, renew)
        if leash is not None:
            end = partial(relay.loop.call_soon_threadsafe, stop)
            Thread(target=_hold, args=(leash, end), name="leash", daemon=True).start()
        port = server.sockets[0].getsockname()[1]
        shown = f"[{listening.host}]" if ":" in listening.host else listening.host
        print(f"listening on {'wss' if tls else 'ws'}://{shown}:{port}", flush=True)  # noqa: T201
        node = {} if cluster is None else {"node": cluster.node}
        log.info("Serving", extra={"version": __version__, "port": port, **node})
        watching = asyncio.create_task(relay.watch())
        await relay.stopped.wait()
        server.close()
        watching.cancel()
        await relay.drain()
        log.info("Stopped")


def _hold(leash: int, end: Callable[[], object]) -> None:
    """Wait for the end of a leash, on a thread of its own."""
    with contextlib.suppress(OSError):
        while os.read(leash, 1024):
            pass
    with contextlib.suppress(RuntimeError):  # the loop is closed: something else was quicker
        end()
