"""A small client of the relay for tests: one document on one socket, blocking."""

from __future__ import annotations

import ssl
import time
from contextlib import ExitStack
from types import TracebackType

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from sync.document.delta import insert
from sync.document.document import Document
from sync.protocol import client as protocol
from sync.protocol.client import ClientProtocol
from sync.types import DocumentId, Origin

PATIENCE = 20.0
"""Seconds; reached only when something is broken."""


class Peer:
    """Opens a document and keeps its own copy of it in step."""

    def __init__(
        self,
        url: str,
        document_id: str,
        token: str,
        tls: ssl.SSLContext | None = None,
        document: Document | None = None,
    ) -> None:
        """With a `document`, come back with the copy that an earlier peer had."""
        self.document_id = DocumentId(document_id)
        self.document = document or Document()
        self._stack = ExitStack()
        self.socket: ClientConnection = self._stack.enter_context(
            # Who has not read everything waits in vain for the close frame behind it.
            connect(url, proxy=None, max_size=None, ssl=tls, open_timeout=PATIENCE, close_timeout=1)
        )
        self.protocol = ClientProtocol()
        self.events: list[protocol.Event] = []
        self.acknowledged = 0
        self.refusals: list[str] = []
        self.protocol.open(self.document_id, token)
        self.protocol.start_sync(self.document_id, self.document.state_vector())
        self.flush()

    def __enter__(self) -> Peer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._stack.close()

    def close(self) -> None:
        self._stack.close()

    def flush(self) -> None:
        for data in self.protocol.data_to_send():
            self.socket.send(data)

    def step(self) -> None:
        """Take in one message. Raises `ConnectionClosed` and `TimeoutError`."""
        data = self.socket.recv(timeout=PATIENCE)
        assert isinstance(data, bytes)
        for event in self.protocol.receive(data):
            self._take(event)
        self.flush()

    def _take(self, event: protocol.Event) -> None:
        self.events.append(event)
        match event:
            case protocol.StateVectorReceived(document_id, state_vector):
                update = self.document.update_since(state_vector)
                self.protocol.answer_step1(document_id, update, 0)
            case protocol.UpdateReceived(_, update, _):
                self.document.apply_update(update)
            case protocol.Acknowledged(_, up_to):
                self.acknowledged = max(self.acknowledged, up_to)
            case protocol.Refused(_, _, reason):
                self.refusals.append(reason)

    def heard(self, kind: type[protocol.Event]) -> bool:
        """Whether an event of a kind has come."""
        return any(isinstance(event, kind) for event in self.events)

    def until(self, kind: type[protocol.Event]) -> protocol.Event:
        """Take messages in until an event of a kind has come; return the last such event."""
        deadline = time.monotonic() + PATIENCE
        while not self.heard(kind):
            assert time.monotonic() < deadline, f"no {kind.__name__} in {self.events}"
            self.step()
        return next(event for event in reversed(self.events) if isinstance(event, kind))

    def joined(self) -> Peer:
        """Wait until the relay's content is here and ours is acknowledged."""
        self.until(protocol.UpdateReceived)
        while self.protocol.waiting_acknowledgments(self.document_id):
            self.step()
        return self

    def write(self, text: str, up_to: int) -> None:
        """Write at the end, without waiting."""
        updates: list[bytes] = []
        stop = self.document.on_update(lambda update, _: updates.append(update))
        self.document.apply(insert(self.document.length, text), Origin.COMMAND)
        stop()
        for update in updates:
            self.protocol.send_update(self.document_id, update, up_to)
        self.flush()

    def until_text(self, text: str) -> None:
        """Take messages in until the document says `text`."""
        while self.document.text() != text:
            self.step()

    def until_closed(self) -> int:
        """Take messages in until the relay hangs up; return the close code."""
        received = None
        while received is None:
            try:
                self.step()
            except ConnectionClosed as closed:
                received = closed.rcvd
                assert received is not None, "cut off without a close frame"
        return received.code
