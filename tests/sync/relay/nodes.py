"""Several nodes of one relay in this process: rooms on one PostgreSQL, with any kind of bus."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import psycopg

from sync.document.delta import insert
from sync.document.document import Document
from sync.document.updates import read_header
from sync.protocol import messages as m
from sync.relay.bus.base import Bus, Message
from sync.relay.bus.local import Hub, LocalBus
from sync.relay.metrics import Counters
from sync.relay.neighbours import Neighbours
from sync.relay.rooms import Room, Rooms
from sync.relay.storage.base import Settlement
from sync.relay.storage.postgres.log import PostgresLog
from sync.types import DocumentId, Origin
from tests.sync.relay.peer import PATIENCE

DOC = DocumentId("doc")


def add_document(url: str, document_id: DocumentId = DOC) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(
            "INSERT INTO documents (id, title, created) VALUES (%s, 'Book', 0)", [document_id]
        )


class Node:
    """What of a serving process has to do with documents."""

    def __init__(self, url: str, bus: Bus, name: str = "node") -> None:
        self.loop = asyncio.get_running_loop()
        self.bus = bus
        self.counters = Counters()
        self.drained = 0
        self.started_over: list[Room] = []
        self.log = PostgresLog(url, self._settled)
        self.neighbours = Neighbours(
            name, bus, self.log, self.counters, self._drain, self.started_over.append
        )
        self.rooms = Rooms(self.log, neighbours=self.neighbours)
        self.neighbours.start()

    def _settled(self, results: list[Settlement]) -> None:
        self.loop.call_soon_threadsafe(self._settle, results)

    def _settle(self, results: list[Settlement]) -> None:
        for ticket, reason, sequence in results:
            ticket.room.settled(ticket, reason, sequence)

    def _drain(self) -> int:
        self.drained += 1
        return 7

    async def close(self) -> None:
        await self.neighbours.close()
        self.rooms.close()
        await asyncio.to_thread(self.log.close)


@asynccontextmanager
async def running(*nodes: Node) -> AsyncIterator[None]:
    """End nodes after the block."""
    try:
        yield
    finally:
        for node in nodes:
            await node.close()


class Deaf(LocalBus):
    """Hears as much as the test lets it."""

    def __init__(self, hub: Hub, rng: random.Random | None = None) -> None:
        super().__init__(hub)
        self.hears: Callable[[Message], bool] = lambda _: True
        self.unheard: list[Message] = []
        """What it was deaf to."""
        self._rng = rng
        self._later: list[tuple[str, Message]] = []

    def hear(self, node: str, message: Message) -> None:
        if self._rng is None:
            if self.hears(message):
                super().hear(node, message)
            else:
                self.unheard.append(message)
            return
        # Lost, late or twice.
        self._later += [(node, message)] * self._rng.choice([0, 1, 1, 1, 2])
        if self._rng.random() < 0.7:
            self._rng.shuffle(self._later)
            later, self._later = self._later, []
            for who, what in later:
                super().hear(who, what)


class Guest:
    """A member that keeps its copy in step with what it is sent."""

    def __init__(self, node: Node, user_id: str = "ada", document_id: DocumentId = DOC) -> None:
        self.address = document_id
        self.user_id = user_id
        self.node = node
        self.room = node.rooms.open(document_id)
        self.document = Document()
        self.awareness: list[bytes] = []
        self.received = 0
        """Updates."""
        self.settled: dict[int, str | None] = {}
        self.sent = 0
        self.room.join(self)

    def send_encoded(self, data: bytes, messages: int) -> None:
        while data:
            size, at = data[1], 2
            if size == 126:
                size, at = int.from_bytes(data[2:4]), 4
            elif size == 127:
                size, at = int.from_bytes(data[2:10]), 10
            frame = m.decode_frame(data[at : at + size], m.Sender.RELAY)
            if isinstance(frame.message, m.SyncUpdate):
                self.received += 1
                self.document.apply_update(frame.message.update)
            elif isinstance(frame.message, m.Awareness):
                self.awareness.append(frame.message.payload)
            data = data[at + size :]

    def settle(self, ticket: int, reason: str | None) -> None:
        self.settled[ticket] = reason

    async def sync(self) -> Guest:
        """Join as a connection does, and send what the relay lacks."""
        answer = await self.room.answer(self, self.document.state_vector())
        assert answer is not None
        self.document.apply_update(answer.step2)
        self.room.answered(self)
        return self

    def write(self, text: str) -> None:
        updates: list[bytes] = []
        stop = self.document.on_update(lambda update, _: updates.append(update))
        self.document.apply(insert(self.document.length, text), Origin.COMMAND)
        stop()
        for update in updates:
            self.sent += 1
            self.room.take(self, self.sent, update, empty=read_header(update).empty)

    async def acknowledged(self) -> None:
        await until(lambda: len(self.settled) == self.sent)
        assert set(self.settled.values()) <= {None}

    async def until_text(self, text: str) -> None:
        await until(lambda: self.document.text() == text)

    def leave(self) -> None:
        self.room.leave(self)


async def until(condition: Callable[[], object]) -> None:
    """Wait for what other threads bring about."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110  # there is nothing that tells
            await asyncio.sleep(0.001)
