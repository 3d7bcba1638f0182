"""The reports of what went wrong in Inkstand, to be read, copied and deleted."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QDateTime, QLocale, Qt, QTimeZone
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.problems.reports import Reports

_PATH = Qt.ItemDataRole.UserRole


class ProblemReportsDialog(QDialog):
    """A list at the left, what the chosen report says at the right."""

    def __init__(self, reports: Reports, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Problem reports"))
        self.resize(720, 440)
        self._reports = reports
        intro = QLabel(
            self.tr(
                "When something goes wrong in Inkstand itself, it notes where in the program that "
                "was. Nothing of what you write is in these reports, and they are not sent "
                "anywhere: copy one to pass it on."
            )
        )
        intro.setWordWrap(True)
        intro.setObjectName("quiet")
        self.list = QListWidget()
        self.list.setObjectName("shortcuts")
        self.list.setAccessibleName(self.tr("Reports, the newest first"))
        self.list.setFixedWidth(190)
        self.list.currentItemChanged.connect(self._show)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(self.tr("What the report says"))
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.nothing = QLabel(self.tr("Nothing has gone wrong so far."))
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.setObjectName("quiet")
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.list)
        row.addWidget(self.text, 1)
        row.addWidget(self.nothing, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        role = QDialogButtonBox.ButtonRole.ActionRole
        self.copy: QPushButton = buttons.addButton(self.tr("Copy report"), role)
        self.copy.clicked.connect(self._copy)
        self.delete: QPushButton = buttons.addButton(self.tr("Delete all"), role)
        self.delete.clicked.connect(self._delete)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 20, 22, 18)
        column.setSpacing(14)
        column.addWidget(intro)
        column.addLayout(row, 1)
        column.addWidget(buttons)
        self._fill()

    def _fill(self) -> None:
        self.list.clear()
        for path in self._reports.paths():
            item = QListWidgetItem(_when(path))
            item.setData(_PATH, str(path))
            self.list.addItem(item)
        some = self.list.count() > 0
        for widget in (self.list, self.text):
            widget.setVisible(some)
        self.nothing.setVisible(not some)
        self.copy.setEnabled(some)
        self.delete.setEnabled(some)
        self.list.setCurrentRow(0 if some else -1)

    def _show(self, item: QListWidgetItem | None) -> None:
        self.text.setPlainText("" if item is None else self._reports.read(Path(item.data(_PATH))))
        self.copy.setText(self.tr("Copy report"))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self.copy.setText(self.tr("Copied"))

    def _delete(self) -> None:
        self._reports.forget()
        self._fill()


def _when(path: Path) -> str:
    """Return when a report was made, as the person's language writes it."""
    stamp = path.stem.removeprefix("report-")[:18]
    when = QDateTime.fromString(stamp, "yyyy-MM-dd'T'HHmmss'Z'")
    when.setTimeZone(QTimeZone.utc())
    if not when.isValid():
        return path.stem
    return QLocale().toString(when.toLocalTime(), QLocale.FormatType.ShortFormat)
