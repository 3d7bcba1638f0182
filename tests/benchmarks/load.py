"""Clients that cost the measuring process as little as can be: raw sockets, frames made before.

A frame is masked with zeros, which RFC 6455 allows and which spares the work.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import re
import time
from collections import deque
from collections.abc import Callable, Iterator

from sync.lib0 import encode_string, encode_varuint
from sync.protocol import messages as m
from tests.benchmarks.servers import Server

_MARKS = re.compile(rb"\d{8,}")
"""The numbers of updates, each the whole text of one; Hocuspocus merges updates and texts."""

LONGEST_WAY = 30.0
"""Seconds after which an update that has not come to a reader is taken for lost."""


def masked(frame: bytes) -> bytes:
    """Return a frame of the protocol as a WebSocket message from a client."""
    size = len(frame)
    if size < 126:
        head = bytes((0x82, 0x80 | size))
    elif size < 65_536:
        head = b"\x82\xfe" + size.to_bytes(2)
    else:
        head = b"\x82\xff" + size.to_bytes(8)
    return head + bytes(4) + frame


_PONG = masked(m.encode_frame("", m.Pong()))


class Writer:
    """Makes the updates of one who types at the end of what they typed before."""

    def __init__(self, client: int, document: str) -> None:
        """`client` is below 1,000: ids are made of it that all have the same length."""
        self._client = encode_varuint((1 << 29) + client)
        self._document = document
        self._clock = 0

    def update(self, text: str) -> bytes:
        """Return the next update. `text` is ASCII."""
        clock, self._clock = self._clock, self._clock + len(text)
        origin = (
            b"\x84" + self._client + encode_varuint(clock - 1)
            if clock
            else b"\x04\x01" + encode_string("content")
        )
        head = b"\x01\x01" + self._client + encode_varuint(clock)
        return head + origin + encode_string(text) + b"\x00"

    def frame(self, text: str) -> bytes:
        """Return it as a WebSocket message."""
        return masked(m.encode_frame(self._document, m.SyncUpdate(self.update(text))))


class Client(asyncio.Protocol):
    """One document on one socket, as a provider opens it."""

    def __init__(self, document: str, token: str, step1: bytes = b"\x00") -> None:
        self.document = document
        self.after_name = len(encode_string(document))
        """Where in a frame what follows the document's name begins."""
        self._opening = masked(m.encode_frame(document, m.AuthToken(token))) + masked(
            m.encode_frame(document, m.SyncStep1(step1))
        )
        self._answer = masked(m.encode_frame(document, m.SyncStep2(b"\x00\x00")))
        self._buffer = bytearray()
        self._upgraded = False
        self.began = time.perf_counter()
        self.opened = asyncio.get_running_loop().create_future()
        """Done once the Step2 is here: when that was."""
        self.step2_bytes = 0
        self.acknowledged = 0
        """SyncStatus frames; the first is for our own Step2."""
        self.on_status: Callable[[float], None] | None = None
        self.on_update: Callable[[bytes, float], None] | None = None
        """Called with an update's frame and the time."""
        self.lost = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(
            b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )

    def connection_lost(self, _: Exception | None) -> None:
        if not self.opened.done():
            self.opened.set_exception(ConnectionError("closed before it was open"))
        if not self.lost.done():
            self.lost.set_result(None)

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        buffer = self._buffer
        buffer += data
        if not self._upgraded:
            end = buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            assert buffer.startswith(b"HTTP/1.1 101"), bytes(buffer[:100])
            del buffer[: end + 4]
            self._upgraded = True
            self.transport.write(self._opening)
        at, size = 0, len(buffer)
        while size - at >= 2:
            length, start = buffer[at + 1], at + 2
            if length == 126:
                if size - at < 4:
                    break
                length, start = int.from_bytes(buffer[at + 2 : at + 4]), at + 4
            elif length == 127:
                if size - at < 10:
                    break
                length, start = int.from_bytes(buffer[at + 2 : at + 10]), at + 10
            if size < start + length:
                break
            if buffer[at] == 0x82:
                self._take(buffer, start, start + length, now)
            elif buffer[at] == 0x89:  # a ping of WebSocket's, as Hocuspocus sends it
                body = bytes(buffer[start : start + length])
                self.transport.write(bytes((0x8A, 0x80 | length)) + bytes(4) + body)
            else:
                raise AssertionError(f"closed: {bytes(buffer[start : start + length])!r}")
            at = start + length
        del buffer[:at]

    def _take(self, buffer: bytearray, start: int, end: int, now: float) -> None:
        if end - start == 1:
            self.transport.write(_PONG)
            return
        kind = buffer[start + self.after_name]
        if kind == 0:
            sub = buffer[start + self.after_name + 1]
            if sub == 2:
                if self.on_update is not None:
                    self.on_update(bytes(buffer[start:end]), now)
            elif sub == 1:
                self.step2_bytes = end - start
                if not self.opened.done():
                    self.opened.set_result(now)
            else:
                self.transport.write(self._answer)
        elif kind == 8:
            assert buffer[start + self.after_name + 1] == 1, "refused"
            self.acknowledged += 1
            if self.on_status is not None:
                self.on_status(now)

    async def until_acknowledged(self, count: int) -> None:
        while self.acknowledged < count:
            assert not self.lost.done(), "the connection was closed"
            await asyncio.sleep(0.001)

    async def close(self) -> None:
        """Hang up as a browser does: with a close frame, then wait for the end."""
        self.transport.write(b"\x88\x82\x00\x00\x00\x00\x03\xe8")
        self.transport.close()
        await self.lost


