"""Rooms of several nodes on one log, and a bus that may lose what it likes."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from sync.document.document import Document
from sync.errors import AdministrationError
from sync.protocol.awareness import GONE, ClientState, decode_awareness, encode_awareness
from sync.relay.attendance import SILENCE_SECONDS
from sync.relay.bus.base import DrainWanted, Presence, Updates, Written
from sync.relay.bus.local import Hub, LocalBus
from sync.relay.neighbours import LOOK_SECONDS, SILENCE_CHECK_SECONDS
from sync.relay.storage.replay import Replay
from sync.types import Sequence
from tests.sync.relay.nodes import DOC, Deaf, Guest, Node, add_document, running, until

Scene = Callable[[str], Coroutine[Any, Any, None]]


@pytest.fixture
def play(postgres_url: str) -> Callable[[Scene], None]:
    def play(scene: Scene) -> None:
        add_document(postgres_url)
        asyncio.run(scene(postgres_url))

    return play


Play = Callable[[Scene], None]


def two(url: str) -> tuple[Node, Node]:
    hub = Hub()
    return Node(url, Deaf(hub)), Node(url, Deaf(hub))


def is_deaf(node: Node, *, to: type = object) -> None:
    assert isinstance(node.bus, Deaf)
    node.bus.hears = lambda message: not isinstance(message, to)


def missed_updates(node: Node) -> bool:
    assert isinstance(node.bus, Deaf)
    return any(isinstance(message, Updates) for message in node.bus.unheard)


def test_others_read_on_another_node_what_is_on_disk(play: Play) -> None:
    async def scene(url: str) -> None:
        one, other = two(url)
        async with running(one, other):
            ada, ben = await Guest(one).sync(), await Guest(other, "ben").sync()
            ada.write("Ada. ")
            await ben.until_text("Ada. ")
            ben.write("Ben. ")
            await ada.until_text("Ada. Ben. ")
            for guest in (ada, ben):
                await guest.acknowledged()
            # Each heard of the other once, and not of itself.
            assert (ada.received, ben.received) == (1, 1)
            assert other.counters.updates_from_log == 0

    play(scene)


def test_a_long_update_comes_from_the_log(play: Play) -> None:
    async def scene(url: str) -> None:
        one, other = two(url)
        async with running(one, other):
            ada, ben = await Guest(one).sync(), await Guest(other, "ben").sync()
            ada.write("long " * 10_000)
            ada.write("short")
            await ben.until_text("long " * 10_000 + "short")
            assert other.counters.updates_from_log > 0

    play(scene)


def test_whoever_comes_from_another_node_finds_what_that_acknowledged(play: Play) -> None:
    """Without a bus that works, and though somebody has just joined there at the same state."""

    async def scene(url: str) -> None:
        one, other = two(url)
        is_deaf(other)
        async with running(one, other):
            ada = await Guest(one).sync()
            ben = await Guest(other, "ben").sync()
            for number in range(5):
                ada.write(f"{number} ")
                await ada.acknowledged()
                assert (await Guest(other).sync()).document.text() == ada.document.text()
                # Who was there before is told along with it.
                await ben.until_text(ada.document.text())

    play(scene)


def test_one_who_asks_before_joining_leaves_no_hole(play: Play) -> None:
    """The process that decodes has read the log before it was known where the log ends."""

    async def scene(url: str) -> None:
        one, other = two(url)
        is_deaf(other)
        async with running(one, other):
            ada = await Guest(one).sync()
            ada.write("first ")
            await ada.acknowledged()
            ben = Guest(other, "ben")
            assert await ben.room.adds_nothing(ada.document.encode_state())
            ada.write("second")
            await ada.acknowledged()
            assert (await ben.sync()).document.text() == "first second"

    play(scene)


def test_the_last_one_that_the_bus_lost_is_found(play: Play) -> None:
    async def scene(url: str) -> None:
        one, other = two(url)
        async with running(one, other):
            ada, ben = await Guest(one).sync(), await Guest(other, "ben").sync()
            is_deaf(other)
            ada.write("lost")
            await ada.acknowledged()
            other.neighbours.tick(other.loop.time() + 2 * LOOK_SECONDS)
            await ben.until_text("lost")

    play(scene)


def test_a_gap_is_read_from_the_log(play: Play) -> None:
    async def scene(url: str) -> None:
        one, other = two(url)
        async with running(one, other):
            ada, ben = await Guest(one).sync(), await Guest(other, "ben").sync()
            is_deaf(other)
            ada.write("lost ")
            await until(lambda: missed_updates(other))
            is_deaf(other, to=Written)
            ada.write("heard")
            await ben.until_text("lost heard")
            assert other.counters.updates_from_log == 2
            assert ben.received == 2

    play(scene)


def test_a_node_that_is_behind_a_snapshot_lets_its_members_begin_again(play: Play) -> None:
    async def scene(url: str) -> None:
        one, other = two(url)
        async with running(one, other):
            ada, ben = await Guest(one).sync(), await Guest(other, "ben").sync()
            ben.write("here before; ")
            await ben.acknowledged()
            await ada.until_text("here before; ")
            is_deaf(other)
            for number in range(10):
                ada.write(f"{number} ")
            await ada.acknowledged()
            await asyncio.to_thread(one.log.compact, DOC)
            other.neighbours.tick(other.loop.time() + 2 * LOOK_SECONDS)
            await until(lambda: other.started_over == [ben.room])
            assert ben.room.outdated() == [ben]
            await ben.sync()
            assert ben.document.text() == ada.document.text()
            assert ben.room.outdated() == []
            ben.write("and on")
            await ben.acknowledged()
            await ada.until_text(ben.document.text())

    play(scene)


def test_what_is_no_update_is_refused_and_the_log_believed(play: Play) -> None:
    async def scene(url: str) -> None:
        hub = Hub()
        one, other = Node(url, LocalBus(hub)), Node(url, LocalBus(hub))
        async with running(one, other):
            ada, ben = await Guest(one).sync(), await Guest(other, "ben").sync()
            liar = LocalBus(hub)
            liar.start(other.neighbours)
            liar.say(Updates(DOC, Sequence(1), (b"no update",)))
            liar.say(Updates(DOC, Sequence(10**9), (b"\x00\x00",)))
            liar.say(Presence(DOC, "eve", b"\xff\xff"))
            await until(lambda: not ben.room.following.lacks)
            ada.write("true")
            await ben.until_text("true")
            await ada.until_text("true")
            await liar.close()

    play(scene)


def test_a_log_that_cannot_be_read_is_said(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene(url: str) -> None:
        one, other = two(url)
        async with running(one, other):
            ada = await Guest(one).sync()

            def fail(_: object) -> None:
                raise AdministrationError("The database is away.")

            with monkeypatch.context() as patch:
                patch.setattr(one.log, "last_sequences", fail)
                with pytest.raises(AdministrationError):
                    await Guest(one).sync()
                one.neighbours.missed()
                await asyncio.sleep(0)
            ada.write("goes on")
            await ada.acknowledged()
            assert (await Guest(other).sync()).document.text() == "goes on"

    play(scene)


def said(guest: Guest) -> list[ClientState]:
    return [state for payload in guest.awareness for state in decode_awareness(payload)]


HERE = ClientState(5, 1, '{"name":"Ada"}')
LEFT = ClientState(5, 1, GONE)


def test_awareness_crosses_nodes_and_ends_with_its_socket(play: Play) -> None:
    async def scene(url: str) -> None:
        one, other = two(url)
        async with running(one, other):
            ada, ben = await Guest(one).sync(), await Guest(other, "ben").sync()
            ada.room.take_awareness(ada, encode_awareness([HERE]))
            await until(lambda: said(ben) == [HERE])
            here = ben.room.awareness()
            assert here is not None
            assert decode_awareness(here.payload) == [HERE]
            ada.leave()
            await until(lambda: said(ben) == [HERE, LEFT])
            assert ben.room.awareness() is None

    play(scene)


def test_a_node_that_opens_a_document_is_told_who_is_there(play: Play) -> None:
    async def scene(url: str) -> None:
        one, other = two(url)
        async with running(one, other):
            ada = await Guest(one).sync()
            ada.room.take_awareness(ada, encode_awareness([HERE]))
            ben = await Guest(other, "ben").sync()
            await until(lambda: said(ben) == [HERE] or ben.room.awareness() is not None)

    play(scene)


def test_who_was_on_a_node_that_died_is_gone_in_time(play: Play) -> None:
    async def scene(url: str) -> None:
        one, other = two(url)
        async with running(one, other):
            ada, ben = await Guest(one).sync(), await Guest(other, "ben").sync()
            ada.room.take_awareness(ada, encode_awareness([HERE]))
            await until(lambda: said(ben) == [HERE])
            is_deaf(other)
            now = other.loop.time()
            other.neighbours.tick(now + SILENCE_SECONDS - 1)
            assert ben.room.awareness() is not None
            other.neighbours.tick(now + SILENCE_SECONDS + SILENCE_CHECK_SECONDS)
            await until(lambda: said(ben) == [HERE, LEFT])
            assert ben.room.awareness() is None

    play(scene)


def test_a_device_that_moves_stays_when_its_old_socket_dies(play: Play) -> None:
    async def scene(url: str) -> None:
        one, other = two(url)
        async with running(one, other):
            ada, ben = await Guest(one).sync(), await Guest(other, "ben").sync()
            ada.room.take_awareness(ada, encode_awareness([HERE]))
            await until(lambda: said(ben) == [HERE])
            moved = await Guest(other).sync()
            again = ClientState(5, 2, HERE.state)
            moved.room.take_awareness(moved, encode_awareness([again]))
            await until(lambda: said(ada) == [again])
            ada.leave()
            # Nobody else may say that she has gone.
            eve = await Guest(one, "eve").sync()
            eve.room.take_awareness(eve, encode_awareness([ClientState(5, 3, GONE)]))
            last = await Guest(one).sync()
            last.write("x")
            await ben.until_text("x")
            assert said(ben) == [HERE, again]

    play(scene)


def test_an_administrator_reaches_a_node_by_its_name(play: Play) -> None:
    async def scene(url: str) -> None:
        hub = Hub()
        nodes = [Node(url, LocalBus(hub), name) for name in ("a", "b")]
        async with running(*nodes):
            nodes[0].bus.say(DrainWanted("b"))
            await until(lambda: nodes[1].drained)
            assert nodes[0].drained == 0

    play(scene)


@pytest.mark.parametrize("seed", range(2))
def test_all_are_equal_in_the_end_whatever_the_bus_does(
    play: Play, postgres_url: str, seed: int
) -> None:
    async def scene(url: str) -> None:
        rng, hub = random.Random(seed), Hub()
        nodes = [Node(url, Deaf(hub, random.Random(seed + n))) for n in range(3)]
        async with running(*nodes):
            guests = [await Guest(node, f"user{n}").sync() for n, node in enumerate(nodes * 2)]
            for step in range(120):
                guest = rng.choice(guests)
                guest.write(f"<{step}>")
                if rng.random() < 0.3:
                    await asyncio.sleep(rng.random() * 0.01)
                if rng.random() < 0.1:
                    rng.choice(nodes).neighbours.missed()
                if rng.random() < 0.1:  # hangs up, and comes back with its copy to any node
                    await guest.acknowledged()
                    guest.leave()
                    back = Guest(rng.choice(nodes), guest.user_id)
                    back.document = guest.document
                    guests[guests.index(guest)] = await back.sync()
            for guest in guests:
                await guest.acknowledged()
            for node in nodes:
                node.neighbours.missed()
            truth = Replay.of(await asyncio.to_thread(nodes[0].log.load, DOC))
            assert not truth.incomplete
            for guest in guests:
                await guest.until_text(truth.text())
            fresh: Document = (await Guest(nodes[0]).sync()).document
            assert Counter(fresh.text().replace(">", ">\n").split()) == Counter(
                f"<{step}>" for step in range(120)
            )

    play(scene)
