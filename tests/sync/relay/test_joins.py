"""What many at once cost: one encoding for those who join, one commit for those who write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from websockets.sync.client import connect

from sync.document.updates import EMPTY_UPDATE
from sync.protocol import messages as m
from tests.sync.relay import raw
from tests.sync.relay.metrics import metric
from tests.sync.relay.peer import Peer
from tests.sync.relay.process import RelayProcess

PEOPLE = 200
EMPTY_STATE_VECTOR = b"\x00"


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[RelayProcess]:
    options = ("--connections-per-user", "500", "--strangers-per-place", "500")
    with RelayProcess(tmp_path / "relay", *options) as relay:
        relay.add_user("ada")
        yield relay


def test_two_hundred_who_join_at_once_cost_one_encoding(relay: RelayProcess) -> None:
    document = relay.admin("document", "create", "--owner", "ada", "--title", "Book")
    token = relay.admin("token", "ada")
    with Peer(relay.url, document, token).joined() as writer, ExitStack() as stack:
        for number in range(1, 21):
            writer.write("a large document " * 1_000, up_to=number)
        while writer.acknowledged < 20:
            writer.step()
        # All are let in first; the document has news that nobody has asked for yet.
        people = []
        for _ in range(PEOPLE):
            person = stack.enter_context(connect(relay.url, proxy=None, max_size=None))
            person.send(m.encode_frame(document, m.AuthToken(token)))
            raw.until(person, m.Authenticated)
            people.append(person)
        before = metric(relay, "inkstand_encodings")
        for person in people:
            person.send(m.encode_frame(document, m.SyncStep1(EMPTY_STATE_VECTOR)))
        answers = set()
        for person in people:
            step2 = raw.until(person, m.SyncStep2)
            assert isinstance(step2, m.SyncStep2)
            answers.add(step2.update)
        assert len(answers) == 1
        assert len(answers.pop()) > 300_000
        assert metric(relay, "inkstand_encodings") == before + 1
        assert metric(relay, "inkstand_joins_total") >= PEOPLE
        # And a change makes one more, not two hundred.
        writer.write("news", up_to=21)
        while writer.acknowledged < 21:
            writer.step()
        for person in people[:20]:
            person.send(m.encode_frame(document, m.SyncStep1(EMPTY_STATE_VECTOR)))
        for person in people[:20]:
            raw.until(person, m.SyncStep2)
        assert metric(relay, "inkstand_encodings") == before + 2


def test_updates_that_come_together_share_commits_and_are_acknowledged_one_by_one(
    relay: RelayProcess,
) -> None:
    document = relay.admin("document", "create", "--owner", "ada", "--title", "Book")
    with Peer(relay.url, document, relay.admin("token", "ada")).joined() as writer:
        before = metric(relay, "inkstand_commit_seconds_count")
        for number in range(1, 1_001):
            writer.write("x", up_to=number)
        while writer.acknowledged < 1_000:
            writer.step()
        commits = metric(relay, "inkstand_commit_seconds_count") - before
        assert 0 < commits < 1_000
        writer.protocol.send_update(writer.document_id, EMPTY_UPDATE, 1_001)
        writer.flush()
        while writer.acknowledged < 1_001:
            writer.step()
        assert metric(relay, "inkstand_updates_stored_total") >= 1_001
