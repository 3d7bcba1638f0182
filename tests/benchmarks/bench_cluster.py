"""Several nodes on one PostgreSQL and one Redis: how soon, how much, and what survives."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

import pytest

from sync.client.events import Online
from sync.document.delta import insert
from sync.relay.storage.postgres.accounts import PostgresAccounts
from sync.types import DocumentId, Origin
from tests.benchmarks.bench_relay_latency import EVERY, at_a_pace
from tests.benchmarks.load import Latencies, Writer, close_all, connect, connect_many, undisturbed
from tests.benchmarks.report import percentile
from tests.benchmarks.servers import Inkstand, Server
from tests.sync.client.listening import Device, new_document
from tests.sync.relay.chaos import chaos
from tests.sync.relay.cluster import Cluster
from tests.sync.relay.stubborn import Stubborn, amiss, until

RUNS = 5
KEYSTROKES = 500
WRITERS = 24
UPDATES_EACH = 1_500
WINDOW = 100
"""Updates that a writer has under way."""


@contextmanager
def nodes(folder: Path, count: int) -> Iterator[list[Inkstand]]:
    """Serve on `count` nodes."""
    with Cluster(folder, count, through_proxies=False) as cluster, ExitStack() as stack:
        accounts = PostgresAccounts(cluster.postgres.url())
        stack.callback(accounts.close)
        first = Inkstand(cluster.nodes[0], accounts)
        yield [first.on(node) for node in cluster.nodes]


async def typing(writing: Server, reading: Server) -> Latencies:
    """One writes on one node, one reads on another."""
    document = writing.document()
    writer, reader = await connect(writing, document, 0), await connect(reading, document, 1)
    latencies, person = Latencies(), Writer(1, document)
    latencies.watch_reader(reader)
    send = latencies.watch_writer(writer)
    with undisturbed():
        began = time.perf_counter()
        for number in range(KEYSTROKES):
            await at_a_pace(number, EVERY, began)
            send(number, person.frame(f"{number:08d}"))
        await writer.until_acknowledged(1 + KEYSTROKES)
        while len(latencies.deliveries) < KEYSTROKES:  # noqa: ASYNC110  # nothing tells
            await asyncio.sleep(0.001)
    await close_all([writer, reader])
    return latencies


async def flood(servers: list[Inkstand]) -> float:
    """Return the updates a second that are acknowledged to writers on all nodes."""
    documents = [servers[0].document() for _ in range(WRITERS)]
    clients = []
    for number, document in enumerate(documents):
        clients += await connect_many(servers[number % len(servers)], [document], [number])

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

    began = time.perf_counter()
    await asyncio.gather(*map(write, range(WRITERS)))
    seconds = time.perf_counter() - began
    await close_all(clients)
    return WRITERS * UPDATES_EACH / seconds


def shown(values: list[float]) -> str:
    return f"{median(values):.1f} ({min(values):.1f} to {max(values):.1f})"


def test_latency_between_nodes(tmp_path: Path) -> None:
    found: dict[str, list[float]] = {}
    with nodes(tmp_path / "cluster", 2) as (one, two):
        asyncio.run(typing(one, two))  # the first calls of everything
        for _ in range(RUNS):
            for name, reading in (("on the same node", one), ("on another node", two)):
                latencies = asyncio.run(typing(one, reading))
                for percent in (50, 99):
                    seen = percentile(latencies.deliveries, percent) * 1000
                    found.setdefault(f"seen {name}, p{percent}", []).append(seen)
                    acknowledged = percentile(latencies.acknowledgments, percent) * 1000
                    found.setdefault(f"acknowledged, p{percent}", []).append(acknowledged)
    for name, values in found.items():
        print(f"\n{name}: {shown(values)} ms", end="")


def test_updates_a_second(tmp_path: Path) -> None:
    for count in (1, 2, 3):
        with nodes(tmp_path / f"{count}", count) as servers:
            asyncio.run(flood(servers))
            before = [server.cpu() for server in servers]
            began = time.perf_counter()
            rates = [asyncio.run(flood(servers)) for _ in range(3)]
            seconds = time.perf_counter() - began
            busy = [
                (server.cpu() - was) / seconds * 100
                for server, was in zip(servers, before, strict=True)
            ]
            print(
                f"\n{count} nodes: {median(rates):,.0f} updates a second acknowledged "
                f"({min(rates):,.0f} to {max(rates):,.0f}); of a processor each "
                f"{', '.join(f'{share:.0f}%' for share in busy)}",
                end="",
            )


class Watched(Device):
    """Notes how long it was ever offline."""

    def watch(self) -> None:
        self.longest_offline = 0.0
        self._watching = True
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def _watch(self) -> None:
        online = time.monotonic()
        while self._watching:
            now = time.monotonic()
            if self.engine.state == Online():
                online = now
            self.longest_offline = max(self.longest_offline, now - online)
            time.sleep(0.005)

    def seen(self) -> float:
        self._watching = False
        self._watcher.join()
        return self.longest_offline


@pytest.mark.parametrize("count", [2, 3])
def test_rolling_restart_under_load(tmp_path: Path, count: int) -> None:
    """Every node drained and started again; our own devices, and raw writers."""
    paper = DocumentId("paper")
    with Cluster(tmp_path / "cluster", count, through_proxies=False) as cluster:
        cluster.nodes[0].add_user("ada")
        token = cluster.admin("token", "ada")
        with ExitStack() as stack:
            devices = [stack.enter_context(Watched(tmp_path / f"d{n}")) for n in range(4)]
            new_document(devices[0], paper, "Start.\n")
            for device in devices:
                signed_in = device.engine.sign_in(cluster.front.url, "ada", "correct horse")
                signed_in.result()
                device.engine.start()
                device.wait_for(lambda device=device: device.engine.state == Online())
            devices[0].wait_for(lambda: devices[0].in_step(paper))
            for device in devices[1:]:
                device.wait_for(
                    lambda device=device: paper in [one.id for one in device.store.documents()]
                )
            for device in devices:
                device.watch()
            here = devices[0].open(paper)
            document = cluster.new_document()
            writers = [
                Stubborn(f"w{n}", lambda: cluster.front.url, document, token) for n in range(8)
            ]
            for node in cluster.nodes:
                time.sleep(2)
                here.apply(insert(0, f"{node.name} "), Origin.VIEW)
                assert node.drain() == 0
                node.start()
            time.sleep(2)
            for writer in writers:
                writer.stop_writing()
            until(lambda: all(writer.saved for writer in writers), writers)
            written = sum(writer.sent for writer in writers)
            until(lambda: all(writer.heard == written for writer in writers), writers)
            for writer in writers:
                writer.end()
            for device in devices:
                device.wait_for(
                    lambda device=device: all(
                        node.name in device.text_on_disk(paper) for node in cluster.nodes
                    )
                )
            offline = [device.seen() for device in devices]
    found = amiss([writer.text for writer in writers], writers)
    print(
        f"\n{count} nodes, each drained and started: {written:,} updates, {len(found)} lost or "
        f"doubled; our devices offline at most {max(offline):.2f} s, raw writers "
        f"{max(writer.longest_offline for writer in writers):.2f} s",
        end="",
    )
    assert found == []


def test_whatever_dies(tmp_path: Path) -> None:
    began = time.perf_counter()
    outcome = chaos(tmp_path / "cluster", seed=20_26, nodes=3, rounds=10, documents=3, longest=1.5)
    print(
        f"\n3 nodes, {len(outcome.rounds)} faults in {time.perf_counter() - began:.0f} s: "
        f"{outcome.sent:,} updates, {outcome.acknowledged:,} acknowledged, "
        f"{outcome.refused} refused and sent again, {len(outcome.amiss)} lost or doubled"
    )
    for name, seconds in sorted(outcome.recovery.items()):
        print(f"after {name}: {shown(seconds)} s until all write again")
    assert outcome.amiss == []
