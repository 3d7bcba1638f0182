"""Several nodes on one PostgreSQL and one Redis, beside as many of Hocuspocus on theirs.

All of it and the load share the processors of one machine, so what more nodes add is seen less
in the rates than in what each update costs: docs/scale.md reckons with that.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection
from multiprocessing import get_context
from pathlib import Path

import psycopg
import pytest
from pycrdt import Doc, Text
from redis import Redis

from sync.relay.bus.base import Message, Updates
from sync.relay.bus.entries import encode
from sync.relay.bus.redis import MOST_ENTRIES, PARTITIONS, RedisBus
from sync.types import DocumentId, Sequence
from tests.benchmarks.bench_relay_latency import Runs, add, at_a_pace, hot_room, typing
from tests.benchmarks.bench_relay_load import CONNECTS, connects
from tests.benchmarks.clusters import Cost, Group, both
from tests.benchmarks.load import (
    LONGEST_WAY,
    Latencies,
    Writer,
    close_all,
    connect,
    connect_each,
    undisturbed,
)
from tests.benchmarks.report import Report, percentile
from tests.benchmarks.servers import USERS, Inkstand, processor_seconds
from tests.sync.relay.redis_server import RedisServer

RUNS = 5
NODES = [1, 2, 3]

ROOMS = [(1, 300), (2, 300), (3, 300), (2, 900)]
"""Nodes, and rooms with two people in each, on different nodes."""
UPDATES_EVERY = 1 / 3
"""Seconds between two updates of one who writes."""
ROOM_SECONDS = 6.0

WRITERS = 24
UPDATES_EACH = 1_500
WINDOW = 100
"""Updates that a writer has under way."""

IDLE = 1_000
IDLE_DOCUMENTS = 50


_ENDS = "SELECT sequence FROM heads JOIN documents ON key = document WHERE id = ANY(%s)"
_STATES = "SELECT data FROM documents WHERE name = ANY(%s)"


def in_database(group: Group, documents: Collection[str]) -> int:
    """Return how many of the updates that `flood` has written are in PostgreSQL by now."""
    ours = isinstance(group.nodes[0], Inkstand)
    with psycopg.connect(group.postgres.url()) as connection:
        rows = connection.execute(_ENDS if ours else _STATES, [list(documents)]).fetchall()
    if ours:
        return sum(end for (end,) in rows)
    written = 0
    for (state,) in rows:
        text = Text()
        Doc({"content": text}).apply_update(state)
        written += len(str(text))
    return written


async def many_rooms(group: Group, rooms: int) -> tuple[Latencies, Cost]:
    """In each room one writes as people do, and one on the next node reads.

    Return also what an update has cost.
    """
    nodes = group.nodes
    here = [nodes[number % len(nodes)] for number in range(rooms)]
    there = [nodes[(number + 1) % len(nodes)] for number in range(rooms)]
    users = [(number % USERS, (number + 1) % USERS) for number in range(rooms)]
    documents = [nodes[0].document(both) for both in users]
    writers = await connect_each(here, documents, [writer for writer, _ in users])
    readers = await connect_each(there, documents, [reader for _, reader in users])
    latencies = Latencies()
    for reader in readers:
        latencies.watch_reader(reader)
    sends = [latencies.watch_writer(writer) for writer in writers]
    people = [Writer(number, document) for number, document in enumerate(documents)]
    count = int(ROOM_SECONDS / UPDATES_EVERY) * rooms
    before = group.cost()
    with undisturbed():
        began = time.perf_counter()
        for number in range(count):
            await at_a_pace(number, UPDATES_EVERY / rooms, began)
            room = number % rooms
            sends[room](number, people[room].frame(f"{number:08d}"))
        for writer in writers:
            await writer.until_acknowledged(1 + count // rooms)
        await latencies.until_delivered(count)
    cost = (group.cost() - before).each(count)
    await close_all([*writers, *readers])
    return latencies, cost


async def flood(group: Group) -> tuple[float, float, Cost]:
    """Return the updates a second that are acknowledged to writers on all nodes.

    And for how many seconds the last are in no database then, and what an update has cost.
    """
    documents, clients = [], []
    for number in range(WRITERS):
        node = group.nodes[number % len(group.nodes)]
        documents.append(node.document([number]))
        clients.append(await connect(node, documents[-1], number))

    async def write(number: int) -> None:
        client, person = clients[number], Writer(number, documents[number])
        sent = 0
        while sent < UPDATES_EACH:
            if sent - (client.acknowledged - 1) >= WINDOW:
                await asyncio.sleep(0.0005)
                continue
            client.transport.write(b"".join(person.frame("x") for _ in range(WINDOW // 4)))
            sent += WINDOW // 4
        await client.until_acknowledged(1 + UPDATES_EACH)

    before, began = group.cost(), time.perf_counter()
    await asyncio.gather(*map(write, range(WRITERS)))
    seconds = time.perf_counter() - began
    cost = (group.cost() - before).each(WRITERS * UPDATES_EACH)
    began = time.perf_counter()
    while in_database(group, documents) < WRITERS * UPDATES_EACH:
        assert time.perf_counter() - began < LONGEST_WAY
        await asyncio.sleep(0.02)
    late = time.perf_counter() - began
    await close_all(clients)
    return WRITERS * UPDATES_EACH / seconds, late, cost


def add_costs(runs: dict[str, Runs], what: str, group: Group, cost: Cost) -> None:
    """Note what one update has cost."""
    name = group.nodes[0]
    for part, seconds in (
        ("", cost.processor),
        (", nodes alone", cost.nodes),
        (", PostgreSQL alone", cost.database),
        (", Redis alone", cost.bus),
    ):
        add(runs, f"{what}, of a processor{part}, µs an update", name, seconds * 1e6)
    add(runs, f"{what}, WAL, bytes an update", name, cost.written_ahead)
    add(runs, f"{what}, through Redis, bytes an update", name, cost.through_bus)


def write_down(report: Report, runs: dict[str, Runs]) -> None:
    for measure, values in runs.items():
        name, _, unit = measure.rpartition(", ")
        report.add(name, unit, values, more_is_better=unit == "a second")


@pytest.mark.parametrize("count", NODES)
def test_between_nodes(tmp_path: Path, report: Report, count: int) -> None:
    runs: dict[str, Runs] = {}
    with both(tmp_path, count) as groups:
        for group in groups:
            asyncio.run(typing(group.nodes[0], 100, group.nodes[-1]))  # the first calls
        for _ in range(RUNS):
            for group in groups:
                here, there = group.nodes[0], group.nodes[-1]
                found = asyncio.run(typing(here, elsewhere=there))
                for percent in (50, 99):
                    seen = percentile(found.deliveries, percent) * 1000
                    add(runs, f"{count} nodes, seen on the last, p{percent}, ms", here, seen)
                    saved = percentile(found.acknowledgments, percent) * 1000
                    add(runs, f"{count} nodes, acknowledged, p{percent}, ms", here, saved)
    write_down(report, runs)


@pytest.mark.parametrize("count", NODES)
def test_hot_room(tmp_path: Path, report: Report, count: int) -> None:
    runs: dict[str, Runs] = {}
    with both(tmp_path, count) as groups:
        for _ in range(RUNS):
            for group in groups:
                found, share = asyncio.run(hot_room(*group.nodes))
                for percent in (50, 99):
                    seen = percentile(found.deliveries, percent) * 1000
                    measure = f"{count} nodes, hot room, seen by others, p{percent}, ms"
                    add(runs, measure, group.nodes[0], seen)
                busy = share * 100
                add(runs, f"{count} nodes, hot room, one processor, %", group.nodes[0], busy)
    write_down(report, runs)


@pytest.mark.parametrize(("count", "rooms"), ROOMS)
def test_many_rooms(tmp_path: Path, report: Report, count: int, rooms: int) -> None:
    runs: dict[str, Runs] = {}
    what = f"{count} nodes, {rooms} rooms"
    with both(tmp_path, count) as groups:
        for _ in range(3):
            for group in groups:
                found, cost = asyncio.run(many_rooms(group, rooms))
                for percent in (50, 99):
                    seen = percentile(found.deliveries, percent) * 1000
                    add(runs, f"{what}, seen, p{percent}, ms", group.nodes[0], seen)
                    saved = percentile(found.acknowledgments, percent) * 1000
                    add(runs, f"{what}, acknowledged, p{percent}, ms", group.nodes[0], saved)
                add_costs(runs, what, group, cost)
    write_down(report, runs)


@pytest.mark.parametrize("count", NODES)
def test_updates_a_second(tmp_path: Path, report: Report, count: int) -> None:
    runs: dict[str, Runs] = {}
    what = f"{count} nodes, flood"
    with both(tmp_path, count) as groups:
        for group in groups:
            asyncio.run(flood(group))
        for _ in range(3):
            for group in groups:
                node = group.nodes[0]
                rate, late, cost = asyncio.run(flood(group))
                add(runs, f"{what}, acknowledged, a second", node, rate)
                add(runs, f"{what}, acknowledged but in no database for so long, s", node, late)
                add_costs(runs, what, group, cost)
    write_down(report, runs)


async def idle(group: Group) -> float:
    """Return the bytes of one who is connected and says nothing, on all nodes."""
    documents = [group.nodes[0].document() for _ in range(IDLE_DOCUMENTS)]
    before = sum(node.memory() for node in group.nodes)
    nodes = [group.nodes[n % len(group.nodes)] for n in range(IDLE)]
    names = [documents[n // 2 % IDLE_DOCUMENTS] for n in range(IDLE)]
    clients = await connect_each(nodes, names, [n % USERS for n in range(IDLE)])
    grown = sum(node.memory() for node in group.nodes) - before
    await close_all(clients)
    return grown / IDLE


@pytest.mark.parametrize("count", NODES)
def test_connections(tmp_path: Path, report: Report, count: int) -> None:
    runs: dict[str, Runs] = {}
    with both(tmp_path, count) as groups:
        for group in groups:
            kept = asyncio.run(idle(group)) / 1024
            what = f"{count} nodes, memory of one of {IDLE:,} connections, KiB"
            add(runs, what, group.nodes[0], kept)
        for _ in range(3):
            for group in groups:
                node, before = group.nodes[0], group.cost()
                opened = asyncio.run(connects(node))
                cost = (group.cost() - before).each(CONNECTS)
                add(runs, f"of {count} nodes, connections opened on one, a second", node, opened)
                spent = cost.processor * 1000
                add(runs, f"of {count} nodes, of a processor for a connection, ms", node, spent)
    write_down(report, runs)


class Counting:
    """Hears what the bus brings, as a node does of documents that nobody has open there."""

    def __init__(self) -> None:
        self.updates = 0

    def heard(self, node: str, message: Message) -> None:
        del node
        if isinstance(message, Updates):
            self.updates += 1

    def missed(self) -> None:
        """Nothing is lost that was told before it began to listen."""


def tell(url: str, count: int) -> None:
    """Put so many keystrokes on the bus as fast as Redis takes them, each of another document."""
    redis = Redis.from_url(url)
    person = Writer(1, "book")
    for start in range(0, count, 200):
        with redis.pipeline(transaction=False) as pipeline:
            for number in range(start, start + 200):
                document = DocumentId(f"doc{number}")
                entry = encode("f" * 32, Updates(document, Sequence(1), [person.update("x")]))
                stream = f"inkstand:bus:{number % PARTITIONS}"
                pipeline.xadd(stream, {b"e": entry}, maxlen=MOST_ENTRIES, approximate=True)
            pipeline.execute()


async def listen(redis: RedisServer, nodes: int, count: int) -> tuple[float, float, float]:
    """Let so many nodes listen; return what one update costs each, and Redis, in seconds.

    And the share of what was told that was heard: the bus may lose what a node is too slow for,
    as it is in the log.
    """
    assert redis.process is not None
    listeners, buses = [Counting() for _ in range(nodes)], []
    for listener in listeners:
        bus = RedisBus(redis.url())
        for number in range(1_000):  # documents in all partitions
            await bus.follow(DocumentId(f"other{number}"))
        bus.start(listener)
        buses.append(bus)
    while not all(bus.up for bus in buses):  # noqa: ASYNC110  # nothing tells
        await asyncio.sleep(0.01)
    telling = get_context("spawn").Process(target=tell, args=(redis.url(), count))
    telling.start()
    while not listeners[0].updates:  # noqa: ASYNC110
        await asyncio.sleep(0.001)
    before, served = time.process_time(), processor_seconds(redis.process.pid)
    while telling.is_alive():  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    heard = -1
    while heard != sum(listener.updates for listener in listeners):
        heard = sum(listener.updates for listener in listeners)
        await asyncio.sleep(0.1)
    spent = time.process_time() - before
    served = processor_seconds(redis.process.pid) - served
    for bus in buses:
        await bus.close()
    return spent / heard, served / count, heard / count / nodes


@pytest.mark.parametrize("nodes", [1, 5, 10])
def test_what_listening_costs(tmp_path: Path, report: Report, nodes: int) -> None:
    each, redis_each = [], []
    with RedisServer(tmp_path / "redis") as redis:
        for _ in range(RUNS):
            spent, served, share = asyncio.run(listen(redis, nodes, 100_000 // nodes))
            print(f"\nheard {share:.0%}", end="")
            each.append(spent * 1e6)
            redis_each.append(served * 1e6)
    what = f"{nodes} nodes listen, of a processor for an update"
    report.add(f"{what}, each node", "µs", {"inkstand": each})
    report.add(f"{what}, Redis", "µs", {"inkstand": redis_each})
