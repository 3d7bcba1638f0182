"""A database server for all tests of the relay that ask for one."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from sync.relay.storage.postgres import schema
from tests.sync.relay.postgres import PostgresServer, in_memory

OWN_FOLDER = (
    "test_crash.py",
    "test_backup.py",
    "test_disk.py",
    "test_the_log_stays_short_and_what_is_left_alone_gets_a_version",
    "test_nobody_waits_for_a_compaction",
    "test_the_files_stay_the_relays_own",
    "test_a_data_directory_that_is_none",
    "test_a_file_that_is_no_database",
    "test_a_newer_database_is_not_touched",
    "test_the_database_is_private",
)
"""What is about the files of a relay that is alone: test_cluster and test_store do the like."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With INKSTAND_TEST_STORE=cluster, relays have no files of their own (`RelayProcess`)."""
    if os.environ.get("INKSTAND_TEST_STORE") == "cluster":
        about_files = [item for item in items if any(name in item.nodeid for name in OWN_FOLDER)]
        config.hook.pytest_deselected(items=about_files)
        items[:] = [item for item in items if item not in about_files]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    with PostgresServer(folder=in_memory()) as server:
        server.do("CREATE DATABASE prepared")
        schema.prepare(server.url("prepared"))
        yield server


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """Name a database with the relay's tables, and nothing in them."""
    with postgres_server.database("prepared") as url:
        yield url


@pytest.fixture(scope="module")
def killed() -> Iterator[PostgresServer]:
    """One that the tests of a module may kill."""
    with PostgresServer(folder=in_memory()) as server:
        yield server


@pytest.fixture
def server(killed: PostgresServer) -> PostgresServer:
    """Give it, running."""
    if killed.process is None:
        killed.start()
    return killed
