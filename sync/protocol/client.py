"""One connection as a client sees it: many documents, bytes in, events out.

No socket, no clock: the shell (`sync.client.connection`) reads messages into
`receive`, sends what `data_to_send` returns, and owns every timeout. One
object serves one connection; after a reconnect there is a new one, and what was
not acknowledged is sent again.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any

from sync.errors import ProtocolError
from sync.protocol import messages as m
from sync.protocol.close_codes import MESSAGE_TOO_BIG, UNEXPECTED_FRAME
from sync.protocol.notices import read_notice
from sync.types import DocumentId

REFUSED_WITHOUT_REASON = "the relay gave no reason"


@dataclass(frozen=True, slots=True)
class DocumentOpened:
    """The relay accepted the token for this document."""

    document_id: DocumentId
    scope: str
    """``read-write`` or ``readonly``."""


@dataclass(frozen=True, slots=True)
class AccessDenied:
    """The relay refused the token, or this person may not open the document."""

    document_id: DocumentId
    reason: str


@dataclass(frozen=True, slots=True)
class TokenWanted:
    """The token in use runs out: answer with `ClientProtocol.renew_token` within 10 s."""

    document_id: DocumentId


@dataclass(frozen=True, slots=True)
class StateVectorReceived:
    """The relay's Step1: answer with `ClientProtocol.answer_step1`, exactly once."""

    document_id: DocumentId
    state_vector: bytes


@dataclass(frozen=True, slots=True)
class UpdateReceived:
    """Other people's work."""

    document_id: DocumentId
    update: bytes
    is_step2: bool
    """True if it is the answer to our Step1: then nothing older is missing."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The relay has it on disk."""

    document_id: DocumentId
    up_to: int
    """The number that was given with the Step2 or update."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The relay did not take it; what follows is refused too until the next Step1."""

    document_id: DocumentId
    up_to: int
    """The number that was given with the Step2 or update."""
    reason: str


@dataclass(frozen=True, slots=True)
class AwarenessReceived:
    """Who is here: a y-protocols awareness update."""

    document_id: DocumentId
    payload: bytes


@dataclass(frozen=True, slots=True)
class AwarenessWanted:
    """The relay asks for our awareness state."""

    document_id: DocumentId


@dataclass(frozen=True, slots=True)
class Notice:
    """One of our own messages beside the document (`sync.protocol.notices`), as JSON object.

    ``refused`` is not among them: its reason is in the `Refused` that follows.
    """

    document_id: DocumentId
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class DocumentClosed:
    """The relay closed this document; the socket stays open for the others."""

    document_id: DocumentId
    reason: str


@dataclass(frozen=True, slots=True)
class PongReceived:
    """The relay is alive."""


Event = (
    DocumentOpened
    | AccessDenied
    | TokenWanted
    | StateVectorReceived
    | UpdateReceived
    | Acknowledged
    | Refused
    | AwarenessReceived
    | AwarenessWanted
    | Notice
    | DocumentClosed
    | PongReceived
)


@dataclass(slots=True)
class _OpenDocument:
    authorized: bool = False
    closed: bool = False
    """Closed by either side: frames that were under way are let pass unread."""
    waiting: deque[int] = field(default_factory=deque)
    """`up_to` of each Step2 or update without a SyncStatus, oldest first."""
    refusal: str | None = None
    """Reason for the SyncStatus 0 that comes next."""


