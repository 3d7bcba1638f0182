"""What each kind of bus does; the contract is `sync.relay.bus.base`."""

from __future__ import annotations

import asyncio

from sync.relay.bus.base import (
    Draining,
    DrainWanted,
    Message,
    Presence,
    Updates,
    WhoIsHere,
    Written,
)
from sync.types import DocumentId, Sequence
from tests.sync.relay.bus.conftest import NewBus
from tests.sync.relay.bus.listening import listening

BOOK, OTHER = DocumentId("book"), DocumentId("other")


def updates(first: int, count: int = 1, document_id: DocumentId = BOOK) -> Updates:
    made = tuple(b"update %d" % number for number in range(first, first + count))
    return Updates(document_id, Sequence(first), made)


def test_all_others_hear_everything_as_it_was_said(new_bus: NewBus) -> None:
    said: list[Message] = [
        updates(1, 3),
        Written(BOOK, Sequence(4)),
        Presence(BOOK, "ada", b"\x01\x02\x03"),
        WhoIsHere(BOOK),
        DrainWanted("one"),
        Draining("one", 12),
    ]

    async def scene() -> None:
        async with listening(new_bus(), new_bus(), new_bus()) as (one, two, three):
            for ear in (one, two, three):
                await ear.bus.follow(BOOK)
            for message in said:
                one.bus.say(message)
            for ear in (two, three):
                await ear.until(lambda ear=ear: len(ear.said) == len(said))
                assert sorted(map(repr, ear.said)) == sorted(map(repr, said))
                assert {node for node, _ in ear.messages} == {one.bus.node}
            assert one.said == []
            assert len({ear.bus.node for ear in (one, two, three)}) == 3

    asyncio.run(scene())


def test_what_is_said_about_one_document_comes_in_order(new_bus: NewBus) -> None:
    said = [updates(number) for number in range(1, 2_001)]

    async def scene() -> None:
        async with listening(new_bus(), new_bus()) as (one, two):
            await two.bus.follow(BOOK)
            for number, message in enumerate(said):
                one.bus.say(message)
                if number % 100 == 0:
                    await asyncio.sleep(0)
            await two.until_said(*said)

    asyncio.run(scene())


def test_what_is_said_after_following_is_heard(new_bus: NewBus) -> None:
    """Whoever looks into the log once it follows has nothing missing in between."""

    async def scene() -> None:
        async with listening(new_bus(), new_bus()) as (one, two):
            for number in range(1, 31):
                document_id = DocumentId(f"book{number}")
                one.bus.say(updates(1, document_id=document_id))
                await two.bus.follow(document_id)
                one.bus.say(updates(2, document_id=document_id))
                last = updates(2, document_id=document_id)
                await two.until(lambda last=last: last in two.said)

    asyncio.run(scene())


def test_nothing_is_heard_of_documents_that_nobody_follows(new_bus: NewBus) -> None:
    async def scene() -> None:
        async with listening(new_bus(), new_bus()) as (one, two):
            await two.bus.follow(BOOK)
            await two.bus.follow(OTHER)
            two.bus.unfollow(BOOK)
            one.bus.say(updates(1))
            one.bus.say(updates(1, document_id=OTHER))
            await two.until(lambda: updates(1, document_id=OTHER) in two.said)
            # One that shares a stream with another may be heard; nobody minds.
            assert {m.document_id for m in two.said if isinstance(m, Updates)} <= {BOOK, OTHER}

    asyncio.run(scene())


def test_who_is_gone_hears_nothing_and_nobody_minds(new_bus: NewBus) -> None:
    async def scene() -> None:
        async with listening(new_bus(), new_bus()) as (one, two):
            await two.bus.follow(BOOK)
            await two.bus.close()
            one.bus.say(updates(1))
            async with listening(new_bus()) as [three]:
                await three.bus.follow(BOOK)
                one.bus.say(updates(2))
                await three.until_said(updates(2))
            assert two.said == []

    asyncio.run(scene())


def test_what_was_said_before_the_end_is_still_told(new_bus: NewBus) -> None:
    async def scene() -> None:
        async with listening(new_bus(), new_bus()) as (one, two):
            await two.bus.follow(BOOK)
            one.bus.say(updates(1))
            await one.bus.close()
            await two.until_said(updates(1))

    asyncio.run(scene())
