"""A card above the page with a field and a list below it: for what is found while one types.

It is a part of the window and no window of its own, so it lies where it should on every system.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLabel,
    QLineEdit,
    QListView,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.announce import announce
from app.search.rows import ROW, Row, RowDelegate, Rows, said
from app.theme import Theme

MAX_QUERY = 1_000
"""Characters that may be typed."""

_TOP = 64
"""Pixels from the window's upper edge to the card's."""

_MARGIN = 40
"""Pixels that stay free on either side, and below, in a small window."""

_AROUND = 42
"""Pixels of the card's margins and of the spaces between its parts."""

_LEAST = 140
"""Pixels for the list, and for what is said in its place."""

_LIST_KEYS = {
    *(Qt.Key.Key_Up, Qt.Key.Key_Down),
    *(Qt.Key.Key_PageUp, Qt.Key.Key_PageDown),
}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Overlay(QFrame):
    """Hidden until `open`. The field keeps the focus; Up, Down and Enter act on the list.

    A subclass says what is listed: `_changed` is called when something else is typed.
    """

    chosen = Signal(object, bool)
    """(the `Row`, whether it shall open beside what is open: in a window of its own)"""

    def __init__(self, window: QWidget, size: tuple[int, int], *, snippets: bool) -> None:
        """`size` is that of the card at most, where the window has room for it."""
        super().__init__(window)
        self._window = window
        self.setObjectName("overlay")
        self._size = size
        self._before: QWidget | None = None
        """What had the focus."""
        self.field = QLineEdit()
        self.field.setObjectName("search")
        self.field.setMaxLength(MAX_QUERY)
        self.field.setClearButtonEnabled(True)
        self.field.textChanged.connect(lambda: self._changed())
        self.status = QLabel()
        self.status.setObjectName("quiet")
        self.status.setContentsMargins(8, 0, 8, 0)
        self.rows = Rows()
        self.list = QListView()
        self.list.setObjectName("found")
        self.list.setAccessibleName(self.tr("Documents found"))
        self.list.setModel(self.rows)
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)  # so that the row under it is shown
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self._delegate = RowDelegate(snippets=snippets)
        self.list.setItemDelegate(self._delegate)
        self.list.clicked.connect(self._clicked)
        self.list.selectionModel().currentChanged.connect(self._say_current)
        self.message = QLabel()
        self.message.setObjectName("quiet")
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.message.setWordWrap(True)
        self.message.setContentsMargins(40, 8, 40, 24)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.message)
        self._stack.addWidget(self.list)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        column.addWidget(self.field)
        column.addWidget(self.status)
        column.addWidget(self._stack)
        for widget in (self.field, self.list):
            widget.installEventFilter(self)
        window.installEventFilter(self)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._focus_changed)
        self.hide()

    def set_name(self, name: str) -> None:
        """Say what it is for."""
        self.setAccessibleName(name)
        self.field.setAccessibleName(name)
        self.field.setPlaceholderText(name)

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of another theme from now on."""
        self._delegate.theme = theme
        self.list.viewport().update()

    # Opening and closing

    def open(self) -> None:
        """Show it, ready to type; what was typed the last time is there, and selected."""
        if not self.isVisible():
            self._before = _below(QApplication.focusWidget())
        self._place()
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def dismiss(self) -> None:
        """Hide it; the focus goes back to where it was."""
        had_focus = self.isAncestorOf(QApplication.focusWidget() or self)
        self.hide()
        before, self._before = self._before, None
        if had_focus and before is not None and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)

    def _place(self) -> None:
        window = self._window
        width = min(self._size[0], window.width() - 2 * _MARGIN)
        # As high as what it lists: a large empty card would hide the page for nothing.
        rows = self.list.sizeHintForRow(0) * len(self.rows.rows)
        around = self.field.sizeHint().height() + self.status.sizeHint().height() + _AROUND
        wanted = around + max(rows, _LEAST)
        height = min(wanted, self._size[1], window.height() - _TOP - _MARGIN)
        self.setGeometry((window.width() - width) // 2, _TOP, width, height)

    def _focus_changed(self, _: QWidget | None, now: QWidget | None) -> None:
        """Close when somebody goes on elsewhere in this window."""
        if now is None or now is self or self.isAncestorOf(now):
            return
        if self.isVisible() and now.window() is self.window():
            self._before = None
            self.dismiss()

    # What is listed

    def _changed(self) -> None:
        """Something else was typed."""
        raise NotImplementedError

    def show_rows(self, rows: list[Row], message: str = "", status: str = "") -> None:
        """List rows, the first chosen, or the one chosen before if it is still there.

        `message` is shown in the place of a list without rows, `status` above it.
        """
        current = self.list.currentIndex().data(ROW)
        self.rows.show(rows)
        wanted = 0
        if current is not None:
            ids = (number for number, row in enumerate(rows) if self._same(row, current))
            wanted = next(ids, 0)
        if rows:
            self.list.setCurrentIndex(self.rows.index(wanted))
        self.say(message, status)

    def _same(self, row: Row, current: Row) -> bool:
        """Whether a row is still the one that was chosen."""
        return row.document_id == current.document_id

    def say(self, message: str, status: str) -> None:
        """Change what is said in the place of the list, and above it."""
        if message != self.message.text() or status != self.status.text():
            announce(self.field, status or message)
        self.message.setText(message)
        self.status.setText(status)
        self.status.setVisible(bool(status))
        self._stack.setCurrentWidget(self.list if self.rows.rows else self.message)
        self._place()

    def _say_current(self, current: QModelIndex) -> None:
        row = current.data(ROW)
        if row is not None and self.field.hasFocus():
            announce(self.field, said(row))

    # Keys and clicks

    def _clicked(self, index: QModelIndex) -> None:
        self._choose(index, QApplication.keyboardModifiers())

    def _choose(self, index: QModelIndex, modifiers: Qt.KeyboardModifier) -> None:
        row = index.data(ROW)
        if row is not None:
            self.dismiss()
            self.chosen.emit(row, bool(modifiers & Qt.KeyboardModifier.ControlModifier))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Lead keys of the list there from the field, and keep the card in its place."""
        if event.type() == QEvent.Type.Resize and watched is self._window:
            if self.isVisible():
                self._place()
        elif event.type() == QEvent.Type.KeyPress and watched in (self.field, self.list):
            assert isinstance(event, QKeyEvent)
            if event.key() in _ENTER:
                self._choose(self.list.currentIndex(), event.modifiers())
                return True
            if event.key() in _LIST_KEYS and watched is self.field:
                QApplication.sendEvent(self.list, event)
                return True
            if watched is self.list and event.text().isprintable() and event.text():
                self.field.setFocus()
                QApplication.sendEvent(self.field, event)
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc goes back; no other key reaches what lies below."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        event.accept()

    def focusNextPrevChild(self, forward: bool) -> bool:  # as Qt has it
        """Tab goes from the field to the list and back, never below the card."""
        del forward
        to_list = self.field.hasFocus() and self.list.isVisible()
        (self.list if to_list else self.field).setFocus(Qt.FocusReason.TabFocusReason)
        return True


def _below(focus: QWidget | None) -> QWidget | None:
    """Return what had the focus before a card was opened, if it is in one now."""
    widget = focus
    while widget is not None and not isinstance(widget, Overlay):
        widget = widget.parentWidget()
    return focus if widget is None else widget._before
