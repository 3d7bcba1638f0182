"""Threads with much to do give way while a window draws or hears of what they have done.

Python runs one thread at a time. A view that asks Python about a thousand rows hands the
interpreter over and waits for it again two thousand times, and whoever has taken it meanwhile
keeps it for a while each time: what takes 6 ms alone takes 40 beside a first sync. So the
window says when it is at work, and others wait between two steps until it is not.
"""

from __future__ import annotations

import threading
import time

PATIENCE = 0.1
"""Seconds after which nobody waits for the window any more: it may have a dialog open."""


class Foreground:
    """One for the process, as there is one interpreter."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._free = threading.Event()
        self._free.set()
        self._depth = 0
        self._until = 0.0

    def __enter__(self) -> None:
        """The window is at work. Only its own thread may say so; may be nested."""
        self._depth += 1
        if self._depth == 1:
            self._until = time.monotonic() + self._patience
            self._free.clear()

    def __exit__(self, *_: object) -> None:
        self._depth -= 1
        if self._depth == 0:
            self._free.set()

    def hold(self, seconds: float) -> None:
        """The window will be at work so soon that nothing is worth beginning: a key has come.

        That is over when it has been, or after so many seconds. Only the window's thread.
        """
        if self._depth == 0:
            self._until = time.monotonic() + seconds
            self._free.clear()

    @property
    def at_work(self) -> bool:
        """Whether others are to wait."""
        return not self._free.is_set() and self._until > time.monotonic()

    def give_way(self) -> None:
        """Wait until the window is not at work, or has been for `PATIENCE`. Any other thread."""
        if self._free.is_set():
            return
        left = min(self._until - time.monotonic(), self._patience)  # whatever a clock says
        if left <= 0 or not self._free.wait(left):
            self._free.set()


FOREGROUND = Foreground()
