"""What a large document costs: a paper typed in, one who joins, two hundred who join at once."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
from pathlib import Path

import pycrdt
import pytest

from sync.protocol import messages as m
from tests.benchmarks.load import Client, close_all, connect, connect_many, masked
from tests.benchmarks.report import Report
from tests.benchmarks.servers import USERS, Server

PAPER = Path(__file__).parents[1] / "data" / "automerge-paper.json.gz"
PER_SOCKET = 9_000
"""Updates that one socket sends; the relay lets it send 10,000 at once."""
JOINS = 200


@pytest.fixture(scope="module")
def paper() -> list[bytes]:
    """Each keystroke of the paper as the update of one who typed it; all ASCII."""
    document = pycrdt.Doc()
    document["content"] = text = pycrdt.Text()
    updates: list[bytes] = []
    subscription = document.observe(lambda event: updates.append(event.update))
    with gzip.open(PAPER) as file:
        transactions = json.load(file)["txns"]
    for transaction in transactions:
        for at, deleted, inserted in transaction["patches"]:
            with document.transaction():
                if deleted:
                    del text[at : at + deleted]
                if inserted:
                    text.insert(at, inserted)
    document.unobserve(subscription)
    return updates


async def take_in(server: Server, document: str, updates: list[bytes]) -> tuple[float, float]:
    """Send all; return the processor seconds of the server, and the seconds, until the last ack."""
    messages = [masked(m.encode_frame(document, m.SyncUpdate(update))) for update in updates]
    cpu, began = server.cpu(), time.perf_counter()
    for start in range(0, len(messages), PER_SOCKET):
        part = messages[start : start + PER_SOCKET]
        client = await connect(server, document, start // PER_SOCKET % USERS)
        client.transport.write(b"".join(part))
        await client.until_acknowledged(1 + len(part))
        await client.close()
    return server.cpu() - cpu, time.perf_counter() - began


async def joins(server: Server, document: str, count: int) -> tuple[list[float], list[Client]]:
    """Open a document `count` times at once; return the seconds until each had it all."""
    clients = await connect_many(
        server, [document] * count, [n % USERS for n in range(count)], at_once=count
    )
    return [client.opened.result() - client.began for client in clients], clients


async def join_once(server: Server, document: str) -> float:
    seconds, clients = await joins(server, document, 1)
    assert clients[0].step2_bytes > 300_000
    await close_all(clients)
    return seconds[0]


async def join_together(server: Server, document: str) -> float:
    seconds, clients = await joins(server, document, JOINS)
    assert all(client.step2_bytes > 300_000 for client in clients)
    await close_all(clients)
    return max(seconds)


def test_the_paper(servers: list[Server], report: Report, paper: list[bytes]) -> None:
    cpu: dict[str, list[float]] = {}
    cold: dict[str, list[float]] = {}
    warm: dict[str, list[float]] = {}
    together: dict[str, list[float]] = {}
    for server in servers:
        document = server.document()
        seconds, whole = asyncio.run(take_in(server, document, paper))
        print(f"\n{server.name}: {len(paper)} keystrokes in {whole:.1f} s")
        cpu[server.name] = [seconds]
        time.sleep(11)  # Hocuspocus stores within 10 s
        for _ in range(5):
            server.restart()
            cold.setdefault(server.name, []).append(asyncio.run(join_once(server, document)) * 1000)
            warm.setdefault(server.name, []).append(asyncio.run(join_once(server, document)) * 1000)
        for _ in range(3):
            together.setdefault(server.name, []).append(
                asyncio.run(join_together(server, document)) * 1000
            )
    report.add(f"{len(paper):,} keystrokes taken in, processor", "s", cpu)
    report.add("the paper to a client, server just started", "ms", cold)
    report.add("the paper to a client, already in memory", "ms", warm)
    report.add(f"the paper to {JOINS} clients at once, until the last has it", "ms", together)
