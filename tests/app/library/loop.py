"""Watches how long the GUI thread does not answer."""

from __future__ import annotations

import sys
import time
from types import TracebackType

from PySide6.QtCore import QObject, Qt, QTimer

from app.gui import prefer_the_window


class LoopWatch(QObject):
    """Between entering and leaving, a timer ticks each millisecond of the event loop.

    Threads take turns as in the program.
    """

    def __init__(self) -> None:
        super().__init__()
        self.gaps: list[float] = []
        """Milliseconds from one tick to the next, the longest first, when it is over."""
        self._last = 0.0
        self._timer = QTimer(self, interval=1, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def __enter__(self) -> LoopWatch:
        self._interval = sys.getswitchinterval()
        prefer_the_window()
        self._last = time.perf_counter()
        self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._tick()
        self._timer.stop()
        sys.setswitchinterval(self._interval)
        self.gaps.sort(reverse=True)

    @property
    def longest(self) -> float:
        """Milliseconds of the longest gap."""
        return self.gaps[0]

    def _tick(self) -> None:
        now = time.perf_counter()
        self.gaps.append((now - self._last) * 1e3)
        self._last = now
