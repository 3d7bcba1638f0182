"""The bus on Redis Streams: one stream a partition of documents, and one about the nodes.

Each node reads all of the streams in which it has open documents, from where they ended when
it began: there are no consumer groups, for everybody is to hear everything. Streams are cut
at `MOST_ENTRIES`; whoever is further behind than that reads the log.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import uuid
import zlib
from collections import Counter
from collections.abc import Callable
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from sync.errors import AdministrationError
from sync.relay.bus.base import Draining, DrainWanted, Listener, Message
from sync.relay.bus.entries import LONGEST_ENTRY, Malformed, decode, encode
from sync.types import DocumentId

PARTITIONS = 16
"""The same on every node, or they would not hear each other."""

MOST_ENTRIES = 4_096
"""In one stream, about: with the longest ordinary entries, 64 MiB of Redis' memory each."""

MOST_WAITING = 4 * 1024 * 1024
"""Bytes that wait to be told; beyond it they are thrown away, and others read the log."""

BLOCK_SECONDS = 1.0
"""That Redis may wait for news before it answers that there are none."""

ANSWER_SECONDS = 3.0
"""After which a Redis that does not answer is taken for dead."""

FIRST_RETRY, LAST_RETRY = 0.1, 2.0
"""Seconds until a Redis that is away is tried again: doubled each time, less up to half of it."""

ENTRIES_AT_ONCE = 100
"""Of one stream: nobody's keystroke is to wait for more of them."""

READ_EVERY = 0.002
"""Seconds between two reads: in a busy cluster one brings what was told meanwhile.

Each costs 0.2 ms of a processor, however little it brings.
"""

_FIELD = b"e"

_log = logging.getLogger(__name__)


