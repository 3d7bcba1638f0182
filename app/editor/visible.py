"""What of a page is in view."""

from __future__ import annotations

from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QTextEdit


def visible_range(edit: QTextEdit) -> tuple[int, int]:
    """Return where the first line in view begins and the last one ends, in UTF-16 units."""
    corners = edit.viewport().rect()
    first = edit.cursorForPosition(corners.topLeft())
    first.movePosition(QTextCursor.MoveOperation.StartOfLine)
    last = edit.cursorForPosition(corners.bottomLeft())
    last.movePosition(QTextCursor.MoveOperation.EndOfLine)
    return first.position(), last.position()


def bring_into_view(edit: QTextEdit, cursor: QTextCursor) -> None:
    """Select what a cursor selects, in the middle of the window if it was not in view."""
    scroll_to(edit, cursor.selectionStart())
    edit.setTextCursor(cursor)


def scroll_to(edit: QTextEdit, position: int) -> None:
    """Bring a place (UTF-16 units) into the middle of the window if it is not in view."""
    cursor = QTextCursor(edit.document())
    cursor.setPosition(min(position, edit.document().characterCount() - 1))
    rect = edit.cursorRect(cursor)
    view = edit.viewport().rect()
    if rect.top() < view.top() or rect.bottom() > view.bottom():
        bar = edit.verticalScrollBar()
        bar.setValue(bar.value() + rect.center().y() - view.height() // 2)
