"""Questions to the relay, whose answers come back on the GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from sync.errors import InkstandError

Answer = TypeVar("Answer")


class Asking(QObject):
    """What a dialog waits for; after `close` nothing is told any more."""

    busy_changed = Signal()

    _done = Signal(object, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting = 0
        self._closed = False
        self._done.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        """Whether an answer is still to come."""
        return self._waiting > 0

    def wait_for(
        self,
        future: Future[Answer],
        then: Callable[[Answer], object],
        failed: Callable[[InkstandError], object],
    ) -> None:
        """Call `then` with the answer, or `failed` with what went wrong, on this thread."""
        self._waiting += 1
        self.busy_changed.emit()
        future.add_done_callback(lambda done: self._pass_on(done, then, failed))

    def watch(self, future: Future[Answer], then: Callable[[Answer], object]) -> None:
        """Call `then` when something has come that nobody waits for."""
        future.add_done_callback(lambda done: self._pass_on(done, then, None))

    def close(self) -> None:
        """Want no answer any more."""
        self._closed = True

    def _pass_on(self, done: Future[Any], then: object, failed: object) -> None:
        # On the thread that asked. If the dialog is gone, so may this object be.
        if not self._closed:
            with suppress(RuntimeError):
                self._done.emit(done, then, failed)

    def _tell(
        self,
        done: Future[Any],
        then: Callable[[Any], object],
        failed: Callable[[InkstandError], object] | None,
    ) -> None:
        if self._closed:
            return
        if failed is None:  # only watched
            then(done.result())
            return
        self._waiting -= 1
        try:
            answer = done.result()
        except InkstandError as error:
            failed(error)
        else:
            then(answer)
        self.busy_changed.emit()
