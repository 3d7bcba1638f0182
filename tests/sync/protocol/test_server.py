"""ServerProtocol: nothing before a token, one status for each change, in order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import ProtocolError
from sync.protocol import close_codes
from sync.protocol import messages as m
from sync.protocol import server as s
from sync.protocol.server import Limits, ServerProtocol
from tests.sync.protocol.strategies import almost_frames


def say(protocol: ServerProtocol, message: m.Message, address: str = "doc") -> list[s.Event]:
    return protocol.receive(m.encode_frame(address, message))


def sent(protocol: ServerProtocol) -> list[m.Message]:
    return [m.decode_frame(data, m.Sender.RELAY).message for data in protocol.data_to_send()]


def knock(protocol: ServerProtocol, address: str = "doc", token: str = "token") -> s.TokenReceived:
    [request] = say(protocol, m.AuthToken(token), address)
    assert isinstance(request, s.TokenReceived)
    return request


@pytest.fixture
def opened() -> ServerProtocol:
    protocol = ServerProtocol()
    assert protocol.accept(knock(protocol), m.READ_WRITE) == []
    assert sent(protocol) == [m.Authenticated(m.READ_WRITE)]
    return protocol


def updates(events: list[s.Event]) -> list[s.UpdateReceived]:
    return [event for event in events if isinstance(event, s.UpdateReceived)]


def tickets(events: list[s.Event]) -> list[int]:
    return [event.ticket for event in updates(events)]


def test_what_is_pipelined_waits_for_the_token() -> None:
    protocol = ServerProtocol()
    assert say(protocol, m.SyncUpdate(b"early")) == []
    request = knock(protocol)
    assert say(protocol, m.SyncStep1(b"v")) == []
    events = protocol.accept(request, m.READ_WRITE)
    assert [type(event) for event in events] == [s.UpdateReceived, s.StateVectorReceived]


def test_statuses_go_out_in_order_however_they_are_settled(opened: ServerProtocol) -> None:
    numbers = [
        *tickets(say(opened, m.SyncStep2(b"a"))),
        *tickets(say(opened, m.SyncUpdate(b"b"))),
        *tickets(say(opened, m.SyncUpdate(b"c"))),
    ]
    opened.settle("doc", numbers[2])
    opened.settle("doc", numbers[1], "too large")
    assert sent(opened) == []
    opened.settle("doc", numbers[0])
    statuses = sent(opened)
    assert [message for message in statuses if isinstance(message, m.SyncStatus)] == [
        m.SyncStatus(True),
        m.SyncStatus(False),
        m.SyncStatus(True),
    ]
    assert statuses[1] == m.Stateless('{"v":1,"type":"refused","reason":"too large"}')


def test_a_ticket_of_an_earlier_opening_acknowledges_nothing(opened: ServerProtocol) -> None:
    [old] = tickets(say(opened, m.SyncUpdate(b"a")))
    assert say(opened, m.Close()) == [s.AddressClosed("doc")]
    opened.accept(knock(opened), m.READ_WRITE)
    say(opened, m.SyncUpdate(b"b"))
    sent(opened)
    opened.settle("doc", old)
    assert sent(opened) == []


@pytest.mark.parametrize("size", [0, 1, 127, 128, 300])
def test_updates_in_a_row_are_read_as_each_by_itself(opened: ServerProtocol, size: int) -> None:
    for update in (b"first", bytes(size), b"last"):
        assert [event.update for event in updates(say(opened, m.SyncUpdate(update)))] == [update]
    frame = m.encode_frame("doc", m.SyncUpdate(bytes(size)))
    for wrong in (frame + b"x", frame[:-1]):
        with pytest.raises(ProtocolError):
            opened.receive(wrong)


def test_an_update_after_the_end_waits_for_another_token(opened: ServerProtocol) -> None:
    assert updates(say(opened, m.SyncUpdate(b"a")))
    say(opened, m.Close())
    assert say(opened, m.SyncUpdate(b"b")) == []
    [event] = updates(opened.accept(knock(opened), m.READ_WRITE))
    assert event.update == b"b"
    assert updates(say(opened, m.SyncUpdate(b"c")))


def test_the_answer_to_an_earlier_request_opens_nothing() -> None:
    protocol = ServerProtocol()
    first = knock(protocol, token="good")
    say(protocol, m.Close())
    knock(protocol, token="bad")
    assert protocol.accept(first, m.READ_WRITE) == []
    assert not protocol.is_open("doc")


def test_a_denied_address_refuses_visibly_and_may_try_again() -> None:
    protocol = ServerProtocol()
    request = knock(protocol)
    say(protocol, m.SyncUpdate(b"a"))
    assert protocol.deny(request, "no") == []
    assert sent(protocol)[0] == m.PermissionDenied("no")
    say(protocol, m.SyncUpdate(b"b"))
    assert m.SyncStatus(False) in sent(protocol)
    assert isinstance(knock(protocol), s.TokenReceived)


def test_a_newer_token_renews(opened: ServerProtocol) -> None:
    assert say(opened, m.AuthToken("newer")) == [s.TokenRenewed("doc", "newer")]


def test_sessions_of_one_document_are_answered_apart(opened: ServerProtocol) -> None:
    opened.accept(knock(opened, "doc\0two"), m.READ_ONLY)
    [event] = say(opened, m.SyncUpdate(b"x"), "doc\0two")
    assert isinstance(event, s.UpdateReceived)
    assert s.document_of(event.address) == "doc"


class TestLimits:
    def refusal(self, protocol: ServerProtocol, message: m.Message, address: str = "doc") -> int:
        with pytest.raises(ProtocolError) as error:
            say(protocol, message, address)
        return error.value.code

    def test_bytes_before_a_token(self) -> None:
        protocol = ServerProtocol(Limits(unauthorized_bytes=100))
        say(protocol, m.SyncUpdate(bytes(60)))
        code = self.refusal(protocol, m.SyncUpdate(bytes(60)), "other")
        assert code == close_codes.TOO_MUCH_UNAUTHORIZED

    def test_leaving_gives_the_room_back(self) -> None:
        protocol = ServerProtocol(Limits(unauthorized_bytes=100, addresses=1))
        for number in range(20):
            knock(protocol, f"doc{number}")
            say(protocol, m.SyncUpdate(bytes(60)), f"doc{number}")
            say(protocol, m.Close(), f"doc{number}")

    def test_documents(self) -> None:
        protocol = ServerProtocol(Limits(addresses=1))
        knock(protocol)
        code = self.refusal(protocol, m.AuthToken("t"), "other")
        assert code == close_codes.TOO_MANY_DOCUMENTS

    def test_one_frame(self) -> None:
        protocol = ServerProtocol(Limits(frame_bytes=100))
        assert self.refusal(protocol, m.SyncUpdate(bytes(100))) == close_codes.MESSAGE_TOO_BIG

    def test_awareness(self, opened: ServerProtocol) -> None:
        assert self.refusal(opened, m.Awareness(bytes(70_000))) == close_codes.MESSAGE_TOO_BIG

    @pytest.mark.parametrize("name", ["", "../etc", "a/b", "a b", "\0x", "x" * 65, "naïve"])
    def test_names(self, name: str) -> None:
        code = self.refusal(ServerProtocol(), m.AuthToken("t"), name)
        assert code == close_codes.MALFORMED_FRAME


@given(st.lists(almost_frames() | st.booleans(), max_size=10))
def test_any_bytes_give_events_or_a_protocol_error(steps: list[bytes | bool]) -> None:
    protocol = ServerProtocol()
    requests: list[s.TokenReceived] = []
    unsettled: list[s.UpdateReceived] = []
    codes = set()
    for step in steps:
        try:
            if isinstance(step, bytes):
                events = protocol.receive(step)
            elif requests and step:
                events = protocol.accept(requests.pop(), m.READ_WRITE)
            elif requests:
                events = protocol.deny(requests.pop(), "no")
            else:
                events = []
        except ProtocolError as error:
            codes.add(error.code)
            continue
        requests += [event for event in events if isinstance(event, s.TokenReceived)]
        unsettled += [event for event in events if isinstance(event, s.UpdateReceived)]
    for event in reversed(unsettled):
        protocol.settle(event.address, event.ticket)
    sent(protocol)
    assert codes <= close_codes.NAMES.keys()
