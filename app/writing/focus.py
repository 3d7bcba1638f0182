"""Focus mode: the whole screen for the page, and only the paragraph one writes in is bright."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QTextCursor
from PySide6.QtWidgets import QMainWindow, QTextEdit, QWidget

from app.editor.editor import Editor

_LAYER = "focus"


class FocusMode(QObject):
    """Hides what is around the page and brings back just that."""

    changed = Signal()
    """Focus mode is on now, or off."""

    def __init__(
        self,
        window: QMainWindow,
        editor: Editor,
        around: Sequence[QWidget],
        ink: Callable[[], QColor],
    ) -> None:
        """`ink` gives the colour of the other paragraphs in the theme of the moment."""
        super().__init__(window)
        self._window = window
        self._editor = editor
        self._around = list(around)
        self._ink = ink
        self._hidden: list[QWidget] = []
        self._was_full = False
        self.on = False
        editor.cursorPositionChanged.connect(self._dim)
        editor.textChanged.connect(self._dim)

    def hide_too(self, widget: QWidget) -> None:
        """Hide this one as well."""
        self._around.append(widget)

    def toggle(self) -> None:
        """Turn it on or off."""
        self.on = not self.on
        if self.on:
            self._was_full = self._window.isFullScreen()
            self._hidden = [widget for widget in self._around if widget.isVisible()]
            for widget in self._hidden:
                widget.hide()
            self._window.showFullScreen()
            self._editor.setFocus()
        else:
            if not self._was_full:
                self._window.showNormal()
            for widget in self._hidden:
                widget.show()
            self._hidden = []
        self._dim()
        self.changed.emit()

    def _dim(self) -> None:
        """Dim all before and all behind the paragraph of the caret."""
        if not self.on or self._editor.binding is None:
            self._editor.set_layer(_LAYER, [])
            return
        block = self._editor.textCursor().block()
        end = self._editor.document().characterCount() - 1
        selections = []
        for start, stop in ((0, block.position()), (block.position() + block.length() - 1, end)):
            if start < stop:
                selection = QTextEdit.ExtraSelection()
                cursor = QTextCursor(self._editor.document())
                cursor.setPosition(start)
                cursor.setPosition(stop, QTextCursor.MoveMode.KeepAnchor)
                selection.cursor = cursor
                selection.format.setForeground(self._ink())
                selections.append(selection)
        self._editor.set_layer(_LAYER, selections)
