"""The Help menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMessageBox

from app.actions.base import Menu, plain
from app.dialogs.problem_reports import ProblemReportsDialog
from app.dialogs.shortcuts import ShortcutsDialog
from app.problems.reports import Reports
from app.updates.dialog import UpdateDialog
from sync import __version__

if TYPE_CHECKING:
    from app.main_window import MainWindow


class HelpActions(Menu):
    """What this program is."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        # Not Ctrl+/, too: where "/" is Shift+7, that is the shortcut of numbered lists.
        self.keys = self.add(self.tr("&Keyboard shortcuts"), "F1", self._show_shortcuts)
        self.problems = self.add(self.tr("&Problem reports…"), None, self._show_problems)
        self.about = self.add(self.tr("&About Inkstand"), None, self._show_about)
        self.title = self.tr("&Help")
        self.entries: list[QAction | None] = [self.keys, self.problems]
        if window.program.updates.source is not None:
            self.updates = self.add(self.tr("Check for &updates…"), None, self.check_for_updates)
            self.entries.append(self.updates)
        self.entries += [None, self.about]

    def check_for_updates(self) -> None:
        """Look whether there is a newer version, in a dialog."""
        dialog = UpdateDialog(self.window.program.updates, self.window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _show_shortcuts(self) -> None:
        groups = [(plain(menu.title), menu.shortcuts()) for menu in self.window.actions_.menus]
        dialog = ShortcutsDialog(groups, self.window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _show_problems(self) -> None:
        dialog = ProblemReportsDialog(Reports(self.window.store.data_dir), self.window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _show_about(self) -> None:
        text = self.tr("Inkstand %1\n\nA place to write, offline and together.")
        box = QMessageBox(self.window)
        box.setWindowTitle(self.tr("About Inkstand"))
        box.setText(text.replace("%1", __version__))
        box.setIconPixmap(self.window.windowIcon().pixmap(64, 64))
        box.finished.connect(box.deleteLater)
        box.open()
