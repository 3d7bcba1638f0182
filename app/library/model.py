"""The library as a tree for a view: follows what changes row by row, so nothing folds or jumps."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QMimeData, QModelIndex, Qt, Signal
from PySide6.QtGui import QIcon

from app.library.contents import Contents
from app.library.following import FollowingModel, Index
from app.library.marks import dot, folder, mark
from app.library.nodes import Key, Kind, Node, Section
from app.library.shelf import Shelf
from app.theme import Theme
from sync.document.library import LibraryChange

ID = Qt.ItemDataRole.UserRole
KIND = ID + 1
SECTION = ID + 2
_MANY = 20
"""Documents of which each is told by itself when something about them changes."""

MIME = "application/x-inkstand-library"
"""Rows that are dragged: a JSON list of [kind, id]."""


@dataclass(frozen=True, slots=True)
class Look:
    """What is to be seen of a row."""

    name: str
    icon: QIcon | None
    count: int | None
    """How many documents are below a tag or in the trash."""
    depth: int
    """Rows above it, up to the top."""
    heading: bool
    """Whether it is a section."""


class LibraryModel(FollowingModel):
    """A window's own, as it may be filtered there."""

    renamed = Signal(str, str, str)
    """(kind, id, what was typed)"""

    looks_changed = Signal()
    """Of all rows, perhaps: draw again what is in view.

    `dataChanged` would have Qt ask for each parent's rows, and wait each time until the thread
    that is in step with the relay lets go of the interpreter: 50 ms during a first sync.
    """

    dropped = Signal(object, object, object)
    """(keys, the node that they were dropped on, the node before which or None)"""

    def __init__(self, shelf: Shelf, theme: Theme, order: str) -> None:
        self._contents = Contents(shelf, order)
        super().__init__(self._contents.below)
        self.shelf = shelf
        self._theme = theme
        self._said: dict[str, tuple[object, str]] = {}
        """Level and text of the status that is shown of documents that are open."""
        self._fill(self._contents.sections())
        shelf.arranged.connect(self._arranged)
        shelf.records_changed.connect(self._records_changed)

    # What is shown

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours from now on."""
        self._theme = theme
        self.looks_changed.emit()

    @property
    def order(self) -> str:
        """How folders and documents are sorted: one of `contents.ORDERS`."""
        return self._contents.order

    def set_order(self, order: str) -> None:
        """Sort in another way."""
        self._contents.order = order
        for key, nodes in tuple(self._places.items()):
            if key.kind is Kind.FOLDER:
                self._follow(nodes[0], self._contents.in_folder(key.id))
        for node in tuple(self._root.children):
            self._follow_section(node)

    def set_filter(self, text: str) -> None:
        """Show only documents with all of these words in their titles; empty: everything."""
        text = " ".join(text.casefold().split())
        if text != self._contents.filter:
            self._contents.filter = text
            self._follow(self._root, self._contents.sections())
            self._follow_found()

    @property
    def filtered(self) -> bool:
        """Whether only what is found is to be seen."""
        return bool(self._contents.filter)

    @property
    def found_more(self) -> bool:
        """Whether the filter lets more through than are shown."""
        return self.filtered and self._contents.found_more

    def show_status(self, document_id: str) -> None:
        """Draw a document's mark again if it is another one now."""
        status = self.shelf.status(document_id)
        said = (status.level, status.text) if status is not None else (None, "")
        if self._said.get(document_id) != said:
            self._said[document_id] = said
            self._document_changed(document_id)

    def find(self, kind: Kind, item_id: str, section: Section | None = None) -> QModelIndex:
        """Return the row of something: in a section, else the last, which is not a shortcut."""
        nodes = self._places.get(Key(kind, item_id), [])
        if section is not None:
            nodes = [node for node in nodes if node.section is section]
        order = list(Section)
        best = max(nodes, key=lambda n: _RANK.get(n.section, -order.index(n.section)), default=None)
        return QModelIndex() if best is None else self.index_of(best)

    def section(self, section: Section) -> QModelIndex:
        """Return the row of a section; invalid if it is not shown."""
        for node in self._root.children:
            if node.key.id == section:
                return self.index_of(node)
        return QModelIndex()

    def look(self, node: Node) -> Look:
        """Return what is to be seen of a row, for who draws it without asking `data` each thing."""
        depth, above = 0, node.parent
        while above is not None and above is not self._root:
            depth, above = depth + 1, above.parent
        heading = node.key.kind is Kind.SECTION
        return Look(self._name(node), self._picture(node), self._count(node), depth, heading)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """See Qt."""
        node = self._nodes.get(index.internalId()) if index.isValid() else None
        if node is None:
            return Qt.ItemFlag.NoItemFlags
        if node.key.kind is _DOCUMENT:  # asked of thousands, where a look-up by enums is slow
            return _TRASHED_FLAGS if node.section is _TRASH else _DOCUMENT_FLAGS
        return _FLAGS[node.key.kind, node.section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """See Qt."""
        node = self._nodes.get(index.internalId()) if index.isValid() else None
        if node is None:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.EditRole:
                return self._name(node)
            case Qt.ItemDataRole.DecorationRole:
                return self._picture(node)
            case Qt.ItemDataRole.ToolTipRole if node.key.kind is Kind.DOCUMENT:
                status = self.shelf.status(node.key.id)
                return None if status is None else f"{self._name(node)}\n{status.text}"
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._spoken(node)
            case _ if role == ID:
                return node.key.id
            case _ if role == KIND:
                return node.key.kind
            case _ if role == SECTION:
                return node.section
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Tell what was typed in the place of a name; the row follows when that is done."""
        text = str(value).strip()
        node = self.node(index)
        if role != Qt.ItemDataRole.EditRole or text == self._name(node):
            return False
        self.renamed.emit(node.key.kind, node.key.id, text)
        return True

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """See Qt. The header is hidden, and read by screen readers."""
        del section
        horizontal = orientation is Qt.Orientation.Horizontal
        return self.tr("Library") if horizontal and role == Qt.ItemDataRole.DisplayRole else None

    # Dragging

    def supportedDropActions(self) -> Qt.DropAction:
        """See Qt."""
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        """See Qt."""
        return [MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """See Qt."""
        data = QMimeData()
        keys = [self.node(index).key for index in indexes]
        data.setData(MIME, json.dumps([list(key) for key in dict.fromkeys(keys)]).encode())
        return data

    def dropMimeData(
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index
    ) -> bool:
        """Tell what was dropped where. The library moves it, so Qt must not."""
        del column
        if action != Qt.DropAction.MoveAction or not data.hasFormat(MIME):
            return False
        keys = [Key(Kind(kind), id_) for kind, id_ in json.loads(bytes(data.data(MIME).data()))]
        onto = self.node(parent)
        if onto is not self._root:
            before = onto.children[row] if 0 <= row < len(onto.children) else None
            self.dropped.emit(keys, onto, before)
        return False

    # Names and pictures

    def _name(self, node: Node) -> str:
        kind, item_id = node.key
        match kind:
            case Kind.DOCUMENT:
                return self.shelf.title(item_id)
            case Kind.FOLDER:
                folder = self.shelf.view.folders.get(item_id)
                return (folder.name if folder is not None else "") or self.tr("Folder")
            case Kind.TAG:
                return next((tag.name for tag in self.shelf.view.tags if tag.id == item_id), "")
            case Kind.SECTION:
                return {
                    Section.FAVOURITES: self.tr("Favourites"),
                    Section.RECENT: self.tr("Recent"),
                    Section.DOCUMENTS: self.tr("Documents"),
                    Section.TAGS: self.tr("Tags"),
                    Section.TRASH: self.tr("Trash"),
                    Section.FOUND: self.tr("Found"),
                }[Section(item_id)]

    def _picture(self, node: Node) -> QIcon | None:
        match node.key.kind:
            case Kind.DOCUMENT:
                status = self.shelf.status(node.key.id)
                return None if status is None else mark(status.level, self._theme)
            case Kind.FOLDER:
                return folder(self._theme)
            case Kind.TAG:
                tags = self.shelf.view.tags
                color = next((tag.color for tag in tags if tag.id == node.key.id), None)
                return dot(color or self._theme.muted)
        return None

    def _spoken(self, node: Node) -> str:
        name = self._name(node)
        if node.key.kind is Kind.DOCUMENT:
            status = self.shelf.status(node.key.id)
            return name if status is None else f"{name}, {status.text}"
        count = self._count(node)
        return name if count is None else f"{name}, {count}"

    def _count(self, node: Node) -> int | None:
        if node.key.kind is Kind.TAG or node.key == (Kind.SECTION, Section.TRASH):
            return len(node.children) or None
        return None

    # Following

    def _arranged(self, change: LibraryChange | None) -> None:
        if change is None:
            self.beginResetModel()
            self._clear()
            self._fill(self._contents.sections())
            self.endResetModel()
            return
        view = self.shelf.view
        for folder_id in self._touched(change):
            for node in self._places.get(Key(Kind.FOLDER, folder_id), []):
                if folder_id in view.folders:
                    self._follow(node, self._contents.in_folder(folder_id))
                    self._changed(node)
        self._follow(self._root, self._contents.sections())
        concerned = {
            Section.FAVOURITES: change.favourites,
            Section.RECENT: change.recent,
            Section.DOCUMENTS: bool(change.folders),
            Section.TAGS: change.tags,
            Section.TRASH: change.trash,
        }
        for node in tuple(self._root.children):
            if concerned.get(node.section):
                self._follow_section(node)
        self._follow_found()

    def _follow_found(self) -> None:
        if self.filtered:
            found = self._root.children[0]
            self._follow(found, self._below(found.key))

    def _touched(self, change: LibraryChange) -> set[str]:
        """Return the folders whose rows may be others, or in another order."""
        folders = self.shelf.view.folders
        parents = {folders[id_].parent for id_ in change.folders if id_ in folders}
        return {id_ for id_ in change.folders | parents if id_}

    def _follow_section(self, node: Node) -> None:
        self._follow(node, self._below(node.key))
        if node.section is Section.TAGS:
            for tag in node.children:
                self._follow(tag, self._below(tag.key))
                self._changed(tag)
        self._changed(node)  # its count

    def _records_changed(self, documents: set[str] | None) -> None:
        if documents is None or len(documents) > _MANY:
            self.looks_changed.emit()
        if documents is None:
            return
        resorted: dict[int, Node] = {}
        for document_id in documents:
            for node in self._places.get(Key(Kind.DOCUMENT, document_id), []):
                if len(documents) <= _MANY:
                    self._changed(node)
                if self._contents.order == "title" and node.parent is not None:
                    resorted[node.parent.number] = node.parent
        for parent in resorted.values():
            self._follow(parent, self._below(parent.key))

    def _document_changed(self, document_id: str) -> None:
        for node in self._places.get(Key(Kind.DOCUMENT, document_id), []):
            self._changed(node)


_RANK = {Section.FOUND: 3, Section.DOCUMENTS: 2, Section.TRASH: 1}


def _flags_of(kind: Kind, section: Section) -> Qt.ItemFlag:
    flag = Qt.ItemFlag
    found = flag.ItemIsEnabled | flag.ItemIsSelectable
    if kind is Kind.SECTION:
        droppable = section in (Section.FAVOURITES, Section.DOCUMENTS, Section.TRASH)
        return found | flag.ItemIsDropEnabled if droppable else found
    # Views ask for the flags of each row first: this spares them asking for rows below.
    found |= flag.ItemNeverHasChildren if kind is Kind.DOCUMENT else flag.ItemIsDropEnabled
    if kind is not Kind.TAG:
        found |= flag.ItemIsDragEnabled
    return found if section is Section.TRASH else found | flag.ItemIsEditable


_FLAGS = {(kind, section): _flags_of(kind, section) for kind in Kind for section in Section}
_DOCUMENT, _TRASH = Kind.DOCUMENT, Section.TRASH
_DOCUMENT_FLAGS = _FLAGS[Kind.DOCUMENT, Section.DOCUMENTS]
_TRASHED_FLAGS = _FLAGS[Kind.DOCUMENT, Section.TRASH]
