"""What only a bus that can be away must do."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest

from sync.errors import AdministrationError
from sync.relay.bus import entries
from sync.relay.bus.base import Updates, Written
from sync.relay.bus.redis import RedisBus
from sync.types import DocumentId, Sequence
from tests.sync.client.proxy import Proxy
from tests.sync.relay.bus.listening import Ear, listening
from tests.sync.relay.redis_server import PASSWORD, RedisServer

BOOK = DocumentId("book")


def written(number: int) -> Written:
    return Written(BOOK, Sequence(number))


def test_kill_9_is_noticed_and_what_is_said_after_the_return_is_heard(tmp_path: Path) -> None:
    async def scene(redis: RedisServer) -> None:
        async with listening(RedisBus(redis.url()), RedisBus(redis.url())) as (one, two):
            await two.bus.follow(BOOK)
            one.bus.say(written(1))
            await two.until_said(written(1))
            redis.kill()
            for ear in (one, two):
                await ear.until(lambda ear=ear: not ear.bus.up)
            one.bus.say(written(2))  # lost, and nobody is held up
            redis.start()
            for ear in (one, two):
                await ear.until(lambda ear=ear: ear.bus.up and ear.times_missed == 2)
            one.bus.say(written(3))
            await two.until_said(written(1), written(3))

    with RedisServer(tmp_path / "redis") as redis:
        asyncio.run(scene(redis))


def test_a_network_that_swallows_everything_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.relay.bus.redis.BLOCK_SECONDS", 0.05)
    monkeypatch.setattr("sync.relay.bus.redis.ANSWER_SECONDS", 0.3)

    async def scene(redis: RedisServer, proxy: Proxy) -> None:
        url = redis.url(proxy.port)
        async with listening(RedisBus(url), RedisBus(redis.url())) as (cut_off, other):
            await cut_off.bus.follow(BOOK)
            proxy.swallows = True
            await cut_off.until(lambda: not cut_off.bus.up)
            other.bus.say(written(1))
            proxy.swallows = False
            proxy.cut()
            await cut_off.until(lambda: cut_off.bus.up)
            assert cut_off.times_missed == 2
            other.bus.say(written(2))
            await cut_off.until(lambda: written(2) in cut_off.said)

    with RedisServer(tmp_path / "redis") as redis, Proxy(redis.port) as proxy:
        asyncio.run(scene(redis, proxy))


def test_what_no_node_says_is_refused_in_words_and_the_rest_is_heard(
    redis: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    refused: list[None] = []
    good = entries.encode("other", written(7))
    bad = [b"", b"\xff" * 20, good[:-1], good + b"x", b"\x02" + good[1:], bytes(300_000)]

    async def scene() -> None:
        bus = RedisBus(redis.url(), "malformed", lambda: refused.append(None))
        async with listening(bus) as [ear]:
            await bus.follow(BOOK)
            stream = bus._stream(BOOK)
            with redis.client() as client:
                for data in bad:
                    client.xadd(stream, {"e": data})
                client.xadd(stream, {"something": "else"})
                client.xadd(stream, {"e": good})
            await ear.until_said(written(7))
        assert bus.node != "other"

    asyncio.run(scene())
    assert len(refused) == len(bad) + 1
    assert "version 2" in " ".join(str(record.__dict__.get("reason")) for record in caplog.records)


def test_a_stream_is_cut_and_stays_bounded(
    redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.relay.bus.redis.MOST_ENTRIES", 200)

    async def scene() -> None:
        async with listening(RedisBus(redis.url(), "cut")) as [ear]:
            for number in range(1, 2_001):
                ear.bus.say(written(number))
            with redis.client() as client:
                await ear.until(lambda: client.exists("cut:bus:0", ear.bus._stream(BOOK)))
                await asyncio.sleep(0)
                await ear.until(
                    lambda: client.xrevrange(ear.bus._stream(BOOK), count=1)[0][1][b"e"].endswith(
                        entries.encode_varuint(2_000)
                    )
                )
                # Redis cuts whole nodes of a hundred.
                assert 200 <= client.xlen(ear.bus._stream(BOOK)) <= 400

    asyncio.run(scene())


def test_what_cannot_be_told_is_thrown_away(
    redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.relay.bus.redis.MOST_WAITING", 1_000)

    async def scene() -> None:
        one, two = RedisBus(redis.url(), "full"), RedisBus(redis.url(), "full")
        async with listening(one, two) as (_, ear):
            await two.follow(BOOK)
            for number in range(1, 11):  # in one tick, so none of them goes out meanwhile
                one.say(Updates(BOOK, Sequence(number), (bytes(300),)))
            one.say(written(99))
            await ear.until(lambda: written(99) in ear.said)
            assert len(ear.said) <= 4

    asyncio.run(scene())


def test_a_wrong_password_is_never_shown(
    redis: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "sync")

    async def scene() -> None:
        bus = RedisBus(redis.url().replace(":a%20password", ":a%20wrong%20password"))
        bus.up = True  # so that the failure is news
        ear = Ear(bus)
        bus.start(ear)
        await ear.until(lambda: not bus.up)
        await bus.close()

    asyncio.run(scene())
    said = caplog.text + " ".join(str(record.__dict__) for record in caplog.records)
    assert "AuthenticationError" in said
    assert "wrong" not in said
    assert PASSWORD not in said


@pytest.mark.parametrize(
    "url", ["127.0.0.1:6379", "http://secret@host", "redis://:secret@host:x/0"]
)
def test_what_is_no_address_is_refused_without_being_shown(url: str) -> None:
    async def scene() -> None:
        RedisBus(url)

    with pytest.raises(AdministrationError) as refused:
        asyncio.run(scene())
    assert "redis://" in str(refused.value)
    assert "secret" not in str(refused.value)
