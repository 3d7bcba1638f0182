"""What the right mouse button and the menu key offer on the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

if TYPE_CHECKING:
    from app.editor.editor import Editor


def context_menu(editor: Editor) -> QMenu:
    """Return the menu of what can be done here; it deletes itself when it is closed."""
    menu = QMenu(editor)
    menu.aboutToHide.connect(menu.deleteLater)
    document = editor.binding.document if editor.binding else None
    writable = document is not None and not editor.isReadOnly()
    selected = editor.textCursor().hasSelection()

    def add(text: str, key: QKeySequence.StandardKey, run: Callable[[], object], on: bool) -> None:
        action = QAction(text, menu)
        action.setShortcut(QKeySequence(key))
        action.triggered.connect(lambda: run())
        action.setEnabled(on)
        menu.addAction(action)

    keys = QKeySequence.StandardKey
    history = document.undo_history if document else None
    add(_tr("Undo"), keys.Undo, editor.undo, writable and bool(history and history.can_undo))
    add(_tr("Redo"), keys.Redo, editor.redo, writable and bool(history and history.can_redo))
    menu.addSeparator()
    add(_tr("Cut"), keys.Cut, editor.cut, writable and selected)
    add(_tr("Copy"), keys.Copy, editor.copy, selected)
    add(_tr("Paste"), keys.Paste, editor.paste, writable and editor.canPaste())
    menu.addSeparator()
    add(_tr("Select all"), keys.SelectAll, editor.selectAll, document is not None)
    return menu


def _tr(text: str) -> str:
    return QCoreApplication.translate("Editor", text)
