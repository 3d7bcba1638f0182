"""The File menu."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QKeySequence

from app.actions.base import Menu, SubMenu
from app.dialogs.confirm import confirm
from app.dialogs.files import ask_export, ask_import
from app.library.templates import Template, templates
from sync.status import Level, Status

if TYPE_CHECKING:
    from app.main_window import MainWindow


class FileActions(Menu):
    """Documents and files."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        keys = QKeySequence.StandardKey
        self.new = self.add(self.tr("&New document"), keys.New, window.new_document)
        self.templates = [
            self.add(f"&{number} {template.title}", None, partial(self._new_from, template))
            for number, template in enumerate(templates(), start=1)
        ]
        self.go_to = self.add(self.tr("&Go to document…"), "Ctrl+P", window.finding.switcher.open)
        self.rename = self.add(self.tr("&Rename"), "F2", window.sidebar.edit_current)
        self.duplicate = self.add(
            self.tr("&Duplicate"),
            None,
            self._duplicate,
        )
        self.discard = self.add(self.tr("Discard re&fused changes…"), None, self._discard)
        self.share = self.add(self.tr("&Share…"), "Ctrl+Shift+S", window.invitations.share)
        self.import_file = self.add(self.tr("&Import…"), keys.Open, self._import)
        self.export_file = self.add(self.tr("&Export…"), "Ctrl+Shift+E", self._export)
        self.quit = self.add(self.tr("&Quit"), "Ctrl+Q", window.program.quit)
        self.title = self.tr("&File")
        self.entries = [
            *(self.new, SubMenu(self.tr("New from &template"), self.templates)),
            *(self.go_to, self.duplicate, self.rename, self.discard, None),
            *(self.share, None, self.import_file, self.export_file, None, self.quit),
        ]

    @property
    def writing(self) -> list[QAction]:
        """The title is part of the document."""
        return [self.rename]

    def refresh(self) -> None:
        """What needs a document needs one open."""
        has_document = self.window.documents.opened is not None
        self.export_file.setEnabled(has_document)
        self.share.setEnabled(has_document)
        self.rename.setEnabled(self.window.documents.may_write)
        self.duplicate.setEnabled(has_document)
        self.follow_status(self.window.documents.status())

    def follow_status(self, status: Status | None) -> None:
        """Offer to give up what was refused. Cheap where nothing was: keystrokes lead here."""
        bad = status is not None and status.level is Level.BAD
        self.discard.setEnabled(bad and self.window.documents.may_discard)

    def _duplicate(self) -> None:
        opened = self.window.opened
        if opened is not None:
            self.window.program.shelf.duplicate(opened.document_id, self.window.documents.open)

    def _new_from(self, template: Template) -> None:
        contents = template.contents()
        self.window.show_new(self.window.documents.new(template.title, contents))

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
            self.window.files.bring_in(path, self.window.show_new)

    def _export(self) -> None:
        path = ask_export(self.window, self.window.documents.title)
        if path is not None:
            self.window.files.write_out(path)
