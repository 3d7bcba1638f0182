"""How soon others see what one types, and how soon it is acknowledged."""

from __future__ import annotations

import asyncio
import time

from tests.benchmarks.load import (
    Latencies,
    Writer,
    close_all,
    connect,
    undisturbed,
)
from tests.benchmarks.report import Report, percentile
from tests.benchmarks.servers import USERS, Server

RUNS = 5
KEYSTROKES = 500
EVERY = 0.005
"""Seconds between two keystrokes in the quiet room."""

ROOM = 50
WRITERS = 10
HOT_SECONDS = 4.0
HOT_EVERY = 0.01
"""Seconds between two updates in the hot room, by one writer after the other."""

Runs = dict[str, list[float]]


def add(runs: dict[str, Runs], measure: str, server: Server, value: float) -> None:
    runs.setdefault(measure, {}).setdefault(server.name, []).append(value)


async def at_a_pace(number: int, every: float, began: float) -> None:
    await asyncio.sleep(max(0.0, began + number * every - time.perf_counter()))


async def typing(
    server: Server, keystrokes: int = KEYSTROKES, elsewhere: Server | None = None
) -> Latencies:
    """One writes, one reads, who may be on another node."""
    document = server.document()
    writer = await connect(server, document, 0)
    reader = await connect(elsewhere or server, document, 1)
    latencies, person = Latencies(), Writer(1, document)
    latencies.watch_reader(reader)
    send = latencies.watch_writer(writer)
    with undisturbed():
        began = time.perf_counter()
        for number in range(keystrokes):
            await at_a_pace(number, EVERY, began)
            send(number, person.frame(f"{number:08d}"))
        await writer.until_acknowledged(1 + keystrokes)
        await latencies.until_delivered(keystrokes)
    await close_all([writer, reader])
    return latencies


async def hot_room(*nodes: Server) -> tuple[Latencies, float]:
    """Fifty in one room, ten of them write; return also the servers' share of a processor."""
    document = nodes[0].document()
    clients = [await connect(nodes[n % len(nodes)], document, n % USERS) for n in range(ROOM)]
    latencies = Latencies()
    for number, client in enumerate(clients):
        latencies.watch_reader(client, number, WRITERS)
    sends = [latencies.watch_writer(client) for client in clients[:WRITERS]]
    people = [Writer(number, document) for number in range(WRITERS)]
    count = int(HOT_SECONDS / HOT_EVERY)
    with undisturbed():
        began, cpu = time.perf_counter(), sum(node.cpu() for node in nodes)
        for number in range(count):
            await at_a_pace(number, HOT_EVERY, began)
            sends[number % WRITERS](number, people[number % WRITERS].frame(f"{number:08d}"))
        await clients[(count - 1) % WRITERS].until_acknowledged(1 + count // WRITERS)
        busy = sum(node.cpu() for node in nodes) - cpu
        share = busy / (time.perf_counter() - began)
        await latencies.until_delivered(count * (ROOM - 1))
    await close_all(clients)
    return latencies, share


def test_typing(servers: list[Server], report: Report) -> None:
    runs: dict[str, Runs] = {}
    for server in servers:
        asyncio.run(typing(server, 100))  # the first calls of everything
    for _ in range(RUNS):
        for server in servers:
            found = asyncio.run(typing(server))
            for percent in (50, 90, 99):
                delivered = percentile(found.deliveries, percent) * 1000
                add(runs, f"typing, seen by another, p{percent}", server, delivered)
            for percent in (50, 90, 99):
                acknowledged = percentile(found.acknowledgments, percent) * 1000
                add(runs, f"typing, acknowledged, p{percent}", server, acknowledged)
    for measure, values in runs.items():
        report.add(measure, "ms", values)


def test_hot_room(servers: list[Server], report: Report) -> None:
    runs: dict[str, Runs] = {}
    for _ in range(RUNS):
        for server in servers:
            found, share = asyncio.run(hot_room(server))
            for percent in (50, 90, 99):
                delivered = percentile(found.deliveries, percent) * 1000
                add(runs, f"hot room, seen by others, p{percent}, ms", server, delivered)
            acknowledged = percentile(found.acknowledgments, 99) * 1000
            add(runs, "hot room, acknowledged, p99, ms", server, acknowledged)
            add(runs, "hot room, one processor, %", server, share * 100)
    for measure, values in runs.items():
        name, _, unit = measure.rpartition(", ")
        report.add(name, unit, values)
