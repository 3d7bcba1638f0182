"""One open document: who is in it, what was appended to its log, what joins are answered.

Updates pass through as they came; `decoding` reads them only when somebody
joins. What is not on disk yet counts as there: whoever joins meanwhile gets it,
and so need not send it again. If the disk then fails, that was a mistake, and
`Room.generation` makes it good: nothing is acknowledged to anybody who was
answered before the failure, until they have synced again.

Where the document is open on other nodes too, what they put on disk comes here in the
log's order (`following`), and goes to members as anybody's update does.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import TypeVar

from sync.document.keystroke_runs import Run, match_keystroke
from sync.errors import AdministrationError
from sync.protocol import messages as m
from sync.relay.attendance import Attendance
from sync.relay.broadcast import Broadcast, Member, Seat
from sync.relay.decoding import ANSWERS_KEPT, TRIES, Answer, Decoder, Forgotten, News
from sync.relay.following import Following
from sync.relay.neighbours import Neighbours
from sync.relay.quota import Quota
from sync.relay.settings import DEFAULTS, Settings
from sync.relay.storage.base import UpdateLog
from sync.types import DocumentId, Role, Sequence

T = TypeVar("T")

NEWS_BYTES = 1024 * 1024
NEWS_COUNT = 1_000
"""Updates that wait for the next join; beyond that the decoder takes them in at once."""

SYNC_AGAIN = "the relay could not save; it takes changes again after the next sync"


class Ticket:
    """An update on its way to the disk, or some of one member's as one."""

    __slots__ = ("generation", "numbers", "refused", "room", "seat", "update")

    def __init__(
        self,
        room: Room,
        seat: Seat,
        numbers: list[int],
        update: bytes | None,
        refused: str | None = None,
    ) -> None:
        """`numbers` are those of the member's updates that this settles."""
        self.room = room
        self.seat = seat
        self.numbers = numbers
        self.update = update
        self.refused = refused
        """Why there was more of it that is not taken; None: this is all."""
        self.generation = room.generation


class _Typing:
    """What one member types in this tick: one update for everybody else, and for the disk."""

    __slots__ = ("numbers", "run", "seat")

    def __init__(self, seat: Seat, number: int, run: Run) -> None:
        self.seat = seat
        self.numbers = [number]
        self.run = run


