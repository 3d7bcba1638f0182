"""One address on one connection, after its token was accepted: what its messages lead to.

Messages of one address are dealt with in the order in which they came. Most need
nothing but the room; those that must be decoded for, or take long to read, go to
other threads, and what follows them waits. Different addresses do not wait for each
other, except that a connection gets one thing decoded at a time, or one with a
thousand documents would keep everybody else waiting.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from sync.document.updates import EMPTY_UPDATE, read_header
from sync.errors import AdministrationError, InvalidUpdate
from sync.protocol import close_codes
from sync.protocol import messages as m
from sync.protocol.server import StateVectorReceived, UpdateReceived
from sync.relay.auth import Grant
from sync.relay.decoding import Answer
from sync.relay.rooms import Room
from sync.types import Role, commented_id

if TYPE_CHECKING:
    from sync.relay.connection import Connection

LONG_UPDATE = 4 * 1024
"""Bytes from which on an update is read on another thread: 100,000 items take 0.1 s."""

log = logging.getLogger(__name__)


class Opened:
    """An address that this connection may use; a `broadcast.Member`."""

    __slots__ = (
        "_backlog",
        "_is_comments",
        "_worker",
        "address",
        "asked",
        "connection",
        "grant",
        "may_write",
        "role",
        "room",
        "user_id",
    )

    def __init__(
        self, connection: Connection, address: str, room: Room, grant: Grant, role: Role
    ) -> None:
        self.connection = connection
        self.address = address
        self.room = room
        self.user_id = grant.user_id
        self.grant = grant
        self.role = role
        self._is_comments = commented_id(room.document_id) is not None
        self.may_write = role.may_comment if self._is_comments else role.may_write_content
        """Whether the role allows to change this document; in comments, some of it."""
        self.asked: float | None = None
        """When a newer token was asked for, on the loop's clock; None if there is no need."""
        self._backlog: deque[StateVectorReceived | UpdateReceived] = deque()
        """What waits for `_worker` to be done with what came before."""
        self._worker: asyncio.Task[None] | None = None

    def send_encoded(self, data: bytes, messages: int) -> None:
        """See `Member`."""
        self.connection.send_encoded(data, messages)

    def settle(self, ticket: int, reason: str | None) -> None:
        """See `Member`."""
        self.connection.settle(self.address, ticket, reason)

    def close(self) -> None:
        """Leave the room; what waits is not acknowledged."""
        if self._worker is not None:
            self._worker.cancel()
        while self._backlog:
            self._done(self._backlog.popleft())
        self.room.leave(self)

    def _done(self, event: StateVectorReceived | UpdateReceived) -> None:
        if isinstance(event, StateVectorReceived):
            self.connection.inflow.join_answered()
        else:
            self.connection.inflow.change_settled(event.ticket)

    @property
    def _here(self) -> bool:
        return self.connection.opened.get(self.address) is self and not self.connection.closing

    # Messages

    def take_state_vector(self, event: StateVectorReceived) -> None:
        """Answer a Step1, in its turn."""
        # One a tick without waiting: each answer may be large, and each write is looked at.
        if self._worker is None and not self.connection.has_joined:
            answer = self.room.answer_at_once(self, event.state_vector)
            if answer is not None:
                self._send_answer(answer)
                return
        self.connection.inflow.join_came()
        self._work_on(event)

    def take_update(self, event: UpdateReceived) -> None:
        """Take a Step2 or an update, or refuse it; in its turn."""
        self.connection.inflow.change_came(event.ticket, len(event.update))
        slow = self._is_comments or len(event.update) >= LONG_UPDATE or self._is_doubtful(event)
        if slow or self._worker is not None:
            self._work_on(event)
        elif self.may_write:
            self._take(event)
        else:
            self.settle(event.ticket, self._may_not)

    def _is_doubtful(self, event: UpdateReceived) -> bool:
        """Whether it matters if there is anything new in it: deletions come with every Step2."""
        return event.is_step2 and (
            not self.may_write or (event.update[:1] == b"\0" and event.update != EMPTY_UPDATE)
        )

    @property
    def _may_not(self) -> str:
        what = "comment on" if self._is_comments else "change"
        return f"a {self.role.value} may not {what} this document"

    def _take(self, event: UpdateReceived) -> None:
        try:
            if not self.room.take_keystroke(self, event.ticket, event.update):
                empty = event.update == EMPTY_UPDATE or read_header(event.update).empty
                self.room.take(self, event.ticket, event.update, empty=empty)
        except InvalidUpdate as error:
            self._refuse(event, error)

    def _refuse(self, event: UpdateReceived, error: InvalidUpdate) -> None:
        self.settle(event.ticket, f"it is no update: {error.detail}")

    # What is decoded for, or takes long

    def _work_on(self, event: StateVectorReceived | UpdateReceived) -> None:
        self._backlog.append(event)
        if self._worker is None:
            self._worker = asyncio.get_running_loop().create_task(self._work())

    async def _work(self) -> None:
        try:
            while self._backlog and self._here:
                event = self._backlog[0]
                async with self.connection.turn:
                    if isinstance(event, StateVectorReceived):
                        await self._join(event)
                        self.connection.inflow.join_answered()
                    else:
                        await self._take_slowly(event)
                self._backlog.popleft()
        except InvalidUpdate as error:
            self.connection.close(close_codes.MALFORMED_FRAME, error.detail)
        except AdministrationError:
            self.connection.close(close_codes.TRY_AGAIN_LATER, "the relay cannot read the document")
        except Exception:
            log.exception("A mistake of the relay's own")
            self.connection.close(close_codes.INTERNAL_ERROR)
        finally:
            self._worker = None

    async def _join(self, event: StateVectorReceived) -> None:
        answer = await self.room.answer(self, event.state_vector)
        if answer is not None and self._here:
            self._send_answer(answer)

    def _send_answer(self, answer: Answer) -> None:
        """Send our own Step1, a Step2, and who is here."""
        self.connection.joined(len(answer.step2))
        self.connection.send(self.address, m.SyncStep1(answer.state_vector))
        self.connection.send(self.address, m.SyncStep2(answer.step2))
        self.tell_awareness()
        self.room.answered(self)

    def tell_awareness(self) -> None:
        """Say who is here, if anybody is."""
        awareness = self.room.tell_awareness(self)
        if awareness is not None:
            self.connection.send(self.address, awareness)

    async def _take_slowly(self, event: UpdateReceived) -> None:
        doubtful = self._is_doubtful(event)
        if not doubtful and not self.may_write:
            self.settle(event.ticket, self._may_not)
            return
        # A Step2 that brings nothing is no attempt to write, and is acknowledged to anybody.
        try:
            empty = await self.room.is_empty(event.update)
        except InvalidUpdate as error:
            self._refuse(event, error)
            return
        if doubtful and await self.room.adds_nothing(event.update):
            event, empty = replace(event, update=EMPTY_UPDATE), True
        elif not self.may_write:
            self.settle(event.ticket, self._may_not)
            return
        elif self._is_comments and not empty:
            reason, part = await self.room.judge_comment(event.update, self.user_id, self.role)
            if reason is not None and self._here:
                self.room.refuse(self, event.ticket, reason, part)
                return
        if self._here:
            self.room.take(self, event.ticket, event.update, empty=empty)
