"""The line at the bottom of the window: where the text is, and how the connection stands."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QDateTime, QLocale, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStatusBar, QWidget

from app.announce import StatusAnnouncer, announce
from app.library.marks import mark
from app.theme import Theme
from sync.client.events import Connecting, ConnectionState, Offline, Online
from sync.status import Level, Status, connection_status, progress_text

FEW = 5
"""Documents that are brought in step too quickly to speak of progress."""


class StatusLine(QStatusBar):
    """Shows statuses as they are given; counts down to the next attempt by itself."""

    retry_wanted = Signal()

    details_wanted = Signal()
    """The person wants to know more."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._connection: ConnectionState = Offline()
        self._progress: tuple[int, int] | None = None
        self._reason = ""
        self._overall = ""
        self._level: Level | None = None
        """Of the mark that is shown."""
        self._loud = False
        """Whether what is said about saving needs the person."""
        self.setSizeGripEnabled(False)
        self._mark = QLabel()
        self.saved = QLabel()
        self.connection = QLabel()
        self.connection.setObjectName("quiet")
        self.retry = QPushButton(self.tr("Retry now"))
        self.retry.setObjectName("link")
        self.retry.setAccessibleName(self.tr("Try to connect now"))
        self.retry.clicked.connect(self.retry_wanted)
        self.role = QLabel(self.tr("Read only"))
        self.role.setObjectName("quiet")
        self.role.hide()
        self.busy = QLabel()
        self.busy.setObjectName("quiet")
        self.busy.hide()
        self.details = QPushButton(self.tr("Details"))
        self.details.setObjectName("aside")
        self.details.setAccessibleName(self.tr("Details of saving and connection"))
        self.details.clicked.connect(self.details_wanted)
        left = _Clickable(self.details.click)
        row = QHBoxLayout(left)
        row.setContentsMargins(12, 1, 0, 1)
        row.setSpacing(6)
        for widget in (self._mark, self.saved):
            row.addWidget(widget)
        row.addSpacing(14)
        row.addWidget(self.role)
        row.addSpacing(8)
        row.addWidget(self.connection)
        row.addWidget(self.retry)
        row.addWidget(self.details)
        row.addWidget(self.busy)
        self.addWidget(left)
        self._timer = QTimer(self)
        self._timer.setInterval(500)
        self._timer.timeout.connect(self._count_down)
        self._announcer = StatusAnnouncer(self)
        self.messageChanged.connect(lambda text: announce(self, text))
        self.show_connection(self._connection)

    @property
    def text(self) -> str:
        """All that the line says about saving and connection, for tests and screen readers."""
        parts = [self.saved.text(), self.connection.text()]
        return " ".join(part for part in parts if part)

    def set_theme(self, theme: Theme) -> None:
        """Draw the mark in other colours from now on."""
        self._theme = theme
        self._paint_loud()
        if self._level is not None:
            self._mark.setPixmap(mark(self._level, theme).pixmap(14, 14))

    def _paint_loud(self) -> None:
        """Let what needs the person catch the eye; all else stays quiet."""
        look = f"color: {self._theme.bad}; font-weight: 600" if self._loud else ""
        if self.saved.styleSheet() != look:  # Qt polishes all labels anew
            self.saved.setStyleSheet(look)

    def show_busy(self, busy: bool) -> None:
        """Say that something large is being put in, until it is."""
        self.busy.setText(self.tr("Pasting…"))
        self.busy.setVisible(busy)

    def show_pasted(self, percent: int) -> None:
        """Say how much of it is there."""
        self.busy.setText(self.tr("Pasting… %1 %, Esc stops it").replace("%1", str(percent)))

    def show_role(self, reason: str | None) -> None:
        """Say that the open document can only be read, and why; None: it can be changed."""
        self.role.setVisible(reason is not None)
        self.role.setToolTip(reason or "")

    def show_progress(self, done: int, total: int) -> None:
        """Say how many documents are in step by now; nothing if there are few, or none to come."""
        self._progress = (done, total) if total >= FEW else None
        self._count_down()

    def show_status(self, status: Status | None) -> None:
        """Say where the open document's changes are; None: no document is open."""
        self._announcer.show_status(status)
        text = "" if status is None else status.text
        if self.saved.text() == text and status is not None:
            return
        self.saved.setText(text)
        self._loud = status is not None and status.level is Level.BAD
        self._paint_loud()
        said = self.tr("Where the text is saved: %1").replace("%1", text)
        self.saved.setAccessibleName(said if text else "")
        self._mark.setVisible(status is not None)
        self._level = None if status is None else status.level
        if status is not None:
            self._mark.setPixmap(mark(status.level, self._theme).pixmap(14, 14))
            self.saved.setToolTip(text)

    def show_overall(self, status: Status, in_step: int | None) -> None:
        """Say where the changes of all documents are, and when they were last in step (Unix ms)."""
        self._overall = status.text
        if in_step is not None:
            when = QLocale().toString(
                QDateTime.fromMSecsSinceEpoch(in_step), QLocale.FormatType.ShortFormat
            )
            self._overall += "\n" + self.tr("Last in step with the relay: %1").replace("%1", when)
        self._show_more()

    def _show_more(self) -> None:
        """Who points at the connection, reads more about it."""
        parts = [self._reason, self._overall]
        self.connection.setToolTip("\n".join(part for part in parts if part))

    def show_connection(self, state: ConnectionState) -> None:
        """Say how the connection stands."""
        self._connection = state
        self._announcer.show_connection(state)
        waits = isinstance(state, Connecting) and state.next_try_at is not None
        self.retry.setVisible(waits)
        reason = None if isinstance(state, Online) else state.reason
        self._reason = reason or ""
        self._show_more()
        if waits:
            self._timer.start()
        else:
            self._timer.stop()
        self._count_down()

    def _count_down(self) -> None:
        text = connection_status(self._connection, time.time()).text
        if self._progress is not None and isinstance(self._connection, Online):
            done, total = self._progress
            text = progress_text(done, total)
        # The dot parts it from the button beside it.
        self.connection.setText(text if self.retry.isHidden() else f"{text} ·")
        self.connection.setAccessibleName(self.tr("Connection: %1").replace("%1", text))


class _Clickable(QWidget):
    """Its empty places and labels can be clicked like the button that does the same by keys."""

    def __init__(self, run: Callable[[], None]) -> None:
        super().__init__()
        self._run = run
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Do it."""
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.pos()):
            self._run()
