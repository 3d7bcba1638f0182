"""One WebSocket: bytes and timers around the sans-I/O protocols, bounded in every buffer.

All frames of a tick for one receiver go out in one write: that is what lets a
room be large (measured: seven times the deliveries of one write a message).
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from websockets.datastructures import Headers
from websockets.frames import CloseCode, Frame, Opcode
from websockets.http11 import Request, Response
from websockets.protocol import SEND_EOF
from websockets.server import ServerProtocol as WebSocketProtocol

from sync.errors import AdministrationError, InvalidUpdate, ProtocolError
from sync.protocol import close_codes, notices
from sync.protocol import messages as m
from sync.protocol import server as protocol
from sync.relay.auth import Grant, Refused
from sync.relay.rooms import Room
from sync.types import Role

if TYPE_CHECKING:
    from sync.relay.server import Relay

SEND_BUFFER = 16 * 1024 * 1024
"""Bytes that may wait for a slow reader, beside one answer to its join; then it is closed."""
AUTH_SECONDS = 15.0
"""Seconds from connecting to the first accepted token."""
SILENCE_SECONDS = 30.0
"""Seconds without a byte from the peer after which it is taken for dead."""
PING_SECONDS = 10.0
RENEW_SECONDS = 10.0
"""Seconds from asking for a newer token to closing without one."""
CLOSE_SECONDS = 2.0
"""Seconds that a peer has to take a close frame."""


class Opened:
    """An address that this connection may use."""

    __slots__ = ("expires", "grant", "role", "room")

    def __init__(self, room: Room, grant: Grant, role: Role) -> None:
        self.room = room
        self.grant = grant
        self.role = role
        self.expires: asyncio.TimerHandle | None = None


class Connection(asyncio.Protocol):
    """Made for each WebSocket; belongs to the event loop."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._loop = relay.loop
        self._websocket = WebSocketProtocol(max_size=m.MAX_CLIENT_FRAME)
        self._protocol = protocol.ServerProtocol()
        self._transport: asyncio.Transport | None = None
        self.opened: dict[str, Opened] = {}
        self._out: list[bytes] = []
        self._flushing = False
        self._closing = False
        self._allowance = SEND_BUFFER
        self._parts: list[bytes] = []
        self._parts_size = 0
        self._heard = self._loop.time()
        self._timers: list[asyncio.TimerHandle] = []
        self._tasks: set[asyncio.Task[None]] = set()

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin the timers of a stranger."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._relay.connections.add(self)
        self._later(AUTH_SECONDS, self._check_authorized)
        self._later(PING_SECONDS, self._beat)

    def connection_lost(self, _: Exception | None) -> None:
        """Leave every room."""
        self._closing = True
        self._transport = None
        self._relay.forget(self)
        for timer in self._timers:
            timer.cancel()
        for task in self._tasks:
            task.cancel()
        for address in list(self.opened):
            self._leave(address)

    def data_received(self, data: bytes) -> None:
        """Take bytes from the socket."""
        self._heard = self._loop.time()
        self._websocket.receive_data(data)
        for event in self._websocket.events_received():
            if isinstance(event, Request):
                self._handshake(event)
            elif isinstance(event, Frame):
                self._take_frame(event)
        self._flush_soon()
        if self._websocket.close_expected():
            self._later(CLOSE_SECONDS, self._abort)

    def eof_received(self) -> bool:
        """The peer is done."""
        self._websocket.receive_eof()
        self._flush_soon()
        return False

    # WebSocket

    def _handshake(self, request: Request) -> None:
        response = self._websocket.accept(request)
        if self._relay.draining:
            response = Response(503, "Service Unavailable", Headers({"Retry-After": "2"}), b"")
        self._websocket.send_response(response)

    def _take_frame(self, frame: Frame) -> None:
        match frame.opcode:
            case Opcode.TEXT:
                self.close(CloseCode.UNSUPPORTED_DATA)
            case Opcode.BINARY | Opcode.CONT:
                self._parts.append(bytes(frame.data))
                self._parts_size += len(frame.data)
                if frame.fin:
                    data = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
                    self._parts, self._parts_size = [], 0
                    self._take_message(data)
            case _:
                pass

    def _take_message(self, data: bytes) -> None:
        if self._closing:
            return
        try:
            self._handle(self._protocol.receive(data))
        except ProtocolError as error:
            self.close(error.code, error.detail)

    def close(self, code: int, detail: str = "") -> None:
        """Say why, then hang up."""
        if self._closing:
            return
        self._closing = True
        self._collect()
        reason = (
            (detail or close_codes.NAMES.get(code, "")).encode()[:120].decode("utf-8", "ignore")
        )
        self._websocket.fail(code, reason)
        self._flush_soon()
        self._later(CLOSE_SECONDS, self._abort)

    def _abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def _later(self, seconds: float, run: object) -> asyncio.TimerHandle:
        assert callable(run)
        timer = self._loop.call_later(seconds, run)
        self._timers = [known for known in self._timers if not known.cancelled()]
        self._timers.append(timer)
        return timer

    # Sending

    def send(self, address: str, message: m.Message) -> None:
        """See `rooms.Member`."""
        if not self._closing:
            self._protocol.send(address, message)
            self._flush_soon()

    def settle(self, address: str, ticket: int, reason: str | None) -> None:
        """Acknowledge an update that is on disk, or refuse it."""
        if not self._closing:
            self._protocol.settle(address, ticket, reason)
            self._flush_soon()

    def _flush_soon(self) -> None:
        if not self._flushing:
            self._flushing = True
            self._loop.call_soon(self._flush)

    def _collect(self) -> None:
        for data in self._protocol.data_to_send():
            self._websocket.send_binary(data)

    def _flush(self) -> None:
        self._flushing = False
        if self._transport is None:
            return
        if not self._closing and self._websocket.state.name == "OPEN":
            self._collect()
        chunks = self._websocket.data_to_send()
        ends = SEND_EOF in chunks
        if chunks:
            self._transport.write(b"".join(chunks))
        if ends and self._transport.can_write_eof():
            self._transport.write_eof()
        waiting = self._transport.get_write_buffer_size()
        if waiting > self._allowance and not self._closing:
            self.close(close_codes.TRY_AGAIN_LATER)
        elif waiting < SEND_BUFFER:
            self._allowance = SEND_BUFFER

    # Timers

    def _check_authorized(self) -> None:
        if not self.opened:
            self.close(close_codes.UNAUTHORIZED)

    def _beat(self) -> None:
        if self._loop.time() - self._heard > SILENCE_SECONDS:
            self.close(close_codes.CONNECTION_TIMEOUT)
            return
        if not self._closing:
            self._websocket.send_ping(b"")
            self._flush_soon()
            self._later(PING_SECONDS, self._beat)

    # Events

    def _handle(self, events: list[protocol.Event]) -> None:
        for event in events:
            match event:
                case protocol.TokenReceived():
                    self._handle(self._authorize(event))
                case protocol.TokenRenewed(address, token):
                    self._renew(address, token)
                case protocol.StateVectorReceived(address, state_vector):
                    self._answer(address, state_vector)
                case protocol.UpdateReceived():
                    self._update(event)
                case protocol.AwarenessReceived(address, payload):
                    if address in self.opened:
                        self.opened[address].room.take_awareness(self, address, payload)
                case protocol.AwarenessWanted(address):
                    self._tell_awareness(address)
                case protocol.AddressClosed(address):
                    self._leave(address)

    def _authorize(self, request: protocol.TokenReceived) -> list[protocol.Event]:
        document_id = protocol.document_of(request.address)
        try:
            grant = self._relay.auth.check(request.token)
            role = self._relay.accounts.role(document_id, grant.user_id)
        except (Refused, AdministrationError) as error:
            return self._protocol.deny(request, str(error))
        if role is None:
            # Nobody learns whether a document exists.
            return self._protocol.deny(request, "You have no access to this document.")
        room = self._relay.rooms.open(document_id)
        room.join(self, request.address)
        opened = self.opened[request.address] = Opened(room, grant, role)
        self._watch_expiry(request.address, opened)
        scope = "read-write" if role.may_write_content else "readonly"
        events = self._protocol.accept(request, scope)
        self._protocol.notice(request.address, notices.ROLE, role=role.value)
        return events

    def _renew(self, address: str, token: str) -> None:
        opened = self.opened.get(address)
        try:
            grant = self._relay.auth.check(token)
        except (Refused, AdministrationError):
            self.close(close_codes.UNAUTHORIZED)
            return
        if opened is None or grant.user_id != opened.grant.user_id:
            self.close(close_codes.UNAUTHORIZED)
            return
        opened.grant = grant
        self._watch_expiry(address, opened)

    def _watch_expiry(self, address: str, opened: Opened) -> None:
        if opened.expires is not None:
            opened.expires.cancel()
        left = max(0.0, opened.grant.expires - time.time())
        opened.expires = self._later(left, lambda: self._expired(address))

    def _expired(self, address: str) -> None:
        opened = self.opened.get(address)
        if opened is not None:
            self.send(address, m.AuthRequest())
            opened.expires = self._later(
                RENEW_SECONDS, lambda: self.close(close_codes.UNAUTHORIZED)
            )

    def recheck(self) -> None:
        """Somebody's rights have changed: make sure that ours have not."""
        for address, opened in self.opened.items():
            role = self._relay.accounts.role(opened.room.document_id, opened.grant.user_id)
            if role is opened.role:
                continue
            user = self._relay.accounts.user(opened.grant.user_id)
            gone = user is None or not user.active
            if role is not None:
                self._protocol.notice(address, notices.ROLE, role=role.value)
            self.close(close_codes.UNAUTHORIZED if gone else close_codes.FORBIDDEN)
            return

    def _leave(self, address: str) -> None:
        opened = self.opened.pop(address, None)
        if opened is not None:
            if opened.expires is not None:
                opened.expires.cancel()
            opened.room.leave(self, address)

    def _run(self, work: object) -> None:
        assert asyncio.iscoroutine(work)
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _answer(self, address: str, state_vector: bytes) -> None:
        if address in self.opened:
            self._run(self._send_join(address, self.opened[address].room, state_vector))

    async def _send_join(self, address: str, room: Room, state_vector: bytes) -> None:
        """Answer a Step1: our own Step1, a Step2, and who is here."""
        try:
            document = await room.document()
            answer = await room.step2(state_vector)
        except InvalidUpdate:
            self.close(close_codes.MALFORMED_FRAME)
            return
        except AdministrationError:
            self.close(close_codes.TRY_AGAIN_LATER)
            return
        if address not in self.opened:
            return
        self._allowance = max(self._allowance, SEND_BUFFER + 2 * len(answer))
        self.send(address, m.SyncStep1(document.state_vector()))
        self.send(address, m.SyncStep2(answer))
        self._tell_awareness(address)

    def _tell_awareness(self, address: str) -> None:
        opened = self.opened.get(address)
        awareness = opened.room.awareness() if opened else None
        if awareness is not None:
            self.send(address, awareness)

    def _update(self, event: protocol.UpdateReceived) -> None:
        opened = self.opened.get(event.address)
        if opened is None:
            self.settle(event.address, event.ticket, "the document is not open")
            return
        if not opened.role.may_write_content:
            self._run(self._refuse(event, opened))
            return
        try:
            opened.room.take(self, event.address, event.update)
        except InvalidUpdate as error:
            self.settle(event.address, event.ticket, f"it is no update: {error.detail}")
            return
        self._relay.storage.log.append(
            opened.room.document_id,
            event.update,
            opened.grant.user_id,
            (self, event.address, event.ticket),
        )

    async def _refuse(self, event: protocol.UpdateReceived, opened: Opened) -> None:
        """Refuse a reader's changes; a Step2 that brings nothing is none."""
        reason: str | None = f"a {opened.role.value} may not change this document"
        try:
            if event.is_step2 and await opened.room.adds_nothing(event.update):
                reason = None
        except AdministrationError as error:
            reason = str(error)
        self.settle(event.address, event.ticket, reason)
