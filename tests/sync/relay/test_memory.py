"""A day of people who come and go leaves the relay as it was."""

from __future__ import annotations

import gc
import json
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from sync.protocol import client as events
from sync.protocol import messages as m
from sync.protocol.awareness import ClientState, encode_awareness
from sync.relay.settings import Settings
from tests.sync.relay.http import call, metrics
from tests.sync.relay.local import LocalRelay, local_relay
from tests.sync.relay.peer import Peer

OURS = ("sync.", "websockets.", "uvicorn.", "asyncio.", "pycrdt.", "_asyncio")


@pytest.fixture
def alone() -> Iterator[None]:
    """Leave what other tests keep alive out of what is counted: it may be millions of objects."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("alone")
def test_comings_and_goings_leave_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.relay.server.UNLOAD_SECONDS", 0.1)
    with local_relay(tmp_path, Settings(idle_seconds=0.1)) as relay:
        documents = [relay.document(f"book{number}") for number in range(3)]
        an_hour(relay, documents)
        before = count(relay)
        for _ in range(3):
            an_hour(relay, documents)
        more = count(relay) - before
        # The same at the end of each hour, but for what the interpreter has lying around.
        assert {kind: number for kind, number in more.items() if number > 2} == {}


def an_hour(relay: LocalRelay, documents: list[str]) -> None:
    """All ways to come and to go, some of them ten times."""
    port = int(relay.url.rpartition(":")[2])
    for number in range(10):
        document = documents[number % len(documents)]
        with Peer(relay.url, document, relay.token()).joined() as peer:
            peer.protocol.send_awareness(
                peer.document_id, encode_awareness([ClientState(number + 1, 1, "{}")])
            )
            peer.write("x", up_to=1)
            while not peer.acknowledged:
                peer.step()
            if number % 2:
                # Cut off, in the middle of a frame.
                peer.socket.socket.sendall(b"\x82\xfe")
                peer.socket.socket.shutdown(socket.SHUT_RDWR)
        with Peer(relay.url, document, "nonsense") as stranger:
            stranger.until(events.AccessDenied)
        with connect(relay.url, proxy=None) as client, suppress(ConnectionClosed):
            client.send(m.encode_frame(document, m.SyncUpdate(bytes(5_000))))
            client.send(b"\xff\xff")
            client.recv(timeout=20)
        with socket.create_connection(("127.0.0.1", port), timeout=20) as rude:
            rude.sendall(b"GET / HT")
        assert call(relay.url, "/healthz")[0] == 200
        assert call(relay.url, "/api/documents", token=relay.token())[0] == 200


def count(relay: LocalRelay) -> Counter[str]:
    """Return how many objects there are of each class, once everybody has gone."""
    while relay.relay.connections or len(relay.relay.rooms) or relay.relay.census.at_the_door:
        pass
    assert metrics(relay.url)["strangers"] == 0
    assert json.dumps(sorted(relay.relay.census.users)) == "[]"
    while True:
        gc.collect()
        found = Counter(
            f"{type(thing).__module__}.{type(thing).__qualname__}" for thing in gc.get_objects()
        )
        ours = Counter({kind: n for kind, n in found.items() if kind.startswith(OURS)})
        if not ours["sync.relay.connection.Connection"]:
            return ours