class Sink(asyncio.BufferedProtocol):
    """Takes over an open client's socket and only looks for the end of the last update."""

    _shared = bytearray(1 << 20)

    def __init__(self, end: bytes) -> None:
        self._end = end
        self._tail = b""
        self.finished = asyncio.get_running_loop().create_future()
        """Done when all is here: when that was."""

    def get_buffer(self, _: int) -> bytearray:
        return Sink._shared

    def buffer_updated(self, count: int) -> None:
        # A ping may follow.
        self._tail = (self._tail + bytes(Sink._shared[max(0, count - 64) : count]))[-64:]
        if self._end in self._tail and not self.finished.done():
            self.finished.set_result(time.perf_counter())

    def connection_lost(self, _: Exception | None) -> None:
        if not self.finished.done():
            self.finished.set_exception(ConnectionError("closed before all had come"))


async def connect(server: Server, document: str, user: int = 0, token: str | None = None) -> Client:
    """Open a document, and wait for the acknowledgment of the Step2 that a provider sends."""
    loop = asyncio.get_running_loop()
    token = token or server.token(user)
    _, client = await loop.create_connection(
        lambda: Client(document, token), "127.0.0.1", server.port
    )
    await client.opened
    await client.until_acknowledged(1)
    return client


async def connect_many(
    server: Server, documents: list[str], users: list[int], at_once: int = 50
) -> list[Client]:
    """Open many, some at once."""
    return await connect_each([server] * len(documents), documents, users, at_once)


async def connect_each(
    servers: list[Server], documents: list[str], users: list[int], at_once: int = 50
) -> list[Client]:
    """Open many, each at its own server."""
    gate = asyncio.Semaphore(at_once)
    tokens = [server.token(user) for server, user in zip(servers, users, strict=True)]

    async def one(server: Server, document: str, user: int, token: str) -> Client:
        async with gate:
            return await connect(server, document, user, token)

    return list(await asyncio.gather(*map(one, servers, documents, users, tokens)))


async def close_all(clients: list[Client]) -> None:
    """Hang up, and wait until all are gone."""
    await asyncio.gather(*(client.close() for client in clients))


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Collect no garbage meanwhile: it would be counted as the server's latency."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


class Latencies:
    """From an update's sending to each receipt, and to its acknowledgment, in seconds."""

    def __init__(self) -> None:
        self.deliveries: list[float] = []
        self.acknowledgments: list[float] = []
        self._sent: dict[bytes, float] = {}

    async def until_delivered(self, count: int) -> None:
        """Wait until all have come: the last may be seen after it is acknowledged."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_WAY):
                while len(self.deliveries) < count:  # noqa: ASYNC110  # nothing tells
                    await asyncio.sleep(0.001)
        assert len(self.deliveries) == count, "lost or doubled on the way"

    def watch_reader(self, client: Client, but: int | None = None, of: int = 1) -> None:
        """Note what comes, except what it wrote itself: each number that is `but` modulo `of`."""

        def delivered(frame: bytes, now: float) -> None:
            for run in _MARKS.findall(frame, client.after_name):
                for start in range(len(run) % 8, len(run), 8):  # a length of 48 is a digit, too
                    mark = run[start : start + 8]
                    if int(mark) % of != but:
                        self.deliveries.append(now - self._sent[mark])

        client.on_update = delivered

    def watch_writer(self, client: Client) -> Callable[[int, bytes], None]:
        """Return what sends an update with a number in it."""
        waiting: deque[float] = deque()

        def acknowledged(now: float) -> None:
            self.acknowledgments.append(now - waiting.popleft())

        def send(number: int, frame: bytes) -> None:
            now = time.perf_counter()
            self._sent[b"%08d" % number] = now
            waiting.append(now)
            client.transport.write(frame)

        client.on_status = acknowledged
        return send
