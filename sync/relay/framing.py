"""A frame of the protocol as one WebSocket message; made once for a whole room."""

from __future__ import annotations

from websockets.frames import Frame, Opcode

from sync.protocol import messages as m


def websocket_message(frame: bytes) -> bytes:
    """Return `frame` as a binary message from a server (RFC 6455, section 5.2: no mask)."""
    return Frame(Opcode.BINARY, frame).serialize(mask=False)


def encode_message(address: str, message: m.Message) -> bytes:
    """Return `message` about `address` as a WebSocket message."""
    return websocket_message(m.encode_frame(address, message))
