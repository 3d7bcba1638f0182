"""The Insert menu: what is not letters."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction

from app.actions.base import Menu, all_actions
from app.dialogs.footnote import FootnoteDialog
from app.dialogs.image import ask_images, edit_image, has_image
from app.editor import commands

if TYPE_CHECKING:
    from app.main_window import MainWindow


class InsertActions(Menu):
    """Each puts something where the caret is, as one step to undo."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.image = self.add(
            self.tr("&Image…"), "Ctrl+Shift+I", partial(ask_images, window.editor)
        )
        self.image_text = self.add(
            self.tr("Image &description…"), None, partial(edit_image, window.editor)
        )
        self.footnote = self.add(self.tr("&Footnote…"), "Ctrl+Alt+F", self._ask_footnote)
        self.divider = self.add(
            self.tr("Di&vider"), None, partial(window.editor.run, commands.insert_divider)
        )
        self.title = self.tr("&Insert")
        self.entries = [self.image, self.image_text, None, self.footnote, self.divider]
        window.editor.footnote_wanted.connect(self._edit_footnote)

    @property
    def writing(self) -> list[QAction]:
        """Everything."""
        return list(all_actions(self.entries))

    def refresh(self) -> None:
        """Follow the role; code holds nothing but letters."""
        selection = self.window.editor.selection()
        writable = selection is not None and not self.window.editor.isReadOnly()
        possible = writable and selection is not None and not selection.in_code
        self.image.setEnabled(possible)
        self.image_text.setEnabled(has_image(self.window.editor))
        self.footnote.setEnabled(possible)
        self.divider.setEnabled(possible)

    def _ask_footnote(self) -> None:
        self._open(FootnoteDialog("", self.window))

    def _edit_footnote(self, text: str) -> None:
        self._open(FootnoteDialog(text, self.window))

    def _open(self, dialog: FootnoteDialog) -> None:
        editor = self.window.editor
        command = commands.set_footnote if dialog.before else commands.insert_footnote
        dialog.accepted.connect(lambda: editor.run(partial(command, text=dialog.text)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.finished.connect(lambda: editor.setFocus())
        dialog.open()
