"""One dataclass per message of the Hocuspocus protocol, version 4; encode and decode.

A frame is the document's address (a string), a message type (varuint) and a
body, in lib0 encoding (lib0 `encoding.js`): a varuint is little-endian in
groups of seven bits, a string is its length in UTF-8 bytes as a varuint and
then the bytes. Ping and Pong are frames of one byte, without an address.

An address is a document's name, which may carry ``"\\0"`` and a session id
(`@hocuspocus/common`, `routingKey.ts`): the answer goes to the same address.

Decoding is strict: what `encode_frame` would not have written is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from sync.errors import ProtocolError
from sync.lib0 import encode_bytes, encode_string
from sync.protocol.close_codes import MALFORMED_FRAME

MAX_CLIENT_FRAME = 8 * 1024 * 1024
"""Bytes that one frame from a client may have (DESIGN: bounded everywhere)."""

MAX_RELAY_FRAME = 256 * 1024 * 1024
"""Bytes that one frame from the relay may have: a join carries a whole document."""

MAX_ADDRESS = 256
"""UTF-8 bytes of an address: a document id has at most 64, the rest is for a session id."""

MAX_TOKEN = 8 * 1024
"""UTF-8 bytes of a token."""

_MAX_VARUINT = (1 << 53) - 1  # JavaScript's largest safe integer: lib0 writes nothing larger


class Sender(Enum):
    """Which side wrote a frame; some messages may come from one side only."""

    CLIENT = "client"
    RELAY = "relay"


@dataclass(frozen=True, slots=True)
class SyncStep1:
    """How far the sender's document has come: a request for the rest."""

    state_vector: bytes


@dataclass(frozen=True, slots=True)
class SyncStep2:
    """The answer to a `SyncStep1`: all that its state vector lacks."""

    update: bytes


@dataclass(slots=True)  # not frozen: made for each keystroke, at a third of the cost
class SyncUpdate:
    """One change, as it was made."""

    update: bytes


@dataclass(frozen=True, slots=True)
class Awareness:
    """Who is here: a y-protocols awareness update."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class AuthToken:
    """From a client: who asks to open the document, or a newer token for it."""

    token: str
    version: str | None = None
    """Version of the client's own software, if it says so."""

    def __repr__(self) -> str:
        return "AuthToken(token=…)"  # a token never reaches a log


@dataclass(frozen=True, slots=True)
class AuthRequest:
    """From the relay: send a token again, the one in use runs out."""


@dataclass(frozen=True, slots=True)
class Authenticated:
    """From the relay: the document is open."""

    scope: str
    """``read-write`` or ``readonly``."""


@dataclass(frozen=True, slots=True)
class PermissionDenied:
    """From the relay: the document stays shut."""

    reason: str


@dataclass(frozen=True, slots=True)
class QueryAwareness:
    """A request for all awareness states."""


@dataclass(frozen=True, slots=True)
class Stateless:
    """A message beside the document; ours are JSON objects with a version `v`."""

    text: str


@dataclass(frozen=True, slots=True)
class Close:
    """The sender is done with this document (not with the socket)."""

    reason: str | None = None
    """None if the body is empty, as `@hocuspocus/provider` sends it."""


@dataclass(slots=True)  # not frozen: made for each keystroke, at a third of the cost
class SyncStatus:
    """From the relay, one for each Step2 or update of the client, in order."""

    saved: bool
    """True: on disk. False: refused."""


@dataclass(frozen=True, slots=True)
class Ping:
    """A question whether the peer is alive; answered by a `Pong`."""


@dataclass(frozen=True, slots=True)
class Pong:
    """The answer to a `Ping`."""


Message = (
    SyncStep1
    | SyncStep2
    | SyncUpdate
    | Awareness
    | AuthToken
    | AuthRequest
    | Authenticated
    | PermissionDenied
    | QueryAwareness
    | Stateless
    | Close
    | SyncStatus
    | Ping
    | Pong
)

READ_WRITE = "read-write"
READ_ONLY = "readonly"
SCOPES = (READ_WRITE, READ_ONLY)

_SYNC, _AWARENESS, _AUTH, _QUERY_AWARENESS = 0, 1, 2, 3
_STATELESS, _CLOSE, _SYNC_STATUS, _PING, _PONG = 5, 7, 8, 9, 10
_TOKEN, _DENIED, _AUTHENTICATED = 0, 1, 2  # the second varuint of an Auth frame

_PING_FRAME, _PONG_FRAME = bytes([_PING]), bytes([_PONG])


@dataclass(slots=True)  # not frozen: made for each keystroke, at a third of the cost
class Frame:
    """One message and the address it is about ("" for `Ping` and `Pong`)."""

    address: str
    message: Message


def encode_frame(address: str, message: Message) -> bytes:
    """Return `message` about `address` as one frame; Ping and Pong carry no address."""
    match message:
        case Ping():
            return _PING_FRAME
        case Pong():
            return _PONG_FRAME
    return encode_string(address) + _encode_body(message)


