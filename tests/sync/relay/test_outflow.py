"""What goes to a socket that is read slowly: all of it, in order, and no block of megabytes."""

from __future__ import annotations

import asyncio
import random
import socket
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from sync.protocol.server import ServerProtocol
from sync.relay.metrics import Counters
from sync.relay.outflow import PIECE_BYTES, Outflow
from sync.relay.websocket import WebSocket

LIMIT = 16 * 1024 * 1024


class Writer(asyncio.Protocol):
    """As a connection is for its outflow."""

    def __init__(self) -> None:
        self.counters = Counters()
        self.dropped = 0
        websocket = WebSocket(LIMIT)
        self.outflow = Outflow(websocket, ServerProtocol(), LIMIT, self.counters, self.drop)
        self.most = 0
        """Bytes that the transport has held at one time."""

    def drop(self) -> None:
        self.dropped += 1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.outflow.attach(transport)

    def connection_lost(self, _: Exception | None) -> None:
        self.outflow.attach(None)

    def pause_writing(self) -> None:
        self.most = max(self.most, self.transport.get_write_buffer_size())
        self.outflow.full(on=True)

    def resume_writing(self) -> None:
        self.outflow.full(on=False)


Scene = Callable[[Writer, socket.socket], Coroutine[Any, Any, None]]


def play(scene: Scene) -> None:
    async def run() -> None:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            theirs.setblocking(False)
            loop = asyncio.get_running_loop()
            _, writer = await loop.create_connection(Writer, sock=ours)
            await scene(writer, theirs)
            writer.transport.abort()

    asyncio.run(run())


async def read(theirs: socket.socket, size: int) -> bytes:
    loop, data = asyncio.get_running_loop(), b""
    while len(data) < size:
        part = await loop.sock_recv(theirs, 65_536)
        assert part
        data += part
    return data


@pytest.mark.parametrize("seed", range(5))
def test_a_slow_reader_gets_everything_in_order(seed: int) -> None:
    chance = random.Random(seed)

    async def scene(writer: Writer, theirs: socket.socket) -> None:
        sent = received = b""
        for _ in range(200):
            size = chance.choice([1, 50, 5_000, PIECE_BYTES - 1, PIECE_BYTES, 3 * PIECE_BYTES + 7])
            if len(sent) - len(received) + size < LIMIT // 2:
                data = chance.randbytes(size)
                writer.outflow.put(data, 1)
                sent += data
            if chance.random() < 0.5:
                some = chance.randrange(1, 2 * PIECE_BYTES)
                received += await read(theirs, min(some, len(sent) - len(received)))
            await asyncio.sleep(0)
        received += await read(theirs, len(sent) - len(received))
        assert received == sent
        assert writer.counters.bytes_out == len(sent)
        # asyncio copies what it holds: never more than a piece beyond where it has enough.
        assert 0 < writer.most < 2 * PIECE_BYTES
        assert writer.dropped == 0

    play(scene)


def test_one_who_does_not_read_is_dropped_at_the_limit() -> None:
    async def scene(writer: Writer, theirs: socket.socket) -> None:
        put = 0
        while not writer.dropped:
            writer.outflow.put(bytes(100_000), 1)
            put += 100_000
            await asyncio.sleep(0)
            assert put < 2 * LIMIT
        assert put > LIMIT
        assert writer.counters.slow_readers == 1
        assert 0 < writer.most < 2 * PIECE_BYTES

    play(scene)


def test_an_answer_may_wait_beside_the_rest() -> None:
    async def scene(writer: Writer, theirs: socket.socket) -> None:
        writer.outflow.allow(2 * LIMIT)
        writer.outflow.put(bytes(2 * LIMIT), 1)
        await read(theirs, 2 * LIMIT)
        assert writer.dropped == 0

    play(scene)
