"""The tree of the sidebar: how its rows look, and what the keys do in it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from app.library.marks import MARK
from app.library.model import COUNT, KIND
from app.library.nodes import Kind

_ROW = 30
"""Height of a row in device-independent pixels."""

_KEYS = QKeySequence.StandardKey


class _Rows(QStyledItemDelegate):
    """Draws sections as quiet headings, counts at the end, and edits names in place."""

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Headings are smaller."""
        super().initStyleOption(option, index)
        if index.data(KIND) == Kind.SECTION:
            font = QFont(option.font)
            font.setPointSizeF(font.pointSizeF() * 0.88)
            font.setWeight(QFont.Weight.DemiBold)
            option.font = font

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw the row, and a number behind it."""
        super().paint(painter, option, index)
        count = index.data(COUNT)
        if count is not None:
            painter.save()
            painter.setPen(option.palette.placeholderText().color())
            rect: QRect = option.rect.adjusted(0, 0, -14, 0)
            end = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            if option.direction is Qt.LayoutDirection.RightToLeft:
                rect = option.rect.adjusted(14, 0, 0, 0)
                end = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(rect, Qt.AlignmentFlag.AlignAbsolute | end, str(count))
            painter.restore()

    def setEditorData(self, editor: QWidget, index: QModelIndex | QPersistentModelIndex) -> None:
        """Show the name, unless the person is typing another: Qt asks for each new mark, too."""
        if not (isinstance(editor, QLineEdit) and editor.isModified()):
            super().setEditorData(editor, index)


class LibraryTree(QTreeView):
    """Tells what keys ask for; everything else is Qt's."""

    undo_wanted = Signal()
    redo_wanted = Signal()
    trash_wanted = Signal()
    open_wanted = Signal(QModelIndex)
    """A row was chosen with Enter or by two clicks."""

    current_moved = Signal(QModelIndex)
    """The person has gone to another row."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("library")
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setIndentation(16)
        self.setIconSize(self.iconSize().scaled(MARK, MARK, Qt.AspectRatioMode.IgnoreAspectRatio))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setDropIndicatorShown(True)
        self.setAutoExpandDelay(600)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setExpandsOnDoubleClick(True)
        self.setItemDelegate(_Rows(self))
        self.activated.connect(self.open_wanted)

    @property
    def editing(self) -> bool:
        """Whether a name is being typed."""
        return self.state() is QAbstractItemView.State.EditingState

    def drawRow(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw what is selected as one piece, from edge to edge; Qt would draw two."""
        assert isinstance(index, QModelIndex)
        if self.selectionModel().isSelected(index):
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(option.palette.highlight())
            row = self.visualRect(index)
            row.setLeft(0)
            row.setRight(self.viewport().width() - 1)
            painter.drawRoundedRect(row, 5, 5)
            painter.restore()
        super().drawRow(painter, option, index)

    def currentChanged(
        self,
        current: QModelIndex | QPersistentModelIndex,
        previous: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """See `current_moved`."""
        super().currentChanged(current, previous)
        self.current_moved.emit(self.currentIndex())

    def event(self, event: QEvent) -> bool:
        """Undo and redo are the library's here, not the page's."""
        if (
            event.type() is QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and (event.matches(_KEYS.Undo) or event.matches(_KEYS.Redo))
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Undo, redo, and into the trash."""
        if event.matches(_KEYS.Undo):
            self.undo_wanted.emit()
        elif event.matches(_KEYS.Redo):
            self.redo_wanted.emit()
        elif event.matches(_KEYS.Delete) or event.key() == Qt.Key.Key_Backspace:
            self.trash_wanted.emit()
        else:
            super().keyPressEvent(event)
