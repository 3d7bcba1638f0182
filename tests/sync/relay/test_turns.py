"""Those who send little go first, and those who send much come to their end all the same."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, TypeVar

from sync.relay.turns import FIRST_SECONDS, TURN_SECONDS, Greedy, Turns

Result = TypeVar("Result")

MUCH = 20
"""Pieces, each as long as what somebody may do at once."""


class Clock:
    """The loop's, which work alone moves on."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def run(scene: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    async def with_clock() -> Result:
        loop = asyncio.get_running_loop()
        loop.time = Clock()  # type: ignore[method-assign]
        return await scene()

    return asyncio.run(with_clock())


class Worker(Greedy):
    """Does one piece of some `seconds` after the other and notes each."""

    def __init__(
        self, name: str, pieces: int, done: list[str], seconds: float = FIRST_SECONDS
    ) -> None:
        self.seconds = seconds
        self.name = name
        self.left = pieces
        self.done = done

    def take_turn(self, until: float) -> bool:
        clock = asyncio.get_running_loop().time
        assert isinstance(clock, Clock)
        while self.left:
            clock.now += self.seconds
            self.left -= 1
            self.done.append(self.name)
            if clock.now >= until:
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

    done = run(scene)
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

    done = run(scene)
    assert done.count("a") == done.count("b") == MUCH
    assert "b" in [name for name in done if name != "little"][: MUCH // 2]


def test_many_who_come_at_once_do_not_all_begin() -> None:
    async def scene() -> list[str]:
        done: list[str] = []
        turns = Turns()
        crowd = [Worker("crowd", 2, done) for _ in range(50)]
        for worker in crowd:
            turns.first(worker)
        asyncio.get_running_loop().call_soon(turns.first, Worker("little", 1, done))
        await until(lambda: not any(worker.left for worker in crowd))
        return done

    done = run(scene)
    assert done.count("crowd") == 2 * 50
    assert done.index("little") <= TURN_SECONDS / FIRST_SECONDS + 1


def test_turns_are_short_while_somebody_is_there_who_sends_little() -> None:
    async def scene(*, little: bool) -> int:
        done: list[str] = []
        turns = Turns()
        if little:
            turns.first(Worker("little", 1, done, 0))
        workers = [Worker("much", 10 * MUCH, done, FIRST_SECONDS / 10) for _ in range(2)]
        for worker in workers:
            turns.first(worker)
        ticks = 0

        def tick() -> None:
            nonlocal ticks
            ticks += 1
            if any(worker.left for worker in workers):
                asyncio.get_running_loop().call_soon(tick)

        tick()
        await until(lambda: not any(worker.left for worker in workers))
        return ticks

    assert run(partial(scene, little=True)) > run(partial(scene, little=False))


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

    assert run(scene).count("other") == MUCH


def test_who_has_little_is_done_at_once() -> None:
    async def scene() -> None:
        done: list[str] = []
        Turns().first(Worker("little", 1, done))
        assert done == ["little"]

    run(scene)
