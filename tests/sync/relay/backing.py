"""PostgreSQL and Redis for all relays of a run of the tests: a database of each for each relay."""

from __future__ import annotations

import atexit
import tempfile
from contextlib import ExitStack
from functools import cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.sync.relay.postgres import PostgresServer
    from tests.sync.relay.redis_server import RedisServer

_numbers = count()


@cache
def backing(data_dir: Path) -> tuple[str, str]:
    """Return the URLs of the PostgreSQL and the Redis of the relay with that folder."""
    postgres, redis = _servers()
    number = next(_numbers)
    name = f"relay_{number}"
    postgres.do(f"CREATE DATABASE {name} TEMPLATE prepared")
    return postgres.url(name), redis.url(database=number)


@cache
def _servers() -> tuple[PostgresServer, RedisServer]:
    from sync.relay.storage.postgres import schema
    from tests.sync.relay.postgres import PostgresServer
    from tests.sync.relay.redis_server import RedisServer

    stack = ExitStack()
    atexit.register(stack.close)
    postgres = stack.enter_context(PostgresServer())
    postgres.do("CREATE DATABASE prepared")
    schema.prepare(postgres.url("prepared"))
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="inkstand-redis-"))
    return postgres, stack.enter_context(RedisServer(Path(folder)))
