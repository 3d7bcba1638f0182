"""What other threads would do, done on the event loop a little later.

Whoever blocks until another thread has done something gets it done at once: that is one
of the orders in which threads may run.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

from sync.threads import Threads, run
from tests.sync.simulator.clock import Running
from tests.sync.simulator.disk import PowerLoss


class VirtualThreads(Threads):
    """The threads of one process; they end with it."""

    def __init__(self, process: Running, rng: random.Random, die: Callable[[], None]) -> None:
        """`die` is called when a `PowerLoss` comes out of what is done here."""
        self._process = process
        self._rng = rng
        self._die = die
        self._loop = asyncio.get_running_loop()
        self.running = 0
        """How many things are being done on the stack: all but the last are blocked by it."""
        self.answer_delay = 0.0
        """Seconds from the end of the `call` that is being done until it is known."""

    def delay(self) -> float:
        """Return how long a thread takes to come to its turn."""
        return self._rng.choice((0.0, 0.001, 0.004, 0.03)) * self._rng.random()

    def worker(self, name: str, handle: Callable[[list[Any]], None]) -> VirtualWorker:
        return VirtualWorker(self, handle)

    def call(self, name: str, function: Callable[[], Any]) -> Future[Any]:
        future: Future[Any] = Future()
        self.schedule(self.delay(), lambda: self._call(function, future))
        return future

    def _call(self, function: Callable[[], Any], future: Future[Any]) -> None:
        self.answer_delay = self.delay()
        done: Future[Any] = Future()
        self.do(lambda: run(function, done))
        self.schedule(self.answer_delay, lambda: run(done.result, future))

    def later(self, seconds: float, function: Callable[[], object]) -> Callable[[], None]:
        return self.schedule(seconds, lambda: self.do(function)).cancel

    def schedule(self, seconds: float, function: Callable[[], object]) -> asyncio.TimerHandle:
        """Do something later, if the process still lives then."""
        return self._loop.call_later(seconds, lambda: function() if self._process.alive else None)

    def do(self, function: Callable[[], object]) -> None:
        """Do something as a thread would, up to where the power fails."""
        if not self._process.alive:
            return
        self.running += 1
        try:
            function()
        except PowerLoss:
            self._die()
            if self.running > 1:
                raise  # whoever waits for it is gone as well
        finally:
            self.running -= 1


class VirtualWorker:
    """See `sync.threads.Worker`."""

    def __init__(
        self,
        threads: VirtualThreads,
        handle: Callable[[list[Any]], None],
        *,
        one_by_one: bool = False,
    ) -> None:
        self._threads = threads
        self._handle = handle
        self._one_by_one = one_by_one
        self._waiting: deque[Any] = deque()
        self._scheduled = False
        self._busy = False

    def put(self, item: Any) -> None:
        self._waiting.append(item)
        if self._threads.running and not self._busy:
            self._do_all()
        elif not self._scheduled:
            self._scheduled = True
            self._threads.schedule(self._threads.delay(), self._turn)

    def end(self, *, wait: bool) -> None:
        if not self._busy:
            self._do_all()

    def _turn(self) -> None:
        self._scheduled = False
        self._do_some(1 if self._one_by_one else len(self._waiting))
        if self._waiting and not self._scheduled:
            self._scheduled = True
            self._threads.schedule(self._threads.delay(), self._turn)

    def _do_all(self) -> None:
        self._do_some(len(self._waiting))

    def _do_some(self, count: int) -> None:
        batch = [self._waiting.popleft() for _ in range(min(count, len(self._waiting)))]
        if not batch:
            return
        self._busy = True
        try:
            self._threads.do(lambda: self._handle(batch))
        finally:
            self._busy = False


class VirtualExecutor(Executor):
    """One thread, or as many as there is work if nothing says in which order."""

    def __init__(self, threads: VirtualThreads) -> None:
        self._worker = VirtualWorker(threads, _run_all, one_by_one=True)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **options: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self._worker.put((lambda: fn(*args, **options), future))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._worker.end(wait=wait)


def _run_all(tasks: list[tuple[Callable[[], Any], Future[Any]]]) -> None:
    for function, future in tasks:
        run(function, future)
