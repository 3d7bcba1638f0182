"""How many updates the log makes durable in a second: SQLite, PostgreSQL, two nodes on one."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

from sync.relay.storage.base import Settlement
from sync.relay.storage.postgres import schema
from sync.relay.storage.sql.log import SqlLog
from sync.types import DocumentId
from tests.sync.relay.postgres import PostgresServer
from tests.sync.relay.storage.backends import Backend, PostgresBackend, SqliteBackend

RUNS = 3
SECONDS = 3.0
UPDATE = bytes(range(40))
"""About as long as that of a keystroke."""

DOCUMENTS = [DocumentId(f"doc{number}") for number in range(1_000)]
WINDOWS = (1, 100, 2_000)
"""Updates that are appended and not settled, at one time: of as many people, each at one key."""


class Pressure:
    """Keeps so many updates on their way to a log's disk."""

    def __init__(self, backend: Backend, window: int, documents: int) -> None:
        self._window = window
        self._documents = DOCUMENTS[:documents]
        self._wake = threading.Condition()
        self._outstanding = 0
        self.settled = 0
        self.commits: list[float] = []
        self.log: SqlLog = backend.log(self._settle, committed=self.commits.append)

    def _settle(self, results: list[Settlement]) -> None:
        assert not any(reason for _, reason, _ in results)
        with self._wake:
            self._outstanding -= len(results)
            self.settled += len(results)
            self._wake.notify()

    def run(self, until: float) -> None:
        number = 0
        while time.perf_counter() < until:
            with self._wake:
                self._wake.wait_for(lambda: self._outstanding < self._window)
                more = self._window - self._outstanding
                self._outstanding += more
            for _ in range(more):
                number += 1
                document_id = self._documents[number % len(self._documents)]
                self.log.append(document_id, UPDATE, "ada", number)
        with self._wake:
            self._wake.wait_for(lambda: not self._outstanding)


def rate(backend: Backend, window: int, documents: int, nodes: int = 1) -> tuple[float, float]:
    """Return updates a second of all nodes, and the median milliseconds of a commit."""
    pressures = [Pressure(backend, window // nodes or 1, documents) for _ in range(nodes)]
    began = time.perf_counter()
    threads = [threading.Thread(target=one.run, args=[began + SECONDS]) for one in pressures]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    for one in pressures:
        one.log.close()
    commits = [seconds for one in pressures for seconds in one.commits]
    return sum(one.settled for one in pressures) / took, 1000 * median(commits)


@pytest.fixture
def backends(tmp_path: Path) -> Iterator[dict[str, Backend]]:
    with PostgresServer() as server:
        schema.prepare(server.url())
        made: dict[str, Backend] = {
            "SQLite": SqliteBackend(tmp_path / "relay"),
            "PostgreSQL": PostgresBackend(server.url()),
        }
        for backend in made.values():
            storage = backend.storage()
            user = storage.accounts.add_user("ada", "hash")
            storage.accounts.create_documents(dict.fromkeys(DOCUMENTS, "Book"), user.id)
            storage.close()
        yield made


def test_group_commit(backends: dict[str, Backend]) -> None:
    print("\n| at once | documents | store | updates/s, median (runs) | a commit, ms |")
    print("|---:|---:|---|---:|---:|")
    for window in WINDOWS:
        for documents in (1, len(DOCUMENTS)):
            cases = [("SQLite", 1), ("PostgreSQL", 1), ("PostgreSQL", 2)]
            runs: dict[tuple[str, int], list[tuple[float, float]]] = {case: [] for case in cases}
            for _ in range(RUNS):  # interleaved: what else the machine does meets all
                for name, nodes in cases:
                    runs[name, nodes].append(rate(backends[name], window, documents, nodes))
            for (name, nodes), found in runs.items():
                rates = sorted(one for one, _ in found)
                commit = median(one for _, one in found)
                store = name if nodes == 1 else f"{name}, {nodes} nodes in this process"
                print(
                    f"| {window:,} | {documents:,} | {store} | {median(rates):,.0f}"
                    f" ({rates[0]:,.0f} to {rates[-1]:,.0f}) | {commit:.2f} |",
                    flush=True,
                )
