"""A whole relay of several nodes, each piece a real process that may be killed or cut off."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from sync.relay.bus.opening import BUS_VARIABLE
from tests.sync.client.proxy import Proxy
from tests.sync.relay.front import Front
from tests.sync.relay.postgres import PostgresServer
from tests.sync.relay.process import RelayProcess
from tests.sync.relay.redis_server import RedisServer


def drain(name: str, bus: str) -> str:
    """Run `inkstand-relay drain`; return what it says."""
    done = subprocess.run(
        [sys.executable, "-m", "sync.relay", "drain", name],
        env={**os.environ, BUS_VARIABLE: bus},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == (0 if done.stdout else 1), done.stderr
    return done.stdout + done.stderr


class Node(RelayProcess):
    """Reaches PostgreSQL and Redis through proxies of its own, where it may be cut off."""

    def __init__(self, cluster: Cluster, number: int, *options: str) -> None:
        self.name = f"node{number}"
        self.cluster = cluster
        self.to_postgres: Proxy | None = None
        self.to_redis: Proxy | None = None
        if cluster.through_proxies:
            self.to_postgres = cluster.stack.enter_context(Proxy(cluster.postgres.port))
            self.to_redis = cluster.stack.enter_context(Proxy(cluster.redis.port))
        store = cluster.postgres.url()
        if self.to_postgres is not None:
            store = store.replace(f":{cluster.postgres.port}/", f":{self.to_postgres.port}/")
        bus = cluster.redis.url(self.to_redis.port if self.to_redis is not None else None)
        super().__init__(
            cluster.folder / self.name,
            *("--bus", bus, "--node", self.name, "--trusted-proxy", "127.0.0.1", *options),
            store=store,
        )

    def drain(self) -> int:
        """Drain it, and return its exit code."""
        said = drain(self.name, self.cluster.redis.url())
        assert said.startswith(f"{self.name} sends "), said
        return self.ended()


class Cluster:
    """`with Cluster(folder, 2) as cluster:` — all is up in the block."""

    def __init__(
        self, folder: Path, nodes: int, *options: str, through_proxies: bool = True
    ) -> None:
        self.folder = folder
        self.through_proxies = through_proxies
        self.stack = ExitStack()
        self._count = nodes
        self._options = options
        self.postgres: PostgresServer
        self.redis: RedisServer
        self.front: Front
        self.nodes: list[Node] = []

    def __enter__(self) -> Cluster:
        self.folder.mkdir(parents=True, exist_ok=True)
        with ExitStack() as stack:
            self.stack = stack
            self.postgres = stack.enter_context(PostgresServer())
            self.redis = stack.enter_context(RedisServer(self.folder / "redis"))
            for number in range(self._count):
                node = Node(self, number, *self._options)
                self.nodes.append(stack.enter_context(node))
            ports = [node.port for node in self.nodes]
            self.front = stack.enter_context(Front(self.folder / "nginx", ports))
            self.stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.stack.close()

    def admin(self, *arguments: str, stdin: str | None = None) -> str:
        return self.nodes[0].admin(*arguments, stdin=stdin)

    def new_document(self, owner: str = "ada") -> str:
        return self.admin("document", "create", "--owner", owner, "--title", "Book")
