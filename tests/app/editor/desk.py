"""An editor on a screen with a page in it, and hands."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QInputMethodEvent, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.editor.editor import Editor
from sync.document.delta import Insert, insert
from sync.types import Origin
from tests.app.editor.pages import Page

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


class Desk:
    """An editor with a page in it, and hands."""

    def __init__(self, qtbot: QtBot, text: str = "", beside: Page | None = None) -> None:
        self.bot = qtbot
        self.page = Page(beside=beside)
        if text:
            self.page.document.apply(insert(0, text), Origin.COMMAND)
        self.editor = Editor()
        self.editor.resize(800, 500)
        qtbot.addWidget(self.editor)
        self.editor.show_binding(self.page.binding)
        self.editor.show()
        qtbot.waitExposed(self.editor)

    def type(self, text: str) -> None:
        self.bot.keyClicks(self.editor, text)

    def key(
        self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        self.bot.keyClick(self.editor, key, modifier)

    def caret(self, position: int, anchor: int | None = None) -> None:
        cursor = self.editor.textCursor()
        cursor.setPosition(position if anchor is None else anchor)
        cursor.setPosition(position, QTextCursor.MoveMode.KeepAnchor)
        self.editor.setTextCursor(cursor)

    @property
    def contents(self) -> list[Insert]:
        QApplication.processEvents()
        self.page.check()
        return self.page.document.contents()

    @property
    def text(self) -> str:
        QApplication.processEvents()
        self.page.check()
        return self.page.document.text()

    @property
    def selected(self) -> tuple[int, int]:
        cursor = self.editor.textCursor()
        return cursor.anchor(), cursor.position()

    def put(self, *inserts: Insert) -> None:
        """Contents to begin with, no step of this person's."""
        self.page.document.apply(list(inserts), Origin.UNDO)

    def click(self, point: QPoint) -> None:
        QTest.mouseClick(self.editor.viewport(), Qt.MouseButton.LeftButton, pos=point)

    def compose(self, preedit: str, commit: str = "") -> None:
        event = QInputMethodEvent(preedit, [])
        event.setCommitString(commit)
        QApplication.sendEvent(self.editor, event)

    def remote(self, index: int, text: str) -> None:
        """Somebody else's words come in."""
        self.page.document.apply_update(self.update(index, text))

    def update(self, index: int, text: str) -> bytes:
        other = Page(state=self.page.document.encode_state())
        before = other.document.state_vector()
        other.document.apply(insert(index, text), Origin.COMMAND)
        return other.document.update_since(before)
