"""The library beside the page: a filter, the tree, and what is said where nothing is."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.library.following import NOWHERE
from app.library.model import LibraryModel
from app.library.nodes import Key, Kind, Node, Section
from app.library.shelf import Shelf
from app.library.tree import LibraryTree
from app.settings import MAX_OPEN_FOLDERS, Settings
from app.theme import Theme
from sync.types import DocumentId

_FILTER_AFTER = 80
"""Milliseconds from a letter in the filter until it is applied."""

_SEVERAL = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


class Sidebar(QWidget):
    """Documents and folders; going to a document opens it."""

    chosen = Signal(str)
    """Id of the document to open."""

    renamed = Signal(str, str)
    """(document id, new title)"""

    new_wanted = Signal()
    trash_wanted = Signal()
    menu_wanted = Signal(QPoint)
    """Where, on the screen."""

    page_wanted = Signal()
    """The person is done here."""

    selection_changed = Signal()

    def __init__(self, shelf: Shelf, settings: Settings, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("sidebar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._shelf = shelf
        self._settings = settings
        self._open = set(settings.library_open.split(","))
        self._shown = ""
        """Id of the document that is open."""
        self._quiet = 0
        """Above 0 it is not the person who goes to another row."""
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(self.tr("Filter by title"))
        self.filter.setAccessibleName(self.tr("Filter documents by title"))
        self.filter.setClearButtonEnabled(True)
        self.filter.installEventFilter(self)
        self.new_button = QToolButton()
        self.new_button.setToolTip(self.tr("New document (Ctrl+N)"))
        self.new_button.setAccessibleName(self.tr("New document"))
        self.new_button.clicked.connect(self.new_wanted)
        head = QHBoxLayout()
        head.setContentsMargins(12, 12, 10, 6)
        head.setSpacing(6)
        head.addWidget(self.filter)
        head.addWidget(self.new_button)
        self.tree = LibraryTree(theme)
        self.tree.setAccessibleName(self.tr("Library"))
        self.model = LibraryModel(shelf, theme, settings.library_order)
        # Before the view hears of it: it would go to another row, and open what is there.
        self.model.rowsAboutToBeRemoved.connect(self._begin_removing)
        self.model.rowsRemoved.connect(self._end_removing)
        self.tree.show_library(self.model)
        self.empty = QLabel()
        self.empty.setObjectName("quiet")
        self.empty.setWordWrap(True)
        self.empty.setContentsMargins(18, 4, 14, 8)
        self._filter_timer = QTimer(self, singleShot=True, interval=_FILTER_AFTER)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 8)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self.tree)
        layout.addWidget(self.empty)
        self._connect()
        self._unfold()
        self._say_what_is_empty()

    def _connect(self) -> None:
        self.filter.textChanged.connect(self._filter_timer.start)
        self._filter_timer.timeout.connect(self._apply_filter)
        self.model.modelReset.connect(self._unfold)
        self.model.rowsInserted.connect(self._rows_inserted)
        self.model.rowsRemoved.connect(self._say_what_is_empty)
        # Queued: a row must not change while its own editor commits.
        self.model.renamed.connect(self._rename, Qt.ConnectionType.QueuedConnection)
        self.model.dropped.connect(self._drop, Qt.ConnectionType.QueuedConnection)
        self.tree.current_moved.connect(self._go)
        self.tree.open_wanted.connect(self._open_row)
        self.tree.expanded.connect(lambda index: self._note_open(index, open_=True))
        self.tree.collapsed.connect(lambda index: self._note_open(index, open_=False))
        self.tree.undo_wanted.connect(lambda: self._shelf.do(lambda library: library.undo()))
        self.tree.redo_wanted.connect(lambda: self._shelf.do(lambda library: library.redo()))
        self.tree.trash_wanted.connect(self.trash_wanted)
        self.tree.selectionModel().selectionChanged.connect(self.selection_changed)
        self.tree.customContextMenuRequested.connect(
            lambda at: self.menu_wanted.emit(self.tree.viewport().mapToGlobal(at))
        )

    # What is chosen

    def selection(self) -> list[Key]:
        """Return the documents, folders and tags that are selected, each once."""
        nodes = (self.model.node(index) for index in self.tree.selectedIndexes())
        keys = (node.key for node in nodes if node.key.kind is not Kind.SECTION)
        return list(dict.fromkeys(keys))

    @property
    def section(self) -> Section | None:
        """The section that the person is in; None: nowhere."""
        index = self.tree.currentIndex()
        return self.model.node(index).section if index.isValid() else None

    @property
    def folder(self) -> str:
        """Id of the folder that the person is in, or at; empty: in none."""
        index = self.tree.currentIndex()
        node: Node | None = self.model.node(index) if index.isValid() else None
        while node is not None and node.key.kind is not Kind.FOLDER:
            node = node.parent
        return node.key.id if node is not None else ""

    # Showing

    def set_theme(self, theme: Theme) -> None:
        """Draw marks in other colours from now on."""
        self.model.set_theme(theme)
        self.tree.set_theme(theme)

    def set_order(self, order: str) -> None:
        """Sort in another way from now on."""
        self._settings.library_order = order
        self.model.set_order(order)

    def show_status(self, document_id: str) -> None:
        """Draw a document's mark again if it is another one."""
        self.model.show_status(document_id)

    def show_opened(self, document_id: str | None) -> None:
        """Go to the document that is open, without telling anybody."""
        self._shown = document_id or ""
        current = self.model.node(self.tree.currentIndex()).key
        if document_id is None or current == (Kind.DOCUMENT, document_id):
            return
        index = self.model.find(Kind.DOCUMENT, document_id)
        if index.isValid():
            self._quiet += 1
            self.tree.go_to(index)
            self._quiet -= 1

    def show_nothing(self) -> None:
        """Select nothing: no document is open, unless the person is at something else here."""
        if self.model.node(self.tree.currentIndex()).key.kind is Kind.DOCUMENT:
            self._quiet += 1
            self.tree.setCurrentIndex(QModelIndex())
            self.tree.clearSelection()
            self._quiet -= 1

    def edit_current(self) -> None:
        """Let the person type another name for the row, or for the document that is open."""
        index = self.tree.currentIndex()
        if not self.tree.hasFocus() or not index.flags() & Qt.ItemFlag.ItemIsEditable:
            index = self.model.find(Kind.DOCUMENT, self._shown)
        if index.flags() & Qt.ItemFlag.ItemIsEditable:
            self.show_row(index)
            self.tree.edit(index)

    def edit(self, kind: Kind, item_id: str, section: Section | None = None) -> None:
        """Let the person type a name for what was just made."""
        index = self.model.find(kind, item_id, section)
        if index.isValid():
            self.show_row(index)
            self.tree.edit(index)

    def show_row(self, index: QModelIndex) -> None:
        """Go to a row, with the focus."""
        self._quiet += 1
        self.tree.setFocus()
        self.tree.go_to(index)
        self._quiet -= 1

    # What the person does

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Down leads from the filter to what it found, Escape clears it."""
        if watched is self.filter and event.type() is QEvent.Type.KeyPress:
            assert isinstance(event, QKeyEvent)
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._apply_filter()
                self._go_to_first()
                return True
            if event.key() == Qt.Key.Key_Escape and self.filter.text():
                self.filter.clear()
                return True
        return super().eventFilter(watched, event)

    def _go_to_first(self) -> None:
        section = self.model.section(Section.FOUND)
        first = self.model.index(0, 0, section) if section.isValid() else self.model.index(0, 0)
        self.tree.setFocus()
        if first.isValid():
            self.tree.setCurrentIndex(first)

    def _go(self, index: QModelIndex) -> None:
        several = QApplication.keyboardModifiers() & _SEVERAL
        node = self.model.node(index)
        if not self._quiet and not several and node.key.kind is Kind.DOCUMENT:
            self.chosen.emit(node.key.id)

    def _open_row(self, index: QModelIndex) -> None:
        if self.model.node(index).key.kind is Kind.DOCUMENT:
            self.chosen.emit(self.model.node(index).key.id)
            self.page_wanted.emit()

    def _rename(self, kind: str, item_id: str, text: str) -> None:
        if kind == Kind.DOCUMENT:
            self.renamed.emit(item_id, text)
        elif text and kind == Kind.FOLDER:
            self._shelf.do(lambda library: library.rename_folder(item_id, text))
        elif text and kind == Kind.TAG:
            self._shelf.do(lambda library: library.rename_tag(item_id, text))

    def _drop(self, keys: list[Key], onto: Node, before: Node | None) -> None:
        """Do what dropping these rows means where they were dropped."""
        items = [key.id for key in keys]
        documents = [DocumentId(key.id) for key in keys if key.kind is Kind.DOCUMENT]
        trashed = {one.document for one in self._shelf.view.trash}
        at = None if before is None else before.key
        if onto.section is Section.TRASH:
            self._shelf.do(lambda library: library.trash(items))
            return
        if coming_back := [one for one in documents if one in trashed]:
            self._shelf.do(lambda library: library.restore(coming_back))
        if onto.key == (Kind.SECTION, Section.FAVOURITES):
            there = DocumentId(at.id) if at is not None else None
            self._shelf.do(lambda library: library.favour(documents, there))
        elif onto.key.kind is Kind.TAG:
            self._shelf.do(lambda library: library.tag(documents, onto.key.id))
        else:
            folder = onto.key.id if onto.key.kind is Kind.FOLDER else ""
            # Only where the rows stand as they were put is there a place among them.
            by_hand = self.model.order == "hand" and at is not None and at.id not in items
            next_one = at.id if by_hand and at is not None and at.kind is keys[0].kind else None
            self._shelf.do(lambda library: library.move(items, folder, next_one))

    # Following

    def _apply_filter(self) -> None:
        self._filter_timer.stop()
        self.model.set_filter(self.filter.text())
        self._hide_sections()
        self._say_what_is_empty()
        if not self.model.filtered:
            self.show_opened(self._shown or None)

    def _hide_sections(self) -> None:
        """While there is a filter only what it found is to be seen."""
        for row in range(self.model.rowCount()):
            section = self.model.node(self.model.index(row, 0)).section
            hidden = self.model.filtered and section is not Section.FOUND
            if self.tree.isRowHidden(row, NOWHERE) is not hidden:
                self.tree.setRowHidden(row, NOWHERE, hidden)

    def _begin_removing(self) -> None:
        self._quiet += 1

    def _end_removing(self) -> None:
        self._quiet -= 1

    def _rows_inserted(self, parent: QModelIndex, first: int, last: int) -> None:
        for node in self.model.node(parent).children[first : last + 1]:
            self._unfold_row(node)
        if not parent.isValid():
            self._hide_sections()
        self._say_what_is_empty()
        if not self._quiet and not self.tree.currentIndex().isValid():
            self.show_opened(self._shown or None)

    def _unfold(self) -> None:
        for node in self.model.node(NOWHERE).children:
            self._unfold_row(node)
        self.show_opened(self._shown or None)

    def _unfold_row(self, node: Node) -> None:
        if node.key.kind is Kind.DOCUMENT:
            return
        if node.key.id in self._open or node.key.id == Section.FOUND:
            self.tree.expand(self.model.index_of(node))
        for child in node.children:
            self._unfold_row(child)

    def _note_open(self, index: QModelIndex, *, open_: bool) -> None:
        item = self.model.node(index).key.id
        if (item in self._open) == open_ or item == Section.FOUND:
            return
        if open_ and len(self._open) < MAX_OPEN_FOLDERS:
            self._open.add(item)
        else:
            self._open.discard(item)
        self._settings.library_open = ",".join(sorted(self._open))

    def _say_what_is_empty(self) -> None:
        text = ""
        if self.filter.text() and not self.model.rowCount(self.model.section(Section.FOUND)):
            text = self.tr("No title has these words.")
        elif self.model.found_more:
            text = self.tr("More titles have these words. Another word leads on.")
        elif not self._shelf.records:
            text = self.tr("No documents yet. Ctrl+N begins one.")
        self.empty.setText(text)
        self.empty.setVisible(bool(text))
