"""The Help menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMessageBox

from app.actions.base import Menu
from sync import __version__

if TYPE_CHECKING:
    from app.main_window import MainWindow


class HelpActions(Menu):
    """What this program is."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.about = self.add(self.tr("&About Inkstand"), None, self._show_about)
        self.title = self.tr("&Help")
        self.entries = [self.about]

    def _show_about(self) -> None:
        QMessageBox.about(
            self.window,
            self.tr("About Inkstand"),
            self.tr("Inkstand %1\n\nA place to write, offline and together.").replace(
                "%1", __version__
            ),
        )
