"""Every bound of `Settings`, exceeded: the right answer, and a number in the metrics."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import fields
from http.client import HTTPConnection
from itertools import repeat
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from sync.protocol import client as events
from sync.protocol import close_codes
from sync.protocol import messages as m
from sync.protocol.awareness import ClientState, encode_awareness
from sync.relay.census import Census
from sync.relay.settings import Settings
from sync.relay.storage.sqlite import schema
from tests.sync.relay.http import call, metrics
from tests.sync.relay.local import LocalRelay, local_relay
from tests.sync.relay.peer import Peer
from tests.sync.relay.raw import code_of, opened, send_all
from tests.sync.relay.storage.conftest import rows

Serve = Callable[..., LocalRelay]
Come = Callable[[Census, str], bool]
Go = Callable[[Census, str], None]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Start a relay with some settings."""
    with ExitStack() as stack:
        yield lambda **values: stack.enter_context(local_relay(tmp_path, Settings(**values)))


def join(relay: LocalRelay, document: str) -> Peer:
    return Peer(relay.url, document, relay.token())


def test_frame_bytes(serve: Serve) -> None:
    relay = serve(frame_bytes=2_000)
    with join(relay, relay.document()).joined() as peer:
        peer.write("x" * 3_000, up_to=1)
        assert peer.until_closed() == close_codes.MESSAGE_TOO_BIG
    found = metrics(relay.url)
    assert found["connections"] == 0
    assert found[f"closed_total{{{close_codes.MESSAGE_TOO_BIG}}}"] == 1


def test_send_buffer_bytes_is_in_the_metrics(serve: Serve) -> None:
    relay = serve(send_buffer_bytes=100_000)
    document = relay.document()
    with (
        join(relay, document).joined() as writer,
        socket.socket() as plain,
    ):
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        plain.connect(("127.0.0.1", int(relay.url.rpartition(":")[2])))
        with connect(
            relay.url, sock=plain, max_size=None, proxy=None, max_queue=1, close_timeout=1
        ) as reader:
            reader.send(m.encode_frame(document, m.AuthToken(relay.token())))
            reader.send(m.encode_frame(document, m.SyncStep1(b"\0")))
            number = 0
            while not metrics(relay.url)["slow_readers_total"]:
                number += 1
                writer.write("x" * 100_000, up_to=number)
                while writer.acknowledged < number:
                    writer.step()
                assert number < 500
        assert metrics(relay.url)[f"closed_total{{{close_codes.TRY_AGAIN_LATER}}}"] == 1


def test_stranger_bytes(serve: Serve) -> None:
    relay = serve(stranger_bytes=10_000)
    with connect(relay.url, proxy=None) as stranger:
        send_all(stranger, repeat(m.encode_frame("book", m.SyncStep1(bytes(1_000))), 200))
        assert code_of(stranger) == close_codes.TOO_MUCH_UNAUTHORIZED
    assert metrics(relay.url)[f"closed_total{{{close_codes.TOO_MUCH_UNAUTHORIZED}}}"] == 1


@pytest.mark.parametrize("limit", ["strangers", "strangers_per_place", "connections"])
def test_no_room_for_another_socket(serve: Serve, limit: str) -> None:
    relay = serve(**{limit: 3})
    with ExitStack() as stack:
        held = [stack.enter_context(connect(relay.url, proxy=None)) for _ in range(3)]
        with pytest.raises(InvalidStatus) as refused, connect(relay.url, proxy=None):
            pass
        assert refused.value.response.status_code == 503
        assert refused.value.response.headers["Retry-After"] == "5"
        assert metrics(relay.url)["turned_away"] == 1
        held[0].close()
        while metrics(relay.url)["connections"] == 3:
            pass
        stack.enter_context(connect(relay.url, proxy=None))


