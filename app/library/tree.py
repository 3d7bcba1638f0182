"""The tree of the sidebar: how its rows look, and what the keys do in it."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QDragMoveEvent,
    QHoverEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from app.library.marks import MARK
from app.library.model import LibraryModel
from app.library.rows import INDENT, Row, Rows
from app.theme import Theme
from sync.foreground import FOREGROUND

_ROOM = 6
"""Above and below a name, in device-independent pixels."""

_HOVERS = (QEvent.Type.HoverEnter, QEvent.Type.HoverMove, QEvent.Type.HoverLeave)

_KEYS = QKeySequence.StandardKey


class _Editing(QStyledItemDelegate):
    """Edits names in place. The rows are drawn elsewhere: see `Rows`."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Leave room above and below a name; all rows are as high as the first."""
        del index
        return QSize(0, option.fontMetrics.height() + 2 * _ROOM)

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

    def __init__(self, theme: Theme) -> None:
        self._library: LibraryModel | None = None
        self._rows = Rows(theme)
        self._selected: set[int] = set()
        """Numbers of the nodes."""
        self._hovered = 0
        """The same of the row under the mouse; 0: none."""
        self._dragged_to = QPoint()
        super().__init__()
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setObjectName("library")
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setIndentation(INDENT)
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
        self.setItemDelegate(_Editing(self))
        self.activated.connect(self.open_wanted)

    @property
    def editing(self) -> bool:
        """Whether a name is being typed."""
        return self.state() is QAbstractItemView.State.EditingState

    def show_library(self, model: LibraryModel) -> None:
        """Show the rows of a model."""
        self._library = model
        self.setModel(model)
        model.looks_changed.connect(self.viewport().update)

    def go_to(self, index: QModelIndex) -> None:
        """Select this row and no other.

        `setCurrentIndex` would add it to what is selected while Ctrl or Shift is held, which is
        so whenever keys like Ctrl+Shift+N lead here.
        """
        only = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.selectionModel().setCurrentIndex(index, only)
        self.scrollTo(index)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours from now on."""
        self._rows = Rows(theme)
        self.viewport().update()

    # Drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows in view at one go: see `Rows`."""
        with FOREGROUND:
            painter = QPainter(self.viewport())
            painter.setLayoutDirection(self.layoutDirection())
            self._rows.draw(painter, self.font(), self._rows_in(event.rect()))
            if self.state() is QAbstractItemView.State.DraggingState:
                onto = self.visualRect(self.indexAt(self._dragged_to))
                self._rows.draw_drop(painter, onto, self.dropIndicatorPosition())
            painter.end()

    def doItemsLayout(self) -> None:
        """Ask for all rows that are unfolded, before others may work on."""
        with FOREGROUND:
            super().doItemsLayout()

    def _rows_in(self, area: QRect) -> Iterator[Row]:
        self.executeDelayedItemsLayout()
        width, height = self.viewport().width(), self.viewport().height()
        first = self.indexAt(QPoint(width // 2, 0))
        if self._library is None or not first.isValid():
            return
        rect = self.visualRect(first)
        rect.setLeft(0)
        rect.setRight(width - 1)
        focused = self.currentIndex().internalId() if self.hasFocus() else 0
        while rect.top() < min(height, area.bottom() + 1):
            index = self.indexAt(QPoint(width // 2, rect.center().y()))
            if not index.isValid():
                return
            if rect.bottom() >= area.top():
                node = self._library.node(index)
                number = node.number
                yield Row(
                    QRect(rect),
                    self._library.look(node),
                    self.isExpanded(index) if node.children else None,
                    number in self._selected,
                    number == self._hovered,
                    number == focused,
                )
            rect.translate(0, rect.height())

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show where it would go."""
        super().dragMoveEvent(event)
        self._dragged_to = event.position().toPoint()
        self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        """Follow the mouse: Qt would draw again less than the whole of a row."""
        kind = event.type()
        if kind in _HOVERS and isinstance(event, QHoverEvent):
            at = self.indexAt(event.position().toPoint())
            over = at.isValid() and kind is not QEvent.Type.HoverLeave
            hovered = at.internalId() if over else 0
            if hovered != self._hovered:
                self._hovered = hovered
                self.viewport().update()
        return super().viewportEvent(event)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Draw again what is selected."""
        super().selectionChanged(selected, deselected)
        self._selected = {index.internalId() for index in self.selectedIndexes()}
        self.viewport().update()

    def reset(self) -> None:
        """Begin again: nothing is selected, and Qt says so to nobody."""
        self._selected = set()
        super().reset()

    # Keys

    def currentChanged(
        self,
        current: QModelIndex | QPersistentModelIndex,
        previous: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """See `current_moved`."""
        super().currentChanged(current, previous)
        self.viewport().update()
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
