"""Pieces of a cluster are killed and cut off under load; what must be true afterwards."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.sync.relay.cluster import Cluster, Node
from tests.sync.relay.peer import Peer
from tests.sync.relay.stubborn import Stubborn, amiss, until


@dataclass
class Outcome:
    """What all rounds together showed."""

    rounds: list[str] = field(default_factory=list)
    recovery: dict[str, list[float]] = field(default_factory=dict)
    """Seconds from the repair until all writers had something new acknowledged, by fault."""
    sent: int = 0
    acknowledged: int = 0
    refused: int = 0
    amiss: list[str] = field(default_factory=list)


@contextmanager
def _killed_node(cluster: Cluster, rng: random.Random) -> Iterator[None]:
    node = rng.choice(cluster.nodes)
    node.kill()
    yield
    node.start()


@contextmanager
def _killed_redis(cluster: Cluster, _: random.Random) -> Iterator[None]:
    cluster.redis.kill()
    yield
    cluster.redis.start()


@contextmanager
def _killed_postgres(cluster: Cluster, _: random.Random) -> Iterator[None]:
    cluster.postgres.kill()
    yield
    cluster.postgres.start()


@contextmanager
def _killed_nginx(cluster: Cluster, _: random.Random) -> Iterator[None]:
    cluster.front.kill()
    yield
    cluster.front.start()


def _cut_off(name: str) -> Callable[[Cluster, random.Random], Iterator[None]]:
    def cut_off(cluster: Cluster, rng: random.Random) -> Iterator[None]:
        proxy = getattr(rng.choice(cluster.nodes), name)
        proxy.swallows = True
        yield
        proxy.swallows = False
        proxy.cut()

    return cut_off


@contextmanager
def _all_at_once(cluster: Cluster, rng: random.Random) -> Iterator[None]:
    for node in cluster.nodes:
        node.kill()
    with _killed_redis(cluster, rng), _killed_nginx(cluster, rng), _killed_postgres(cluster, rng):
        yield
    for node in cluster.nodes:
        node.start()


FAULTS = {
    "a node killed": _killed_node,
    "Redis killed": _killed_redis,
    "PostgreSQL killed": _killed_postgres,
    "nginx killed": _killed_nginx,
    "a node cut off from Redis": contextmanager(_cut_off("to_redis")),
    "a node cut off from PostgreSQL": contextmanager(_cut_off("to_postgres")),
    "all of it killed": _all_at_once,
}


def chaos(
    folder: Path,
    seed: int,
    nodes: int,
    rounds: int,
    writers_each: int = 2,
    documents: int = 2,
    longest: float = 1.0,
) -> Outcome:
    """Let `writers_each` write to each of `documents` through `rounds` of all faults.

    Each fault lasts up to `longest` seconds.
    """
    rng, outcome = random.Random(seed), Outcome()
    with Cluster(folder, nodes) as cluster:
        cluster.nodes[0].add_user("ada")
        token = cluster.admin("token", "ada", "--seconds", "86400")
        names = [cluster.new_document() for _ in range(documents)]
        writers = [
            Stubborn(f"d{d}w{w}", lambda: cluster.front.url, names[d], token, seed)
            for d in range(documents)
            for w in range(writers_each)
        ]
        try:
            _until_all_progress(writers)
            for _ in range(rounds):
                faults = list(FAULTS)
                rng.shuffle(faults)
                for name in faults:
                    with FAULTS[name](cluster, rng):
                        time.sleep(rng.uniform(0.2, longest))
                    repaired = time.monotonic()
                    _until_all_progress(writers)
                    outcome.recovery.setdefault(name, []).append(time.monotonic() - repaired)
                    outcome.rounds.append(name)
            for writer in writers:
                writer.stop_writing()
            until(lambda: all(writer.saved for writer in writers), writers)
            for document_id in names:
                theirs = [writer for writer in writers if writer.document_id == document_id]
                outcome.amiss += _compare(cluster.nodes, document_id, token, theirs)
            until(lambda: _are_told_all(writers), writers)
        finally:
            for writer in writers:
                writer.end()
        for document_id in names:
            theirs = [writer for writer in writers if writer.document_id == document_id]
            outcome.amiss += amiss([writer.text for writer in theirs], theirs)
    outcome.sent = sum(writer.sent for writer in writers)
    outcome.acknowledged = sum(writer.acknowledged for writer in writers)
    outcome.refused = sum(writer.refused for writer in writers)
    return outcome


def _until_all_progress(writers: list[Stubborn]) -> None:
    before = {writer.name: writer.acknowledged for writer in writers}
    until(lambda: all(writer.acknowledged > before[writer.name] for writer in writers), writers)


def _compare(nodes: list[Node], document_id: str, token: str, writers: list[Stubborn]) -> list[str]:
    """Ask each node for the document, with a device that has nothing."""
    texts = []
    for node in nodes:
        with Peer(node.url, document_id, token).joined() as reader:
            texts.append(reader.document.text())
    return amiss(texts, writers)


def _are_told_all(writers: list[Stubborn]) -> bool:
    """Whether every writer has what all writers to its document have written."""
    return all(
        writer.heard == sum(one.sent for one in writers if one.document_id == writer.document_id)
        for writer in writers
    )
