"""Where the reader is: caret, selection and scroll position, kept while the text changes."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QTextEdit

from sync.document.delta import Delete, Delta, Insert, Retain, end_of_change


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is in a text (UTF-16 units): the caret, and what is at the window's top."""

    anchor: int = 0
    position: int = 0
    top: int = 0
    """Where the topmost line that is seen begins."""
    offset: int = 0
    """Where that line's upper edge is, in pixels below the window's."""


class ReadersPlace:
    """Notes where the reader is before a patch and brings them back after it."""

    def __init__(self, edit: QTextEdit) -> None:
        self._edit = edit
        self.selected = (0, 0)
        """Anchor and position of the caret before the patch."""
        # A line that the reader looks at, and where it was in the window, in pixels.
        self._line = QTextCursor()
        self._line_top = 0

    def note(self) -> None:
        """Remember the caret, and what the reader looks at: its line, else the topmost one."""
        edit = self._edit
        caret = edit.textCursor()
        self.selected = (caret.anchor(), caret.position())
        rect = edit.cursorRect(caret)
        line = QTextCursor(caret)
        line.clearSelection()
        if not edit.viewport().rect().intersects(rect):
            line = edit.cursorForPosition(edit.viewport().rect().topLeft())
            rect = edit.cursorRect(line)
        # What comes in at the very line goes behind it, as it does at the caret.
        line.setKeepPositionOnInsert(True)
        self._line, self._line_top = line, rect.top()

    def keep(self, delta: Delta) -> None:
        """Bring caret, selection and scroll position back after others' changes."""
        edit = self._edit
        bar = edit.verticalScrollBar()
        anchor, position = (moved(place, delta) for place in self.selected)
        cursor = edit.textCursor()
        if (cursor.anchor(), cursor.position()) != (anchor, position):
            scroll = bar.value()
            self.select(anchor, position)
            bar.setValue(scroll)
        self.bring_back()

    def bring_back(self) -> None:
        """Scroll so that what the reader looked at is where it was."""
        if self._line.isNull():
            return
        shift = self._edit.cursorRect(self._line).top() - self._line_top
        if shift:
            bar = self._edit.verticalScrollBar()
            bar.setValue(bar.value() + shift)

    def scroll_to(self, position: int, offset: int) -> None:
        """Scroll so that the line at a UTF-16 position is `offset` pixels below the upper edge."""
        line = QTextCursor(self._edit.document())
        line.setPosition(min(position, self._edit.document().characterCount() - 1))
        self._line, self._line_top = line, offset
        self.bring_back()

    def follow(self, delta: Delta) -> None:
        """Put the caret behind what this person changed; a format keeps the selection."""
        anchor, position = self.selected
        cursor = self._edit.textCursor()
        if all(isinstance(step, Retain) for step in delta):
            if (cursor.anchor(), cursor.position()) == (anchor, position):
                return
        else:
            end = end_of_change(delta)
            anchor = position = position if end is None else end
        self.select(anchor, position)

    def select(self, anchor: int, position: int) -> None:
        """Select between two UTF-16 positions, the caret at the second."""
        limit = self._edit.document().characterCount() - 1
        cursor = self._edit.textCursor()
        cursor.setPosition(min(anchor, limit))
        cursor.setPosition(min(position, limit), QTextCursor.MoveMode.KeepAnchor)
        self._edit.setTextCursor(cursor)


def moved(place: int, delta: Delta) -> int:
    """Return where a UTF-16 position is after a delta; what comes in at it goes behind it."""
    at = 0  # in the new text
    for step in delta:
        if at > place:
            break
        match step:
            case Retain(length):
                at += length
            case Delete(length):
                place = max(at, place - length)
            case Insert() if at < place:
                at += step.length
                place += step.length
            case Insert():
                at += step.length
    return place
