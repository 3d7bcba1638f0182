"""Entries of the View menu about spelling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QTextCursor
from PySide6.QtWidgets import QMenu

from app.languages import language_name
from app.spelling.menu import extend
from app.spelling.speller import what_to_install

if TYPE_CHECKING:
    from app.actions.base import Menu
    from app.main_window import MainWindow

_SHOWN = 6_000
"""Milliseconds that a sentence stays in the status line."""


class SpellingActions(QObject):
    """Check spelling, the next misspelling; made by and shown in the View menu."""

    def __init__(self, menu: Menu, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._spelling = spelling = window.spelling
        self.check = menu.toggle(self.tr("Check &spelling"), None, self._toggle)
        self.next = menu.add(self.tr("Next &misspelling"), "F7", spelling.go_on)
        self.entries: list[QAction | None] = [self.check, self.next]
        spelling.changed.connect(self.refresh)
        spelling.found.connect(self._found)
        window.editor.menu_extensions.append(self._extend)

    def refresh(self) -> None:
        """Say what is checked, or what is missing for it."""
        spelling = self._spelling
        self.check.setChecked(spelling.on)
        self.next.setEnabled(spelling.on and self._window.editor.binding is not None)
        missing = spelling.on and bool(spelling.languages) and spelling.language is None
        title = self.tr("Check &spelling")
        if missing:
            name = language_name(spelling.wanted)
            title = self.tr("Check &spelling (no dictionary: %1)").replace("%1", name)
        self.check.setText(title)
        self.check.setToolTip(self._missing() if missing else "")
        self.check.setStatusTip(self._missing() if missing else "")

    def _missing(self) -> str:
        wanted = self._spelling.wanted
        sentence = self.tr("There is no dictionary for %1. Install %2, then start Inkstand again.")
        return sentence.replace("%1", language_name(wanted)).replace("%2", what_to_install(wanted))

    def _toggle(self) -> None:
        self._spelling.set_on(self.check.isChecked())

    def _found(self, word: QTextCursor | None) -> None:
        """Offer what can be done about a misspelled word, to the keyboard and screen readers."""
        window = self._window
        if word is None:
            window.statusBar().showMessage(self._nothing(), _SHOWN)
            return
        menu = QMenu(window.editor)
        menu.aboutToHide.connect(menu.deleteLater)
        title = menu.addAction(
            self.tr("“%1”: misspelling %2 of %3")
            .replace("%1", word.selectedText().replace("&", "&&"))
            .replace("%2", str(self._spelling.number_of(word)))
            .replace("%3", str(self._spelling.count))
        )
        title.setEnabled(False)
        menu.addSeparator()
        go_on = menu.addAction(self.tr("&Next misspelling"))
        go_on.triggered.connect(self._spelling.go_on)
        extend(self._spelling, menu, word, go_on)
        at = window.editor.cursorRect(word).bottomLeft()
        menu.popup(window.editor.viewport().mapToGlobal(at))

    def _nothing(self) -> str:
        if self._spelling.language is None:
            return self._missing()
        return self.tr("No misspelled words.")

    def _extend(self, menu: QMenu, position: int) -> None:
        word = self._spelling.at(position)
        if word is not None:
            extend(self._spelling, menu, word, menu.actions()[0])
