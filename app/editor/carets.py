"""What was selected before and after each step, so that undo and redo put it back.

A place is kept as it was, with the number of changes until then. When it is
asked for, it is moved through all changes since: cheap to keep, exact among
others' edits. What a step deletes and its undo brings back is remembered by
the place, so a caret comes back into the middle of a word that was away.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeAlias

from sync.document.delta import Delete, Delta, Operation, Retain
from sync.document.document import Document
from sync.types import Origin

Selected: TypeAlias = tuple[int, int]
"""Anchor and position of a caret, in UTF-16 units."""

MAX_CHANGES = 10_000
"""Changes that are remembered; a place from before them is not known any more."""

_Operation: TypeAlias = tuple[str, int]
"""Kind of an operation and its length in UTF-16 units."""


@dataclass(slots=True)
class _Step:
    """One undo step: what was selected around it, and how many changes had been then."""

    number: int
    before: Selected
    before_change: int
    after: Selected
    after_change: int


@dataclass(frozen=True, slots=True)
class _Change:
    """A change of own step `step` (0: nobody's), or `again`: its undo or redo."""

    operations: list[_Operation]
    step: int
    again: bool = False


@dataclass(slots=True)
class _Place:
    """A position on its way through changes (UTF-16 units)."""

    at: int
    inside: dict[int, int] = field(default_factory=dict)
    """Step to UTF-16 units before this place that it deleted."""

    def move(self, change: _Change) -> None:
        """Go through a change."""
        index = 0  # in the new text
        returning = self.inside.pop(change.step, 0) if change.again else 0
        gone = 0 if change.again else self.inside.pop(change.step, 0)
        for kind, length in change.operations:
            if index > self.at:
                break
            match kind:
                case "retain":
                    index += length
                case "delete":
                    taken = min(length, self.at - index)
                    self.at -= taken
                    if taken and index == self.at:  # it reached this place
                        gone += taken
                case _:
                    if index < self.at:
                        self.at += length
                    else:
                        returned = min(returning, length)
                        self.at += returned
                        returning -= returned
                    index += length
        if change.step and gone:
            self.inside[change.step] = gone


class CaretHistory:
    """Follows the steps of one document's undo history."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._history = document.undo_history
        self._changes: deque[_Change] = deque(maxlen=MAX_CHANGES)
        self._count = 0
        """Changes so far; `_changes` holds the last of them."""
        # As deep as the stacks of the undo history; None where nothing is known of a step.
        self._undoable: list[_Step | None] = []
        self._undone: list[_Step | None] = []
        self._stop_listening = document.on_change(self._note_others)

    def close(self) -> None:
        """Follow the document no more."""
        self._stop_listening()

    def note_own(self, delta: Delta, before: Selected, after: Selected) -> None:
        """Remember a change of the step that is under way, with what was selected around it."""
        number = self._history.steps
        last = self._undoable[-1] if self._undoable else None
        if last is None or last.number != number:
            last = _Step(number, before, self._count, after, 0)
            self._undoable.append(last)
            self._undone.clear()
        last.after, last.after_change = after, self._count + 1
        self._remember(delta, number)

    def _note_others(self, delta: Delta, origin: Origin) -> None:
        if origin in (Origin.REMOTE, Origin.LOAD):
            self._remember(delta, 0)

    def undo(self) -> Selected | None:
        """Take back the last step; return what was selected before it, None if that is unknown.

        What was on screen must have followed when the document's listeners return.
        """
        before = self._history.undo_depth
        _fit(self._undoable, before)
        _fit(self._undone, self._history.redo_depth)
        heard = self._listen(self._document.undo)
        after = self._history.undo_depth
        step = self._undoable[after] if after < before else None
        del self._undoable[after:]
        if not heard:
            return None
        self._undone.append(step)
        for delta in heard:
            self._remember(delta, step.number if step else 0, again=True)
        return self._now(step.before, step.before_change) if step else None

    def redo(self) -> Selected | None:
        """Bring the last undone step again; return what was selected after it."""
        before = self._history.redo_depth
        _fit(self._undone, before)
        _fit(self._undoable, self._history.undo_depth)
        heard = self._listen(self._document.redo)
        after = self._history.redo_depth
        step = self._undone[after] if after < before else None
        del self._undone[after:]
        if not heard:
            return None
        self._undoable.append(step)
        for delta in heard:
            self._remember(delta, step.number if step else 0, again=True)
        return self._now(step.after, step.after_change) if step else None

    def _listen(self, run: Callable[[], bool]) -> list[Delta]:
        """Return the changes of content that `run` makes."""
        heard: list[Delta] = []
        stop = self._document.on_change(lambda delta, _: heard.append(delta))
        try:
            run()
        finally:
            stop()
        return heard

    def _remember(self, delta: Delta, step: int, *, again: bool = False) -> None:
        operations = [_operation(operation) for operation in delta]
        self._changes.append(_Change(operations, step, again))
        self._count += 1

    def _now(self, selected: Selected, change: int) -> Selected | None:
        """Return where a selection is now that was noted after `change` changes."""
        forgotten = self._count - len(self._changes)
        if change < forgotten:
            return None
        places = [_Place(at) for at in selected]
        for later in islice(self._changes, change - forgotten, None):
            for place in places:
                place.move(later)
        return places[0].at, places[1].at


def _operation(operation: Operation) -> _Operation:
    match operation:
        case Retain(length):
            return "retain", length
        case Delete(length):
            return "delete", length
    return "insert", operation.length


def _fit(steps: list[_Step | None], depth: int) -> None:
    """Make a stack as deep as the undo history's: a step without effect is not in that."""
    if len(steps) != depth:
        steps[:] = [None] * depth
