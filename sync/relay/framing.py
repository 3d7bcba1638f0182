"""A frame of the protocol as one WebSocket message; made once for a whole room."""

from __future__ import annotations

from sync.protocol import messages as m

_BINARY = 0x82
"""The first byte of a binary message in one frame."""


def websocket_message(frame: bytes) -> bytes:
    """Return `frame` as a binary message from a server (RFC 6455, section 5.2: no mask).

    The library does the same, six times slower, and this is done for every acknowledgment.
    """
    size = len(frame)
    if size < 126:
        return bytes((_BINARY, size)) + frame
    if size < 65_536:
        return bytes((_BINARY, 126)) + size.to_bytes(2) + frame
    return bytes((_BINARY, 127)) + size.to_bytes(8) + frame


def encode_message(address: str, message: m.Message) -> bytes:
    """Return `message` about `address` as a WebSocket message."""
    return websocket_message(m.encode_frame(address, message))
