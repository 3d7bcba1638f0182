"""The list of documents, each with a mark that says where its changes are."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap, QPolygonF
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.theme import Theme
from sync.status import Level, Status
from sync.store.documents import DocumentRecord
from sync.types import DocumentId

_ID = Qt.ItemDataRole.UserRole
_LEVEL = _ID + 1
"""Level of the mark that is drawn: redrawing one for each keystroke would cost a quarter of it."""
_MARK = 14
"""Edge of a mark in device-independent pixels."""


class _TitleDelegate(QStyledItemDelegate):
    """Edits a title in place."""

    def setEditorData(self, editor: QWidget, index: QModelIndex | QPersistentModelIndex) -> None:
        """Show the title, unless the person is typing another: Qt asks for each new mark, too."""
        if not (isinstance(editor, QLineEdit) and editor.isModified()):
            super().setEditorData(editor, index)


class Sidebar(QWidget):
    """Documents, the newest on top; the chosen one is open."""

    chosen = Signal(str)
    """Id of the document to open."""

    renamed = Signal(str, str)
    """(document id, new title)"""

    new_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sidebar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._theme = theme
        label = QLabel(self.tr("Documents"))
        self.new_button = QToolButton()
        self.new_button.setToolTip(self.tr("New document (Ctrl+N)"))
        self.new_button.setAccessibleName(self.tr("New document"))
        self.new_button.clicked.connect(self.new_wanted)
        head = QHBoxLayout()
        head.setContentsMargins(18, 12, 10, 4)
        head.addWidget(label)
        head.addStretch()
        head.addWidget(self.new_button)
        self.list = QListWidget()
        self.list.setObjectName("documents")
        self.list.setAccessibleName(self.tr("Documents"))
        self.list.setIconSize(QSize(_MARK, _MARK))
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._delegate = _TitleDelegate(self.list)
        self._delegate.closeEditor.connect(self._show_waiting, Qt.ConnectionType.QueuedConnection)
        self.list.setItemDelegate(self._delegate)
        # What was to be listed while a title was being typed.
        self._waiting: tuple[list[DocumentRecord], dict[DocumentId, Status], str] | None = None
        self.list.currentItemChanged.connect(self._choose)
        self.list.itemChanged.connect(self._rename)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 8)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self.list)

    def set_theme(self, theme: Theme) -> None:
        """Draw marks in other colours from now on."""
        self._theme = theme
        self.list.blockSignals(True)
        for row in range(self.list.count()):
            self.list.item(row).setData(_LEVEL, None)
        self.list.blockSignals(False)

    def show_documents(
        self, records: Iterable[DocumentRecord], statuses: dict[DocumentId, Status], current: str
    ) -> None:
        """List documents, the newest first, `current` chosen, without telling anybody.

        While a title is being typed the list stays as it is.
        """
        newest_first = list(reversed(list(records)))
        if self.list.state() is QAbstractItemView.State.EditingState:
            self._waiting = (newest_first[::-1], statuses, current)
            return
        self.list.blockSignals(True)
        self.list.clear()
        for record in newest_first:
            item = QListWidgetItem(record.title or self.tr("Untitled"))
            item.setData(_ID, record.id)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            self._mark(item, statuses[record.id])
            self.list.addItem(item)
            if record.id == current:
                self.list.setCurrentItem(item)
        self.list.blockSignals(False)

    def show_status(self, document_id: str, status: Status) -> None:
        """Change one document's mark."""
        item = self._item(document_id)
        if item is not None:
            self.list.blockSignals(True)
            self._mark(item, status)
            self.list.blockSignals(False)

    def choose(self, document_id: str) -> None:
        """Open a document, as a click would."""
        item = self._item(document_id)
        if item is not None:
            self.list.setCurrentItem(item)

    def rename_current(self) -> None:
        """Let the person type another title."""
        item = self.list.currentItem()
        if item is not None:
            self.list.setFocus()
            self.list.editItem(item)

    def _item(self, document_id: str) -> QListWidgetItem | None:
        for row in range(self.list.count()):
            item = self.list.item(row)
            if item.data(_ID) == document_id:
                return item
        return None

    def _show_waiting(self) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            self.show_documents(*waiting)

    def _mark(self, item: QListWidgetItem, status: Status) -> None:
        if item.data(_LEVEL) != status.level.value:
            item.setData(_LEVEL, status.level.value)
            item.setIcon(mark(status.level, self._theme))
        if item.toolTip() == status.text:
            return
        item.setToolTip(status.text)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{item.text()}, {status.text}")

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.chosen.emit(item.data(_ID))

    def _rename(self, item: QListWidgetItem) -> None:
        self.renamed.emit(item.data(_ID), item.text().strip())


@lru_cache(maxsize=64)
def mark(level: Level, theme: Theme) -> QIcon:
    """Return the mark of a level: its shape says it to those who do not see its colour."""
    pixmap = QPixmap(3 * _MARK, 3 * _MARK)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(3, 3)
    color = QColor(
        {
            Level.GOOD: theme.good,
            Level.BUSY: theme.muted,
            Level.WAITING: theme.waiting,
            Level.BAD: theme.bad,
        }[level]
    )
    pen = painter.pen()
    pen.setColor(color)
    pen.setWidthF(1.8)
    painter.setPen(pen)
    middle = QPointF(_MARK / 2, _MARK / 2)
    match level:
        case Level.GOOD:  # a full disc
            painter.setBrush(color)
            painter.drawEllipse(middle, 3.2, 3.2)
        case Level.WAITING:  # a ring
            painter.drawEllipse(middle, 3.4, 3.4)
        case Level.BUSY:  # a small dot
            painter.setBrush(color)
            painter.drawEllipse(middle, 1.6, 1.6)
        case Level.BAD:  # a triangle
            painter.setBrush(color)
            painter.drawPolygon(QPolygonF([QPointF(7, 3), QPointF(11.5, 11), QPointF(2.5, 11)]))
    painter.end()
    return QIcon(pixmap)
