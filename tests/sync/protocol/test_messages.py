"""Frames: what goes in comes out, and nothing else comes in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import ProtocolError
from sync.protocol import messages as m
from sync.protocol.awareness import ClientState, decode_awareness, encode_awareness
from sync.protocol.close_codes import MALFORMED_FRAME
from sync.protocol.messages import Sender, decode_frame, encode_frame
from tests.sync.protocol.strategies import (
    addresses,
    almost_frames,
    from_client,
    from_relay,
    heartbeats,
)


@given(addresses, from_client)
def test_a_clients_message_comes_back(address: str, message: m.Message) -> None:
    frame = m.Frame(address, message)
    assert decode_frame(encode_frame(address, message), Sender.CLIENT) == frame


@given(addresses, from_relay)
def test_a_relays_message_comes_back(address: str, message: m.Message) -> None:
    frame = m.Frame(address, message)
    assert decode_frame(encode_frame(address, message), Sender.RELAY) == frame


@given(heartbeats, st.sampled_from(Sender))
def test_heartbeats_are_one_byte_without_a_name(message: m.Message, sender: Sender) -> None:
    data = encode_frame("whatever", message)
    assert len(data) == 1
    assert decode_frame(data, sender) == m.Frame("", message)


@given(almost_frames(), st.sampled_from(Sender))
def test_any_bytes_are_a_frame_or_a_protocol_error(data: bytes, sender: Sender) -> None:
    try:
        frame = decode_frame(data, sender)
    except ProtocolError as error:
        code = error.code
    else:
        assert encode_frame(frame.address, frame.message) == data
        return
    assert code == MALFORMED_FRAME


@given(st.binary(max_size=60))
def test_any_bytes_are_awareness_or_a_protocol_error(data: bytes) -> None:
    try:
        states = decode_awareness(data)
    except ProtocolError as error:
        code = error.code
    else:
        assert encode_awareness(states) == data
        return
    assert code == MALFORMED_FRAME


@pytest.mark.parametrize(
    "state", ["NaN", "Infinity", '{"a":-Infinity}', "", "{", "[" * 5_000, "1" * 5_000, "'a'"]
)
def test_a_state_that_javascript_throws_at(state: str) -> None:
    payload = encode_awareness([ClientState(1, 1, state)])
    with pytest.raises(ProtocolError, match="no JSON"):
        decode_awareness(payload)


def test_bytes_as_the_provider_writes_them() -> None:
    # From @hocuspocus/provider 4.8.0: token, Step1 of an empty document, a null state, Close.
    token = b"\x03doc\x02\x00\x02tk\x054.8.0"
    assert decode_frame(token, Sender.CLIENT).message == m.AuthToken("tk", "4.8.0")
    step1 = b"\x03doc\x00\x00\x01\x00"
    assert decode_frame(step1, Sender.CLIENT).message == m.SyncStep1(b"\x00")
    assert decode_frame(b"\x03doc\x07", Sender.CLIENT).message == m.Close(None)
    gone = decode_awareness(b"\x01\x05\x02\x04null")
    assert gone == [ClientState(5, 2, "null")]


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "ends inside a number"),
        (b"\x03do", "ends too early"),
        (b"\x01a\x04", "type 4"),
        (b"\x01a\x06", "type 6"),
        (b"\x01a\x08\x01", "sends no message of type 8"),
        (b"\x01a\x02\x02\x08readonly", "auth message of type 2"),
        (b"\x01a\x03more", "follow its end"),
        (b"\x01a\x80\x00", "nobody writes it"),
        (b"\x01a\x00\x02" + b"\xff" * 8 + b"\x7f", "too large"),
        (b"\x01a\x00\x02\xff\xff\xff\xff\x7f", "ends too early"),
        (b"\x02\xc3\x28\x03", "no UTF-8"),
        (b"\x81\x02" + b"a" * 257 + b"\x03", "where 256 are allowed"),
    ],
)
def test_what_a_client_may_not_send(data: bytes, what: str) -> None:
    with pytest.raises(ProtocolError, match=what):
        decode_frame(data, Sender.CLIENT)


def test_a_token_is_in_no_repr() -> None:
    assert "secret" not in repr(m.Frame("doc", m.AuthToken("secret")))
