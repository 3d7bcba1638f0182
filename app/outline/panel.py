"""The outline beside the page: click to go there, drag to move a section."""

from __future__ import annotations

from typing import TypeAlias

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRectF,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QAction, QDropEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QMenu,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.editor.binding import Binding
from app.editor.commands import Selection
from app.editor.editor import Editor
from app.outline.sections import Heading, end_of_section, headings, move_section
from sync.document.delta import Delta

_REST = 250
"""Milliseconds without a change after which the headings are read again."""
_INDEX = Qt.ItemDataRole.UserRole
_SAID = Qt.ItemDataRole.AccessibleTextRole
Index: TypeAlias = QModelIndex | QPersistentModelIndex
_ROUND = 5.0
"""Pixels of the radius of what is chosen, as in the library."""
_ALT = Qt.KeyboardModifier.AltModifier


class _Tree(QTreeWidget):
    """Tells where something was dropped instead of moving its own items."""

    dropped = Signal(int, int)
    """(heading that was dragged, heading before which it was dropped; their number: at the end)"""

    def dropEvent(self, event: QDropEvent) -> None:
        """Find the heading before which it is to stand; the document moves it."""
        event.setDropAction(Qt.DropAction.IgnoreAction)
        event.accept()
        dragged = self.currentItem()
        target = self.indexAt(event.position().toPoint())
        if dragged is None:
            return
        before = self._count()
        if target.isValid():
            before = int(target.data(_INDEX))
            rect = self.visualRect(target)
            # The edge that Qt draws its line for (QAbstractItemViewPrivate::position).
            edge = min(12, max(2, round(rect.height() / 5.5)))
            at = event.position().y() - rect.top()
            if at >= rect.height() - edge:
                before = self._behind(target)
            elif at >= edge:
                before += 1  # on it: the first of its subsections
        self.dropped.emit(int(dragged.data(0, _INDEX)), before)

    def drawRow(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Show what is chosen in one piece: the style would cut it at the indent."""
        if self.selectionModel().isSelected(index):
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.palette().highlight())
            painter.drawRoundedRect(QRectF(option.rect), _ROUND, _ROUND)
            painter.restore()
        super().drawRow(painter, option, index)

    def _behind(self, index: Index) -> int:
        """Return the heading that is drawn below this one."""
        below = self.itemBelow(self.itemFromIndex(index))
        return int(below.data(0, _INDEX)) if below is not None else self._count()

    def _count(self) -> int:
        count = 0
        item = self.topLevelItem(0)
        while item is not None:
            count += 1
            item = _next(item)
        return count


def _next(item: QTreeWidgetItem) -> QTreeWidgetItem | None:
    """Return the item behind this one, folded ones too."""
    if item.childCount():
        return item.child(0)
    tree = item.treeWidget()
    while True:
        parent = item.parent()
        siblings = parent.childCount() if parent else tree.topLevelItemCount()
        at = parent.indexOfChild(item) if parent else tree.indexOfTopLevelItem(item)
        if at + 1 < siblings:
            return parent.child(at + 1) if parent else tree.topLevelItem(at + 1)
        if parent is None:
            return None
        item = parent


class OutlinePanel(QWidget):
    """Follows the document and the caret. Keys: Enter goes, Alt+Up and Alt+Down move."""

    def __init__(self, editor: Editor) -> None:
        super().__init__()
        self.setObjectName("outline")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._editor = editor
        self._binding: Binding | None = None
        self._found: list[Heading] = []
        self._items: list[QTreeWidgetItem] = []
        label = QLabel(self.tr("Outline"))
        label.setContentsMargins(18, 18, 10, 10)
        self.tree = _Tree()
        self.tree.setAccessibleName(self.tr("Outline"))
        self.tree.setHeaderLabel(self.tr("Outline"))  # hidden, and read by screen readers
        self.tree.setHeaderHidden(True)
        self.tree.header().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.tree.setIndentation(14)
        self.tree.setRootIsDecorated(False)
        self.tree.setItemsExpandable(False)
        self.tree.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree.customContextMenuRequested.connect(self._offer)
        self.tree.itemClicked.connect(lambda item: self.go_to(self._index(item)))
        self.tree.dropped.connect(self.move_section)
        self.tree.installEventFilter(self)
        self.empty = QLabel(self.tr("Headings appear here.\nCtrl+Alt+1 makes a line one."))
        self.empty.setObjectName("quiet")
        self.empty.setWordWrap(True)
        self.empty.setContentsMargins(18, 4, 14, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(0)
        column.addWidget(label)
        column.addWidget(self.empty)
        column.addWidget(self.tree, 1)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST)
        self._rest.timeout.connect(self._read)
        editor.cursorPositionChanged.connect(self._follow_caret)

    def show_binding(self, binding: Binding | None) -> None:
        """Show another document's headings from now on."""
        if self._binding is not None:
            self._binding.typed.disconnect(self._rest.start)
            self._binding.patched.disconnect(self._rest.start)
        self._binding = binding
        if binding is not None:
            binding.typed.connect(self._rest.start)
            binding.patched.connect(self._rest.start)
        self._read()

    def showEvent(self, _: object) -> None:
        """Nothing is read while nobody looks."""
        self._read()

    def go_to(self, index: int) -> None:
        """Put the caret at a heading, and the heading at the top of the window."""
        if not 0 <= index < len(self._found):
            return
        cursor = self._editor.textCursor()
        cursor.setPosition(self._found[index].start)
        bar = self._editor.verticalScrollBar()
        # From below, so that the heading stands at the top and not at the bottom.
        bar.setValue(bar.maximum())
        self._editor.setTextCursor(cursor)
        bar.setValue(bar.value() + self._editor.cursorRect(cursor).top() - 24)
        self._editor.setFocus()

    def move_section(self, index: int, before: int) -> None:
        """Move a section before another heading, or to the end, as one step to undo."""
        self._read()
        editor = self._editor
        if self._binding is None or editor.isReadOnly() or not 0 <= index < len(self._found):
            return
        document = self._binding.document
        within = self._at(end_of_section(self._found, index, document.length)) - index

        def command(_: Selection) -> Delta:
            return move_section(document.contents(), self._found, index, before)

        if editor.run(command):
            self._read()
            now = before if before < index else before - within
            self.go_to(now)
            self.tree.setCurrentItem(self._items[now])
            self.tree.setFocus()

    def eventFilter(self, watched: object, event: object) -> bool:
        """Enter goes to a heading; Alt with an arrow moves its section."""
        if (
            watched is self.tree
            and isinstance(event, QKeyEvent)
            and (event.type() is QKeyEvent.Type.KeyPress)
        ):
            index = self._index(self.tree.currentItem())
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.go_to(index)
                return True
            if event.modifiers() & _ALT and event.key() == Qt.Key.Key_Up:
                self._move_up(index)
                return True
            if event.modifiers() & _ALT and event.key() == Qt.Key.Key_Down:
                self._move_down(index)
                return True
        return False

    # Inside

    def _move_up(self, index: int) -> None:
        """Move a section before the one above it that is not below it in rank."""
        for above in range(index - 1, -1, -1):
            if self._found[above].level <= self._found[index].level:
                self.move_section(index, above)
                return

    def _move_down(self, index: int) -> None:
        """Move a section behind the next one."""
        if not 0 <= index < len(self._found) or self._binding is None:
            return
        length = self._binding.document.length
        behind = self._at(end_of_section(self._found, index, length))
        if behind < len(self._found):
            self.move_section(index, self._at(end_of_section(self._found, behind, length)))

    def _at(self, position: int) -> int:
        """Return the first heading at or behind a position."""
        return next(
            (n for n, heading in enumerate(self._found) if heading.start >= position),
            len(self._found),
        )

    def _read(self) -> None:
        self._rest.stop()
        if self._binding is None:
            self._found = []
        elif self.isVisible():
            self._found = headings(self._binding.mirror.paragraphs)
        else:
            return
        shown = [(heading.level, heading.text) for heading in self._found]
        if shown != [(item.data(0, _INDEX + 1), item.text(0)) for item in self._items]:
            self._fill()
        self.empty.setVisible(not self._found)
        self.tree.setVisible(bool(self._found))
        self._follow_caret()

    def _fill(self) -> None:
        self.tree.clear()
        self._items = []
        parents: list[tuple[int, QTreeWidgetItem]] = []
        for index, heading in enumerate(self._found):
            item = QTreeWidgetItem([heading.text or self.tr("(empty)")])
            item.setData(0, _INDEX, index)
            item.setData(0, _INDEX + 1, heading.level)
            item.setToolTip(0, heading.text)
            said = self.tr("%1, heading %2").replace("%2", str(heading.level))
            item.setData(0, _SAID, said.replace("%1", item.text(0)))
            while parents and parents[-1][0] >= heading.level:
                parents.pop()
            if parents:
                parents[-1][1].addChild(item)
            else:
                self.tree.addTopLevelItem(item)
            parents.append((heading.level, item))
            self._items.append(item)
        self.tree.expandAll()

    def _follow_caret(self) -> None:
        if not self._items or not self.isVisible() or self.tree.hasFocus():
            return
        position = self._editor.textCursor().position()
        current = max(
            (n for n, heading in enumerate(self._found) if heading.start <= position), default=-1
        )
        if current >= 0:
            self.tree.setCurrentItem(self._items[current])
        else:
            self.tree.setCurrentIndex(QModelIndex())

    @staticmethod
    def _index(item: QTreeWidgetItem | None) -> int:
        return -1 if item is None else int(item.data(0, _INDEX))

    def _offer(self, place: QPoint) -> None:
        item = self.tree.itemAt(place)
        if item is None:
            return
        index = self._index(item)
        menu = QMenu(self)
        for title, key, run, writes in (
            (self.tr("Go there"), "Return", self.go_to, False),
            (self.tr("Move up"), "Alt+Up", self._move_up, True),
            (self.tr("Move down"), "Alt+Down", self._move_down, True),
        ):
            action = QAction(title, menu)
            action.setShortcut(key)
            action.setEnabled(not (writes and self._editor.isReadOnly()))
            action.triggered.connect(lambda _=False, run=run: run(index))
            menu.addAction(action)
        menu.exec(self.tree.viewport().mapToGlobal(place))
