"""One connection as the relay sees it: many addresses, bytes in, events out.

No socket, no clock, no storage. The shell (`sync.relay.connection`) checks
tokens and answers `accept` or `deny`; until then all that a client pipelines is
queued, within `Limits`. Each Step2 and update gets a ticket; the SyncStatus
frames go out in the order of the tickets, however the shell settles them.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import Enum

from sync.errors import ProtocolError
from sync.protocol import messages as m
from sync.protocol import notices
from sync.protocol.close_codes import (
    MALFORMED_FRAME,
    MESSAGE_TOO_BIG,
    TOO_MANY_DOCUMENTS,
    TOO_MUCH_UNAUTHORIZED,
)
from sync.types import DocumentId, is_document_id


@dataclass(frozen=True, slots=True)
class Limits:
    """What one connection may make the relay hold."""

    frame_bytes: int = m.MAX_CLIENT_FRAME
    """Bytes of one frame."""
    unauthorized_bytes: int = 1024 * 1024
    """Bytes of all frames that wait for a token to be checked."""
    addresses: int = 1_000
    """Documents (and sessions of one) on one connection."""
    small_message_bytes: int = 64 * 1024
    """Bytes of an awareness or a Stateless message."""


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class TokenReceived:
    """Check the token, then call `accept` or `deny`."""

    address: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TokenRenewed:
    """A newer token for an open document: check it; `deny` if it is not good."""

    address: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class StateVectorReceived:
    """The client's Step1: send our own Step1 and a Step2, once each."""

    address: str
    state_vector: bytes


@dataclass(slots=True)  # not frozen: made for each keystroke, at a third of the cost
class UpdateReceived:
    """The client's Step2 or update: settle its ticket once its fate is known."""

    address: str
    update: bytes
    is_step2: bool
    ticket: int


@dataclass(frozen=True, slots=True)
class AwarenessReceived:
    """Who is here: a y-protocols awareness update."""

    address: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class AwarenessWanted:
    """The client asks for all awareness states."""

    address: str


@dataclass(frozen=True, slots=True)
class AddressClosed:
    """The client has left the document."""

    address: str


Event = (
    TokenReceived
    | TokenRenewed
    | StateVectorReceived
    | UpdateReceived
    | AwarenessReceived
    | AwarenessWanted
    | AddressClosed
)


class _State(Enum):
    SILENT = "silent"
    """Something came, but no token yet: `@hocuspocus/provider` fetches it meanwhile."""
    CHECKING = "checking"
    """The shell checks the token."""
    OPEN = "open"
    DENIED = "denied"


@dataclass(slots=True)
class _Ticket:
    saved: bool | None = None
    """None until settled."""
    reason: str = ""


@dataclass(slots=True)
class _Address:
    first_ticket: int
    """Number of the oldest ticket; no number is used twice on one connection."""
    state: _State = _State.SILENT
    checking: TokenReceived | None = None
    """The request that the shell has not answered yet."""
    queue: deque[tuple[m.Message, int]] = field(default_factory=deque)
    """What came before the token was accepted, with the size of its frame."""
    tickets: deque[_Ticket] = field(default_factory=deque)
    """Of each Step2 and update without a SyncStatus, oldest first."""
    saved: bytes = b""
    """The frame that acknowledges, once the first was made: there is one for each keystroke."""


def document_of(address: str) -> DocumentId:
    """Return the document that an address is about: the part before ``"\\0"``."""
    return DocumentId(address.partition("\0")[0])


