"""Those who send little go first, and those who send much come to their end all the same."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from sync.relay.turns import FIRST_SECONDS, Greedy, Turns

MUCH = 20
"""Pieces, each as long as what somebody may do at once."""


class Worker(Greedy):
    """Does one piece after the other and notes each."""

    def __init__(self, name: str, pieces: int, done: list[str]) -> None:
        self.name = name
        self.left = pieces
        self.done = done

    def take_turn(self, until: float) -> bool:
        time = asyncio.get_running_loop().time
        while self.left:
            end = time() + FIRST_SECONDS
            while time() < end:
                pass
            self.left -= 1
            self.done.append(self.name)
            if time() >= until:
                break
        return self.left > 0


async def until(condition: Callable[[], bool]) -> None:
    ticked = asyncio.Event()
    while not condition():
        ticked.clear()
        asyncio.get_running_loop().call_soon(ticked.set)
        await ticked.wait()


def test_who_sends_little_does_not_wait_for_who_sends_much() -> None:
    async def scene() -> list[str]:
        done: list[str] = []
        turns, much = Turns(), Worker("much", MUCH, done)
        turns.first(much)
        asyncio.get_running_loop().call_soon(turns.first, Worker("little", 1, done))
        await until(lambda: not much.left)
        return done

    done = asyncio.run(scene())
    assert done.count("much") == MUCH
    assert done.index("little") < MUCH // 2


def test_those_who_send_much_share_and_who_sends_on_and_on_does_not_starve_them() -> None:
    async def scene() -> list[str]:
        done: list[str] = []
        turns = Turns()
        workers = [Worker(name, MUCH, done) for name in "ab"]
        for worker in workers:
            turns.first(worker)

        def one_more() -> None:
            if any(worker.left for worker in workers):
                turns.first(Worker("little", 1, done))
                asyncio.get_running_loop().call_soon(one_more)

        one_more()
        await until(lambda: not any(worker.left for worker in workers))
        return done

    done = asyncio.run(scene())
    assert done.count("a") == done.count("b") == MUCH
    assert "b" in [name for name in done if name != "little"][: MUCH // 2]


def test_a_mistake_of_one_does_not_end_the_others_turns() -> None:
    class Broken(Worker):
        def take_turn(self, until: float) -> bool:
            if self.left < MUCH:
                raise ValueError("broken")
            return super().take_turn(until)

    async def scene() -> list[str]:
        done: list[str] = []
        failures: list[BaseException] = []
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: failures.append(context["exception"]))
        turns, other = Turns(), Worker("other", MUCH, done)
        turns.first(Broken("broken", MUCH, done))
        turns.first(other)
        await until(lambda: not other.left)
        assert [str(failure) for failure in failures] == ["broken"]
        return done

    assert asyncio.run(scene()).count("other") == MUCH


def test_who_has_little_is_done_at_once() -> None:
    async def scene() -> None:
        done: list[str] = []
        Turns().first(Worker("little", 1, done))
        assert done == ["little"]

    asyncio.run(scene())