class RedisBus:
    """See `Bus`."""

    def __init__(
        self, url: str, prefix: str = "inkstand", refused: Callable[[], object] = lambda: None
    ) -> None:
        """Use the Redis at `url`, which may hold a password: it is never shown.

        Nodes with the same `prefix` are of one relay. `refused` is called for each entry
        that cannot be read. Raises `AdministrationError` if it is no URL of a Redis.
        """
        self.node = uuid.uuid4().hex
        self.up = False
        self._prefix = prefix
        self._refused = refused
        self._commands = _client(url, ANSWER_SECONDS)
        self._reader = _client(url, BLOCK_SECONDS + ANSWER_SECONDS)
        self._reader_id = 0
        self._listener: Listener | None = None
        self._followed: Counter[str] = Counter()
        """How many documents are followed in each stream."""
        self._places: dict[str, bytes] = {}
        """The last entry that was read of each stream that is read."""
        self._waiting: list[tuple[str, bytes]] = []
        self._waiting_bytes = 0
        self._something = asyncio.Event()
        self._closing = False
        self._tasks: list[asyncio.Task[None]] = []

    # Bus

    def start(self, listener: Listener) -> None:
        """See `Bus.start`."""
        self._listener = listener
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._read()), loop.create_task(self._write())]

    async def follow(self, document_id: DocumentId) -> None:
        """See `Bus.follow`."""
        stream = self._stream(document_id)
        self._followed[stream] += 1
        if not self.up or stream in self._places:
            return
        # If it fails, the reader soon sees the same: coming back, it begins with all streams.
        with contextlib.suppress(RedisError, OSError):
            end = await self._end_of(stream)
            if stream not in self._places:
                self._places[stream] = end
            await self._commands.client_unblock(self._reader_id)  # it reads that stream too now

    def unfollow(self, document_id: DocumentId) -> None:
        """See `Bus.unfollow`."""
        stream = self._stream(document_id)
        self._followed[stream] -= 1
        if not self._followed[stream]:
            del self._followed[stream]
            self._places.pop(stream, None)

    def say(self, message: Message) -> None:
        """See `Bus.say`."""
        if not self.up or self._closing:
            return
        data = encode(self.node, message)
        if len(data) > LONGEST_ENTRY:
            return
        if self._waiting_bytes + len(data) > MOST_WAITING:
            self._throw_away()
            return
        if isinstance(message, DrainWanted | Draining):
            stream = self._control
        else:
            stream = self._stream(message.document_id)
        self._waiting.append((stream, data))
        self._waiting_bytes += len(data)
        self._something.set()

    async def close(self) -> None:
        """See `Bus.close`."""
        if self._closing:
            return
        self._closing = True
        self._something.set()
        if len(self._tasks) == 2:
            reading, writing = self._tasks
            with contextlib.suppress(TimeoutError, asyncio.CancelledError):
                await asyncio.wait_for(writing, ANSWER_SECONDS)
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
        for client in (self._commands, self._reader):
            with contextlib.suppress(RedisError, OSError):
                await client.aclose()

    # Streams

    @property
    def _control(self) -> str:
        return f"{self._prefix}:nodes"

    def _stream(self, document_id: DocumentId) -> str:
        return f"{self._prefix}:bus:{zlib.crc32(document_id.encode()) % PARTITIONS}"

    async def _end_of(self, stream: str) -> bytes:
        """Return the id after which everything is new."""
        entries: Any = await self._commands.xrevrange(stream, count=1)
        end: bytes = entries[0][0] if entries else b"0-0"
        return end

    # Reading

    async def _read(self) -> None:
        wait, loop = FIRST_RETRY, asyncio.get_running_loop()
        while not self._closing:  # a cancellation may be swallowed by the library's time limits
            began = loop.time()
            try:
                await self._begin()
                while not self._closing:
                    read = loop.time()
                    await self._read_some()
                    await asyncio.sleep(max(0.0, read + READ_EVERY - loop.time()))
            except Exception as error:  # if this ended, nothing would be heard  # noqa: BLE001
                self._failed(error)
                # One that takes nothing, its memory being full, is there each time for a moment.
                wait = FIRST_RETRY if loop.time() - began > 2 * LAST_RETRY else 2 * wait
                wait = min(wait, LAST_RETRY)
                await asyncio.sleep(random.uniform(wait / 2, wait))  # noqa: S311

    async def _begin(self) -> None:
        """Begin, or begin again, at the ends of the streams: what was before is in the log."""
        assert self._listener is not None
        self._places = {}
        self._reader_id = int(await self._reader.client_id())
        while new := {self._control, *self._followed} - self._places.keys():
            for stream in new:
                self._places[stream] = await self._end_of(stream)
        _log.info("The bus works", extra={"node": self.node})
        self.up = True
        self._listener.missed()

    async def _read_some(self) -> None:
        places: dict[Any, Any] = dict(self._places)  # their types are wider than any dict's
        found = await self._reader.xread(
            places, count=ENTRIES_AT_ONCE, block=int(BLOCK_SECONDS * 1000)
        )
        for name, entries in _by_stream(found):
            stream = name.decode()
            for place, fields in entries:
                if stream in self._places:
                    self._places[stream] = place
                self._take(fields)
            await asyncio.sleep(0)  # sixteen full streams would keep everybody else waiting

    def _take(self, fields: dict[bytes, bytes]) -> None:
        assert self._listener is not None
        try:
            node, message = decode(fields.get(_FIELD, b""))
        except Malformed as error:
            _log.warning("Refused an entry of the bus", extra={"reason": str(error)})
            self._refused()
            return
        if node == self.node:
            return
        try:
            self._listener.heard(node, message)
        except Exception:  # the other entries are no worse for it  # noqa: BLE001
            _log.exception("A mistake of the relay's own")

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, RedisError | OSError):
            _log.error("A mistake of the relay's own", exc_info=error)
        if self.up:
            # Not the error's own words: they may name the URL.
            _log.error("The bus is away", extra={"reason": type(error).__name__})
        self.up = False
        self._throw_away()

    def _throw_away(self) -> None:
        self._waiting.clear()
        self._waiting_bytes = 0

    # Writing

    async def _write(self) -> None:
        while not self._closing or self._waiting:
            await self._something.wait()
            self._something.clear()
            while self._waiting:
                waiting, self._waiting, self._waiting_bytes = self._waiting, [], 0
                try:
                    async with self._commands.pipeline(transaction=False) as pipeline:
                        for stream, data in waiting:
                            pipeline.xadd(
                                stream, {_FIELD: data}, maxlen=MOST_ENTRIES, approximate=True
                            )
                        await pipeline.execute()
                except Exception as error:  # nor would anything be told  # noqa: BLE001
                    self._failed(error)
                    with contextlib.suppress(RedisError, OSError):
                        await self._reader.connection_pool.disconnect()


def _by_stream(found: Any) -> list[tuple[bytes, list[tuple[bytes, dict[bytes, bytes]]]]]:
    """Return the answer to XREAD, which differs between the versions of Redis' protocol."""
    if not found:
        return []
    if isinstance(found, dict):
        return [(name, entries[0]) for name, entries in found.items()]
    return list(found)


def _client(url: str, seconds: float) -> Redis:
    if not url.startswith(("redis://", "rediss://", "unix://")):
        raise AdministrationError(
            "--bus takes the address of a Redis, as redis://127.0.0.1:6379/0 (rediss:// with TLS)."
        )
    try:
        return Redis.from_url(
            url,
            socket_timeout=seconds,
            socket_connect_timeout=ANSWER_SECONDS,
            retry=Retry(NoBackoff(), 0),
            client_name="inkstand-relay",
            protocol=2,
        )
    except ValueError:
        raise AdministrationError(
            "That is no address of a Redis; write it as redis://:PASSWORD@HOST:6379/0."
        ) from None
