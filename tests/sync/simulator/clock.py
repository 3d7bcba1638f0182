"""Virtual time: an event loop that never waits, and the clocks that the programs in it read."""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from typing import Any, Protocol
from unittest.mock import patch

EPOCH = 1_772_000_000.0
"""Unix seconds at the start of each run."""


TURN_SECONDS = 1e-6
"""What one turn of the loop takes: without it who waits for a sum of floats may wait for ever."""


class Machine(Protocol):
    """What has a wall clock."""

    wall_offset: float
    """Seconds that it is ahead of the true time."""


class Running(Protocol):
    """A process, as far as the clock knows it."""

    alive: bool
    machine: Machine
    tasks: dict[asyncio.Task[Any], None]
    """Those that run, in the order in which they began."""

    def new_executor(self) -> Executor:
        """Return something that runs functions beside the event loop."""


PROCESS: ContextVar[Running | None] = ContextVar("PROCESS", default=None)
"""Whose code runs; asyncio hands it on to all that this code starts."""


class Stuck(Exception):
    """Everybody waits for somebody, and nobody for the clock."""


class _Jump(selectors.SelectSelector):
    """Where the loop would wait for sockets, time passes instead."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise Stuck
        self.now += max(TURN_SECONDS, timeout)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """Runs what is due in the order of time; between two things hardly any time passes."""

    def __init__(self, connect: Callable[..., Any]) -> None:
        """`connect` stands in for `create_connection`."""
        self._jump = _Jump()
        super().__init__(self._jump)
        self._connect = connect
        self.set_task_factory(_new_task)

    def time(self) -> float:
        return self._jump.now

    def call_soon_threadsafe(self, callback: Any, *args: Any, context: Any = None) -> Any:
        return self.call_soon(callback, *args, context=context)

    def run_in_executor(self, executor: Executor | None, func: Any, *args: Any) -> Any:
        if executor is None:
            process = PROCESS.get()
            assert process is not None
            executor = process.new_executor()
        return asyncio.wrap_future(executor.submit(func, *args), loop=self)

    async def create_connection(self, factory: Any, *args: Any, **options: Any) -> Any:
        return await self._connect(factory)


def _new_task(loop: asyncio.AbstractEventLoop, coro: Any, **options: Any) -> asyncio.Task[Any]:
    task: asyncio.Task[Any] = asyncio.Task(coro, loop=loop, **options)
    process = PROCESS.get()
    if process is not None:
        process.tasks[task] = None
        task.add_done_callback(process.tasks.pop)
    return task


def within(process: Running, function: Callable[..., Any], *args: Any) -> Any:
    """Run `function` as a part of `process`."""
    context = copy_context()
    context.run(PROCESS.set, process)
    return context.run(function, *args)


@contextmanager
def virtual_clocks(loop: VirtualLoop) -> Iterator[None]:
    """Let `time.time` be the wall clock of whoever asks, and `time.monotonic` the loop's."""

    def wall() -> float:
        process = PROCESS.get()
        return EPOCH + loop.time() + (0.0 if process is None else process.machine.wall_offset)

    with patch.object(time, "time", wall), patch.object(time, "monotonic", loop.time):
        yield
