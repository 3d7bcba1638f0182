"""Choosing a folder, and choosing tags, by keys as well as by mouse."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.library.marks import MARK, dot
from sync.document.library import ROOT, LibraryView
from sync.types import DocumentId

_ID = Qt.ItemDataRole.UserRole
_ROW = QSize(0, 28)


class FolderDialog(QDialog):
    """Asks for a folder; `folder` is the one that was chosen."""

    def __init__(self, view: LibraryView, forbidden: set[str], current: str, parent: QWidget):
        """Offer all folders but the `forbidden` ones and what is in them."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("Move to folder"))
        self.list = _list(self.tr("Folders"))
        for depth, folder_id in _walk(view, ROOT, forbidden):
            name = view.folders[folder_id].name or self.tr("Folder")
            item = QListWidgetItem(
                self.tr("Documents (no folder)") if folder_id == ROOT else "    " * depth + name
            )
            item.setData(_ID, folder_id)
            item.setSizeHint(_ROW)
            self.list.addItem(item)
            if folder_id == current:
                self.list.setCurrentItem(item)
        self.list.itemActivated.connect(self.accept)
        label = QLabel(self.tr("&Into which folder?"))
        label.setBuddy(self.list)
        _arrange(self, label, self.list, _buttons(self, self.tr("Move")))

    @property
    def folder(self) -> str:
        """Id of the folder; empty for none."""
        item = self.list.currentItem()
        return str(item.data(_ID)) if item is not None else ROOT


class TagsDialog(QDialog):
    """Asks which tags documents shall have, and for a new one."""

    def __init__(self, view: LibraryView, documents: list[DocumentId], muted: str, parent: QWidget):
        super().__init__(parent)
        self.setWindowTitle(self.tr("Tags"))
        self.list = _list(self.tr("Tags"))
        self._before: dict[str, Qt.CheckState] = {}
        for tag in view.tags:
            having = sum(tag.id in view.tags_of.get(one, ()) for one in documents)
            state = (
                Qt.CheckState.Unchecked
                if not having
                else Qt.CheckState.Checked
                if having == len(documents)
                else Qt.CheckState.PartiallyChecked
            )
            item = QListWidgetItem(dot(tag.color or muted), tag.name)
            item.setData(_ID, tag.id)
            item.setSizeHint(_ROW)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(state)
            self._before[tag.id] = state
            self.list.addItem(item)
        self.name = QLineEdit()
        label = QLabel(self.tr("&New tag"))
        label.setBuddy(self.name)
        above = QLabel(self.tr("Tags of the &selected documents"))
        above.setBuddy(self.list)
        _arrange(self, above, self.list, label, self.name, _buttons(self, self.tr("Done")))
        if view.tags:
            self.list.setCurrentRow(0)
            self.list.setFocus()
        else:
            self.name.setFocus()

    def changes(self) -> Iterator[tuple[str, bool]]:
        """Yield the tags that were given (True) or taken away."""
        for row in range(self.list.count()):
            item = self.list.item(row)
            tag_id, state = str(item.data(_ID)), item.checkState()
            if state != self._before[tag_id]:
                yield tag_id, state is Qt.CheckState.Checked

    @property
    def new_name(self) -> str:
        """What was typed for a new tag; empty: nothing."""
        return self.name.text().strip()


def _walk(view: LibraryView, folder_id: str, forbidden: set[str]) -> Iterator[tuple[int, str]]:
    waiting = [(0, folder_id)]
    while waiting:
        depth, folder_id = waiting.pop()
        yield depth, folder_id
        inner = [one for one in view.folders[folder_id].folders if one not in forbidden]
        waiting += [(depth + 1, one) for one in reversed(inner)]


def _list(name: str) -> QListWidget:
    found = QListWidget()
    found.setObjectName("choices")
    found.setAccessibleName(name)
    found.setIconSize(found.iconSize().scaled(MARK, MARK, Qt.AspectRatioMode.IgnoreAspectRatio))
    found.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return found


def _buttons(dialog: QDialog, accept: str) -> QDialogButtonBox:
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    do = QPushButton(accept)
    do.setDefault(True)
    box.addButton(do, QDialogButtonBox.ButtonRole.AcceptRole)
    box.accepted.connect(dialog.accept)
    box.rejected.connect(dialog.reject)
    return box


def _arrange(dialog: QDialog, *widgets: QWidget) -> None:
    column = QVBoxLayout(dialog)
    column.setContentsMargins(20, 18, 20, 16)
    column.setSpacing(8)
    for widget in widgets:
        column.addWidget(widget)
    dialog.resize(360, 400)
