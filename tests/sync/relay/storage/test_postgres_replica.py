"""Lists are read from a streaming replica, and are never older than what was there when asked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sync.relay.storage.postgres.accounts import PostgresAccounts
from sync.relay.storage.postgres.replica import Replica
from sync.relay.storage.postgres.storage import PostgresStorage
from sync.types import DocumentId, Role
from tests.sync.relay.postgres import PostgresServer, in_memory
from tests.sync.relay.process import until


@pytest.fixture(scope="module")
def primary() -> Iterator[PostgresServer]:
    with PostgresServer(folder=in_memory()) as server:
        PostgresStorage(server.url()).close()
        yield server


@pytest.fixture
def replica(primary: PostgresServer) -> Iterator[PostgresServer]:
    with primary.replica() as replica:
        yield replica


@pytest.fixture
def accounts(primary: PostgresServer, replica: PostgresServer) -> Iterator[PostgresAccounts]:
    accounts = PostgresAccounts(primary.url(), replica.url())
    yield accounts
    accounts.close()


def create(accounts: PostgresAccounts, owner: str, count: int) -> None:
    """Make documents, and find each in the list at once."""
    before = len(accounts.documents(owner))
    for number in range(1, count + 1):
        accounts.create_document(DocumentId(f"{owner}-{before + number}"), "Book", owner)
        assert len(accounts.documents(owner)) == before + number


def replica_of(accounts: PostgresAccounts) -> Replica:
    assert accounts.replica is not None
    return accounts.replica


def test_who_writes_reads_it_there(accounts: PostgresAccounts) -> None:
    ada, ben = accounts.add_user("ada", "hash"), accounts.add_user("ben", "hash")
    until(lambda: accounts.documents(ada.id) == [] and replica_of(accounts).answered)
    answered = replica_of(accounts).answered
    create(accounts, ada.id, 20)
    assert replica_of(accounts).answered > answered
    document_id = accounts.documents(ada.id)[0].id
    accounts.share(document_id, ben.id, Role.VIEWER)
    assert [member.role for member in accounts.members(document_id)] == [Role.OWNER, Role.VIEWER]
    assert [entry.action for entry in accounts.audit(0)][-1] == "member_role_changed"


def test_one_that_lags_is_passed_over(
    primary: PostgresServer, replica: PostgresServer, accounts: PostgresAccounts
) -> None:
    eve = accounts.add_user("eve", "hash")
    until(lambda: accounts.documents(eve.id) == [] and replica_of(accounts).answered)
    replica.do("SELECT pg_wal_replay_pause()")
    until(lambda: replica.do("SELECT pg_get_wal_replay_pause_state()") == [("paused",)])
    accounts.create_document(DocumentId("before"), "Book", eve.id)  # the replica lacks it
    answered = replica_of(accounts).answered
    create(accounts, eve.id, 4)
    assert replica_of(accounts).answered == answered
    replica.do("SELECT pg_wal_replay_resume()")
    until(lambda: len(accounts.documents(eve.id)) == 5 and replica_of(accounts).answered > answered)


def test_one_that_is_stopped_or_killed_is_passed_over_until_it_is_back(
    replica: PostgresServer, accounts: PostgresAccounts
) -> None:
    zoe = accounts.add_user("zoe", "hash")
    until(lambda: accounts.documents(zoe.id) == [] and replica_of(accounts).answered)
    replica.kill()
    answered = replica_of(accounts).answered
    create(accounts, zoe.id, 3)
    assert replica_of(accounts).answered == answered
    replica.start()
    until(lambda: len(accounts.documents(zoe.id)) == 3 and replica_of(accounts).answered > answered)


def test_what_is_no_replica_is_passed_over(primary: PostgresServer) -> None:
    accounts = PostgresAccounts(primary.url(), primary.url())
    accounts.users()
    assert replica_of(accounts).answered == 0
    accounts.close()
