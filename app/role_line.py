"""The line above the page that says why nothing can be typed, for as long as that is so."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from app.announce import announce
from app.resources import icon
from app.theme import Theme
from sync.types import Role

translate = QCoreApplication.translate

_SAID_FOR = 6_000
"""Milliseconds for which it says that writing has become possible."""

_ICON = 15
"""Pixels."""


def reading_reason(role: Role | None) -> str | None:
    """Return why a person of this role may not type; None if they may.

    None stands for a document that no relay has given a role in: it is their own.
    """
    match role:
        case Role.VIEWER:
            return translate("RoleLine", "You may read this document, not change it.")
        case Role.COMMENTER:
            return translate(
                "RoleLine",
                "You may read this document and comment on it, not change it. "
                "Comments cannot be written here yet.",
            )
    return None


class RoleLine(QWidget):
    """Hidden for who may write."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._reason: str | None = None
        self.mark = QLabel()
        self.label = QLabel()
        self.label.setWordWrap(True)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 7, 12, 7)
        row.setSpacing(9)
        row.addWidget(self.mark)
        row.addWidget(self.label, 1)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SAID_FOR)
        self._timer.timeout.connect(self.hide)
        self.set_theme(theme)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Draw the mark in other colours from now on."""
        self.mark.setPixmap(icon("read-only", theme.palette().windowText().color()).pixmap(_ICON))

    def show_reason(self, reason: str | None, *, same_document: bool) -> None:
        """Say why nothing can be typed; None: something can, which is said if it is news."""
        before, self._reason = self._reason, reason
        if reason == before and same_document:
            return
        self._timer.stop()
        self.mark.setVisible(reason is not None)
        if reason is not None:
            self._say(reason)
        elif before is not None and same_document:
            self._say(self.tr("You may change this document now."))
            self._timer.start()
        else:
            self.hide()

    def _say(self, sentence: str) -> None:
        self.label.setText(sentence)
        self.show()
        announce(self.label, sentence)
