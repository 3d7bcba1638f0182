"""The File menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence

from app.actions.base import Menu
from app.dialogs.confirm import confirm
from app.dialogs.files import ask_export, ask_import
from sync.status import Level, Status

if TYPE_CHECKING:
    from app.main_window import MainWindow


class FileActions(Menu):
    """Documents and files."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        keys = QKeySequence.StandardKey
        self.new = self.add(self.tr("&New document"), keys.New, window.new_document)
        self.rename = self.add(self.tr("&Rename"), "F2", window.sidebar.rename_current)
        self.duplicate = self.add(
            self.tr("&Duplicate"),
            None,
            lambda: window.show_new(window.documents.duplicate()),
        )
        self.discard = self.add(self.tr("Discard re&fused changes…"), None, self._discard)
        self.share = self.add(self.tr("&Share…"), "Ctrl+Shift+S", window.invitations.share)
        self.import_file = self.add(self.tr("&Import…"), keys.Open, self._import)
        self.export_file = self.add(self.tr("&Export…"), "Ctrl+Shift+E", self._export)
        self.quit = self.add(self.tr("&Quit"), "Ctrl+Q", window.close)
        self.title = self.tr("&File")
        self.entries = [
            *(self.new, self.duplicate, self.rename, self.discard, None),
            *(self.share, None, self.import_file, self.export_file, None, self.quit),
        ]

    def refresh(self) -> None:
        """What needs a document needs one open."""
        has_document = self.window.documents.opened is not None
        self.export_file.setEnabled(has_document)
        self.share.setEnabled(has_document)
        self.rename.setEnabled(has_document)
        self.duplicate.setEnabled(has_document)
        self.follow_status(self.window.documents.status())

    def follow_status(self, status: Status | None) -> None:
        """Offer to give up what was refused. Cheap where nothing was: keystrokes lead here."""
        bad = status is not None and status.level is Level.BAD
        self.discard.setEnabled(bad and self.window.documents.may_discard)

    def _discard(self) -> None:
        text = self.tr(
            "Your changes that the relay refused are deleted from this device, and the text that "
            "the others have takes their place. This cannot be undone. To keep your changes, "
            "choose Duplicate or Export first."
        )
        if confirm(self.window, self.tr("Discard refused changes?"), text, self.tr("Discard")):
            self.window.documents.discard_changes()

    def _import(self) -> None:
        path = ask_import(self.window)
        if path is not None:
            self.window.show_new(self.window.documents.import_file(path))

    def _export(self) -> None:
        path = ask_export(self.window, self.window.documents.title)
        if path is not None:
            self.window.documents.export_file(path)
