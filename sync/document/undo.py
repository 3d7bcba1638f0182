"""Undo and redo of this person's own edits, grouped as people expect."""

from __future__ import annotations

import time
from collections.abc import Callable

from pycrdt import Text, UndoManager

from sync.types import Origin

BURST = 1.0
"""Seconds within which the next keystroke beside the last one joins its undo step."""

_CAPTURE_MILLISECONDS = 500
"""What pycrdt takes for "at the same time"; `_timestamp` stays within it, or jumps beyond."""


class UndoHistory:
    """Tracks `Origin.VIEW` and `Origin.COMMAND`; never another person's edits.

    pycrdt groups by time alone and cannot be told to stop (0.14.13 has no
    `stop_capturing`), so it is given a clock of our own that jumps where a
    step ends.
    """

    def __init__(self, text: Text, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        # In a list that the manager's clock shares: if it held this history, neither could be
        # freed, because the collector cannot see through pycrdt.
        self._milliseconds = milliseconds = [_CAPTURE_MILLISECONDS]
        self._typed_at: float | None = None
        self._typed_end = 0
        self.steps = 0
        """Steps begun so far: the number of the one that the last change belongs to."""
        self._join_next = False
        self._manager = UndoManager(
            scopes=[text],
            capture_timeout_millis=_CAPTURE_MILLISECONDS,
            timestamp=lambda: milliseconds[0],
        )
        for origin in (Origin.VIEW, Origin.COMMAND):
            self._manager.include_origin(origin)

    @property
    def can_undo(self) -> bool:
        """Whether there is an own edit to take back."""
        return self._manager.can_undo()

    @property
    def can_redo(self) -> bool:
        """Whether there is an own edit to bring back."""
        return self._manager.can_redo()

    @property
    def undo_depth(self) -> int:
        """Steps that can be taken back; the time it takes grows with them (1 ms at 3,000)."""
        return len(self._manager.undo_stack)

    @property
    def redo_depth(self) -> int:
        """Steps that can be brought back."""
        return len(self._manager.redo_stack)

    def before_change(self, origin: Origin, start: int, old_end: int, new_end: int) -> None:
        """Decide whether the coming change joins the last step.

        `start` to `old_end` is the range that it replaces, `start` to `new_end`
        what stands there afterwards (UTF-16 units).
        """
        now = self._clock()
        joins = self._join_next or (
            origin is Origin.VIEW
            and self._typed_at is not None
            and now - self._typed_at < BURST
            and start <= self._typed_end <= old_end
        )
        self._join_next = False
        if not joins:
            self.end_step()
            self.steps += 1
        self._typed_at = now if origin is Origin.VIEW else None
        self._typed_end = new_end

    def join_next(self, *, on: bool = True) -> None:
        """Make the next change a part of the last step: a long command in several goes."""
        self._join_next = on

    def end_step(self) -> None:
        """Make the next change a step of its own."""
        self._milliseconds[0] += 2 * _CAPTURE_MILLISECONDS
        self._typed_at = None

    def end_typing(self) -> None:
        """Let what is typed from now on be a step of its own."""
        self._typed_at = None

    def undo(self) -> bool:
        """Take the last step back; whether there was one."""
        self.end_step()
        return self._manager.undo()

    def redo(self) -> bool:
        """Bring the step taken back last again; whether there was one."""
        self.end_step()
        return self._manager.redo()
