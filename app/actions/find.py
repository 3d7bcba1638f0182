"""Entries of the Edit menu that find and replace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence

if TYPE_CHECKING:
    from app.actions.base import Menu
    from app.main_window import MainWindow


class FindActions(QObject):
    """Find, find again, replace; made by and shown in the Edit menu."""

    def __init__(self, menu: Menu, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        bar = window.find_bar
        self.find = menu.add(self.tr("&Find…"), QKeySequence.StandardKey.Find, bar.open)
        self.next = menu.add(self.tr("Find &next"), None, lambda: bar.find_again(1))
        self.next.setShortcuts([QKeySequence("F3"), QKeySequence("Ctrl+G")])
        self.previous = menu.add(self.tr("Find pre&vious"), None, lambda: bar.find_again(-1))
        self.previous.setShortcuts([QKeySequence("Shift+F3"), QKeySequence("Ctrl+Shift+G")])
        self.replace = menu.add(self.tr("R&eplace…"), "Ctrl+H", lambda: bar.open(replacing=True))
        self.search = menu.add(
            self.tr("Search in the li&brary…"), "Ctrl+Shift+F", window.finding.search.open
        )
        self.entries = [self.find, self.next, self.previous, self.replace, self.search]

    def refresh(self) -> None:
        """What is not there cannot be searched, what may only be read not be replaced."""
        has_document = self._window.editor.binding is not None
        for action in (self.find, self.next, self.previous):
            action.setEnabled(has_document)
        self.replace.setEnabled(has_document and not self._window.editor.isReadOnly())
