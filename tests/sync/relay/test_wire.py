"""DESIGN's section on the wire, message by message, on a real relay."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.sync.client import ClientConnection, connect

from sync.document.delta import insert
from sync.document.document import Document
from sync.document.updates import EMPTY_UPDATE
from sync.protocol import close_codes
from sync.protocol import messages as m
from sync.protocol.awareness import GONE, ClientState, decode_awareness, encode_awareness
from sync.types import DocumentId, Origin, Role
from tests.sync.relay.local import LocalRelay, local_relay
from tests.sync.relay.peer import Peer
from tests.sync.relay.raw import code_of, opened, until


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[LocalRelay]:
    with local_relay(tmp_path) as relay:
        relay.document()
        yield relay


def viewer(relay: LocalRelay) -> str:
    """Return the token of somebody who may only read ``book``."""
    accounts, auth = relay.relay.accounts, relay.relay.auth
    ben = accounts.add_user("ben", auth.hash_password("correct horse"))
    accounts.share(DocumentId("book"), ben.id, Role.VIEWER)
    return auth.access_token(ben.id)


def say(client: ClientConnection, message: m.Message, address: str = "book") -> None:
    client.send(m.encode_frame(address, message))


def frames(client: ClientConnection, count: int) -> list[m.Frame]:
    """Return the next frames but for our own notices."""
    found: list[m.Frame] = []
    while len(found) < count:
        data = client.recv(timeout=20)
        assert isinstance(data, bytes)
        frame = m.decode_frame(data, m.Sender.RELAY)
        if not isinstance(frame.message, m.Stateless):
            found.append(frame)
    return found


def writing(text: str) -> bytes:
    document = Document()
    document.apply(insert(0, text), Origin.COMMAND)
    return document.encode_state()


@pytest.mark.parametrize("address", ["book", "book\0session 1", "book\0é\0x"])
def test_a_client_pipelines_and_is_answered_in_order_at_its_own_address(
    relay: LocalRelay, address: str
) -> None:
    with Peer(relay.url, "book", relay.token()).joined() as other:
        here = ClientState(7, 1, "{}")
        other.protocol.send_awareness(other.document_id, encode_awareness([here]))
        other.flush()
        while relay.relay.rooms.open(DocumentId("book")).awareness() is None:
            pass
        with connect(relay.url, proxy=None) as client:
            say(client, m.SyncStep1(b"\0"), address)  # before it has said who it is
            say(client, m.AuthToken(relay.token(), "4.8.0"), address)
            say(client, m.SyncUpdate(writing("x")), address)
            found = frames(client, 5)
        assert {frame.address for frame in found} == {address}
        kinds = [type(frame.message) for frame in found]
        assert kinds[0] is m.Authenticated
        joined = [kind for kind in kinds if kind is not m.SyncStatus]
        assert joined == [m.Authenticated, m.SyncStep1, m.SyncStep2, m.Awareness]
        assert m.SyncStatus(True) in [frame.message for frame in found]


def test_one_status_for_each_change_and_for_nothing_else(relay: LocalRelay) -> None:
    document = Document()
    updates: list[bytes] = []
    document.on_update(lambda update, _: updates.append(update))
    for number in range(3):
        document.apply(insert(0, f"{number}"), Origin.COMMAND)
    with opened(relay.url, "book", relay.token()) as client:
        say(client, m.SyncStep1(b"\0"))
        until(client, m.SyncStep2)
        sent: list[m.Message] = [
            m.SyncStep2(EMPTY_UPDATE),
            m.SyncUpdate(updates[0]),
            m.Awareness(encode_awareness([ClientState(1, 1, "{}")])),
            m.SyncUpdate(b"\x01\x01\x01broken"),
            m.Stateless("nobody is meant"),
            m.SyncUpdate(updates[1]),
            m.QueryAwareness(),
            m.SyncStep2(updates[2]),
            m.SyncUpdate(updates[2]),  # again: it harms nothing, and is answered
            m.Ping(),
        ]
        for message in sent:
            say(client, message)
        found = frames(client, 8)
        say(client, m.Ping())
        assert [frame.message for frame in frames(client, 1)] == [m.Pong()]
    statuses = [frame.message for frame in found if isinstance(frame.message, m.SyncStatus)]
    assert statuses == [m.SyncStatus(saved) for saved in (True, True, False, True, True, True)]


def test_a_viewers_step2_without_news_is_acknowledged_and_one_with_news_is_not(
    relay: LocalRelay,
) -> None:
    token = viewer(relay)
    with Peer(relay.url, "book", relay.token()).joined() as ada:
        ada.write("the text", up_to=1)
        while not ada.acknowledged:
            ada.step()
        known = ada.document.encode_state()
    with connect(relay.url, proxy=None) as client:
        say(client, m.AuthToken(token))
        say(client, m.SyncStep1(b"\0"))
        assert until(client, m.Authenticated) == m.Authenticated(m.READ_ONLY)
        until(client, m.SyncStep2)
        for update, raw in (
            (EMPTY_UPDATE, b"\x04book\x08\x01"),
            (known, b"\x04book\x08\x01"),
            (writing("news"), b"\x04book\x08\x00"),
        ):
            say(client, m.SyncStep2(update))
            while (data := client.recv(timeout=20))[5:6] != b"\x08":
                pass
            assert data == raw


def test_awareness_is_told_when_asked_for(relay: LocalRelay) -> None:
    states = [ClientState(number, 1, f'{{"n":{number}}}') for number in (5, 6)]
    with (
        opened(relay.url, "book", relay.token()) as one,
        opened(relay.url, "book", relay.token()) as two,
        opened(relay.url, "book", viewer(relay)) as curious,
    ):
        for client, state in zip((one, two), states, strict=True):
            say(client, m.Awareness(encode_awareness([state])))
            say(client, m.Ping())
            until(client, m.Pong)
        say(curious, m.QueryAwareness())
        told = until(curious, m.Awareness)
        assert isinstance(told, m.Awareness)
        assert decode_awareness(told.payload) == states
        say(one, m.Awareness(encode_awareness([ClientState(5, 1, GONE)])))  # an explicit null
        told = until(curious, m.Awareness)
        assert isinstance(told, m.Awareness)
        assert decode_awareness(told.payload) == [ClientState(5, 1, GONE)]
        say(curious, m.QueryAwareness())
        told = until(curious, m.Awareness)
        assert isinstance(told, m.Awareness)
        assert decode_awareness(told.payload) == states[1:]


def test_who_was_told_who_is_here_hears_who_goes(relay: LocalRelay) -> None:
    """Before its Step1, too: nothing would tell it later that somebody it knows is not here."""
    state = ClientState(5, 1, "{}")
    with opened(relay.url, "book", viewer(relay)) as curious:
        with opened(relay.url, "book", relay.token()) as one:
            say(one, m.Awareness(encode_awareness([state])))
            say(one, m.Ping())
            until(one, m.Pong)
            say(curious, m.QueryAwareness())
            told = until(curious, m.Awareness)
            assert isinstance(told, m.Awareness)
            assert decode_awareness(told.payload) == [state]
        told = until(curious, m.Awareness)
        assert isinstance(told, m.Awareness)
        assert decode_awareness(told.payload) == [ClientState(5, 1, GONE)]


@pytest.mark.parametrize("body", [b"\x04", b"\x04\x01x", b"\x06", b"\x06\x01x", b"\x08\x01"])
def test_what_a_client_never_sends_ends_the_connection(relay: LocalRelay, body: bytes) -> None:
    with opened(relay.url, "book", relay.token()) as client:
        client.send(b"\x04book" + body)
        assert code_of(client) == close_codes.MALFORMED_FRAME


def test_one_document_closed_leaves_the_others_open(relay: LocalRelay) -> None:
    relay.document("second")
    with opened(relay.url, "book", relay.token()) as client:
        say(client, m.AuthToken(relay.token()), "second")
        until(client, m.Authenticated)
        say(client, m.Close())
        say(client, m.SyncStep1(b"\0"), "second")
        until(client, m.SyncStep2)
        say(client, m.SyncUpdate(writing("x")), "second")
        assert until(client, m.SyncStatus) == m.SyncStatus(True)
        say(client, m.AuthToken(relay.token()))  # and it may come back
        assert until(client, m.Authenticated) == m.Authenticated(m.READ_WRITE)
