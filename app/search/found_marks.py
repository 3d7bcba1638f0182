"""Shows on the page what a search of the library has found in the document that is opened."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QKeyEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QTextEdit

from app.editor.binding import Binding
from app.editor.editor import Editor
from app.editor.visible import bring_into_view
from app.find.finder import page_text
from app.tasks import Task, Tasks
from app.theme import Theme
from sync.store.search.query import parse
from sync.store.search.results import Range, locate

LAYER = "found in the library"
"""Name of the editor's layer of marks."""

MOST_MARKED = 200
"""Hits that are marked, around the one that is selected: Qt walks over all marks at each paint."""


class FoundMarks(QObject):
    """Selects a hit and marks those around it, until somebody types or presses Esc."""

    def __init__(self, editor: Editor) -> None:
        super().__init__(editor)
        self._editor = editor
        self._tasks = Tasks("inkstand-found", parent=self)
        self._task: Task | None = None
        self._binding: Binding | None = None
        self._color = QColor()
        editor.installEventFilter(self)

    def set_theme(self, theme: Theme) -> None:
        """Mark in the colours of another theme from now on."""
        self._color = QColor(theme.waiting)
        self._color.setAlphaF(0.3)

    def show(self, query: str, places: tuple[Range, ...]) -> None:
        """Show what a query finds on the page as it is now.

        `places` were found at an earlier time; they are for what is not on the page itself, such
        as a footnote.
        """
        self.clear()
        binding = self._editor.binding
        if binding is None:
            return
        text = page_text(binding)
        self._binding = binding

        def work(_: Task) -> tuple[tuple[Range, ...], int]:
            return locate(text, parse(query))

        def then(found: tuple[tuple[Range, ...], int]) -> None:
            if self._binding is binding is self._editor.binding:
                ranges, best = found
                self._show(ranges or places, best)

        self._task = self._tasks.run(work, then)

    def clear(self) -> None:
        """Take all marks away."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._editor.set_layer(LAYER, [])

    def close_for_good(self) -> None:
        """End the thread."""
        self._tasks.close()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Whoever writes on has seen them, and so has who presses Esc."""
        if event.type() == QEvent.Type.KeyPress:
            assert isinstance(event, QKeyEvent)
            if event.text() or event.key() == Qt.Key.Key_Escape:
                self.clear()
        return super().eventFilter(watched, event)

    def _show(self, ranges: tuple[Range, ...], best: int) -> None:
        if not ranges:
            return
        first = max(0, best - MOST_MARKED // 2)
        shown = ranges[first : first + MOST_MARKED]
        self._editor.set_layer(LAYER, [self._mark(each) for each in shown])
        bring_into_view(self._editor, self._cursor(ranges[best]))

    def _cursor(self, found: Range) -> QTextCursor:
        last = self._editor.document().characterCount() - 1
        cursor = QTextCursor(self._editor.document())
        cursor.setPosition(min(found.start, last))
        cursor.setPosition(min(found.start + found.length, last), QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def _mark(self, found: Range) -> QTextEdit.ExtraSelection:
        mark = QTextEdit.ExtraSelection()
        char_format = QTextCharFormat()
        char_format.setBackground(self._color)
        # Both fields are missing in the stubs.
        mark.cursor = self._cursor(found)
        mark.format = char_format
        return mark
