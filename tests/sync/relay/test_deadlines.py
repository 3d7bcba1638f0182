"""Heartbeats and deadlines, made short; and readers that do not read."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from sync.protocol import client as events
from sync.protocol import close_codes
from sync.protocol import messages as m
from sync.relay import connection, front_door
from sync.relay.api import http
from sync.relay.settings import DEFAULTS, Settings
from tests.sync.relay.http import metrics
from tests.sync.relay.local import LocalRelay, local_relay
from tests.sync.relay.peer import Peer
from tests.sync.relay.raw import opened


@pytest.fixture
def relay(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[LocalRelay]:
    with local_relay(tmp_path, getattr(request, "param", DEFAULTS)) as relay:
        yield relay


def settings(**values: Any) -> pytest.MarkDecorator:
    """Serve with these settings."""
    return pytest.mark.parametrize("relay", [Settings(**values)], indirect=True, ids=[""])


@settings(stranger_seconds=0.3)
def test_a_silent_stranger_is_sent_away(relay: LocalRelay) -> None:
    with connect(relay.url, proxy=None) as stranger, pytest.raises(ConnectionClosed) as closed:
        stranger.recv(timeout=20)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == close_codes.UNAUTHORIZED
    with Peer(relay.url, relay.document(), "nonsense") as peer:
        assert peer.until_closed() == close_codes.UNAUTHORIZED
    assert metrics(relay.url)[f"closed_total{{{close_codes.UNAUTHORIZED}}}"] == 2


@settings(ping_seconds=0.2)
def test_an_idle_client_hears_a_frame_of_the_protocol(relay: LocalRelay) -> None:
    with Peer(relay.url, relay.document(), relay.token()).joined() as peer:
        while peer.socket.recv(timeout=20) != m.encode_frame("", m.Ping()):
            pass


@settings(silence_seconds=1.0)
def test_a_dead_client_is_found(relay: LocalRelay) -> None:
    with Peer(relay.url, relay.document(), relay.token()).joined() as peer:
        assert peer.until_closed() == close_codes.CONNECTION_TIMEOUT
    assert metrics(relay.url)[f"closed_total{{{close_codes.CONNECTION_TIMEOUT}}}"] == 1


@settings(renew_seconds=0.2)
def test_an_expired_token_without_a_newer_one(relay: LocalRelay) -> None:
    with Peer(relay.url, relay.document(), relay.token()).joined() as peer:
        [held] = relay.relay.connections
        for opened in held.opened.values():
            opened.grant = replace(opened.grant, expires=0.0)
        assert peer.until_closed() == close_codes.UNAUTHORIZED
        assert any(isinstance(event, events.TokenWanted) for event in peer.events)


def test_another_persons_token_renews_nothing(relay: LocalRelay) -> None:
    other = relay.relay.accounts.add_user("ben", relay.relay.auth.hash_password("x"))
    with Peer(relay.url, relay.document(), relay.token()).joined() as peer:
        peer.protocol.renew_token(peer.document_id, relay.relay.auth.access_token(other.id))
        peer.flush()
        assert peer.until_closed() == close_codes.UNAUTHORIZED


@settings(send_buffer_bytes=1024 * 1024)
def test_a_reader_that_does_not_read_is_closed_and_the_others_go_on(
    relay: LocalRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = relay.document()
    monkeypatch.setattr(connection, "CLOSE_SECONDS", 60.0)
    with (
        Peer(relay.url, document, relay.token()).joined() as writer,
        Peer(relay.url, document, relay.token()).joined() as good,
    ):
        bad = Peer(relay.url, document, relay.token()).joined()
        number = 0
        while not any(connection.closing for connection in relay.relay.connections):
            number += 1
            writer.write("x" * 100_000, up_to=number)
            while writer.acknowledged < number:
                writer.step()
            good.step()
            assert number < 2_000
        while good.document.length < writer.document.length:
            good.step()
        assert bad.until_closed() == close_codes.TRY_AGAIN_LATER


def test_a_request_that_never_ends(relay: LocalRelay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "HTTP_SECONDS", 0.3)
    port = int(relay.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=20) as slow:
        slow.sendall(b"POST /api/sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        with suppress(ConnectionResetError):
            assert slow.recv(100) == b""
    monkeypatch.setattr(front_door, "HEAD_SECONDS", 0.3)
    with socket.create_connection(("127.0.0.1", port), timeout=20) as slow:
        slow.sendall(b"GET / HT")
        with suppress(ConnectionResetError):
            assert slow.recv(100) == b""


def test_a_message_in_ever_so_many_pieces(relay: LocalRelay) -> None:
    def pieces() -> Iterator[bytes]:
        yield m.encode_frame(document, m.AuthToken(relay.token()))
        for _ in range(2_000):
            yield b""

    document = relay.document()
    with connect(relay.url, proxy=None) as client:
        client.send(pieces())
        answer = client.recv(timeout=20)
        assert isinstance(answer, bytes)
        assert m.decode_frame(answer, m.Sender.RELAY).message == m.Authenticated(m.READ_WRITE)


@settings(updates_burst=50, updates_per_second=500)
@pytest.mark.parametrize("frame", [b"\x89\x80mask", b"\x00\x80mask"], ids=["pings", "pieces"])
def test_frames_that_are_no_messages_count_too(relay: LocalRelay, frame: bytes) -> None:
    document = relay.document()
    with opened(relay.url, document, relay.token()) as client:
        if frame[0] == 0:
            client.socket.sendall(b"\x02\x80mask")  # a message begins
        client.socket.sendall(frame * 200)
        while not metrics(relay.url)["throttled_total"]:
            pass
        with Peer(relay.url, document, relay.token()).joined() as other:
            other.write("x", up_to=1)
            while not other.acknowledged:
                other.step()


def test_a_mistake_of_the_relays_own_is_said_so(
    relay: LocalRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: str) -> None:
        raise RuntimeError("a bug")

    document = relay.document()
    with Peer(relay.url, document, relay.token()).joined() as other:
        monkeypatch.setattr(relay.relay.auth, "check", fail)
        with Peer(relay.url, document, "any token") as peer:
            assert peer.until_closed() == close_codes.INTERNAL_ERROR
        other.write("x", up_to=1)
        while not other.acknowledged:
            other.step()


def test_deadlines_leave_nothing_behind(relay: LocalRelay) -> None:
    document = relay.document()
    for _ in range(20):
        Peer(relay.url, document, relay.token()).joined().close()
    with Peer(relay.url, document, relay.token()).joined():
        while len(relay.relay.connections) > 1:
            pass
        assert len(relay.relay.rooms) == 1
