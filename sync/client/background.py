"""A thread for calls that may take long, or for ever, without keeping the program from ending."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from sync.threads import THREADS, Threads, run

Result = TypeVar("Result")

_Task = tuple[Callable[[], Any], Future[Any]]


class BackgroundThread:
    """One daemon thread that runs functions in the order in which they were given."""

    def __init__(self, name: str, threads: Threads = THREADS) -> None:
        self._worker = threads.worker(name, _run_all)

    def call(self, function: Callable[[], Result]) -> Future[Result]:
        """Run `function`; the future has what it returned or raised."""
        future: Future[Result] = Future()
        self._worker.put((function, future))
        return future

    def end(self) -> None:
        """Let the thread end after what it was given; it is not waited for."""
        self._worker.end(wait=False)


def _run_all(tasks: list[_Task]) -> None:
    for function, future in tasks:
        run(function, future)
