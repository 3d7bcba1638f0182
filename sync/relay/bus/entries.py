"""Messages between nodes as bytes, and back; what comes is not trusted to be well-formed.

Layout, in lib0's encoding: varuint version, varuint kind, string node, and then by kind

    0 Updates      string document, varuint first sequence, varuint count, each update as bytes
    1 Written      string document, varuint last sequence
    2 Presence     string document, string user id, bytes payload
    3 WhoIsHere    string document
    4 DrainWanted  string name
    5 Draining     string name, varuint connections
"""

from __future__ import annotations

from collections.abc import Sequence as Many

from sync.errors import InkstandError, ProtocolError
from sync.lib0 import encode_bytes, encode_string, encode_varuint
from sync.protocol.messages import Reader
from sync.relay.bus.base import (
    Draining,
    DrainWanted,
    Message,
    Presence,
    Updates,
    WhoIsHere,
    Written,
)
from sync.types import DocumentId, Sequence

VERSION = 1

MOST_BYTES = 16 * 1024
"""Of the updates in one entry: longer ones are read from the log, where they are already."""

LONGEST_ENTRY = 256 * 1024
"""Bytes of any entry; a state of awareness has up to 64 KiB by default."""

MOST_UPDATES = 4_096
"""In one entry."""

_NAME_BYTES = 255


class Malformed(InkstandError):
    """An entry that no node of this version says."""

    def __init__(self, detail: str) -> None:
        self.detail = detail

    def __str__(self) -> str:
        return f"An entry on the bus cannot be read: {self.detail}."


def encode(node: str, message: Message) -> bytes:
    """Return what `decode` makes `node` and `message` of."""
    match message:
        case Updates(document_id, first, updates):
            parts = [
                encode_string(document_id),
                encode_varuint(first),
                encode_varuint(len(updates)),
            ]
            kind, body = 0, b"".join([*parts, *map(encode_bytes, updates)])
        case Written(document_id, last):
            kind, body = 1, encode_string(document_id) + encode_varuint(last)
        case Presence(document_id, user_id, payload):
            kind = 2
            body = encode_string(document_id) + encode_string(user_id) + encode_bytes(payload)
        case WhoIsHere(document_id):
            kind, body = 3, encode_string(document_id)
        case DrainWanted(name):
            kind, body = 4, encode_string(name)
        case Draining(name, connections):
            kind, body = 5, encode_string(name) + encode_varuint(connections)
    return encode_varuint(VERSION) + encode_varuint(kind) + encode_string(node) + body


def decode(data: bytes) -> tuple[str, Message]:
    """Return which node said what. Raises `Malformed`."""
    if len(data) > LONGEST_ENTRY:
        raise Malformed(f"it has {len(data):,} bytes")
    try:
        return _decode(Reader(data))
    except ProtocolError as error:
        raise Malformed(error.detail) from None


def _decode(reader: Reader) -> tuple[str, Message]:
    version = reader.varuint()
    if version != VERSION:
        raise Malformed(f"it is of version {version}, and this node knows version {VERSION}")
    kind, node = reader.varuint(), reader.string(_NAME_BYTES)
    message: Message
    match kind:
        case 0:
            document_id, first = _document(reader), _sequence(reader)
            count = reader.varuint()
            if not 0 < count <= MOST_UPDATES:
                raise Malformed(f"it has {count:,} updates")
            updates = tuple(reader.bytes() for _ in range(count))
            message = Updates(document_id, first, updates)
        case 1:
            message = Written(_document(reader), _sequence(reader))
        case 2:
            message = Presence(_document(reader), reader.string(_NAME_BYTES), reader.bytes())
        case 3:
            message = WhoIsHere(_document(reader))
        case 4:
            message = DrainWanted(reader.string(_NAME_BYTES))
        case 5:
            message = Draining(reader.string(_NAME_BYTES), reader.varuint())
        case _:
            raise Malformed(f"its kind is {kind}")
    if not reader.at_end:
        raise Malformed("bytes follow its end")
    return node, message


def _document(reader: Reader) -> DocumentId:
    text = reader.string(_NAME_BYTES)
    if not text:
        raise Malformed("it names no document")
    return DocumentId(text)


def _sequence(reader: Reader) -> Sequence:
    number = reader.varuint()
    if number == 0:
        raise Malformed("its sequence is 0")
    return Sequence(number)


def pack(document_id: DocumentId, first: Sequence, updates: Many[bytes]) -> list[Message]:
    """Return the messages that tell of updates one after the other in the log."""
    messages: list[Message] = []
    some: list[bytes] = []
    size = 0

    def flush(end: int) -> None:
        if some:
            messages.append(Updates(document_id, Sequence(end - len(some)), tuple(some)))
            some.clear()

    for sequence, update in enumerate(updates, first):
        if len(update) > MOST_BYTES:
            flush(sequence)
            size = 0
            messages.append(Written(document_id, Sequence(sequence)))
            continue
        if size + len(update) > MOST_BYTES or len(some) == MOST_UPDATES:
            flush(sequence)
            size = 0
        some.append(update)
        size += len(update)
    flush(first + len(updates))
    return messages
