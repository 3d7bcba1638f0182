"""Threads beside the caller's, for the store, the client and the relay's log.

Who needs one takes a `Threads`. The simulator has another, which does the same work in
virtual time (tests/sync/simulator).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Any, Generic, Protocol, TypeVar

from sync.foreground import FOREGROUND

Result = TypeVar("Result")
Item = TypeVar("Item")
Given = TypeVar("Given", contravariant=True)


class Worker(Protocol[Given]):
    """Handles what it is given, in order, one batch after the other."""

    def put(self, item: Given) -> None:
        """Have `item` handled. Any thread; returns at once."""

    def end(self, *, wait: bool) -> None:
        """Let it end after what it was given; `wait` until it has. Nothing may be put after it."""


class _WorkerThread(Generic[Item]):
    def __init__(self, name: str, handle: Callable[[list[Item]], None]) -> None:
        self._handle = handle
        self._queue: SimpleQueue[tuple[Item] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def put(self, item: Item) -> None:
        self._queue.put((item,))

    def end(self, *, wait: bool) -> None:
        self._queue.put(None)
        if wait:
            self._thread.join()

    def _run(self) -> None:
        more = True
        while more:
            batch, more = self._take()
            if batch:
                self._handle(batch)
            # While this waits for the next, whoever gave the last may have gone.
            del batch

    def _take(self) -> tuple[list[Item], bool]:
        """Wait for an item and take all that are there; False if it is time to end."""
        batch: list[Item] = []
        entry = self._queue.get()
        while True:
            if entry is None:
                return batch, False
            batch += entry
            try:
                entry = self._queue.get_nowait()
            except Empty:
                return batch, True


class Threads:
    """Starts daemon threads: none keeps the program from ending, whatever it waits for."""

    def worker(self, name: str, handle: Callable[[list[Item]], None]) -> Worker[Item]:
        """Return a thread that hands all that waits for it to `handle`, which must not raise."""
        return _WorkerThread(name, handle)

    def call(self, name: str, function: Callable[[], Result]) -> Future[Result]:
        """Run `function` on a thread of its own; the future has what it returned or raised."""
        future: Future[Result] = Future()
        threading.Thread(target=run, args=(function, future), name=name, daemon=True).start()
        return future

    def later(self, seconds: float, function: Callable[[], object]) -> Callable[[], None]:
        """Run `function` after so many seconds; return how to call it off."""
        timer = threading.Timer(seconds, function)
        timer.daemon = True
        timer.start()
        return timer.cancel


THREADS = Threads()


def run(function: Callable[[], Any], future: Future[Any]) -> None:
    """Give `future` what `function` returns or raises, unless it was cancelled."""
    if not future.set_running_or_notify_cancel():
        return
    FOREGROUND.give_way()
    try:
        future.set_result(function())
    except BaseException as error:  # a pycrdt panic or a D-Bus library's own  # noqa: BLE001
        future.set_exception(error)
