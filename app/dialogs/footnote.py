"""The words of a footnote."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence, QShortcut, QTextCursor
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from sync.document import schema


class FootnoteDialog(QDialog):
    """Asks for them; for a footnote that is there, no words take it away. Ctrl+Enter accepts."""

    def __init__(self, before: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.before = before
        """What the footnote said; empty for a new one."""
        self.setWindowTitle(self.tr("Footnote"))
        self.setMinimumWidth(440)
        self.field = QPlainTextEdit(before)
        self.field.setAccessibleName(self.tr("Words of the footnote"))
        self.field.setTabChangesFocus(True)
        self.field.setFixedHeight(120)
        self.field.moveCursor(QTextCursor.MoveOperation.End)
        self.field.textChanged.connect(self._check)
        hint = QLabel(self.tr("Its number follows from where it stands."))
        hint.setObjectName("quiet")
        kinds = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(kinds.Ok | kinds.Cancel)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        for key in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(key), self).activated.connect(self._accept_if_possible)
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 20, 22, 18)
        column.setSpacing(12)
        column.addWidget(self.field)
        column.addWidget(hint)
        column.addWidget(self.buttons)
        self._check()

    @property
    def text(self) -> str:
        """What it shall say."""
        return self.field.toPlainText().strip()

    def _check(self) -> None:
        possible = bool(self.text or self.before) and len(self.text) <= schema.MAX_FOOTNOTE
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(possible)

    def _accept_if_possible(self) -> None:
        if self.buttons.button(QDialogButtonBox.StandardButton.Ok).isEnabled():
            self.accept()
