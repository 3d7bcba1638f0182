"""The Edit menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence

from app.actions.base import Menu
from app.actions.find import FindActions

if TYPE_CHECKING:
    from app.main_window import MainWindow


class EditActions(Menu):
    """Undo and the clipboard."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        editor = window.editor
        keys = QKeySequence.StandardKey
        self.undo = self.add(self.tr("&Undo"), keys.Undo, editor.undo)
        self.redo = self.add(self.tr("&Redo"), keys.Redo, editor.redo)
        self.cut = self.add(self.tr("Cu&t"), keys.Cut, editor.cut)
        self.copy = self.add(self.tr("&Copy"), keys.Copy, editor.copy)
        self.paste = self.add(self.tr("&Paste"), keys.Paste, editor.paste)
        self.paste_plain = self.add(
            self.tr("Paste as plain &text"), "Ctrl+Shift+V", editor.paste_plain
        )
        self.select_all = self.add(self.tr("Select &all"), keys.SelectAll, editor.selectAll)
        self.finding = FindActions(self, window)
        self.title = self.tr("&Edit")
        self.entries = [
            *(self.undo, self.redo, None),
            *(self.cut, self.copy, self.paste, self.paste_plain, None),
            *(self.select_all, None, *self.finding.entries),
        ]

    def refresh(self) -> None:
        """Follow the selection, the role and the history."""
        editor = self.window.editor
        has_document = editor.binding is not None
        self.finding.refresh()
        writable = has_document and not editor.isReadOnly()
        selected = editor.textCursor().hasSelection()
        self.select_all.setEnabled(has_document)
        self.paste.setEnabled(writable)
        self.paste_plain.setEnabled(writable)
        self.copy.setEnabled(selected)
        self.cut.setEnabled(selected and writable)
        history = editor.binding.document.undo_history if editor.binding else None
        self.undo.setEnabled(writable and history is not None and history.can_undo)
        self.redo.setEnabled(writable and history is not None and history.can_redo)
