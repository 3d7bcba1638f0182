"""A frame makes the protocol hold a small multiple of its own bytes, whatever it says."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.errors import ProtocolError
from sync.lib0 import encode_bytes, encode_varuint
from sync.protocol import messages as m
from sync.protocol.awareness import decode_awareness
from sync.protocol.server import ServerProtocol
from tests.sync.protocol.strategies import almost_frames

HUGE = encode_varuint((1 << 53) - 1)


def peak(work: Callable[[], object]) -> int:
    """Return the bytes that `work` allocated at most, at one time."""
    tracemalloc.start()
    try:
        with suppress(ProtocolError):
            work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def opened() -> ServerProtocol:
    protocol = ServerProtocol()
    [request] = protocol.receive(m.encode_frame("doc", m.AuthToken("token")))
    protocol.accept(request, m.READ_WRITE)  # type: ignore[arg-type]
    return protocol


@pytest.mark.parametrize(
    "frame",
    [
        HUGE,
        b"\x03doc\x00\x02" + HUGE,
        b"\x03doc\x01" + HUGE,
        b"\x03doc\x02\x00" + HUGE,
        b"\x03doc\x05" + HUGE + b"x" * 1_000_000,
        m.encode_frame("doc", m.SyncUpdate(bytes(1_000_000))),
        m.encode_frame("doc", m.Awareness(HUGE + bytes(60_000))),
    ],
)
def test_huge_lengths(frame: bytes) -> None:
    protocol = opened()
    assert peak(lambda: protocol.receive(frame)) < 3 * len(frame) + 64 * 1024


@given(st.lists(almost_frames(), max_size=20))
@settings(max_examples=50)
def test_any_frames(frames: list[bytes]) -> None:
    protocol = opened()

    def take() -> None:
        for frame in frames:
            with suppress(ProtocolError):
                protocol.receive(frame)

    assert peak(take) < 4 * sum(map(len, frames)) + 128 * 1024


@pytest.mark.parametrize(
    "payload",
    [
        HUGE + bytes(64_000),
        encode_varuint(10_000) + (b"\x01\x01\x02{}" * 10_000),
        encode_varuint(1) + b"\x01\x01" + encode_bytes(b"[" * 60_000),
        encode_varuint(1) + b"\x01\x01" + encode_bytes(json.dumps([[]] * 15_000).encode()),
    ],
)
def test_awareness(payload: bytes) -> None:
    # A state of five bytes becomes an object of a few hundred: bounded, but not by much.
    assert peak(lambda: decode_awareness(payload)) < 64 * len(payload) + 64 * 1024
