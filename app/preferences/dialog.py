"""The settings: pages at the left by name, each with what it lets choose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QListWidget,
    QScrollArea,
    QVBoxLayout,
)

from app.preferences.account import AccountPage
from app.preferences.appearance import AppearancePage
from app.preferences.editor import EditorPage
from app.preferences.language import LanguagePage
from app.preferences.page import Page
from app.preferences.shortcuts import ShortcutsPage
from app.preferences.spelling import SpellingPage
from app.preferences.storage import StoragePage
from app.preferences.updates import UpdatesPage

if TYPE_CHECKING:
    from app.main_window import MainWindow


class SettingsDialog(QDialog):
    """Everything acts at once, in all windows, so there is only a way out."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.setWindowTitle(self.tr("Settings"))
        self.resize(780, 620)
        self.names = QListWidget()
        self.names.setObjectName("pages")
        self.names.setAccessibleName(self.tr("Pages of the settings"))
        self.names.setFixedWidth(170)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QScrollArea.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._makers: tuple[tuple[str, type[Page]], ...] = (
            (self.tr("Appearance"), AppearancePage),
            (self.tr("Editor"), EditorPage),
            (self.tr("Spelling"), SpellingPage),
            (self.tr("Shortcuts"), ShortcutsPage),
            (self.tr("Account"), AccountPage),
            (self.tr("Storage"), StoragePage),
            (self.tr("Language"), LanguagePage),
        )
        if window.program.updates.source is not None:
            self._makers += ((self.tr("Updates"), UpdatesPage),)
        self._window = window
        self.page: Page | None = None
        """The one that is shown; each is made when somebody comes to it."""
        self.names.ensurePolished()  # rows are measured as they are added
        for name, _ in self._makers:
            self.names.addItem(name)
        self.names.currentRowChanged.connect(self._show)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        row = QHBoxLayout()
        row.setSpacing(22)
        row.addWidget(self.names)
        row.addWidget(self._area, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 18, 20, 18)
        column.setSpacing(14)
        column.addLayout(row)
        column.addWidget(buttons)
        self.names.setCurrentRow(0)
        self.names.setFocus()

    def go_to(self, kind: type[Page]) -> None:
        """Show the page of a kind."""
        kinds = [made for _, made in self._makers]
        self.names.setCurrentRow(kinds.index(kind))

    def _show(self, row: int) -> None:
        _, make = self._makers[row]
        self._leave()
        self.page = make(self._window)
        self.page.setAccessibleName(self.names.item(row).text())
        self._area.setWidget(self.page)

    def _leave(self) -> None:
        if self.page is not None:
            self.page.leave()
            self._area.takeWidget().deleteLater()
            self.page = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter ends what is typed into a field, not the settings."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)

    def done(self, result: int) -> None:
        """End what the page has under way."""
        self._leave()
        super().done(result)

    def closeEvent(self, event: QCloseEvent) -> None:
        """The same when the window closes."""
        self._leave()
        super().closeEvent(event)
