"""Typewriter scrolling: the line that is written stays in the middle of the window."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.editor.editor import Editor


class Typewriter(QObject):
    """Scrolls when something is typed, not when a click has put the caret somewhere."""

    def __init__(self, editor: Editor) -> None:
        super().__init__(editor)
        self._editor = editor
        self._on = False
        editor.textChanged.connect(self._center)

    @property
    def on(self) -> bool:
        """Whether it does so."""
        return self._on

    @on.setter
    def on(self, on: bool) -> None:
        self._on = on
        self._editor.room_below = 0.6 if on else 0.0
        self._editor.lay_out()
        self._center()

    def _center(self) -> None:
        if not self._on or not self._editor.hasFocus():
            return
        caret = self._editor.cursorRect().center().y()
        bar = self._editor.verticalScrollBar()
        bar.setValue(bar.value() + caret - self._editor.viewport().height() // 2)
