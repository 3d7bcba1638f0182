"""Threads for calls that may take long, or for ever, without keeping the program from ending."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, TypeVar

Result = TypeVar("Result")


class BackgroundThread:
    """One daemon thread that runs functions in the order in which they were given."""

    def __init__(self, name: str) -> None:
        self._queue: SimpleQueue[tuple[Callable[[], Any], Future[Any]] | None] = SimpleQueue()
        threading.Thread(target=self._run, name=name, daemon=True).start()

    def call(self, function: Callable[[], Result]) -> Future[Result]:
        """Run `function`; the future has what it returned or raised."""
        future: Future[Result] = Future()
        self._queue.put((function, future))
        return future

    def end(self) -> None:
        """Let the thread end after what it was given; it is not waited for."""
        self._queue.put(None)

    def _run(self) -> None:
        while (task := self._queue.get()) is not None:
            _run(*task)


def in_background(name: str, function: Callable[[], Result]) -> Future[Result]:
    """Run `function` on a daemon thread of its own; the future has what it returned or raised."""
    future: Future[Result] = Future()
    threading.Thread(target=_run, args=(function, future), name=name, daemon=True).start()
    return future


def _run(function: Callable[[], Any], future: Future[Any]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(function())
    except BaseException as error:  # a pycrdt panic or a D-Bus library's own  # noqa: BLE001
        future.set_exception(error)
