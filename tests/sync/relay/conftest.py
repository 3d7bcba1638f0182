"""A database server for all tests of the relay that ask for one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sync.relay.storage.postgres import schema
from tests.sync.relay.postgres import PostgresServer


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    with PostgresServer() as server:
        server.do("CREATE DATABASE prepared")
        schema.prepare(server.url("prepared"))
        yield server


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """Name a database with the relay's tables, and nothing in them."""
    with postgres_server.database("prepared") as url:
        yield url
