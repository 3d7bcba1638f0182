"""`inkstand-relay check --store`: what is amiss in PostgreSQL is found, and named."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable

import pytest

from sync.errors import AdministrationError
from sync.relay.audit import Actor
from sync.relay.storage.base import Attachment
from sync.relay.storage.postgres.check import check
from sync.relay.storage.postgres.storage import PostgresStorage
from sync.relay.storage.sql.log import SqlLog
from tests.sync.relay.postgres import PostgresServer
from tests.sync.relay.storage.backends import PostgresBackend, turn
from tests.sync.relay.storage.conftest import BOOK, Fill, typed

PICTURE = b"\x89PNG\r\n\x1a\n picture"
DIGEST = hashlib.sha256(PICTURE).digest()

pytestmark = pytest.mark.parametrize("backend", ["postgres"], indirect=True)


@pytest.fixture
def whole(backend: PostgresBackend, log: SqlLog, fill: Fill) -> PostgresBackend:
    """Hold a document with a snapshot, a version, a tail and a picture, all in order."""
    updates = typed("one ", "two ", "three ", "four")
    fill(updates[:2])
    log.compact(BOOK)
    fill(updates[2:])
    storage = PostgresStorage(backend.url)
    user = storage.accounts.users()[0].id
    storage.attachments.put(DIGEST, [PICTURE[:5], PICTURE[5:]])
    attachment = Attachment(DIGEST, len(PICTURE), "image/png")
    storage.accounts.add_attachment(BOOK, attachment, 10, Actor(user, None))
    storage.close()
    assert list(check(backend.url)) == []
    return backend


def sql(statement: str) -> Callable[[PostgresBackend], object]:
    return lambda backend: backend.sql(statement)


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (sql("DELETE FROM updates WHERE sequence = 3"), "1 rows are missing from its log"),
        (lambda backend: turn(backend, "updates", "data", b"four", b"five"), "1 rows of its log"),
        (sql("UPDATE snapshots SET state = '\\x00'"), "its snapshot"),
        (
            lambda backend: backend.sql("UPDATE versions SET state = ?", zlib.compress(b"\1\1")),
            "its version 2 cannot be read",
        ),
        (sql("UPDATE heads SET sequence = 9"), "its log ends elsewhere"),
        (sql("DELETE FROM heads"), "its log ends elsewhere"),
        (sql("DELETE FROM attachment_parts WHERE part = 1"), "is missing or damaged"),
        (sql("DELETE FROM attachment_parts"), "is missing or damaged"),
    ],
)
def test_each_kind_of_damage(
    whole: PostgresBackend, harm: Callable[[PostgresBackend], object], said: str
) -> None:
    harm(whole)
    found = list(check(whole.url))
    assert any(said in sentence and BOOK in sentence for sentence in found), found


def test_a_database_without_a_relay(
    backend: PostgresBackend, postgres_server: PostgresServer
) -> None:
    with (
        postgres_server.database() as url,
        pytest.raises(AdministrationError, match="There is no relay's data in PostgreSQL at"),
    ):
        list(check(url))
