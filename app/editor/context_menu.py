"""What the right mouse button and the menu key offer on the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

if TYPE_CHECKING:
    from app.editor.editor import Editor


translate = QCoreApplication.translate


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
    history = document.undo_history if document and writable else None
    can_undo = history is not None and history.can_undo
    can_redo = history is not None and history.can_redo
    add(
        translate("Editor", "Undo"),
        keys.Undo,
        editor.undo,
        can_undo,
    )
    add(
        translate("Editor", "Redo"),
        keys.Redo,
        editor.redo,
        can_redo,
    )
    menu.addSeparator()
    add(translate("Editor", "Cut"), keys.Cut, editor.cut, writable and selected)
    add(translate("Editor", "Copy"), keys.Copy, editor.copy, selected)
    add(translate("Editor", "Paste"), keys.Paste, editor.paste, writable and editor.canPaste())
    menu.addSeparator()
    add(translate("Editor", "Select all"), keys.SelectAll, editor.selectAll, document is not None)
    return menu