class Room:
    """Belongs to the event loop."""

    def __init__(
        self,
        document_id: DocumentId,
        log: UpdateLog,
        decoder: Decoder,
        most_bytes: int,
        neighbours: Neighbours | None = None,
    ) -> None:
        """Without `neighbours` no other node has the document open."""
        self.document_id = document_id
        self._quota = Quota(log, document_id, most_bytes)
        self._quota.measure()
        self._log = log
        self._decoder = decoder
        self._neighbours = neighbours
        self.following = Following()
        """Of use with neighbours only."""
        self.seats: dict[Member, Seat] = {}
        self._broadcast = Broadcast(self.seats, self._pass_on)
        self._typing: _Typing | None = None
        """What is passed on at the end of this tick, or before anything else is."""
        self.generation = 0
        """How often the disk has failed this room."""
        self._attendance = Attendance()
        self._news: list[bytes] = []
        """What the decoder may not have taken in yet."""
        self._news_start = 0
        """How many went before the first of them."""
        self._news_bytes = 0
        self._life = decoder.life
        """Since which `Decoder.life` the decoder was given all of them."""
        self._answers: dict[bytes, Answer] = {}
        """To Step1s since the last change: many who join stand at the same place."""
        self._changes = 0
        self._unsettled: deque[Ticket] = deque()
        self.idle_since: float | None = None

    # Members

    def join(self, member: Member) -> None:
        """Take a member in; it hears of changes from its first Step1 on."""
        self.seats[member] = Seat(member)

    def leave(self, member: Member) -> None:
        """Let a member go, and tell the others that its carets are gone."""
        self._pass_on()
        self._tell_presence(self.seats.pop(member), self._attendance.leave)

    # Updates

    async def is_empty(self, update: bytes) -> bool:
        """Read an update, without holding up everybody else, and return whether it says nothing.

        Raises `InvalidUpdate` if it is none.
        """
        return await self._decoder.is_empty(update)

    def take(
        self,
        member: Member,
        number: int,
        update: bytes,
        *,
        empty: bool = False,
        refused: str | None = None,
    ) -> None:
        """Pass an update on and put it on disk; its ticket is settled in time.

        `empty` is whether it says nothing, `refused` why the rest is not taken of which it is.
        """
        self._pass_on()
        seat = self.seats[member]
        if not self._admits(seat, number, len(update)):
            return
        if empty:
            # It says nothing, but its acknowledgment says that all before is on disk.
            if self._unsettled:
                self._append(Ticket(self, seat, [number], None))
            else:
                member.settle(number, None)
            return
        self._say(Ticket(self, seat, [number], update, refused), update)

    def take_keystroke(self, member: Member, number: int, update: bytes) -> bool:
        """Do what `take` does, if this is a keystroke; else do nothing and return False.

        What a member types in one tick becomes one update, if it can: alone at the keyboard
        nobody is so quick, but who comes back from a day offline brings thousands.
        """
        keystroke = match_keystroke(update)
        if keystroke is None:
            return False
        seat, typing = self.seats[member], self._typing
        if not self._admits(seat, number, len(update)):
            return True
        if typing is not None and typing.seat is seat and typing.run.add(keystroke):
            typing.numbers.append(number)
            return True
        if typing is None:
            self._broadcast.soon()
        else:
            self._pass_on()
        self._typing = _Typing(seat, number, Run(keystroke))
        return True

    def _admits(self, seat: Seat, number: int, size: int) -> bool:
        """Whether a member may change the document by so many bytes; if not, refuse it."""
        if seat.generation != self.generation:
            seat.member.settle(number, SYNC_AGAIN)
            return False
        if seat.shut is None and not self._quota.admits(size):
            seat.shut = f"the document has reached {self._quota.limit:,} bytes, the relay's limit"
        if seat.shut is not None:
            seat.member.settle(number, seat.shut)
            return False
        return True

    def _pass_on(self) -> None:
        """What was typed in this tick comes before what happens now."""
        typing, self._typing = self._typing, None
        if typing is not None:
            update = typing.run.update()
            self._say(Ticket(self, typing.seat, typing.numbers, update), update)

    def _say(self, ticket: Ticket, update: bytes) -> None:
        self._add_news(update)
        self._broadcast.say(m.SyncUpdate(update), ticket.seat)
        self._append(ticket)

    def _append(self, ticket: Ticket) -> None:
        self._unsettled.append(ticket)
        self._log.append(self.document_id, ticket.update, ticket.seat.member.user_id, ticket)

    def settled(self, ticket: Ticket, reason: str | None, sequence: Sequence) -> None:
        """The disk has an update, or does not take it for `reason`; in order of appending."""
        first = self._unsettled.popleft()
        assert first is ticket
        if self._neighbours is not None and reason is None and ticket.update is not None:
            self.take_from_elsewhere(self.following.appended(sequence))
            self._neighbours.committed(self.document_id, sequence, ticket.update)
        if reason is not None:
            self._forget_what_is_not_on_disk()
        elif ticket.generation != self.generation:
            reason = SYNC_AGAIN
        for number in ticket.numbers:
            ticket.seat.member.settle(number, reason or ticket.refused)

    def take_from_elsewhere(self, updates: Iterable[bytes]) -> None:
        """Pass on what other nodes have put on disk, in the log's order."""
        for update in updates:
            self._quota.count(len(update))
            self._add_news(update)
            self._broadcast.say(m.SyncUpdate(update), None)

    def start_over(self) -> None:
        """Much has come to the log from elsewhere: let all read it again (see `outdated`)."""
        self._forget_what_is_not_on_disk()

    def _forget_what_is_not_on_disk(self) -> None:
        self._pass_on()
        self.generation += 1
        self._change()
        self._decoder.forget(self.document_id)
        self._give_again()

    def _give_again(self) -> None:
        """The decoder knows what is on disk, and nothing else: let the rest be news."""
        self._drop_news(len(self._news))
        for ticket in self._unsettled:
            if ticket.update is not None:
                self._add_news(ticket.update)

    @property
    def idle(self) -> bool:
        """Whether nobody is here, and nothing on its way."""
        return not self.seats and not self._unsettled and self._typing is None

    def outdated(self) -> list[Member]:
        """Return those who must sync again: the disk has failed, or `start_over` was called."""
        return [
            member
            for member, seat in self.seats.items()
            if seat.generation not in (None, self.generation)
        ]

    def _change(self) -> None:
        self._changes += 1
        self._answers.clear()

    def _add_news(self, update: bytes) -> None:
        self._change()
        self._news.append(update)
        self._news_bytes += len(update)
        if len(self._news) > NEWS_COUNT or self._news_bytes > NEWS_BYTES:
            self._decoder.take_in(self.document_id, self._all_news())
            self._drop_news(len(self._news))

    def _drop_news(self, count: int) -> None:
        self._news_bytes -= sum(map(len, self._news[:count]))
        del self._news[:count]
        self._news_start += count

    def _all_news(self) -> News:
        return News(self._life, self._news_start, self._news[:])

    async def _with_news(self, ask: Callable[[News], Awaitable[T]]) -> T:
        """Ask the decoder, giving it what it may lack; drop that once it has answered."""
        self._pass_on()
        if self._neighbours is not None and self.following.known is None:
            # What the process reads from the log must not end before that.
            await self._neighbours.bring_up_to_date(self)
        for _ in range(TRIES):
            if self._life != self._decoder.life:
                self._life = self._decoder.life
                self._give_again()
            news = self._all_news()
            try:
                answer = await ask(news)
            except Forgotten:
                continue
            self._drop_news(max(0, news.end - self._news_start))
            return answer
        raise AdministrationError("The process that reads documents died again and again.")

    # Joins

    def answer_at_once(self, member: Member, state_vector: bytes) -> Answer | None:
        """Return what `answer` does if it is known already; None if not, and nothing has happened.

        Call `answered` once it is sent.
        """
        if self._neighbours is not None:
            return None  # another node may have acknowledged something meanwhile
        self._pass_on()
        answer = self._answers.get(state_vector)
        if answer is not None:
            self._hear(self.seats[member])
        return answer

    async def answer(self, member: Member, state_vector: bytes) -> Answer | None:
        """Return what a Step1 is answered with, None if the member has left meanwhile.

        Call `answered` once that is sent. Raises `InvalidUpdate` if it is no
        state vector, and `AdministrationError` if the log cannot be read.
        """
        if self._neighbours is not None:
            await self._neighbours.bring_up_to_date(self)
        seat = self.seats.get(member)
        if seat is None:
            return None
        self._hear(seat)
        kept = self._answers.get(state_vector)
        if kept is not None:
            # One a tick: who asks again and again and reads nothing is looked at between two.
            await asyncio.sleep(0)
            return kept if self.seats.get(member) is seat else None
        changes = self._changes
        answer = await self._with_news(
            lambda news: self._decoder.answer(self.document_id, news, state_vector)
        )
        if self._changes == changes:
            if len(self._answers) >= ANSWERS_KEPT:
                self._answers.clear()
            self._answers[state_vector] = answer
        return answer if self.seats.get(member) is seat else None

    def _hear(self, seat: Seat) -> None:
        """From now on a member is told of changes, after its answer."""
        self._broadcast.flush()  # what was said before is in the answer
        seat.generation = self.generation
        seat.shut = None
        if seat.held is None:
            seat.held = []

    def answered(self, member: Member) -> None:
        """Send what has come since the answer was asked for."""
        seat = self.seats[member]
        held, seat.held = seat.held or [], None
        for data, messages in held:
            member.send_encoded(data, messages)

    async def adds_nothing(self, update: bytes) -> bool:
        """Whether the document has all of an update already.

        Raises `InvalidUpdate` and `AdministrationError`.
        """
        return await self._with_news(
            lambda news: self._decoder.adds_nothing(self.document_id, news, update)
        )

    async def judge_comment(
        self, update: bytes, user_id: str, role: Role
    ) -> tuple[str | None, bytes | None]:
        """Return why a user may not change the comments so; None if so (`sync.relay.comments`).

        If not, also what of it they may. Raises `InvalidUpdate` and `AdministrationError`.
        """
        return await self._with_news(
            lambda news: self._decoder.judge_comment(self.document_id, news, update, user_id, role)
        )

    def refuse(self, member: Member, number: int, reason: str, part: bytes | None = None) -> None:
        """Refuse an update, and what builds on it until the member has synced again.

        A `part` of it may be allowed: that is passed on, and on disk before the refusal is told.
        """
        self._pass_on()
        if part is not None:
            self.take(member, number, part, refused=reason)
        else:
            member.settle(number, reason)
        self.seats[member].shut = reason

    # Awareness

    def take_awareness(self, member: Member, payload: bytes) -> None:
        """Note and pass on who is here, as far as it is the member's to say.

        Raises `ProtocolError` if it is no awareness update.
        """
        self._tell_presence(self.seats[member], lambda seat: self._attendance.take(seat, payload))

    def _tell_presence(self, seat: Seat, note: Callable[[Seat], bytes | None]) -> None:
        self._pass_on()
        news = note(seat)
        if news is None:
            return
        self._broadcast.say(m.Awareness(news), seat)
        if self._neighbours is not None:
            self._neighbours.tell_presence(self.document_id, seat.member.user_id, news)

    def hear_presence(self, node: str, user_id: str, payload: bytes, now: float) -> None:
        """Note and pass on who is on another node. Raises `ProtocolError`."""
        self._say_presence(self._attendance.hear(node, user_id, payload, now))

    def forget_silent(self, now: float) -> None:
        """Tell members that those are gone of whom other nodes have not spoken for long."""
        self._say_presence(self._attendance.forget_silent(now))

    def _say_presence(self, news: bytes | None) -> None:
        if news is not None:
            self._broadcast.say(m.Awareness(news), None)

    def said_here(self) -> Iterator[tuple[str, bytes]]:
        """Return what this node's members have said of themselves, each with the user's id."""
        return self._attendance.said_here()

    def awareness(self) -> m.Awareness | None:
        """Return who is here; None if nobody has said so."""
        return self._attendance.all()

    def tell_awareness(self, member: Member) -> m.Awareness | None:
        """Return the same for a member, who hears from now on of who comes and goes."""
        self._broadcast.flush()  # what was said before is in it
        self.seats[member].knows_who = True
        return self.awareness()


