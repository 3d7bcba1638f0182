"""Undo and redo of what this person did to the library on this device.

Not by pycrdt's UndoManager: a step says what each entry was before and after, and is taken
back only where an entry still is as the step left it. So undo never takes back what
another device has done since, and needs nothing kept of deleted entries.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sync.document.companion import Key

MAX_STEPS = 200
"""Steps that can be taken back."""


class Action(StrEnum):
    """What a step did, for the name of a menu's entry."""

    ADD_FOLDER = "add folder"
    RENAME_FOLDER = "rename folder"
    DELETE_FOLDER = "delete folder"
    MOVE = "move"
    TRASH = "trash"
    RESTORE = "restore"
    TAG = "tag"
    CHANGE_TAG = "change tag"
    DELETE_TAG = "delete tag"
    FAVOURITE = "favourite"


@dataclass(frozen=True, slots=True)
class Step:
    """One action: each entry that it changed, with its values before and after."""

    action: Action
    entries: Mapping[Key, tuple[Any, Any]]

    def reversed(self) -> Step:
        """Return the step that takes this one back."""
        return Step(self.action, {key: (b, a) for key, (a, b) in self.entries.items()})


class History:
    """Steps done and steps taken back."""

    def __init__(self) -> None:
        self._done: deque[Step] = deque(maxlen=MAX_STEPS)
        self._undone: list[Step] = []

    @property
    def undoable(self) -> Action | None:
        """What `undo` would take back."""
        return self._done[-1].action if self._done else None

    @property
    def redoable(self) -> Action | None:
        """What `redo` would do again."""
        return self._undone[-1].action if self._undone else None

    def note(self, step: Step) -> None:
        """Remember a step; what was taken back cannot be done again after it."""
        self._done.append(step)
        self._undone.clear()

    def clear(self) -> None:
        """Forget all steps."""
        self._done.clear()
        self._undone.clear()

    def undo(self, value: Callable[[Key], Any]) -> Step | None:
        """Take the last step back that still can be: return what is to be written."""
        return _turn(self._done, self._undone, value)

    def redo(self, value: Callable[[Key], Any]) -> Step | None:
        """Do the step again that was taken back last: return what is to be written."""
        return _turn(self._undone, self._done, value)


def _turn(
    source: deque[Step] | list[Step], target: deque[Step] | list[Step], value: Callable[[Key], Any]
) -> Step | None:
    while source:
        back = source.pop().reversed()
        still = {key: pair for key, pair in back.entries.items() if value(key) == pair[0]}
        if still:
            step = Step(back.action, still)
            target.append(step)
            return step
    return None
