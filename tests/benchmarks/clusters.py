"""Several nodes of each server, each kind with a PostgreSQL and a Redis of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path

from sync.relay.storage.postgres.accounts import PostgresAccounts
from tests.benchmarks.servers import Hocuspocus, Inkstand, Server, processor_seconds
from tests.sync.relay.cluster import Cluster
from tests.sync.relay.postgres import PostgresServer
from tests.sync.relay.redis_server import RedisServer


@dataclass(frozen=True)
class Cost:
    """What a group of nodes has used since it began: seconds of a processor, and bytes."""

    nodes: float
    database: float
    bus: float
    written_ahead: float
    """Bytes that PostgreSQL has written before it could say that a commit is safe."""
    through_bus: float
    """Bytes that the nodes have sent to Redis and it to them."""

    def __sub__(self, other: Cost) -> Cost:
        return Cost(*(now - was for now, was in zip(astuple(self), astuple(other), strict=True)))

    def each(self, count: float) -> Cost:
        """Return what one of so many has cost."""
        return Cost(*(all_of_them / count for all_of_them in astuple(self)))

    @property
    def processor(self) -> float:
        return self.nodes + self.database + self.bus


@dataclass
class Group:
    """The nodes, and what they stand on."""

    nodes: Sequence[Server]
    postgres: PostgresServer
    redis: RedisServer

    @property
    def name(self) -> str:
        return self.nodes[0].name

    def cost(self) -> Cost:
        assert self.postgres.process is not None
        assert self.redis.process is not None
        [[written]] = self.postgres.do("SELECT pg_current_wal_insert_lsn() - '0/0'")
        with self.redis.client() as client:
            told = client.info("stats")
        return Cost(
            sum(node.cpu() for node in self.nodes),
            processor_seconds(self.postgres.process.pid),
            processor_seconds(self.redis.process.pid),
            float(written),
            float(told["total_net_input_bytes"] + told["total_net_output_bytes"]),
        )


@contextmanager
def inkstand_nodes(folder: Path, count: int) -> Iterator[Group]:
    """Serve our relay on `count` nodes."""
    with Cluster(folder, count, through_proxies=False) as cluster, ExitStack() as stack:
        accounts = PostgresAccounts(cluster.postgres.url())
        stack.callback(accounts.close)
        first = Inkstand(cluster.nodes[0], accounts)
        yield Group([first.on(node) for node in cluster.nodes], cluster.postgres, cluster.redis)


@contextmanager
def hocuspocus_nodes(folder: Path, count: int) -> Iterator[Group]:
    """Serve Hocuspocus on `count` nodes, with its Redis extension."""
    folder.mkdir(parents=True)
    with PostgresServer() as postgres, RedisServer(folder / "redis") as redis, ExitStack() as stack:
        nodes = []
        for _ in range(count):
            nodes.append(Hocuspocus(postgres.url(), redis.url()))
            stack.callback(nodes[-1].stop)
        yield Group(nodes, postgres, redis)


@contextmanager
def both(folder: Path, count: int) -> Iterator[list[Group]]:
    """Serve both, so that each measure is taken of one and then of the other, and again."""
    with (
        inkstand_nodes(folder / "inkstand", count) as ours,
        hocuspocus_nodes(folder / "hocuspocus", count) as theirs,
    ):
        yield [ours, theirs]