class ClientProtocol:
    """What one client has asked and sent on one connection."""

    def __init__(self, version: str | None = None) -> None:
        self._version = version
        self._documents: dict[DocumentId, _OpenDocument] = {}
        self._out: list[bytes] = []

    # Sending

    def open(self, document_id: DocumentId, token: str) -> None:
        """Ask to open a document; `start_sync` may follow at once.

        The answer is `DocumentOpened` or `AccessDenied`. A document that was
        denied or closed may be opened again.
        """
        known = self._documents.get(document_id)
        assert known is None or known.closed
        self._documents[document_id] = _OpenDocument()
        self._send(document_id, m.AuthToken(token, self._version))

    def start_sync(self, document_id: DocumentId, state_vector: bytes) -> None:
        """Ask for all that our document at `state_vector` lacks."""
        self._send(document_id, m.SyncStep1(state_vector))

    def answer_step1(self, document_id: DocumentId, update: bytes, up_to: int) -> None:
        """Answer `StateVectorReceived`; `up_to` comes back with the acknowledgment.

        Raises `ProtocolError` (1009), with nothing queued, if the update is too
        large for one frame.
        """
        self._send_counted(document_id, m.SyncStep2(update), up_to)

    def send_update(self, document_id: DocumentId, update: bytes, up_to: int) -> None:
        """Send one change; `up_to` comes back with the acknowledgment.

        Raises `ProtocolError` (1009), with nothing queued, if the update is too
        large for one frame.
        """
        self._send_counted(document_id, m.SyncUpdate(update), up_to)

    def send_awareness(self, document_id: DocumentId, payload: bytes) -> None:
        """Say who is here and where."""
        self._send(document_id, m.Awareness(payload))

    def ask_awareness(self, document_id: DocumentId) -> None:
        """Ask who is here: an `AwarenessReceived` answers, if there is anybody."""
        self._send(document_id, m.QueryAwareness())

    def renew_token(self, document_id: DocumentId, token: str) -> None:
        """Answer `TokenWanted`, or forestall it; silence from the relay means it is accepted."""
        self._send(document_id, m.AuthToken(token, self._version))

    def close_document(self, document_id: DocumentId) -> None:
        """Leave a document; frames about it that are under way are let pass unread."""
        self._send(document_id, m.Close())
        self._documents[document_id].closed = True

    def ping(self) -> None:
        """Ask whether the relay is alive: `PongReceived` answers."""
        self._out.append(m.encode_frame("", m.Ping()))

    def data_to_send(self) -> list[bytes]:
        """Return what must be sent now, one WebSocket binary message each, in order."""
        out, self._out = self._out, []
        return out

    def waiting_acknowledgments(self, document_id: DocumentId) -> int:
        """How many Step2s and updates of this document have no SyncStatus yet."""
        document = self._documents.get(document_id)
        return len(document.waiting) if document else 0

    def _send(self, document_id: DocumentId, message: m.Message) -> None:
        assert document_id in self._documents, "open it first"
        self._out.append(m.encode_frame(document_id, message))

    def _send_counted(
        self, document_id: DocumentId, message: m.SyncStep2 | m.SyncUpdate, up_to: int
    ) -> None:
        frame = m.encode_frame(document_id, message)
        if len(frame) > m.MAX_CLIENT_FRAME:
            raise ProtocolError(
                MESSAGE_TOO_BIG,
                f"a change of {len(frame)} bytes is too large to send in one piece "
                f"(the limit is {m.MAX_CLIENT_FRAME})",
            )
        self._documents[document_id].waiting.append(up_to)
        self._out.append(frame)

    # Receiving

    def receive(self, data: bytes) -> list[Event]:
        """Take in one WebSocket binary message from the relay.

        Call `data_to_send` afterwards. Raises `ProtocolError` for what the
        relay may not send; close the socket with its code then.
        """
        if len(data) > m.MAX_RELAY_FRAME:
            raise ProtocolError(MESSAGE_TOO_BIG, f"a frame of {len(data)} bytes")
        frame = m.decode_frame(data, m.Sender.RELAY)
        match frame.message:
            case m.Ping():
                self._out.append(m.encode_frame("", m.Pong()))
                return []
            case m.Pong():
                return [PongReceived()]
        document_id = DocumentId(frame.address)
        document = self._documents.get(document_id)
        if document is None:
            raise ProtocolError(UNEXPECTED_FRAME, "a frame about a document that is not open")
        if document.closed:
            return []
        return self._dispatch(document_id, document, frame.message)

    def _dispatch(
        self, document_id: DocumentId, document: _OpenDocument, message: m.Message
    ) -> list[Event]:
        match message:
            case m.Authenticated(scope):
                document.authorized = True
                return [DocumentOpened(document_id, scope)]
            case m.PermissionDenied(reason):
                document.closed = True
                return [AccessDenied(document_id, reason)]
            case m.Stateless(text):
                return self._read_notice(document_id, document, text)
            case m.Close(reason):
                document.closed = True
                return [DocumentClosed(document_id, reason or "")]
        if not document.authorized:
            return []  # left over from an earlier opening of the same document
        match message:
            case m.SyncUpdate(update):
                return [UpdateReceived(document_id, update, is_step2=False)]
            case m.SyncStatus(saved):
                return [self._settle(document_id, document, saved)]
            case m.SyncStep2(update):
                return [UpdateReceived(document_id, update, is_step2=True)]
            case m.SyncStep1(state_vector):
                return [StateVectorReceived(document_id, state_vector)]
            case m.Awareness(payload):
                return [AwarenessReceived(document_id, payload)]
            case m.QueryAwareness():
                return [AwarenessWanted(document_id)]
            case m.AuthRequest():
                return [TokenWanted(document_id)]
        raise AssertionError(f"the relay cannot have sent {message!r}")

    def _settle(self, document_id: DocumentId, document: _OpenDocument, saved: bool) -> Event:
        if not document.waiting:
            raise ProtocolError(UNEXPECTED_FRAME, "an acknowledgment of nothing")
        up_to = document.waiting.popleft()
        reason, document.refusal = document.refusal, None
        if saved:
            return Acknowledged(document_id, up_to)
        return Refused(document_id, up_to, reason or REFUSED_WITHOUT_REASON)

    def _read_notice(
        self, document_id: DocumentId, document: _OpenDocument, text: str
    ) -> list[Event]:
        notice = read_notice(text)
        if notice is None:
            return []  # somebody else's: Stateless belongs to whoever uses the document
        if notice["type"] == "refused":
            reason = notice.get("reason")
            document.refusal = reason if isinstance(reason, str) else None
            return []
        return [Notice(document_id, notice)]
