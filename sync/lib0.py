"""Writing lib0 encoding, which Yjs and the Hocuspocus protocol share (lib0 `encoding.js`)."""

from __future__ import annotations


def encode_varuint(value: int) -> bytes:
    """Return `value` (0 to 2**53 - 1) in lib0's variable-length encoding."""
    if value < 0x80:
        return bytes((value,))
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def encode_varint(value: int) -> bytes:
    """Return `value` (up to 2**53 - 1 either way) as lib0 writes a number with a sign."""
    size = abs(value)
    first = size & 0x3F | (0x40 if value < 0 else 0)
    if size < 0x40:
        return bytes((first,))
    return bytes((first | 0x80,)) + encode_varuint(size >> 6)


def encode_bytes(data: bytes) -> bytes:
    """Return `data` with its length before it."""
    return encode_varuint(len(data)) + data


def encode_string(text: str) -> bytes:
    """Return `text` as UTF-8 with its length in bytes before it."""
    return encode_bytes(text.encode())
