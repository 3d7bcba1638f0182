"""Says aloud, through a screen reader, what others see change at the edge of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

from sync.client.events import Connecting, ConnectionState, Online
from sync.status import Level, Status, connection_status

if TYPE_CHECKING:
    from app.actions.format import FormatActions
    from app.editor.editor import Editor

_REST = 1_500
"""Milliseconds that a status must hold: each burst of typing goes through three."""


def announce(widget: QWidget, sentence: str) -> None:
    """Let a screen reader say a sentence when it has finished what it says now."""
    if sentence and QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, sentence))


class StatusAnnouncer(QObject):
    """Announces where the text is saved and how the connection stands, when that gets another.

    Not each step: while one writes, a text is saved again and again.
    """

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        self._level: Level | None = None
        self._status: Status | None = None
        self._connection: type[ConnectionState] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REST)
        self._timer.timeout.connect(self._say_status)

    def show_status(self, status: Status | None) -> None:
        """Announce a document's status once it holds; what needs the person, at once."""
        if status is None or status.level is Level.BUSY:
            return
        self._status = status
        if self._level is None and status.level is not Level.BAD:
            self._level = status.level  # that is how it was when the window opened
        if status.level is self._level:
            self._timer.stop()
        elif status.level is Level.BAD:
            self._say_status()
        else:
            self._timer.start()

    def show_connection(self, state: ConnectionState) -> None:
        """Announce that the connection is there, or is lost, and not each attempt."""
        kind = type(state)
        first_attempt = isinstance(state, Connecting) and state.reason is None
        if kind is self._connection or first_attempt:
            return
        before, self._connection = self._connection, kind
        if before is None and not isinstance(state, Online):
            return  # that is how it was when the window opened
        reason = None if isinstance(state, Online) else state.reason
        announce(self._widget, reason or connection_status(state, 0.0).text)

    def _say_status(self) -> None:
        self._timer.stop()
        status = self._status
        if status is None or status.level is self._level:
            return
        self._level = status.level
        announce(self._widget, status.text)


class ParagraphAnnouncer(QObject):
    """Announces what kind of paragraph the caret has come into: Qt tells of letters only."""

    def __init__(self, editor: Editor, actions: FormatActions) -> None:
        super().__init__(editor)
        self._editor = editor
        self._actions = actions
        self._kind = ""

    def refresh(self) -> None:
        """Call it when the actions have followed the caret."""
        if not QAccessible.isActive():
            return
        kind = ", ".join(self._actions.paragraph_kind())
        if kind != self._kind:
            self._kind = kind
            if self._editor.hasFocus():
                announce(self._editor, kind)