class Rooms:
    """All open documents."""

    def __init__(
        self,
        log: UpdateLog,
        settings: Settings = DEFAULTS,
        neighbours: Neighbours | None = None,
    ) -> None:
        """With `neighbours`, documents may be open on other nodes too."""
        self._log = log
        self._settings = settings
        self._neighbours = neighbours
        self._decoder = Decoder(log)
        self._rooms: dict[DocumentId, Room] = {}

    def __len__(self) -> int:
        return len(self._rooms)

    def __iter__(self) -> Iterator[Room]:
        return iter(list(self._rooms.values()))

    @property
    def encodings(self) -> int:
        """How many Step2s were made; others who joined at the same state got the same one."""
        return self._decoder.encodings

    @property
    def decoder_life(self) -> int:
        """How often the process that decodes was started."""
        return self._decoder.life

    def open(self, document_id: DocumentId) -> Room:
        """Return the room of a document."""
        room = self._rooms.get(document_id)
        if room is None:
            room = self._rooms[document_id] = Room(
                document_id,
                self._log,
                self._decoder,
                self._settings.document_bytes,
                self._neighbours,
            )
            if self._neighbours is not None:
                self._neighbours.opened(room)
        room.idle_since = None
        return room

    def unload_idle(self, now: float) -> None:
        """Forget rooms that nobody has been in for ``idle_seconds``; call it now and then."""
        for document_id, room in list(self._rooms.items()):
            if not room.idle:
                room.idle_since = None
            elif room.idle_since is None:
                room.idle_since = now
            elif now - room.idle_since > self._settings.idle_seconds:
                del self._rooms[document_id]
                self._decoder.forget(document_id)
                if self._neighbours is not None:
                    self._neighbours.closed(room)

    def close(self) -> None:
        """Let go of all documents."""
        self._decoder.close()
