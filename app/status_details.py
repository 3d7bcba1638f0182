"""What a click on the status line shows: how this device stands with its relay, and what to do."""

from __future__ import annotations

import platform
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QDateTime, QLocale, QPoint, Qt, QTimer, Signal, qVersion
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from sync import __version__
from sync.client.events import Connecting, ConnectionState, Online, SignedOut
from sync.status import Status, connection_status
from sync.store.documents import Totals

_LOOK_EVERY = 1_000
"""Milliseconds between two looks at the facts while it is open."""

_WIDEST = 340
"""Pixels of what is said in a row."""


@dataclass(frozen=True, slots=True)
class Details:
    """What is known about this device and its relay."""

    connection: ConnectionState
    relay: str | None
    """Its address; None: never signed in."""
    account: str | None
    """The name that this device signs in with."""
    document: Status | None
    """Where the open document's changes are; None: none is open."""
    overall: Status
    """Where the changes of all documents are."""
    totals: Totals
    in_step: int | None
    """When everything was in step last (Unix ms); None: never."""


class StatusDetails(QFrame):
    """Closes with Escape or a click elsewhere; follows what happens while it is open."""

    retry_wanted = Signal()
    sign_in_wanted = Signal()

    def __init__(self, look: Callable[[], Details], parent: QWidget) -> None:
        """`look` tells how everything is now, and is asked each second."""
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("popup")
        self.setAccessibleName(self.tr("Details of saving and connection"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._look = look
        self._rows: dict[str, tuple[QLabel, QLabel]] = {}
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(20)
        self._grid.setVerticalSpacing(7)
        for name, title in (
            ("document", self.tr("This document")),
            ("overall", self.tr("All documents")),
            ("relay", self.tr("Relay")),
            ("account", self.tr("Signed in as")),
            ("connection", self.tr("Connection")),
            ("reason", self.tr("Why")),
            ("in_step", self.tr("Last in step")),
        ):
            self._add_row(name, title)
        self.retry = self._button(self.tr("Retry now"), self._retry)
        self.sign_in = self._button(self.tr("Sign in…"), self._sign_in)
        self.copy = self._button(self.tr("Copy diagnostics"), self._copy)
        self.copy.setToolTip(
            self.tr("Versions, states and counts for who helps: no text, no titles, no secrets")
        )
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.retry, self.sign_in, self.copy):
            buttons.addWidget(button)
        buttons.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 14)
        column.setSpacing(14)
        column.addLayout(self._grid)
        column.addLayout(buttons)
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_EVERY)
        self._timer.timeout.connect(self.refresh)
        self._timer.start()
        self.refresh()

    def show_above(self, widget: QWidget) -> None:
        """Open above a widget at the edge of the window, flush with where text begins there."""
        self.adjustSize()
        at_right = self.isRightToLeft()
        edge = widget.rect().topRight() if at_right else widget.rect().topLeft()
        shift = self.width() + 8 if at_right else -8
        self.move(widget.mapToGlobal(edge) - QPoint(shift, self.height() + 6))
        self.show()
        first = next(one for one in (self.retry, self.sign_in, self.copy) if not one.isHidden())
        first.setFocus()

    def text(self, name: str) -> str:
        """Return what a row says; empty if it is not shown."""
        _, value = self._rows[name]
        return "" if value.isHidden() else value.text()

    def refresh(self) -> None:
        """Show how everything is now."""
        details = self._look()
        connection = details.connection
        self._show("document", details.document.text if details.document else "")
        self._show("overall", details.overall.text)
        self._show("relay", details.relay or self.tr("none"))
        signed_in = details.account is not None and not isinstance(connection, SignedOut)
        self._show("account", details.account or "" if signed_in else self.tr("nobody"))
        self._show("connection", connection_status(connection, time.time()).text)
        self._show("reason", "" if isinstance(connection, Online) else connection.reason or "")
        in_step = details.in_step
        self._show("in_step", self.tr("never") if in_step is None else _when(in_step))
        self.retry.setVisible(isinstance(connection, Connecting))
        self.sign_in.setVisible(not signed_in)

    def _add_row(self, name: str, title: str) -> None:
        label, value = QLabel(title), QLabel()
        label.setObjectName("quiet")
        label.setAlignment(Qt.AlignmentFlag.AlignTop)
        value.setTextFormat(Qt.TextFormat.PlainText)
        value.setWordWrap(True)
        value.setMinimumWidth(_WIDEST)
        row = len(self._rows)
        self._grid.addWidget(label, row, 0)
        self._grid.addWidget(value, row, 1)
        self._rows[name] = (label, value)

    def _show(self, name: str, text: str) -> None:
        label, value = self._rows[name]
        value.setText(text)
        value.setAccessibleName(f"{label.text()}: {text}")
        label.setVisible(bool(text))
        value.setVisible(bool(text))

    def _button(self, title: str, run: Callable[[], object]) -> QPushButton:
        button = QPushButton(title)
        button.setAccessibleName(title)
        button.setAutoDefault(False)  # nothing here is to be louder than the rest
        button.clicked.connect(lambda: run())
        return button

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the focus, as the space bar does."""
        button = self.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(button, QPushButton):
            button.click()
        else:
            super().keyPressEvent(event)

    def _retry(self) -> None:
        self.retry_wanted.emit()
        self.refresh()

    def _sign_in(self) -> None:
        self.close()
        self.sign_in_wanted.emit()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(diagnostics(self._look()))
        self.copy.setText(self.tr("Copied"))


def diagnostics(details: Details) -> str:
    """Return facts for who helps, in English: no text or title of a document, nothing secret.

    The person is not named, and the sentences of statuses stay away: a relay's say anything.
    """
    connection = details.connection
    lines = {
        "Inkstand": __version__,
        "Python": platform.python_version(),
        "Qt": qVersion(),
        "System": f"{platform.system()} {platform.release()} {platform.machine()}",
        "Window system": QGuiApplication.platformName(),
        "Byte order": sys.byteorder,
        "Relay": details.relay or "none",
        "Account": "none" if details.account is None else "there is one",
        "Connection": type(connection).__name__,
        "Trouble": connection.trouble.value if isinstance(connection, Connecting) else "none",
        "Next try": _next_try(connection),
        "Open document": "none" if details.document is None else details.document.level.value,
        "All documents": details.overall.level.value,
        "Changes waiting": str(details.totals.waiting),
        "Documents waiting": str(details.totals.documents_waiting),
        "Documents refused": str(details.totals.documents_refused),
        "All on the relay": "yes" if details.totals.all_on_relay else "no",
        "Last in step": "never" if details.in_step is None else _utc(details.in_step),
        "Now": _utc(int(time.time() * 1000)),
    }
    return "".join(f"{name}: {value}\n" for name, value in lines.items())


def _next_try(connection: ConnectionState) -> str:
    if isinstance(connection, Connecting) and connection.next_try_at is not None:
        return f"in {max(0, round(connection.next_try_at - time.time()))} s"
    return "none"


def _when(milliseconds: int) -> str:
    when = QDateTime.fromMSecsSinceEpoch(milliseconds)
    return QLocale().toString(when, QLocale.FormatType.ShortFormat)


def _utc(milliseconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(milliseconds / 1000))
