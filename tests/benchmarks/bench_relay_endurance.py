"""What others feel of an attack, and what a day of comings and goings leaves behind."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

from tests.benchmarks.bench_relay_latency import typing
from tests.benchmarks.load import Writer, close_all, connect_many
from tests.benchmarks.report import Report, percentile
from tests.benchmarks.servers import USERS, Inkstand, inkstand
from tests.sync.relay import attacks

ROUNDS = 10
PEOPLE = 500
"""In each round as many come, write, and go."""


async def round_of_people(server: Inkstand, documents: list[str]) -> None:
    names = [documents[n % len(documents)] for n in range(PEOPLE)]
    clients = await connect_many(server, names, [n % USERS for n in range(PEOPLE)])
    for number, (client, name) in enumerate(zip(clients, names, strict=True)):
        client.transport.write(Writer(number, name).frame("hello"))
    for client in clients:
        await client.until_acknowledged(2)
    # Half of them vanish without a word.
    for client in clients[::2]:
        client.transport.abort()
    await close_all(clients[1::2])


def test_a_day(tmp_path: Path, pinned: None, report: Report) -> None:
    with inkstand(tmp_path / "relay", "--idle-seconds", "1") as server:
        memory = []
        for _ in range(ROUNDS):
            documents = [server.document() for _ in range(20)]
            asyncio.run(round_of_people(server, documents))
            memory.append(server.memory() / 1024 / 1024)
        print("\nMiB after each round:", " ".join(f"{value:.0f}" for value in memory))
        half = ROUNDS // 2
        report.add(f"memory after {PEOPLE:,} came and went", "MiB", {"inkstand": memory[:1]})
        report.add(f"memory after {PEOPLE * half:,}", "MiB", {"inkstand": [memory[half - 1]]})
        report.add(f"memory after {PEOPLE * ROUNDS:,}", "MiB", {"inkstand": memory[-1:]})


_ATTACK = """
import json, sys, time
from tests.sync.relay import attacks
target = attacks.Target(**json.loads(sys.stdin.readline()))
attack = getattr(attacks, sys.argv[1], lambda _: None)  # "nothing": it only keeps busy
end = time.monotonic() + float(sys.argv[2])
while True:
    attack(target)
    if time.monotonic() > end:
        break
"""


def begin_attack(name: str, target: str) -> subprocess.Popen[str]:
    attacker = subprocess.Popen(
        [sys.executable, "-c", _ATTACK, name, "3"],
        stdin=subprocess.PIPE,
        text=True,
        # It shares a processor with what measures, and must not be what is measured.
        preexec_fn=lambda: os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0)),
    )
    assert attacker.stdin is not None
    attacker.stdin.write(target + "\n")
    attacker.stdin.close()
    return attacker


async def typing_during(server: Inkstand, attacker: subprocess.Popen[str]) -> float:
    """Return the p99 of one who types while another attacks, again and again."""
    delivered: list[float] = []
    while attacker.poll() is None:
        delivered += (await typing(server, 100)).deliveries
    assert attacker.returncode == 0
    return percentile(delivered, 99) * 1000


def test_attacks(tmp_path: Path, pinned: None, report: Report) -> None:
    with inkstand(tmp_path / "relay", "--stranger-seconds", "3") as server:
        asyncio.run(typing(server, 100))
        quiet = [percentile(asyncio.run(typing(server)).deliveries, 99) * 1000 for _ in range(5)]
        report.add("typing, p99, nobody attacks", "ms", {"inkstand": quiet})
        for name in ["nothing", *(attack.__name__ for attack in attacks.CONNECTIONS)]:
            target = {
                "url": server.relay.url,
                "token": server.token(USERS - 1),
                "own": server.document(),
                "others": server.document(),
            }
            attacker = begin_attack(name, json.dumps(target))
            found = asyncio.run(typing_during(server, attacker))
            report.add(f"typing, p99, during {name}", "ms", {"inkstand": [found]})
