"""How much one processor carries: deliveries, people who come, people who are there."""

from __future__ import annotations

import asyncio
import time

from tests.benchmarks.load import Sink, Writer, close_all, connect, connect_many
from tests.benchmarks.report import Report
from tests.benchmarks.servers import USERS, Server

READERS = 100
BURST = 9_000
"""Updates; the relay lets one socket send 10,000 at once."""
CONNECTS = 1_500
IDLE = 2_000
IDLE_DOCUMENTS = 50


async def saturation(server: Server) -> float:
    """Return the deliveries a second of one who writes much at once to many who read."""
    document = server.document()
    users = [1 + n % (USERS - 1) for n in range(READERS)]
    readers = await connect_many(server, [document] * READERS, users)
    writer = await connect(server, document, 0)
    person = Writer(1, document)
    frames = [person.frame("x") for _ in range(BURST - 1)]
    frames.append(person.frame("the end."))
    sinks = [Sink(b"the end.\0") for _ in readers]
    for sink, reader in zip(sinks, readers, strict=True):
        reader.transport.set_protocol(sink)
    began = time.perf_counter()
    writer.transport.write(b"".join(frames))
    ended = max(await asyncio.gather(*(sink.finished for sink in sinks)))
    await writer.until_acknowledged(1 + BURST)
    for reader in readers:
        reader.transport.set_protocol(reader)
    await close_all([*readers, writer])
    return READERS * BURST / (ended - began)


async def connects(server: Server) -> float:
    """Return how many a second connect, show their token, and have their document."""
    documents = [server.document() for _ in range(10)]
    clients = await connect_many(
        server,
        [documents[n % 10] for n in range(CONNECTS)],
        [n % USERS for n in range(CONNECTS)],
        at_once=100,
    )
    began = min(client.began for client in clients)
    seconds = max(client.opened.result() for client in clients) - began
    await close_all(clients)
    return CONNECTS / seconds


async def idle(server: Server) -> float:
    """Return the bytes of one who is connected and says nothing."""
    documents = [server.document() for _ in range(IDLE_DOCUMENTS)]
    before = server.memory()
    clients = await connect_many(
        server,
        [documents[n % IDLE_DOCUMENTS] for n in range(IDLE)],
        [n % USERS for n in range(IDLE)],
    )
    await asyncio.sleep(1)
    grown = server.memory() - before
    await close_all(clients)
    return grown / IDLE


def test_saturation(servers: list[Server], report: Report) -> None:
    runs: dict[str, list[float]] = {server.name: [] for server in servers}
    for _ in range(5):
        for server in servers:
            runs[server.name].append(asyncio.run(saturation(server)))
    report.add("deliveries", "a second", runs, more_is_better=True)


def test_connects(servers: list[Server], report: Report) -> None:
    runs: dict[str, list[float]] = {server.name: [] for server in servers}
    for _ in range(5):
        for server in servers:
            runs[server.name].append(asyncio.run(connects(server)))
    report.add("connections opened, with token and document", "a second", runs, more_is_better=True)


def test_idle_connections(servers: list[Server], report: Report) -> None:
    runs = {server.name: [asyncio.run(idle(server)) / 1024] for server in servers}
    report.add(f"memory of one of {IDLE:,} idle connections", "KiB", runs)