def _encode_body(message: Message) -> bytes:
    match message:
        case SyncUpdate(update):
            return b"\x00\x02" + encode_bytes(update)
        case SyncStatus(saved):
            return b"\x08\x01" if saved else b"\x08\x00"
        case SyncStep2(update):
            return b"\x00\x01" + encode_bytes(update)
        case SyncStep1(state_vector):
            return b"\x00\x00" + encode_bytes(state_vector)
        case Awareness(payload):
            return b"\x01" + encode_bytes(payload)
        case AuthToken(token, version):
            tail = b"" if version is None else encode_string(version)
            return b"\x02\x00" + encode_string(token) + tail
        case AuthRequest():
            return b"\x02\x00"
        case PermissionDenied(reason):
            return b"\x02\x01" + encode_string(reason)
        case Authenticated(scope):
            return b"\x02\x02" + encode_string(scope)
        case QueryAwareness():
            return b"\x03"
        case Stateless(text):
            return b"\x05" + encode_string(text)
        case Close(why):
            return b"\x07" if why is None else b"\x07" + encode_string(why)
    raise AssertionError(f"no body for {message!r}")


class Reader:
    """Reads lib0 encoding from bytes; each method raises `ProtocolError` on bad data."""

    __slots__ = ("at", "data")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    @property
    def at_end(self) -> bool:
        """Whether everything has been read."""
        return self.at == len(self.data)

    def varuint(self) -> int:
        """Read a number of 0 to 2**53 - 1."""
        if self.at < len(self.data) and (byte := self.data[self.at]) < 0x80:  # most are
            self.at += 1
            return byte
        value = shift = 0
        while True:
            if self.at >= len(self.data):
                raise malformed("it ends inside a number")
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                break
            shift += 7
            if shift > 49:
                raise malformed("a number is too large")
        if (byte == 0 and shift) or value > _MAX_VARUINT:
            raise malformed("a number is written in a way that nobody writes it")
        return value

    def bytes(self, limit: int | None = None) -> bytes:
        """Read a length and as many bytes, at most `limit`."""
        size = self.varuint()
        if limit is not None and size > limit:
            raise malformed(f"a part of {size} bytes, where {limit} are allowed")
        end = self.at + size
        if end > len(self.data):
            raise malformed("it ends too early")
        part = self.data[self.at : end]
        self.at = end
        return part

    def string(self, limit: int | None = None) -> str:
        """Read UTF-8 text of at most `limit` bytes."""
        try:
            return self.bytes(limit).decode()
        except UnicodeDecodeError:
            raise malformed("a text is no UTF-8") from None


def malformed(detail: str) -> ProtocolError:
    """Return the error for a frame that cannot be read."""
    return ProtocolError(MALFORMED_FRAME, f"a frame cannot be read: {detail}")


def decode_frame(data: bytes, sender: Sender) -> Frame:
    """Return the frame in `data`, one whole WebSocket message from `sender`.

    Raises `ProtocolError` (4400) for anything that `sender` would not send,
    bytes after the end included.
    """
    if len(data) == 1:
        if data == _PING_FRAME:
            return Frame("", Ping())
        if data == _PONG_FRAME:
            return Frame("", Pong())
    reader = Reader(data)
    address = reader.string(MAX_ADDRESS)
    kind = reader.varuint()
    if kind == _SYNC:
        message: Message = _decode_sync(reader)
    elif kind == _AWARENESS:
        message = Awareness(reader.bytes())
    elif kind == _AUTH:
        message = _decode_auth(reader, sender)
    elif kind == _QUERY_AWARENESS:
        message = QueryAwareness()
    elif kind == _STATELESS:
        message = Stateless(reader.string())
    elif kind == _CLOSE:
        message = Close(None if reader.at_end else reader.string())
    elif kind == _SYNC_STATUS and sender is Sender.RELAY:
        message = _decode_sync_status(reader)
    else:
        raise malformed(f"a {sender.value} sends no message of type {kind}")
    if not reader.at_end:
        raise malformed("bytes follow its end")
    return Frame(address, message)


def _decode_sync(reader: Reader) -> SyncStep1 | SyncStep2 | SyncUpdate:
    kind = reader.varuint()
    body = reader.bytes()
    match kind:
        case 0:
            return SyncStep1(body)
        case 1:
            return SyncStep2(body)
        case 2:
            return SyncUpdate(body)
    raise malformed(f"there is no sync message of type {kind}")


def _decode_auth(
    reader: Reader, sender: Sender
) -> AuthToken | AuthRequest | Authenticated | PermissionDenied:
    kind = reader.varuint()
    if sender is Sender.CLIENT and kind == _TOKEN:
        token = reader.string(MAX_TOKEN)
        return AuthToken(token, None if reader.at_end else reader.string(MAX_ADDRESS))
    if sender is Sender.RELAY:
        match kind:
            case 0:
                return AuthRequest()
            case 1:
                return PermissionDenied(reader.string())
            case 2:
                scope = reader.string(MAX_ADDRESS)
                if scope in SCOPES:
                    return Authenticated(scope)
                raise malformed("a scope is unknown")
    raise malformed(f"a {sender.value} sends no auth message of type {kind}")


def _decode_sync_status(reader: Reader) -> SyncStatus:
    value = reader.varuint()
    if value > 1:
        raise malformed(f"there is no sync status {value}")
    return SyncStatus(value == 1)
