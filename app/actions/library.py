"""The Library menu, which is the list's context menu as well."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu

from app.actions.base import Menu, SubMenu
from app.dialogs.confirm import confirm
from app.library.dialogs import FolderDialog, TagsDialog
from app.library.nodes import Key, Kind, Section
from sync.document.library import Action
from sync.types import DocumentId

if TYPE_CHECKING:
    from app.main_window import MainWindow

_COLORS = ("#b3362c", "#b35f10", "#8a7a10", "#3c7a4a", "#1f7a85", "#2f5d8a", "#6a4fa3", "#a3446f")
"""Of tags: legible on all pages, dark and light."""


class LibraryActions(Menu):
    """What can be done with the rows that are selected in the list."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.shelf = window.program.shelf
        self.sidebar = window.sidebar
        self.new_folder = self.add(self.tr("New &folder"), "Ctrl+Alt+N", self._new_folder)
        self.favourite = self.toggle(self.tr("F&avourite"), "Ctrl+Alt+B", self._toggle_favourite)
        self.tags = self.add(self.tr("&Tags…"), "Ctrl+Alt+T", self._choose_tags)
        self.move = self.add(self.tr("&Move to folder…"), "Ctrl+Alt+M", self._move)
        self.to_trash = self.add(self.tr("Move to t&rash"), None, self._trash)
        self.restore = self.add(self.tr("Re&store from trash"), None, self._restore)
        self.empty = self.add(self.tr("&Empty trash…"), None, self._empty)
        self.unfold = self.add(self.tr("&Dissolve folder"), None, self._dissolve)
        self.delete_tag = self.add(self.tr("Delete ta&g"), None, self._delete_tag)
        names = (
            *(self.tr("&Red"), self.tr("&Orange"), self.tr("&Yellow"), self.tr("&Green")),
            *(self.tr("&Teal"), self.tr("&Blue"), self.tr("&Violet"), self.tr("&Pink")),
        )
        self.colors = [
            self.add(name, None, partial(self._color, color))
            for name, color in zip(names, _COLORS, strict=True)
        ]
        self.colors.append(self.add(self.tr("&None"), None, partial(self._color, None)))
        self.orders = {
            order: self.toggle(title, None, partial(self.sidebar.set_order, order))
            for order, title in (
                ("newest", self.tr("&Newest first")),
                ("title", self.tr("By &title")),
                ("hand", self.tr("By &hand")),
            )
        }
        self.group(self.orders.values())
        self.undo = self.add(self.tr("&Undo library step"), None, self._undo)
        self.redo = self.add(self.tr("Redo l&ibrary step"), None, self._redo)
        self.color_menu = SubMenu(self.tr("Tag &colour"), self.colors)
        self.order_menu = SubMenu(self.tr("S&ort"), self.orders.values())
        self.title = self.tr("Li&brary")
        self._on_rows = [
            *(self.favourite, self.tags, self.move, self.to_trash, self.restore, None),
            *(self.unfold, self.delete_tag, self.color_menu, None),
        ]
        self.entries = [
            *(self.new_folder, None),
            *self._on_rows,
            *(self.empty, None, self.undo, self.redo, None, self.order_menu),
        ]
        self.sidebar.selection_changed.connect(self.refresh)
        self.sidebar.trash_wanted.connect(self._trash)
        self.sidebar.menu_wanted.connect(self._offer)
        self.shelf.arranged.connect(self._arranged)

    def refresh(self) -> None:
        """Offer what the selected rows allow."""
        keys = self._keys()
        documents = [key.id for key in keys if key.kind is Kind.DOCUMENT]
        in_trash = {one.document for one in self.shelf.view.trash}.issuperset(documents)
        trashed = bool(documents) and in_trash
        only = keys[0].kind if len(keys) == 1 else None
        placed = any(key.kind in (Kind.DOCUMENT, Kind.FOLDER) for key in keys) and not trashed
        self.favourite.setEnabled(bool(documents) and not trashed)
        favourites = set(self.shelf.view.favourites)
        self.favourite.setChecked(bool(documents) and favourites.issuperset(documents))
        self.tags.setEnabled(bool(documents) and not trashed)
        self.move.setEnabled(placed)
        self.to_trash.setEnabled(placed)
        self.restore.setEnabled(trashed)
        self.empty.setEnabled(bool(self.shelf.view.trash))
        self.unfold.setEnabled(only is Kind.FOLDER)
        self.delete_tag.setEnabled(only is Kind.TAG)
        for action in self.colors:
            action.setEnabled(only is Kind.TAG)
        self.undo.setEnabled(self.shelf.undoable is not None)
        self.redo.setEnabled(self.shelf.redoable is not None)
        self.orders[self.window.settings.library_order].setChecked(True)

    def _arranged(self, _: object) -> None:
        self.refresh()

    # Which rows

    def _keys(self) -> list[Key]:
        """Return the rows that are selected; the open document, if the list is not used."""
        keys = self.sidebar.selection()
        opened = self.window.opened
        if not keys and opened is not None:
            keys = [Key(Kind.DOCUMENT, opened.document_id)]
        return keys

    def _documents(self) -> list[DocumentId]:
        return [DocumentId(key.id) for key in self._keys() if key.kind is Kind.DOCUMENT]

    def _placed(self) -> list[str]:
        return [key.id for key in self._keys() if key.kind is not Kind.TAG]

    # What is done

    def _offer(self, at: QPoint) -> None:
        self.refresh()
        menu = QMenu(self.window)
        menu.addAction(self.window.actions_.file.new)
        menu.addAction(self.new_folder)
        menu.addAction(self.window.actions_.file.rename)
        menu.addSeparator()
        for entry in self._on_rows:
            if entry is None:
                menu.addSeparator()
            elif isinstance(entry, SubMenu):
                if self.delete_tag.isEnabled():
                    colors = menu.addMenu(entry.title)
                    colors.addActions(self.colors)
            elif entry.isEnabled():
                menu.addAction(entry)
        if self.sidebar.section is Section.TRASH:
            menu.addAction(self.empty)
        menu.popup(at)
        menu.aboutToHide.connect(menu.deleteLater)

    def _new_folder(self) -> None:
        name = self.tr("New folder")
        folder = self.sidebar.folder
        made = self.shelf.do(lambda library: library.add_folder(name, folder))
        if made is not None:
            self.sidebar.filter.clear()
            self.sidebar.edit(Kind.FOLDER, made)

    def _toggle_favourite(self) -> None:
        documents = self._documents()
        if set(self.shelf.view.favourites).issuperset(documents):
            self.shelf.do(lambda library: library.unfavour(documents))
        else:
            self.shelf.do(lambda library: library.favour(documents))

    def _choose_tags(self) -> None:
        documents = self._documents()
        muted = self.window.appearance.theme.muted
        dialog = TagsDialog(self.shelf.view, documents, muted, self.window)

        def choose() -> None:
            for tag_id, given in dialog.changes():
                self._tag(documents, tag_id, given=given)
            if dialog.new_name:
                made = self.shelf.do(lambda library: library.add_tag(dialog.new_name))
                if made is not None:
                    self._tag(documents, made, given=True)

        dialog.accepted.connect(choose)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _tag(self, documents: list[DocumentId], tag_id: str, *, given: bool) -> None:
        if given:
            self.shelf.do(lambda library: library.tag(documents, tag_id))
        else:
            self.shelf.do(lambda library: library.untag(documents, tag_id))

    def _move(self) -> None:
        items = self._placed()
        folders = {key.id for key in self._keys() if key.kind is Kind.FOLDER}
        dialog = FolderDialog(self.shelf.view, folders, self.sidebar.folder, self.window)
        dialog.accepted.connect(
            lambda: self.shelf.do(lambda library: library.move(items, dialog.folder))
        )
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _trash(self) -> None:
        if not self.to_trash.isEnabled():
            return
        items = self._placed()
        before = {one.document for one in self.shelf.view.trash}
        self.shelf.do(lambda library: library.trash(items))
        for trashed in self.shelf.view.trash:
            if trashed.document not in before:  # nobody writes on in what was thrown away
                self.window.documents.live.close_everywhere(trashed.document)

    def _restore(self) -> None:
        documents = self._documents()
        self.shelf.do(lambda library: library.restore(documents))

    def _empty(self) -> None:
        text = self.tr(
            "What is in the trash leaves your library, on all your devices. This cannot be undone. "
            "Other people keep what is shared with them, and what was written stays stored on this "
            "device and on the relay."
        )
        if confirm(self.window, self.tr("Empty the trash?"), text, self.tr("Empty trash")):
            self.shelf.do(lambda library: library.empty_trash())

    def _dissolve(self) -> None:
        [key] = self._keys()
        self.shelf.do(lambda library: library.delete_folder(key.id))

    def _delete_tag(self) -> None:
        [key] = self._keys()
        self.shelf.do(lambda library: library.delete_tag(key.id))

    def _color(self, color: str | None) -> None:
        [key] = self._keys()
        self.shelf.do(lambda library: library.color_tag(key.id, color))

    def _undo(self) -> Action | None:
        done: Action | None = self.shelf.do(lambda library: library.undo())
        return done

    def _redo(self) -> Action | None:
        done: Action | None = self.shelf.do(lambda library: library.redo())
        return done
