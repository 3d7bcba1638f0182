"""Reference cycles are collected on the GUI thread, never on another.

Python collects them on whichever thread happens to allocate. A cycle often holds Qt objects
(a closed document, its timers), and Qt's may be deleted on their own thread only: a timer
that another thread deletes stays registered, and its next tick is a crash.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

from app.memory import give_back
from app.rest import is_typing

_INTERVAL = 1_000
"""Milliseconds between two looks at how much there may be to collect."""
_ALL_EVERY = 60
"""Looks between two collections of everything, which take long where much is alive: 16 ms with a
book of 1 MB."""
_TRIM_EVERY = 10
"""Looks between two times that free memory is given back to the system."""
_REST = 0.4
"""Seconds without a key until something is collected: else the next one would wait for it."""
_PATIENCE = 10
"""Looks that may pass so. Then young objects are collected all the same; everything never is
while somebody types."""


class GarbageCollector(QObject):
    """Takes the place of Python's automatic collection as long as it lives."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._looks = self._passed = self._untrimmed = 0
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(_INTERVAL)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def close(self) -> None:
        """Let Python collect by itself again."""
        self._timer.stop()
        gc.enable()

    def _look(self) -> None:
        self._looks += 1
        typing = is_typing(_REST)
        self._passed = self._passed + 1 if typing else 0
        if typing and self._passed < _PATIENCE:
            return
        self._passed = 0
        young, middle, old = (
            count > limit for count, limit in zip(gc.get_count(), gc.get_threshold(), strict=True)
        )
        if old and self._looks >= _ALL_EVERY and not typing:
            self._looks = 0
            gc.collect()
        elif middle or old:
            gc.collect(1)
        elif young:
            gc.collect(0)
        self._untrimmed += 1
        if young and not typing and self._untrimmed >= _TRIM_EVERY:
            self._untrimmed = 0
            give_back()
