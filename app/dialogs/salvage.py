"""Tells, once, what could not be read of a damaged database."""

from __future__ import annotations

from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from sync.store.salvage.report import Salvage


class SalvageDialog(QDialog):
    """Closed when the person has read it."""

    def __init__(self, report: Salvage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Damaged Database"))
        first, *others = report.sentences
        summary = QLabel(first)
        summary.setWordWrap(True)
        self.details = QPlainTextEdit("\n".join(others))
        self.details.setReadOnly(True)
        self.details.setTabChangesFocus(True)
        self.details.setAccessibleName(self.tr("What could not be read"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(summary)
        column.addWidget(self.details)
        column.addWidget(buttons)
        self.resize(560, 320)
