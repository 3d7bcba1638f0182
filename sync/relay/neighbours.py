"""The other nodes of the same relay: what they put on disk comes into the rooms of this one.

The bus makes it quick. That nothing is missing is the log's business: each update has a
sequence there, so what the bus lost or swapped is noticed and read from the log; where the
bus lost the last of all, or is away, a look at where the logs end tells.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from sync.document.keystrokes import is_keystroke
from sync.document.updates import read_header
from sync.errors import AdministrationError, InvalidUpdate, ProtocolError
from sync.relay.bus.base import (
    Bus,
    Draining,
    DrainWanted,
    Message,
    Presence,
    Updates,
    WhoIsHere,
    Written,
)
from sync.relay.bus.entries import pack
from sync.relay.metrics import Counters
from sync.relay.storage.base import NO_SEQUENCE, UpdateLog
from sync.types import DocumentId, Sequence

if TYPE_CHECKING:
    from sync.relay.rooms import Room

GAP_SECONDS = 0.05
"""That an update which was swapped with its successor may still come by itself."""

LOOK_SECONDS = 5.0
"""Between two looks at where the logs of all open documents end, while the bus works."""

LOOK_SECONDS_ALONE = 1.0
"""The same while it does not."""

FOLLOW_SECONDS = 0.5
"""That a join waits for the bus to listen for a document that was not open here."""

SILENCE_CHECK_SECONDS = 5.0

log = logging.getLogger(__name__)


class Neighbours:
    """Belongs to the event loop."""

    def __init__(
        self,
        name: str,
        bus: Bus,
        update_log: UpdateLog,
        counters: Counters,
        drain: Callable[[], int],
        started_over: Callable[[Room], None],
    ) -> None:
        """`name` is this node's, for people.

        `drain` is called when an administrator wants it to end, and returns how many clients
        that sends away; `started_over` when members of a room must sync again.
        """
        self.name = name
        self._bus = bus
        self._log = update_log
        self._counters = counters
        self._drain = drain
        self._started_over = started_over
        self._loop = asyncio.get_running_loop()
        self._rooms: dict[DocumentId, Room] = {}
        self._followed: dict[DocumentId, asyncio.Task[None]] = {}
        self._committed: dict[DocumentId, list[tuple[Sequence, bytes]]] = {}
        """What this tick has put on disk."""
        self._wanted: dict[DocumentId, asyncio.Future[None]] = {}
        """Whose log is to be looked at next; done once it was."""
        self._looking: asyncio.Task[None] | None = None
        self._reading: set[asyncio.Task[None]] = set()
        self._gaps: dict[DocumentId, asyncio.TimerHandle] = {}
        self._looked = self._checked = self._loop.time()

    def start(self) -> None:
        """Begin to listen."""
        self._bus.start(self)

    @property
    def bus_works(self) -> bool:
        """Whether what is told is heard, as far as is known."""
        return self._bus.up

    async def close(self) -> None:
        """Tell what is to be told, and end."""
        self._tell()
        for timer in self._gaps.values():
            timer.cancel()
        tasks = [*self._reading, *self._followed.values()]
        tasks += [self._looking] if self._looking is not None else []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._bus.close()

    # Rooms

    def opened(self, room: Room) -> None:
        """Somebody has opened a document."""
        self._rooms[room.document_id] = room
        self._followed[room.document_id] = self._loop.create_task(self._follow(room.document_id))

    async def _follow(self, document_id: DocumentId) -> None:
        await self._bus.follow(document_id)
        self._bus.say(WhoIsHere(document_id))

    def closed(self, room: Room) -> None:
        """Nobody has it open any more."""
        document_id = room.document_id
        del self._rooms[document_id]
        self._followed.pop(document_id).add_done_callback(lambda _: self._bus.unfollow(document_id))
        if document_id in self._gaps:
            self._gaps.pop(document_id).cancel()

    async def bring_up_to_date(self, room: Room) -> None:
        """Return once the room has all that was on disk when this was called, from any node.

        A person who comes from another node finds here what that one acknowledged. Raises
        `AdministrationError` if the log cannot be read.
        """
        followed = self._followed.get(room.document_id)
        if followed is not None and not followed.done():
            # What a bus that hangs does not bring meanwhile, a later look finds.
            await asyncio.wait([followed], timeout=FOLLOW_SECONDS)
        await asyncio.shield(self._want(room.document_id))

    # What this node has to tell

    def committed(self, document_id: DocumentId, sequence: Sequence, update: bytes) -> None:
        """An update that a member of ours has sent is on disk."""
        if not self._committed:
            self._loop.call_soon(self._tell)
        self._committed.setdefault(document_id, []).append((sequence, update))

    def _tell(self) -> None:
        committed, self._committed = self._committed, {}
        for document_id, entries in committed.items():
            run: list[bytes] = []
            first = entries[0][0]
            for sequence, update in entries:
                if sequence != first + len(run):  # another node's are in between
                    self._say_all(document_id, first, run)
                    first, run = sequence, []
                run.append(update)
            self._say_all(document_id, first, run)

    def _say_all(self, document_id: DocumentId, first: Sequence, updates: list[bytes]) -> None:
        for message in pack(document_id, first, updates):
            self._bus.say(message)

    def tell_presence(self, document_id: DocumentId, user_id: str, payload: bytes) -> None:
        """A member of ours has said who is here."""
        self._bus.say(Presence(document_id, user_id, payload))

    # What others tell: `Listener`

    def heard(self, node: str, message: Message) -> None:
        """See `Listener`."""
        match message:
            case DrainWanted(name):
                if name == self.name:
                    self._bus.say(Draining(name, self._drain()))
                return
            case Draining():
                return
        room = self._rooms.get(message.document_id)
        if room is None:
            return
        match message:
            case Updates(_, first, updates):
                self._counters.updates_from_nodes += len(updates)
                if all(map(_is_readable, updates)):
                    room.take_from_elsewhere(room.following.came(first, updates))
                else:
                    log.warning("Refused updates on the bus that are none", extra={"node": node})
                    room.following.exists(Sequence(first + len(updates) - 1))
                self._mind_the_gap(room)
            case Written(_, last):
                room.following.exists(last)
                self._mind_the_gap(room)
            case Presence(_, user_id, payload):
                try:
                    room.hear_presence(node, user_id, payload, self._loop.time())
                except ProtocolError as error:
                    log.warning(
                        "Refused awareness on the bus", extra={"node": node, "reason": error.detail}
                    )
            case WhoIsHere(document_id):
                for user_id, payload in room.said_here():
                    self._bus.say(Presence(document_id, user_id, payload))

    def missed(self) -> None:
        """See `Listener`."""
        self._looked = self._loop.time()
        for document_id, room in self._rooms.items():
            if room.following.known is not None:
                self._want(document_id)

    def tick(self, now: float) -> None:
        """Look for what no bus has told of; call it now and then."""
        if now - self._looked > (LOOK_SECONDS if self._bus.up else LOOK_SECONDS_ALONE):
            self.missed()
        if now - self._checked > SILENCE_CHECK_SECONDS:
            self._checked = now
            for room in list(self._rooms.values()):
                room.forget_silent(now)

    # The log

    def _mind_the_gap(self, room: Room) -> None:
        if room.following.lacks and room.document_id not in self._gaps:
            self._gaps[room.document_id] = self._loop.call_later(GAP_SECONDS, self._close_gap, room)

    def _close_gap(self, room: Room) -> None:
        self._gaps.pop(room.document_id, None)
        if room.following.lacks:
            self._want(room.document_id)

    def _want(self, document_id: DocumentId) -> asyncio.Future[None]:
        """Look where a document's log ends, and read it; all that want so at once look once."""
        future = self._wanted.get(document_id)
        if future is None:
            future = self._wanted[document_id] = self._loop.create_future()
            future.add_done_callback(_seen)
        if self._looking is None:
            self._looking = self._loop.create_task(self._look())
        return future

    async def _look(self) -> None:
        try:
            while self._wanted:
                wanted, self._wanted = self._wanted, {}
                try:
                    ends = await asyncio.to_thread(self._log.last_sequences, list(wanted))
                except AdministrationError as error:
                    for future in wanted.values():
                        future.set_exception(error)
                    continue
                for document_id, future in wanted.items():
                    self._compare(document_id, ends.get(document_id, NO_SEQUENCE), future)
        finally:
            self._looking = None

    def _compare(
        self, document_id: DocumentId, last: Sequence, future: asyncio.Future[None]
    ) -> None:
        room = self._rooms.get(document_id)
        if room is None:
            future.set_result(None)
        elif room.following.known is None:
            room.take_from_elsewhere(room.following.begin(last))
            future.set_result(None)
        elif last > room.following.known or room.following.lacks:
            task = self._loop.create_task(self._read(room, room.following.known, future))
            self._reading.add(task)
            task.add_done_callback(self._reading.discard)
        else:
            future.set_result(None)

    async def _read(self, room: Room, known: Sequence, future: asyncio.Future[None]) -> None:
        heard_of = room.following.highest
        try:
            stored = await asyncio.to_thread(self._log.since, room.document_id, known)
        except AdministrationError as error:
            future.set_exception(error)
            return
        if self._rooms.get(room.document_id) is room:
            self._counters.updates_from_log += len(stored.updates)
            updates = room.following.read(stored, heard_of)
            if updates is None:
                room.start_over()
                self._started_over(room)
            else:
                room.take_from_elsewhere(updates)
            self._mind_the_gap(room)
        future.set_result(None)


def _is_readable(update: bytes) -> bool:
    if is_keystroke(update):
        return True
    with contextlib.suppress(InvalidUpdate):
        read_header(update)
        return True
    return False


def _seen(future: asyncio.Future[None]) -> None:
    """Not everybody who wants a look waits for it; who does is told of the failure."""
    if not future.cancelled():
        future.exception()