@pytest.mark.parametrize("limit", ["strangers", "strangers_per_place"])
def test_no_room_for_another_head(serve: Serve, limit: str) -> None:
    relay = serve(**{limit: 3})
    port = int(relay.url.rpartition(":")[2])
    with ExitStack() as stack:
        for _ in range(3):
            slow = stack.enter_context(socket.create_connection(("127.0.0.1", port), 20))
            slow.sendall(b"GET / HT")
        # Whoever comes next may come before they do: then one of them is turned away.
        while relay.relay.census.at_the_door < 3:
            pass
        late = stack.enter_context(socket.create_connection(("127.0.0.1", port), 20))
        with suppress(ConnectionResetError):
            assert late.recv(1) == b""
        assert relay.relay.census.turned_away == 1


def test_a_place_that_holds_the_door_holds_it_for_itself_only() -> None:
    census = Census(Settings(strangers=4, strangers_per_place=2))
    assert [census.come_to_the_door("10.0.0.1") for _ in range(3)] == [True, True, False]
    assert census.come_to_the_door("10.0.0.2")
    # Everybody comes from the proxy: there only the whole is bounded.
    assert census.come_to_the_door("10.0.0.1", is_proxy=True)
    assert not census.come_to_the_door("10.0.0.1", is_proxy=True)
    census.leave_the_door("10.0.0.1")
    assert census.come_to_the_door("10.0.0.2")


@pytest.mark.parametrize(
    ("come", "go"),
    [
        (Census.come_to_the_door, Census.leave_the_door),
        (Census.admit_http, Census.http_gone),
        (Census.admit, lambda census, place: census.gone(place, None)),
    ],
)
def test_whoever_has_a_network_of_ipv6_has_one_place(come: Come, go: Go) -> None:
    census = Census(Settings(strangers_per_place=2, http_connections_per_place=2))
    home = [f"2001:db8:0:1::{number}" for number in range(3)]
    assert [come(census, place) for place in home] == [True, True, False]
    assert come(census, "2001:db8:0:2::1")
    go(census, home[0])
    assert come(census, home[2])
    for place in (home[1], home[2], "2001:db8:0:2::1"):
        go(census, place)
    assert (census.at_the_door, census.http, census.sockets) == (0, 0, 0)
    assert not census.strangers


@pytest.mark.parametrize("limit", ["http_connections", "http_connections_per_place"])
def test_no_room_for_another_request(serve: Serve, limit: str) -> None:
    relay = serve(**{limit: 3})
    port = int(relay.url.rpartition(":")[2])
    with ExitStack() as stack:
        held = []
        for _ in range(3):
            held.append(HTTPConnection("127.0.0.1", port, timeout=20))
            stack.callback(held[-1].close)
            held[-1].request("GET", "/healthz")
            assert held[-1].getresponse().read()
        assert call(relay.url, "/healthz") == (
            503,
            {
                "type": "about:blank",
                "title": "Service Unavailable",
                "status": 503,
                "detail": "The relay has no room for another connection. Try again soon.",
            },
        )
        # Those who write are not hindered.
        with join(relay, relay.document()).joined():
            pass
        held[0].close()
        while relay.relay.census.http == 3:
            pass
        found = metrics(relay.url)
        assert (found["turned_away"], found["http_connections"]) == (1, 3)


def test_people_who_are_in_leave_room_for_strangers(serve: Serve) -> None:
    relay = serve(strangers=1)
    document = relay.document()
    with ExitStack() as stack:
        for _ in range(3):
            stack.enter_context(join(relay, document).joined())
        assert metrics(relay.url)["strangers"] == 0
        assert metrics(relay.url)["users"] == 1


def test_connections_per_user(serve: Serve) -> None:
    relay = serve(connections_per_user=2)
    document = relay.document()
    with join(relay, document).joined(), join(relay, document).joined():
        with join(relay, document) as third:
            assert third.until_closed() == close_codes.TOO_MANY_CONNECTIONS
        found = metrics(relay.url)
        assert found["turned_away"] == 1
        assert found[f"closed_total{{{close_codes.TOO_MANY_CONNECTIONS}}}"] == 1
        while metrics(relay.url)["connections"] > 2:
            pass
        ben = relay.relay.accounts.add_user("ben", relay.relay.auth.hash_password("x"))
        with Peer(relay.url, document, relay.relay.auth.access_token(ben.id)) as other:
            other.until(events.AccessDenied)  # nothing of ben's, but room for him


