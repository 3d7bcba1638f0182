"""Slow work on threads of its own; what it returns comes back on the GUI thread.

The work gets plain values and must not touch Qt or a document.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from sync.foreground import FOREGROUND

T = TypeVar("T")


class Task:
    """One piece of work that was asked for."""

    def __init__(self) -> None:
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """Want it no more: what comes of it is thrown away."""
        self._cancelled.set()

    def cancelled(self) -> bool:
        """Whether nobody wants it any more; for the work to ask, from any thread."""
        return self._cancelled.is_set()


class Tasks(QObject):
    """Runs work in the order in which it was asked for, on up to `threads` threads."""

    _ended = Signal(object, object, object)

    def __init__(self, name: str, threads: int = 1, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._running: set[Task] = set()
        self._closed = False
        self._ended.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(self, work: Callable[[Task], T], then: Callable[[T], None]) -> Task:
        """Run `work(task)` on a thread and `then` with what it returned on this one.

        What the work raises is raised here, unless it was cancelled. Once closed, this runs
        nothing: a signal that was on its way may ask for something after that.
        """
        task = Task()
        if self._closed:
            task.cancel()
            return task
        self._running = {one for one in self._running if not one.cancelled()} | {task}
        future = self._pool.submit(work, task)
        future.add_done_callback(lambda done: self._tell(task, done, then))
        return task

    def close(self, *, wait: bool = False) -> None:
        """Cancel everything; nothing is delivered any more, and the threads end by themselves.

        `wait`: until what runs has ended.
        """
        self._closed = True
        for task in self._running:
            task.cancel()
        self._pool.shutdown(wait=wait, cancel_futures=True)

    def _tell(self, task: Task, done: Future[Any], then: Callable[[Any], None]) -> None:
        # On the work's thread. A closed one tells nobody: this object may be gone.
        if not task.cancelled():
            self._ended.emit(task, done, then)

    def _deliver(self, task: Task, done: Future[Any], then: Callable[[Any], None]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            with FOREGROUND:
                then(done.result())
