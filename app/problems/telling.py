"""Tells the person, quietly and seldom, that something went wrong, and where a report of it is."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject

from app.errors import explain
from app.problems.handler import ProblemHandler

_PAUSE = 60.0
"""Seconds between two times that it is said."""


class ProblemTeller(QObject):
    """Belongs to the program."""

    def __init__(
        self, handler: ProblemHandler, say: Callable[[str], object], parent: QObject
    ) -> None:
        """`say` shows a sentence to the person."""
        super().__init__(parent)
        self._say = say
        self._said_at = -_PAUSE
        handler.happened.connect(self._tell)
        if handler.died_last_time:
            self._say(
                self.tr(
                    "Inkstand ended in an unexpected way the last time. The text is as it was "
                    "saved. “Problem reports” in the Help menu shows what is known about it."
                )
            )

    def _tell(self) -> None:
        now = time.monotonic()
        if now - self._said_at >= _PAUSE:
            self._said_at = now
            self._say(explain(Exception()).text)
