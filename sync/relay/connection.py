"""One WebSocket: bytes and deadlines around the sans-I/O protocols, bounded in every buffer.

All frames of a tick for one receiver go out in one write: that is what lets a
room be large (measured: seven times the deliveries of one write a message). An
idle connection has no task and no timer: `Connection.tick` is called now and then.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from websockets.frames import Opcode

from sync.errors import AdministrationError, InkstandError, ProtocolError
from sync.protocol import close_codes, notices
from sync.protocol import messages as m
from sync.protocol import server as protocol
from sync.relay.auth import Grant, Refused
from sync.relay.inflow import Inflow
from sync.relay.opened import Opened
from sync.relay.outflow import Outflow
from sync.relay.websocket import WebSocket
from sync.types import DocumentId, Role

if TYPE_CHECKING:
    from sync.relay.server import Relay

CLOSE_SECONDS = 5.0
"""Seconds that a peer has to take a close frame and what is before it."""

_FRAMING_BYTES = 64 * 1024
"""What a stranger may send beside what the protocol queues: frame heads."""

_SMALL_CROWD = 0.25
"""Seconds: of twice as much a client is told; below that its own first delay will do."""

_Found = tuple[Grant, Role | None]
"""What a token grants, and what its owner may do with the document."""

Given = TypeVar("Given")

log = logging.getLogger(__name__)


class Connection(asyncio.Protocol):
    """Made for each WebSocket; belongs to the event loop."""

    def __init__(self, relay: Relay, place: str = "") -> None:
        """Serve a client at network address `place`, whom `relay.census` has counted."""
        self._relay = relay
        self._loop = relay.loop
        self._settings = relay.settings
        self._counters = relay.metrics.counters
        self._websocket = WebSocket(relay.settings.frame_bytes)
        self._protocol = protocol.ServerProtocol(relay.protocol_limits)
        self._transport: asyncio.Transport | None = None
        self.place = place
        self.user_id: str | None = None
        """Whose the first accepted token was; None while it is a stranger's."""
        self.opened: dict[str, Opened] = {}
        self._closing_since: float | None = None
        self._retiring = False
        """Whether it is hung up as soon as all that came is settled."""
        self._in_line = False
        """Whether the rest of what has come waits for its turn."""
        self._began = self._heard = self._pinged = self._loop.time()
        self._stranger_bytes = 0
        self._told_crowd = _SMALL_CROWD
        self.turn = asyncio.Lock()
        """Held by the address for which something is decoded."""
        self.inflow = Inflow(relay.settings, self._counters)
        self._outflow = Outflow(
            self._websocket,
            self._protocol,
            relay.settings.send_buffer_bytes,
            self._counters,
            lambda: self.close(close_codes.TRY_AGAIN_LATER),
        )

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A stranger has come."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self.inflow.attach(transport)
        self._outflow.attach(transport)
        self._relay.connections.add(self)

    def connection_lost(self, _: Exception | None) -> None:
        """Leave every room."""
        self._closing_since = self._closing_since or self._loop.time()
        self._transport = None
        self._websocket.drop()
        self.inflow.attach(None)
        self._outflow.attach(None)
        self._relay.forget(self)
        for address in list(self.opened):
            self._leave(address)

    def data_received(self, data: bytes) -> None:
        """Take bytes from the socket."""
        self._heard = self._loop.time()
        if self.user_id is None:
            self._stranger_bytes += len(data)
            if self._stranger_bytes > self._settings.stranger_bytes + _FRAMING_BYTES:
                self.close(close_codes.TOO_MUCH_UNAUTHORIZED)
        self._websocket.feed(data)
        if self._in_line:  # it has begun already, or waits because many have: this is enough
            self.inflow.busy(on=True)
        else:
            self._in_line = True
            self._relay.turns.first(self)

    def take_turn(self, until: float) -> bool:
        """Go on with what has come, as `Greedy` does."""
        websocket = self._websocket
        self._in_line = False
        self._safely(self._read, until)
        if self._closing_since is None and websocket.ending:
            self._closing_since = self._heard
            if (why := websocket.wrong) is not None:
                self._note_closed(why.code, why.reason)
        self._outflow.soon()
        self.inflow.busy(on=self._in_line)
        self._leave_if_settled()
        return self._in_line

    def pause_writing(self) -> None:
        """The peer reads more slowly than we write."""
        self._outflow.full(on=True)

    def resume_writing(self) -> None:
        """It has caught up."""
        self._outflow.full(on=False)

    def eof_received(self) -> bool:
        """The peer is done."""
        self._websocket.receive_eof()
        self._outflow.soon()
        return False

    # WebSocket

    def _read(self, until: float) -> None:
        read, message_came, now = self._websocket.read, self.inflow.message_came, self._loop.time
        while (came := read()) is not None:
            message_came()  # a piece may be empty, and pings are work too: each counts
            if isinstance(came, bytes):
                if self._closing_since is None:
                    self._counters.frames_in += 1
                    self._handle(self._protocol.receive(came))
            elif came.opcode is Opcode.TEXT:
                self.close(close_codes.UNSUPPORTED_DATA)
            if now() >= until:
                self._in_line = self._websocket.unread
                break

    def _safely(self, work: Callable[[Given], None], given: Given) -> None:
        """Deal with something that came; hang up if it is wrong."""
        try:
            work(given)
        except ProtocolError as error:
            self.close(error.code, error.detail)
        except Exception:
            log.exception("A mistake of the relay's own")
            self.close(close_codes.INTERNAL_ERROR)

    def close(self, code: int, detail: str = "") -> None:
        """Say why, then hang up."""
        if self._closing_since is not None:
            return
        self._outflow.gather()
        self._closing_since = self._loop.time()
        self._note_closed(code, detail)
        why = (detail or close_codes.NAMES.get(code, "")).encode()[:120].decode("utf-8", "ignore")
        self._websocket.fail(code, why)  # from here on what comes is thrown away
        self._outflow.soon()

    def _note_closed(self, code: int, detail: str) -> None:
        self._relay.metrics.closed(code)
        log.info(
            "Closed a connection",
            extra={"code": code, "reason": detail, "place": self.place, "user": self.user_id},
        )

    @property
    def closing(self) -> bool:
        """Whether it has been hung up, or will be once the peer has read why."""
        return self._closing_since is not None

    # Sending

    def send(self, address: str, message: m.Message) -> None:
        """Send a message about an address, soon."""
        self._protocol.send(address, message)
        self._outflow.soon()

    def send_encoded(self, data: bytes, messages: int) -> None:
        """Send some WebSocket messages now, after all that was sent before."""
        if self._closing_since is None:
            self._outflow.put(data, messages)

    def settle(self, address: str, ticket: int, reason: str | None) -> None:
        """Acknowledge an update that is on disk, or refuse it."""
        self.inflow.change_settled(ticket)
        self._protocol.settle(address, ticket, reason)
        if reason is None:
            self._counters.updates_stored += 1
        else:
            self._counters.updates_refused += 1
        self._outflow.soon()
        self._leave_if_settled()

    def joined(self, size: int) -> None:
        """A join is answered with `size` bytes: so much more may wait."""
        self._counters.joins += 1
        self._outflow.allow(2 * size)

    @property
    def has_joined(self) -> bool:
        """Whether a join was answered that has not been written yet."""
        return self._outflow.allowed

    def retire(self, seconds: float) -> None:
        """Hang up once all that came is settled; ask the client to come again in `seconds`."""
        for address in self.opened:
            self._protocol.notice(address, notices.RETRY_AFTER, seconds=round(seconds, 2))
            break
        self._retiring = True
        if self._transport is not None and not self._transport.is_closing():
            self._transport.pause_reading()
        self._leave_if_settled()

    def _leave_if_settled(self) -> None:
        if self._retiring and not (self.inflow.unsettled or self._in_line):
            self.close(close_codes.GOING_AWAY)
            if self._transport is not None and not self._transport.is_closing():
                self._transport.resume_reading()  # for the answer to the close frame

    def _tell_crowd(self) -> None:
        """Say over how long all are to come back, whenever that has doubled."""
        seconds = self._relay.crowd_seconds
        if seconds < 2 * self._told_crowd:
            return
        for address in self.opened:
            self._told_crowd = seconds
            self._protocol.notice(address, notices.CROWD, seconds=round(seconds, 1))
            self._outflow.soon()
            break

    # Deadlines

    def tick(self, now: float, wall: float) -> None:
        """Look at every deadline; `now` on the loop's clock, `wall` in Unix seconds."""
        if self._closing_since is not None:
            if now - self._closing_since > CLOSE_SECONDS and self._transport is not None:
                self._transport.abort()
            return
        if self.user_id is None and now - self._began > self._settings.stranger_seconds:
            self.close(close_codes.UNAUTHORIZED)
        elif self.inflow.paused:
            self._heard = now  # it is us who do not listen
        elif now - self._heard > self._settings.silence_seconds:
            self.close(close_codes.CONNECTION_TIMEOUT)
        elif (
            now - min(self._heard, self._outflow.last) > self._settings.ping_seconds
            and now - self._pinged > self._settings.ping_seconds
            and self.user_id is not None
        ):
            # A frame of the protocol, not of WebSocket: a provider hears nothing else.
            self._pinged = now
            self._protocol.ping()
            self._outflow.soon()
        self._tell_crowd()
        for opened in self.opened.values():
            if wall < opened.grant.expires:
                continue
            if opened.asked is None:
                opened.asked = now
                self.send(opened.address, m.AuthRequest())
            elif now - opened.asked > self._settings.renew_seconds:
                self.close(close_codes.UNAUTHORIZED)

    # Events

    def _handle(self, events: list[protocol.Event]) -> None:
        for event in events:
            match event:
                case protocol.UpdateReceived(address):
                    self._counters.updates_in += 1
                    self.opened[address].take_update(event)
                case protocol.AwarenessReceived(address, payload):
                    opened = self.opened[address]
                    opened.room.take_awareness(opened, payload)
                case protocol.StateVectorReceived(address):
                    self.opened[address].take_state_vector(event)
                case protocol.TokenReceived():
                    self._handle(self._authorize(event))
                case protocol.TokenRenewed(address, token):
                    self._renew(address, token)
                case protocol.AwarenessWanted(address):
                    self.opened[address].tell_awareness()
                case protocol.AddressClosed(address):
                    self._leave(address)

    def _authorize(self, request: protocol.TokenReceived) -> list[protocol.Event]:
        document_id = protocol.document_of(request.address)
        if self._relay.auth.is_at_hand(request.token, document_id):
            return self._answer(request, self._look_up(request.token, document_id))
        self._relay.ask(
            partial(self._look_up, request.token, document_id),
            partial(self._looked_up, request, document_id),
        )
        return []

    def _look_up(self, token: str, document_id: DocumentId) -> _Found | InkstandError:
        """Return what a token grants in a document, or why it does not. Any thread."""
        try:
            grant = self._relay.auth.check(token)
            return grant, self._relay.accounts.role(document_id, grant.user_id)
        except (Refused, AdministrationError) as error:
            return error

    def _looked_up(
        self,
        request: protocol.TokenReceived,
        document_id: DocumentId,
        future: Future[_Found | InkstandError],
    ) -> None:
        def work(found: _Found | InkstandError) -> None:
            if self._relay.auth.is_at_hand(request.token, document_id):
                # Rights that have changed since are known by now; nobody else looks at this.
                found = self._look_up(request.token, document_id)
            self._handle(self._answer(request, found))

        if self._closing_since is None:
            self._safely(work, future.result())
            self._outflow.soon()

    def _answer(
        self, request: protocol.TokenReceived, found: _Found | InkstandError
    ) -> list[protocol.Event]:
        if isinstance(found, Refused):
            return self._deny(request, str(found))
        if isinstance(found, InkstandError):
            # A client that is denied would ask its person to sign in; this will pass.
            self.close(close_codes.TRY_AGAIN_LATER, str(found))
            return []
        (grant, role), document_id = found, protocol.document_of(request.address)
        if role is None:
            # Nobody learns whether a document exists.
            return self._deny(request, "You have no access to this document.")
        if self.user_id is None:
            if not self._relay.census.introduce(self.place, grant.user_id):
                self.close(close_codes.TOO_MANY_CONNECTIONS)
                return []
            self.user_id = grant.user_id
        opened = self._open(request.address, document_id, grant, role)
        scope = m.READ_WRITE if opened.may_write else m.READ_ONLY
        events = self._protocol.accept(request, scope)
        self._protocol.notice(request.address, notices.ROLE, role=role.value)
        self._tell_crowd()
        return events

    def _deny(self, request: protocol.TokenReceived, reason: str) -> list[protocol.Event]:
        self._counters.tokens_refused += 1
        self._relay.refusals.note(self.place, reason, self._loop.time())
        return self._protocol.deny(request, reason)

    def _open(self, address: str, document_id: DocumentId, grant: Grant, role: Role) -> Opened:
        room = self._relay.rooms.open(document_id)
        opened = self.opened[address] = Opened(self, address, room, grant, role)
        room.join(opened)
        return opened

    def _leave(self, address: str) -> None:
        opened = self.opened.pop(address, None)
        if opened is not None:
            opened.close()

    def _renew(self, address: str, token: str) -> None:
        document_id = self.opened[address].room.document_id
        if self._relay.auth.is_at_hand(token, document_id):
            self._renewed(address, self._look_up(token, document_id))
        else:
            self._relay.ask(
                partial(self._look_up, token, document_id),
                lambda future: self._renewed(address, future.result()),
            )

    def _renewed(self, address: str, found: _Found | InkstandError) -> None:
        opened = self.opened.get(address)
        if opened is None:  # the client has left it meanwhile
            return
        if isinstance(found, InkstandError) and not isinstance(found, Refused):
            self.close(close_codes.TRY_AGAIN_LATER, str(found))
        elif isinstance(found, InkstandError) or found[0].user_id != opened.user_id:
            self.close(close_codes.UNAUTHORIZED)
        else:
            opened.grant, opened.asked = found[0], None

    def recheck(self) -> None:
        """Somebody's rights have changed: make sure that ours have not."""
        for address, opened in self.opened.items():
            if self._relay.auth.has_ended(opened.grant):
                self.close(close_codes.UNAUTHORIZED)
                return
            role = self._relay.accounts.role(opened.room.document_id, opened.user_id)
            if role is opened.role:
                continue
            user = self._relay.accounts.user(opened.user_id)
            gone = user is None or not user.active
            if role is not None:
                self._protocol.notice(address, notices.ROLE, role=role.value)
            self.close(close_codes.UNAUTHORIZED if gone else close_codes.FORBIDDEN)
            return
