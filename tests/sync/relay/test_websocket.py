"""What is read past the library is read as the library would."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Close, Frame, Opcode
from websockets.protocol import OPEN, SERVER, Protocol

from sync.relay.websocket import WebSocket

LARGEST = 70_000

MESSAGE = bytes((0x82,))
SIZES = st.sampled_from([0, 1, 2, 125, 126, 127, 65_535, 65_536, LARGEST, LARGEST + 1])
HEADS = st.sampled_from(
    [MESSAGE] * 6
    + [bytes((head,)) for head in (0x02, 0x00, 0x80, 0x81, 0x01, 0x88, 0x89, 0x8A, 0x83, 0xC2)]
)


def frame(head: bytes, size: int, mask: bytes) -> bytes:
    """Return a frame of a client's; without a mask if that is empty."""
    bit = 0x80 if mask else 0
    if size < 126:
        length = bytes((bit | size,))
    elif size < 65_536:
        length = bytes((bit | 126,)) + size.to_bytes(2)
    else:
        length = bytes((bit | 127,)) + size.to_bytes(8)
    return head + length + mask + b"\x03\xe8"[:size] + bytes(max(0, size - 2))


MASKS = st.sampled_from([b"\0\0\0\0"] * 5 + [b"abcd", b"\xff\0\x80\x01", b""])
FRAMES = st.builds(frame, HEADS, SIZES, MASKS)


class Library:
    """The messages as the library alone has them."""

    def __init__(self) -> None:
        self.protocol = Protocol(SERVER, state=OPEN, max_size=LARGEST)
        self.pieces = b""
        self.in_pieces = False
        self.found: list[bytes | Opcode] = []

    def feed(self, data: bytes) -> None:
        self.protocol.receive_data(data)
        for event in self.protocol.events_received():
            assert isinstance(event, Frame)
            if event.opcode is Opcode.BINARY or (event.opcode is Opcode.CONT and self.in_pieces):
                self.pieces += event.data
                self.in_pieces = not event.fin
                self.found.append(self.pieces if event.fin else event.opcode)
                self.pieces = b"" if event.fin else self.pieces
            else:
                self.found.append(event.opcode)


def read_all(websocket: WebSocket) -> list[bytes | Opcode]:
    found: list[bytes | Opcode] = []
    while (came := websocket.read()) is not None:
        found.append(came if isinstance(came, bytes) else came.opcode)
    return found


@given(st.lists(FRAMES, max_size=8), st.lists(st.integers(1, 80_000), max_size=8))
def test_whatever_comes_is_read_as_the_library_reads_it(
    frames: list[bytes], cuts: list[int]
) -> None:
    data, library, websocket = b"".join(frames), Library(), WebSocket(LARGEST)
    found: list[bytes | Opcode] = []
    for cut in [*cuts, len(data)]:
        some, data = data[:cut], data[cut:]
        library.feed(some)
        websocket.feed(some)
        found += read_all(websocket)
    if Opcode.TEXT in library.found:  # it is the end: a connection closes
        end = library.found.index(Opcode.TEXT) + 1
        assert found[:end] == library.found[:end]
        return
    assert found == library.found
    assert websocket.data_to_send() == library.protocol.data_to_send()
    assert websocket.is_open == (library.protocol.state is OPEN)
    assert websocket.ending == library.protocol.close_expected()


def test_byte_by_byte() -> None:
    websocket = WebSocket(LARGEST)
    data = frame(MESSAGE, 300, b"abcd") + frame(b"\x89", 5, b"abcd") + frame(MESSAGE, 0, b"abcd")
    found: list[bytes | Opcode] = []
    for byte in data:
        websocket.feed(bytes((byte,)))
        found += read_all(websocket)
    assert [len(one) if isinstance(one, bytes) else one for one in found] == [300, Opcode.PING, 0]
    assert websocket.is_open


@pytest.mark.parametrize(
    ("sent", "code"), [(frame(MESSAGE, LARGEST + 1, b"abcd"), 1009), (frame(MESSAGE, 3, b""), 1002)]
)
def test_what_is_wrong_is_closed_with_a_reason(sent: bytes, code: int) -> None:
    websocket = WebSocket(LARGEST)
    websocket.feed(sent[:100])
    assert read_all(websocket) == []
    assert websocket.ending
    assert websocket.wrong is not None
    assert websocket.wrong.code == code
    websocket.feed(frame(MESSAGE, 3, b"abcd"))
    assert read_all(websocket) == []


def test_a_close_frame_is_answered_and_ends_it() -> None:
    websocket = WebSocket(LARGEST)
    websocket.feed(b"\x88\x82\0\0\0\0" + Close(1000, "").serialize() + frame(MESSAGE, 3, b"abcd"))
    assert read_all(websocket) == [Opcode.CLOSE]
    assert websocket.wrong is None
    assert websocket.ending
    assert websocket.data_to_send()[0] == b"\x88\x02\x03\xe8"