def test_documents_per_connection(serve: Serve) -> None:
    relay = serve(documents_per_connection=20)
    with connect(relay.url, proxy=None) as client:
        for number in range(21):
            client.send(m.encode_frame(f"d{number}", m.AuthToken(relay.token())))
        assert code_of(client) == close_codes.TOO_MANY_DOCUMENTS
    assert metrics(relay.url)[f"closed_total{{{close_codes.TOO_MANY_DOCUMENTS}}}"] == 1


def test_updates_per_second_slow_a_sender_down_and_lose_nothing(serve: Serve) -> None:
    relay = serve(updates_per_second=500, updates_burst=50)
    document = relay.document()
    with join(relay, document).joined() as fast, join(relay, document).joined() as other:
        for number in range(1, 301):
            fast.write("x", up_to=number)
        other.write("y", up_to=1)
        while not other.acknowledged:
            other.step()  # not held up by the other
        while fast.acknowledged < 300:
            fast.step()
        assert not fast.refusals
        assert metrics(relay.url)["throttled_total"] >= 1


def test_document_bytes(serve: Serve) -> None:
    relay = serve(document_bytes=20_000)
    document = relay.document()
    with join(relay, document).joined() as peer, join(relay, document).joined() as other:
        peer.write("x" * 12_000, up_to=1)
        while not peer.acknowledged:
            peer.step()
        peer.write("y" * 12_000, up_to=2)
        peer.write("small, but it builds on the other", up_to=3)
        while len(peer.refusals) < 2:
            peer.step()
        assert set(peer.refusals) == {"the document has reached 20,000 bytes, the relay's limit"}
        other.write("z", up_to=1)  # there is room for this
        while not other.acknowledged:
            other.step()
        assert metrics(relay.url)["updates_refused_total"] == 2
    with join(relay, document).joined() as reader:
        assert sorted(reader.document.text()) == [*"x" * 12_000, "z"]


def test_awareness_bytes(serve: Serve) -> None:
    relay = serve(awareness_bytes=2_000)
    document = relay.document()
    state = encode_awareness([ClientState(1, 1, json.dumps("x" * 3_000))])
    for message in (m.Awareness(state), m.Stateless("é" * 1_500)):
        with opened(relay.url, document, relay.token()) as client:
            client.send(m.encode_frame(document, message))
            assert code_of(client) == close_codes.MESSAGE_TOO_BIG
    assert metrics(relay.url)[f"closed_total{{{close_codes.MESSAGE_TOO_BIG}}}"] == 2


def test_idle_seconds(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.relay.server.UNLOAD_SECONDS", 0.1)
    relay = serve(idle_seconds=0.1)
    with join(relay, relay.document()).joined():
        assert metrics(relay.url)["rooms"] == 1
    while metrics(relay.url)["rooms"]:
        pass


def test_compact_updates_at_each_look(serve: Serve, tmp_path: Path) -> None:
    relay = serve(compact_updates=10, sweep_seconds=0.1)
    with join(relay, relay.document()).joined() as peer:
        for number in range(1, 31):
            peer.write("x", up_to=number)
            while peer.acknowledged < number:
                peer.step()
        while rows(tmp_path / schema.FILE_NAME) >= 10:
            pass
    with join(relay, "book").joined() as reader:
        assert reader.document.text() == "x" * 30


def test_every_setting_is_tried_somewhere() -> None:
    """A bound that nobody exceeds in a test may as well not be there."""
    tried = "".join(path.read_text() for path in Path(__file__).parent.rglob("test_*.py"))
    names = [entry.name for entry in fields(Settings)]
    missing = [n for n in names if n not in tried and n.replace("_", "-") not in tried]
    assert missing == []
