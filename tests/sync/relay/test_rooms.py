"""A room on a log that the test settles by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pycrdt
import pytest
from websockets.frames import Frame, Opcode
from websockets.protocol import Protocol, Side

from sync.document.delta import insert
from sync.document.document import Document
from sync.document.updates import EMPTY_UPDATE, read_header
from sync.errors import InvalidUpdate
from sync.protocol import messages as m
from sync.protocol.awareness import GONE, ClientState, decode_awareness, encode_awareness
from sync.relay.attendance import MOST_STATES_OF_ONE
from sync.relay.framing import encode_message, websocket_message
from sync.relay.rooms import SYNC_AGAIN, Room, Rooms
from sync.types import Origin
from tests.sync.relay.held import DOC, Log


class Guest:
    """A member that writes down what it gets."""

    def __init__(self, user_id: str = "ada", address: str = "doc") -> None:
        self.address = address
        self.user_id = user_id
        self.document = Document()
        self.got: list[bytes] = []
        self.settled: list[tuple[int, str | None]] = []

    def send_encoded(self, data: bytes, messages: int) -> None:
        self.got.append(data)

    def settle(self, ticket: int, reason: str | None) -> None:
        self.settled.append((ticket, reason))

    def write(self, text: str) -> bytes:
        updates: list[bytes] = []
        stop = self.document.on_update(lambda update, _: updates.append(update))
        self.document.apply(insert(self.document.length, text), Origin.COMMAND)
        stop()
        return updates[0]


async def end_of_tick() -> None:
    """Let the room say what it has to say."""
    await asyncio.sleep(0)


async def sync(room: Room, guest: Guest) -> bytes:
    """Join as a connection does; return the Step2."""
    if guest not in room.seats:
        room.join(guest)
    answer = await room.answer(guest, guest.document.state_vector())
    assert answer is not None
    room.answered(guest)
    return answer.step2


def take(room: Room, guest: Guest, number: int, update: bytes) -> None:
    if not room.take_keystroke(guest, number, update):
        room.take(guest, number, update, empty=read_header(update).empty)


async def typists(room: Room, log: Log) -> tuple[Guest, Guest, Guest]:
    """Return three who are in a room with some text."""
    ada, ben, cleo = Guest(), Guest("ben"), Guest("cleo")
    await sync(room, ada)
    take(room, ada, 0, ada.write("."))
    log.settle()
    for guest in (ben, cleo):
        guest.document.apply_update(await sync(room, guest))
    await end_of_tick()
    for guest in (ada, ben, cleo):
        guest.got.clear()
        guest.settled.clear()
    return ada, ben, cleo


def updates_in(data: bytes) -> list[bytes]:
    """Return the updates in what one write brought."""
    websocket = Protocol(Side.CLIENT)
    websocket.receive_data(data)
    found = []
    for event in websocket.events_received():
        assert isinstance(event, Frame)
        message = m.decode_frame(bytes(event.data), m.Sender.RELAY).message
        if isinstance(message, m.SyncUpdate):
            found.append(message.update)
    return found


def text_of(update: bytes) -> str:
    document = Document()
    document.apply_update(update)
    return document.text()


Scene = Callable[[Room, Log], Coroutine[Any, Any, None]]


def play(scene: Scene) -> None:
    """Run a scene in a room."""

    async def run(folder: Path) -> None:
        log = Log(folder)
        rooms = Rooms(log)
        try:
            await scene(rooms.open(DOC), log)
        finally:
            rooms.close()
            log.close()

    with TemporaryDirectory() as folder:
        asyncio.run(run(Path(folder)))


def test_a_join_gets_what_is_not_on_disk_yet() -> None:
    async def scene(room: Room, log: Log) -> None:
        ada, ben = Guest(), Guest("ben")
        await sync(room, ada)
        take(room, ada, 1, ada.write("hello"))
        assert text_of(await sync(room, ben)) == "hello"
        assert ada.settled == []
        log.settle()
        assert ada.settled == [(1, None)]

    play(scene)


def test_after_a_failure_nobody_is_acknowledged_before_syncing_again() -> None:
    async def scene(room: Room, log: Log) -> None:
        ada, back = Guest(), Guest()
        await sync(room, ada)
        first = ada.write("lost")
        take(room, ada, 1, first)
        # Ada's socket dies; she comes back, and hears that "lost" is there already.
        back.document.apply_update(ada.document.encode_state())
        await sync(room, back)
        take(room, back, 9, EMPTY_UPDATE)
        log.settle("the relay's disk is full")
        log.settle()
        assert ada.settled == [(1, "the relay's disk is full")]
        assert back.settled == [(9, SYNC_AGAIN)]
        assert set(room.outdated()) == {ada, back}
        # The next sync tells the disk's truth, and so brings it.
        answer = await room.answer(back, back.document.state_vector())
        assert answer is not None
        missing = back.document.update_since(answer.state_vector)
        assert text_of(missing) == "lost"
        take(room, back, 10, missing)
        log.settle()
        assert back.settled[-1] == (10, None)
        assert room.outdated() == [ada]

    play(scene)


def test_what_was_under_way_at_the_failure_is_still_there_for_joins() -> None:
    async def scene(room: Room, log: Log) -> None:
        ada, ben, late = Guest(), Guest("ben"), Guest("eve")
        await sync(room, ada)
        await sync(room, ben)
        take(room, ada, 1, ada.write("A"))
        take(room, ben, 1, ben.write("B"))
        log.settle("no")
        assert text_of(await sync(room, late)) == "B"
        log.settle()
        assert ben.settled == [(1, SYNC_AGAIN)]  # it is on disk, but what it built on may not be

    play(scene)


def test_changes_wait_until_the_join_is_answered() -> None:
    async def scene(room: Room, log: Log) -> None:
        ada, ben = Guest(), Guest("ben")
        await sync(room, ada)
        room.join(ben)
        take(room, ada, 1, ada.write("before "))
        assert ben.got == []
        asking = asyncio.ensure_future(room.answer(ben, ben.document.state_vector()))
        await asyncio.sleep(0)
        take(room, ada, 2, ada.write("meanwhile"))
        answer = await asking
        assert answer is not None
        assert text_of(answer.step2) == "before "
        assert ben.got == []
        room.answered(ben)
        assert len(ben.got) == 1
        assert ada.got == []

    play(scene)


def test_a_hot_room_keeps_few_updates_and_loses_none() -> None:
    async def scene(room: Room, log: Log) -> None:
        ada = Guest()
        await sync(room, ada)
        for number in range(2_500):
            take(room, ada, number, ada.write("x"))
            await end_of_tick()
            log.settle()
        assert len(room._news) < 1_100
        assert text_of(await sync(room, Guest("ben"))) == "x" * 2_500

    play(scene)


def test_what_adds_nothing() -> None:
    async def scene(room: Room, log: Log) -> None:
        ada = Guest()
        await sync(room, ada)
        take(room, ada, 1, ada.write("hello world"))
        assert await room.adds_nothing(ada.document.encode_state())
        assert await room.adds_nothing(EMPTY_UPDATE)
        other = Document()
        other.apply_update(ada.document.encode_state())
        ada.document.apply(_delete(2, 3), Origin.COMMAND)
        assert not await room.adds_nothing(ada.document.encode_state())
        assert not await room.adds_nothing(ada.document.update_since(ada.document.state_vector()))
        take(room, ada, 2, ada.document.update_since(ada.document.state_vector()))
        assert await room.adds_nothing(ada.document.encode_state())
        assert await room.adds_nothing(other.encode_state())
        ben = Guest("ben")
        assert not await room.adds_nothing(ben.write("news"))
        with pytest.raises(InvalidUpdate):
            await room.adds_nothing(b"\x01\x01")

    play(scene)


def _delete(at: int, length: int) -> list[Any]:
    from sync.document.delta import Delete, Retain

    return [Retain(at), Delete(length)]


def test_a_bad_state_vector_harms_nobody() -> None:
    async def scene(room: Room, log: Log) -> None:
        ada, bad = Guest(), Guest("ben")
        await sync(room, ada)
        take(room, ada, 1, ada.write("kept"))
        room.join(bad)
        with pytest.raises(InvalidUpdate):
            await room.answer(bad, b"\xff")
        assert text_of(await sync(room, Guest("eve"))) == "kept"

    play(scene)


def test_an_unreadable_row_keeps_nobody_out() -> None:
    async def scene(room: Room, log: Log) -> None:
        ada = Guest()
        log.store(b"\x01\x01nonsense")
        log.store(ada.write("readable"))
        assert text_of(await sync(room, Guest("ben"))) == "readable"

    play(scene)


class TestAwareness:
    def say(self, room: Room, guest: Guest, *states: ClientState) -> None:
        room.take_awareness(guest, encode_awareness(states))

    def test_nobody_speaks_for_another_person(self) -> None:
        async def scene(room: Room, log: Log) -> None:
            ada, ben = Guest(), Guest("ben")
            await sync(room, ada)
            await sync(room, ben)
            here = ClientState(7, 1, '{"name":"Ada"}')
            self.say(room, ada, here)
            self.say(room, ben, ClientState(7, 9, '{"name":"Ben"}'), ClientState(7, 9, GONE))
            assert room.awareness() == m.Awareness(encode_awareness([here]))
            assert ada.got == []

        play(scene)

    @pytest.mark.parametrize("clock", [1, 2])
    def test_an_old_socket_that_dies_late_takes_nothing_along(self, clock: int) -> None:
        # A provider that comes back says what it said before, with the clock of before.
        async def scene(room: Room, log: Log) -> None:
            old, new, ben = Guest(), Guest(), Guest("ben")
            for guest in (old, new, ben):
                await sync(room, guest)
            state = ClientState(7, clock, '{"at":2}')
            self.say(room, old, ClientState(7, 1, '{"at":2}'))
            self.say(room, new, state)
            await end_of_tick()
            ben.got.clear()
            room.leave(old)
            await end_of_tick()
            assert ben.got == []
            assert room.awareness() == m.Awareness(encode_awareness([state]))
            room.leave(new)
            assert room.awareness() is None

        play(scene)

    def test_who_left_is_gone_for_peers_that_count_clocks_and_comes_back(self) -> None:
        """y-protocols takes a null at the same clock, and then only what is newer than that."""

        async def scene(room: Room, log: Log) -> None:
            ada, ben = Guest(), Guest("ben")
            theirs = pycrdt.Awareness(pycrdt.Doc())
            await sync(room, ada)
            await sync(room, ben)

            async def hear() -> None:
                await end_of_tick()
                for data in ben.got:
                    message = m.decode_frame(data[2:], m.Sender.RELAY).message
                    assert isinstance(message, m.Awareness)
                    theirs.apply_awareness_update(message.payload, "relay")
                ben.got.clear()

            self.say(room, ada, ClientState(7, 5, "{}"))
            await hear()
            assert 7 in theirs.states
            room.leave(ada)
            await hear()
            assert 7 not in theirs.states
            await sync(room, ada)
            self.say(room, ada, ClientState(7, 6, "{}"))  # its next renewal
            await hear()
            assert 7 in theirs.states

        play(scene)

    def test_a_renewal_is_passed_on_and_an_echo_is_not(self) -> None:
        async def scene(room: Room, log: Log) -> None:
            ada, ben = Guest(), Guest("ben")
            await sync(room, ada)
            await sync(room, ben)
            for clock, heard in ((1, 1), (2, 2), (2, 2), (1, 2)):
                self.say(room, ada, ClientState(7, clock, "{}"))
                await end_of_tick()
                assert len(ben.got) == heard
            self.say(room, ada, ClientState(7, 2, GONE))
            await end_of_tick()
            assert len(ben.got) == 3
            assert room.awareness() is None

        play(scene)


def test_nobody_can_take_the_room_for_the_others_awareness() -> None:
    async def scene(room: Room, log: Log) -> None:
        greedy, again, ben = Guest(), Guest(address="doc\0two"), Guest("ben")
        for guest in (greedy, again, ben):
            await sync(room, guest)
        many = [ClientState(number, 1, "{}") for number in range(1, 200)]
        # Of more people than there can be not one is believed.
        room.take_awareness(greedy, encode_awareness(many[: MOST_STATES_OF_ONE + 1]))
        assert room.awareness() is None
        for start in range(0, 200, MOST_STATES_OF_ONE):
            some = encode_awareness(many[start : start + MOST_STATES_OF_ONE])
            for guest in (greedy, again):
                room.take_awareness(guest, some)
        room.take_awareness(ben, encode_awareness([ClientState(5_000, 1, '{"name":"Ben"}')]))
        known = room.awareness()
        assert known is not None
        states = decode_awareness(known.payload)
        assert len(states) == MOST_STATES_OF_ONE + 1
        assert ClientState(5_000, 1, '{"name":"Ben"}') in states
        room.leave(greedy)
        room.take_awareness(again, encode_awareness(many[:MOST_STATES_OF_ONE]))
        known = room.awareness()
        assert known is not None
        assert len(decode_awareness(known.payload)) == MOST_STATES_OF_ONE + 1

    play(scene)


def test_all_of_a_tick_is_one_write_for_each_without_what_they_said_themselves() -> None:
    async def scene(room: Room, log: Log) -> None:
        ada, ben, cleo = Guest(), Guest("ben"), Guest("cleo", "doc\0session")
        for guest in (ada, ben, cleo):
            await sync(room, guest)
        said = [
            (ada, ada.write("a")),
            (ben, ben.write("b")),
            (ada, ada.write("c")),
        ]
        for number, (guest, update) in enumerate(said):
            take(room, guest, number, update)
        await asyncio.sleep(0)
        for guest in (ada, ben, cleo):
            heard = [
                encode_message(guest.address, m.SyncUpdate(update))
                for author, update in said
                if author is not guest
            ]
            assert guest.got == [b"".join(heard)]
        log.settle()
        log.settle()
        log.settle()

    play(scene)


def test_what_one_types_in_a_tick_is_one_update_and_each_key_is_acknowledged() -> None:
    async def scene(room: Room, log: Log) -> None:
        ada, ben, cleo = await typists(room, log)
        for number, letter in enumerate("typed", 1):
            take(room, ada, number, ada.write(letter))
        take(room, ben, 7, ben.write("!"))
        take(room, ada, 6, ada.write("?"))
        assert log.waiting[0].numbers == [1, 2, 3, 4, 5]  # Ben's came behind
        await end_of_tick()
        assert [ticket.numbers for ticket in log.waiting] == [[1, 2, 3, 4, 5], [7], [6]]
        [heard] = cleo.got
        updates = updates_in(heard)
        assert len(updates) == 3
        for update in updates:
            cleo.document.apply_update(update)
        assert sorted(cleo.document.text()) == sorted(".typed!?")
        [heard] = ben.got
        assert updates_in(heard) == [updates[0], updates[2]]
        log.settle("the relay's disk is full")
        assert ada.settled == [(number, "the relay's disk is full") for number in range(1, 6)]
        log.settle()
        log.settle()
        assert ada.settled[5:] == [(6, SYNC_AGAIN)]

    play(scene)


def test_what_was_typed_comes_before_all_that_follows_in_its_tick() -> None:
    async def scene(room: Room, log: Log) -> None:
        ada, ben, cleo = await typists(room, log)
        take(room, ada, 1, ada.write("a"))
        caret = ClientState(ada.document.client_id, 1, "{}")
        room.take_awareness(ada, encode_awareness([caret]))
        take(room, ada, 2, ada.write("b"))
        take(room, ada, 3, EMPTY_UPDATE)  # acknowledged behind what it follows
        take(room, ada, 4, ada.write("c"))
        assert text_of(await sync(room, Guest("dora"))) == ".abc"
        assert [ticket.numbers for ticket in log.waiting] == [[1], [2], [3], [4]]
        take(room, ada, 5, ada.write("d"))
        room.leave(ada)
        assert log.waiting[-1].numbers == [5]
        await end_of_tick()
        [first, *_] = b"".join(ben.got).split(b"{}")
        assert len(updates_in(first)) == 1
        assert len(updates_in(b"".join(cleo.got))) == 4
        take(room, ben, 6, ben.write("e"))
        assert not room.idle
        for guest in [*room.seats]:
            room.leave(guest)
        while log.waiting:
            assert not room.idle
            log.settle()
        assert room.idle

    play(scene)


def test_a_join_hears_once_what_is_said_in_its_tick() -> None:
    async def scene(room: Room, log: Log) -> None:
        ada, ben = Guest(), Guest("ben")
        await sync(room, ada)
        await sync(room, ben)  # so that the next answer is known already
        room.leave(ben)
        take(room, ada, 1, ada.write("before"))
        assert text_of(await sync(room, ben)) == "before"
        again = Guest("ben")
        room.join(again)
        answer = room.answer_at_once(again, again.document.state_vector())
        assert answer is not None
        room.answered(again)
        assert text_of(answer.step2) == "before"
        take(room, ada, 2, ada.write(" after"))
        assert room.answer_at_once(again, again.document.state_vector()) is None
        await asyncio.sleep(0)
        assert len(ben.got) == len(again.got) == 1
        log.settle()
        log.settle()

    play(scene)


def test_what_says_nothing_is_acknowledged_when_all_before_is_on_disk() -> None:
    async def scene(room: Room, log: Log) -> None:
        ada = Guest()
        await sync(room, ada)
        take(room, ada, 1, EMPTY_UPDATE)
        assert ada.settled == [(1, None)]
        take(room, ada, 2, ada.write("x"))
        take(room, ada, 3, EMPTY_UPDATE)
        assert ada.settled == [(1, None)]
        log.settle()
        log.settle()
        assert ada.settled == [(1, None), (2, None), (3, None)]

    play(scene)


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536])
def test_a_frame_is_as_the_library_would_write_it(size: int) -> None:
    frame = bytes(size)
    assert websocket_message(frame) == Frame(Opcode.BINARY, frame).serialize(mask=False)
