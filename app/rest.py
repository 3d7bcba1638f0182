"""When a key was pressed last: work that can wait stays out of the way of whoever types.

There is one pair of hands at a program, so there is one time for all windows.
"""

from __future__ import annotations

from time import monotonic

from sync.foreground import FOREGROUND

PAINTED_AFTER = 0.012
"""Seconds after a key in which it has almost always been painted; the disk waits for that."""

_last_key = float("-inf")


def note_key() -> None:
    """Take note that a key, or an input method, has something for the page."""
    global _last_key
    _last_key = monotonic()
    FOREGROUND.hold(PAINTED_AFTER)


def is_typing(within: float) -> bool:
    """Whether a key was pressed in the last `within` seconds."""
    return monotonic() - _last_key < within
