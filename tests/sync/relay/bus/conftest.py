"""Each kind of bus, with as many nodes as a test wants."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sync.relay.bus.base import Bus
from sync.relay.bus.local import Hub, LocalBus
from sync.relay.bus.redis import RedisBus
from tests.sync.relay.redis_server import RedisServer

NewBus = Callable[[], Bus]


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with RedisServer(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture(params=["local", "redis"])
def new_bus(request: pytest.FixtureRequest) -> NewBus:
    """Return what makes a node of one and the same relay."""
    if request.param == "local":
        hub = Hub()
        return lambda: LocalBus(hub)
    server: RedisServer = request.getfixturevalue("redis")
    # A relay of its own for each test, on one Redis.
    prefix = Path(request.node.name).name
    return lambda: RedisBus(server.url(), prefix)
