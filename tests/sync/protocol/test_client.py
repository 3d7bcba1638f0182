"""ClientProtocol: acknowledgments in order, and nothing but protocol errors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import ProtocolError
from sync.protocol import client as c
from sync.protocol import close_codes, notices
from sync.protocol import messages as m
from sync.protocol.client import ClientProtocol
from sync.types import DocumentId
from tests.sync.protocol.strategies import almost_frames

DOC = DocumentId("doc")


def sent(protocol: ClientProtocol) -> list[m.Frame]:
    return [m.decode_frame(data, m.Sender.CLIENT) for data in protocol.data_to_send()]


def hear(protocol: ClientProtocol, *messages: m.Message) -> list[c.Event]:
    return [
        event for message in messages for event in protocol.receive(m.encode_frame(DOC, message))
    ]


@pytest.fixture
def opened() -> ClientProtocol:
    protocol = ClientProtocol()
    protocol.open(DOC, "token")
    assert sent(protocol) == [m.Frame(DOC, m.AuthToken("token"))]
    assert hear(protocol, m.Authenticated(m.READ_WRITE)) == [c.DocumentOpened(DOC, m.READ_WRITE)]
    return protocol


def test_acknowledgments_come_back_with_their_numbers(opened: ClientProtocol) -> None:
    opened.answer_step1(DOC, b"all", up_to=3)
    opened.send_update(DOC, b"more", up_to=4)
    assert [frame.message for frame in sent(opened)] == [m.SyncStep2(b"all"), m.SyncUpdate(b"more")]
    assert opened.waiting_acknowledgments(DOC) == 2
    assert hear(opened, m.SyncStatus(True)) == [c.Acknowledged(DOC, 3)]
    refused = m.Stateless(notices.write_notice(notices.REFUSED, reason="no room"))
    assert hear(opened, refused, m.SyncStatus(False)) == [c.Refused(DOC, 4, "no room")]
    assert opened.waiting_acknowledgments(DOC) == 0


def test_an_acknowledgment_of_nothing_is_an_error(opened: ClientProtocol) -> None:
    with pytest.raises(ProtocolError, match="of nothing"):
        hear(opened, m.SyncStatus(True))


def test_a_frame_about_an_unknown_document_is_an_error(opened: ClientProtocol) -> None:
    with pytest.raises(ProtocolError):
        opened.receive(m.encode_frame("other", m.SyncUpdate(b"")))


def test_an_update_beyond_a_frame_is_not_queued(opened: ClientProtocol) -> None:
    with pytest.raises(ProtocolError) as error:
        opened.send_update(DOC, bytes(m.MAX_CLIENT_FRAME), up_to=1)
    assert error.value.code == close_codes.MESSAGE_TOO_BIG
    assert opened.data_to_send() == []
    assert opened.waiting_acknowledgments(DOC) == 0


def test_a_denied_document_may_be_opened_again(opened: ClientProtocol) -> None:
    opened.send_update(DOC, b"x", up_to=1)
    assert hear(opened, m.PermissionDenied("no")) == [c.AccessDenied(DOC, "no")]
    opened.open(DOC, "newer")
    # Left over from the first opening: it must not be taken for the second's.
    assert hear(opened, m.SyncStatus(False)) == []
    assert hear(opened, m.Authenticated(m.READ_ONLY)) == [c.DocumentOpened(DOC, m.READ_ONLY)]


def test_frames_under_way_to_a_closed_document_are_let_pass(opened: ClientProtocol) -> None:
    opened.close_document(DOC)
    assert hear(opened, m.SyncUpdate(b"late")) == []


def test_pings_are_answered(opened: ClientProtocol) -> None:
    assert opened.receive(b"\x09") == []
    assert opened.data_to_send() == [b"\x0a"]
    assert opened.receive(b"\x0a") == [c.PongReceived()]


@pytest.mark.parametrize(
    "text",
    [
        "", "null", "[]", '{"v":2,"type":"role","role":"x"}', '{"v":1,"type":[]}', "[" * 9_000,
        '{"v":1,"type":"retry-after","seconds":NaN}', '{"v":1,"type":"retry-after","seconds":-1}',
        '{"v":1,"type":"role"}', '{"v":1,"type":"unheard of"}',
    ],
)  # fmt: skip
def test_other_peoples_stateless_messages_are_none_of_ours(
    opened: ClientProtocol, text: str
) -> None:
    assert hear(opened, m.Stateless(text)) == []


def test_our_notices(opened: ClientProtocol) -> None:
    assert hear(opened, m.Stateless(notices.write_notice(notices.ROLE, role="viewer"))) == [
        c.Notice(DOC, {"v": 1, "type": "role", "role": "viewer"})
    ]


@given(st.lists(almost_frames(), max_size=8))
def test_any_bytes_give_events_or_a_protocol_error(frames: list[bytes]) -> None:
    protocol = ClientProtocol()
    protocol.open(DOC, "token")
    protocol.receive(m.encode_frame(DOC, m.Authenticated(m.READ_WRITE)))
    codes = set()
    for data in frames:
        try:
            protocol.receive(data)
        except ProtocolError as error:
            codes.add(error.code)
    assert codes <= close_codes.NAMES.keys()