class ServerProtocol:
    """What one client may send, has sent, and is owed."""

    def __init__(self, limits: Limits = DEFAULT_LIMITS) -> None:
        self._limits = limits
        self._addresses: dict[str, _Address] = {}
        self._out: list[bytes] = []
        self._queued_bytes = 0
        self._openings = 0
        self._typing: tuple[bytes, str, _Address] | None = None
        """How the frame began that brought the last update, and the open address that it is for."""

    # Receiving

    def receive(self, data: bytes) -> list[Event]:
        """Take in one WebSocket binary message.

        Call `data_to_send` afterwards. Raises `ProtocolError` for what a client
        may not send, or too much of it; close the socket with its code then.
        """
        typing = self._typing
        if typing is not None and data.startswith(typing[0]):  # another keystroke, nearly always
            start = len(typing[0]) + 1
            if start <= len(data) < start + 0x80 and data[start - 1] == len(data) - start:
                return [_update(typing[1], typing[2], data[start:], is_step2=False)]
        if len(data) > self._limits.frame_bytes:
            raise ProtocolError(MESSAGE_TOO_BIG, f"a frame of {len(data)} bytes")
        frame = m.decode_frame(data, m.Sender.CLIENT)
        message = frame.message
        match message:
            case m.Ping():
                self._out.append(m.encode_frame("", m.Pong()))
                return []
            case m.Pong():
                return []
        address = self._addresses.get(frame.address)
        if address is None:
            if isinstance(message, m.Close):
                return []
            address = self._add(frame.address)
        return self._take(frame.address, address, message, len(data))

    def _add(self, name: str) -> _Address:
        if not is_document_id(document_of(name)):
            raise ProtocolError(MALFORMED_FRAME, "that is no name of a document")
        if len(self._addresses) >= self._limits.addresses:
            raise ProtocolError(
                TOO_MANY_DOCUMENTS,
                f"one connection may open {self._limits.addresses} documents",
            )
        # An update of an earlier opening may still be on its way to the disk.
        self._openings += 1
        address = self._addresses[name] = _Address(first_ticket=self._openings << 32)
        return address

    def _take(self, name: str, address: _Address, message: m.Message, size: int) -> list[Event]:
        if isinstance(message, m.Close):
            self._forget(name)
            return [AddressClosed(name)]
        if isinstance(message, m.AuthToken) and address.state is not _State.CHECKING:
            if address.state is _State.OPEN:
                return [TokenRenewed(name, message.token)]
            address.state = _State.CHECKING
            address.checking = TokenReceived(name, message.token)
            return [address.checking]
        if address.state is _State.OPEN:
            return self._dispatch(name, address, message)
        if address.state is _State.DENIED:
            if isinstance(message, m.SyncStep2 | m.SyncUpdate):
                self._refuse(name, "you may not open this document")
            return []
        self._queued_bytes += size
        if self._queued_bytes > self._limits.unauthorized_bytes:
            raise ProtocolError(
                TOO_MUCH_UNAUTHORIZED,
                f"more than {self._limits.unauthorized_bytes} bytes before a token was accepted",
            )
        address.queue.append((message, size))
        return []

    def _dispatch(self, name: str, address: _Address, message: m.Message) -> list[Event]:
        match message:
            case m.SyncUpdate(update):
                self._typing = m.encode_frame(name, m.SyncUpdate(b""))[:-1], name, address
                return [_update(name, address, update, is_step2=False)]
            case m.SyncStep2(update):
                return [_update(name, address, update, is_step2=True)]
            case m.Awareness(payload):
                if len(payload) > self._limits.small_message_bytes:
                    raise ProtocolError(MESSAGE_TOO_BIG, "an awareness message is too large")
                return [AwarenessReceived(name, payload)]
            case m.SyncStep1(state_vector):
                return [StateVectorReceived(name, state_vector)]
            case m.QueryAwareness():
                return [AwarenessWanted(name)]
            case m.Stateless(text):
                if len(text.encode()) > self._limits.small_message_bytes:
                    raise ProtocolError(MESSAGE_TOO_BIG, "a stateless message is too large")
                return []  # the relay has no use for a client's, and forwards none
        raise AssertionError(f"a client cannot have sent {message!r}")

    def _forget(self, name: str) -> None:
        address = self._addresses.pop(name)
        self._typing = None
        self._queued_bytes -= sum(size for _, size in address.queue)

    # What the shell decides

    def is_open(self, address: str) -> bool:
        """Whether the address has been accepted and not been closed since."""
        known = self._addresses.get(address)
        return known is not None and known.state is _State.OPEN

    def accept(self, request: TokenReceived, scope: str) -> list[Event]:
        """Open the address and return the events of all that was queued for it.

        Does nothing if the client has left it meanwhile. Raises
        `ProtocolError` as `receive` does.
        """
        known = self._requested(request)
        if known is None:
            return []
        known.state = _State.OPEN
        self._send(request.address, m.Authenticated(scope))
        return self._replay(request.address, known)

    def deny(self, request: TokenReceived, reason: str) -> list[Event]:
        """Keep the address shut; a newer token may open it later.

        Returns the events of what was queued: another token at most. Raises
        `ProtocolError` as `receive` does.
        """
        known = self._requested(request)
        if known is None:
            return []
        known.state = _State.DENIED
        self._send(request.address, m.PermissionDenied(reason))
        return self._replay(request.address, known)

    def _requested(self, request: TokenReceived) -> _Address | None:
        """Return the address if it still waits for the answer to this very request."""
        known = self._addresses.get(request.address)
        if known is None or known.checking is not request:
            return None
        known.checking = None
        return known

    def _replay(self, name: str, address: _Address) -> list[Event]:
        events: list[Event] = []
        for _ in range(len(address.queue)):
            message, size = address.queue.popleft()
            self._queued_bytes -= size
            events += self._take(name, address, message, size)
        return events

    def settle(self, address: str, ticket: int, reason: str | None = None) -> None:
        """Say what became of an update: on disk, or refused for `reason`."""
        known = self._addresses.get(address)
        if known is None:
            return
        number = ticket - known.first_ticket
        if not 0 <= number < len(known.tickets):
            return
        entry = known.tickets[number]
        entry.saved, entry.reason = reason is None, reason or ""
        while known.tickets and known.tickets[0].saved is not None:
            head = known.tickets.popleft()
            known.first_ticket += 1
            if head.saved:
                known.saved = known.saved or m.encode_frame(address, m.SyncStatus(True))
                self._out.append(known.saved)
            else:
                self._refuse(address, head.reason)

    # Sending

    def send(self, address: str, message: m.Message) -> None:
        """Queue any other message about an open address."""
        self._send(address, message)

    def notice(self, address: str, kind: str, **fields: object) -> None:
        """Queue one of our own messages (`sync.protocol.notices`)."""
        self._send(address, m.Stateless(notices.write_notice(kind, **fields)))

    def ping(self) -> None:
        """Ask whether the client is alive; any frame of its own answers."""
        self._out.append(m.encode_frame("", m.Ping()))

    def data_to_send(self) -> list[bytes]:
        """Return what must be sent now, one WebSocket binary message each, in order."""
        out, self._out = self._out, []
        return out

    def _send(self, address: str, message: m.Message) -> None:
        self._out.append(m.encode_frame(address, message))

    def _refuse(self, address: str, reason: str) -> None:
        self.notice(address, notices.REFUSED, reason=reason)
        self._send(address, m.SyncStatus(False))


def _update(name: str, address: _Address, update: bytes, *, is_step2: bool) -> UpdateReceived:
    address.tickets.append(_Ticket())
    ticket = address.first_ticket + len(address.tickets) - 1
    return UpdateReceived(name, update, is_step2, ticket)
