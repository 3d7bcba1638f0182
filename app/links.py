"""Links under the hand: hovering, following, making, changing and removing them."""

from __future__ import annotations

import html
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, Qt, QUrl
from PySide6.QtGui import (
    QDesktopServices,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QTextCursor,
)
from PySide6.QtWidgets import QMenu, QToolTip

from app.dialogs.link import LinkDialog, OpenLinkDialog
from app.editor import addresses, commands, links
from app.editor.editor import Editor
from app.editor.mirror import attributes_of, marks_key
from sync.document import schema

_CTRL = Qt.KeyboardModifier.ControlModifier


class Links(QObject):
    """Serves one editor. `open_url` is what opens an address that the person has agreed to."""

    def __init__(
        self, editor: Editor, open_url: Callable[[QUrl], object] = QDesktopServices.openUrl
    ) -> None:
        super().__init__(editor)
        self._editor = editor
        self._open_url = open_url
        self._hand = False
        self._pressed: str | None = None
        """The link that the mouse button went down on, with Ctrl held."""
        editor.viewport().installEventFilter(self)
        editor.installEventFilter(self)
        editor.menu_extensions.append(self._extend_menu)
        editor.paste_filters.append(self._paste)
        editor.selection_changed.connect(self._leave_at_the_end)

    # What can be done

    def current(self) -> links.Span | None:
        """Return the link that the caret touches or the selection lies in."""
        selection = self._editor.selection()
        return links.span_at(selection) if selection else None

    def edit(self) -> None:
        """Ask for the link of what is selected, or of the caret; make or change it."""
        editor = self._editor
        selection = editor.selection()
        if selection is None or editor.isReadOnly() or selection.in_code:
            return
        span = links.span_at(selection)
        if span is not None and selection.start == selection.end:
            self._select(span.start, span.end)
            selection = editor.selection()
            assert selection is not None
        text = links.text_of(selection)
        target = span.target if span else ""
        if not target and text and addresses.completed(text):
            target = text.strip()  # an address was selected: it is likely meant
        dialog = LinkDialog(span.target if span else "", text, editor.window())
        if span is None:
            dialog.address.setText(target)
        # Others may write meanwhile, so the place is kept as cursors that Qt moves along.
        start, end = QTextCursor(editor.textCursor()), QTextCursor(editor.textCursor())
        start.setPosition(selection.start)
        end.setPosition(selection.end)
        end.setKeepPositionOnInsert(True)
        if selection.start == selection.end:
            start.setKeepPositionOnInsert(True)
        dialog.chosen.connect(partial(self._set, start, end))
        dialog.removed.connect(partial(self._set, start, end, None, None))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def remove(self) -> None:
        """Take the link away from what is selected, or from the one at the caret."""
        span = self.current()
        if span is not None and not self._editor.isReadOnly():
            self._editor.run(partial(commands.set_link, target=None))

    def open(self) -> None:
        """Follow the link at the caret."""
        span = self.current()
        if span is not None:
            self.follow(span.target)

    def follow(self, target: str) -> None:
        """Show where a link leads, and go there if the person agrees."""
        if not schema.is_safe_link(target):
            return
        dialog = OpenLinkDialog(target, self._editor.window())
        dialog.accepted.connect(lambda: self._open_url(QUrl(target)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _set(
        self, start: QTextCursor, end: QTextCursor, target: str | None, text: str | None
    ) -> None:
        editor = self._editor
        if start.document() is not editor.document():
            return  # another document was opened meanwhile
        self._select(start.position(), max(start.position(), end.position()))
        editor.run(partial(links.put_link, target=target, text=text))
        cursor = editor.textCursor()
        cursor.setPosition(cursor.selectionEnd())
        editor.setTextCursor(cursor)
        self._leave_at_the_end()

    def _select(self, start: int, end: int) -> None:
        cursor = self._editor.textCursor()
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        self._editor.setTextCursor(cursor)

    def _paste(self, source: QMimeData) -> bool:
        """Make a link of what is selected, if an address is pasted over it."""
        selection = self._editor.selection()
        if selection is None or selection.start == selection.end:
            return False
        target = source.text().strip() if source.hasText() else ""
        if not addresses.is_address(target) or addresses.completed(links.text_of(selection) or ""):
            return False  # an address over an address takes its place
        return self._editor.run(partial(commands.set_link, target=target))

    def _leave_at_the_end(self) -> None:
        """What is typed right behind a link does not belong to it."""
        editor = self._editor
        binding, selection = editor.binding, editor.selection()
        if binding is None or selection is None or selection.start != selection.end:
            return
        marks = dict(attributes_of(binding.marks_of(editor.currentCharFormat())))
        target = marks.pop(schema.LINK, None)
        if target is None or editor.link_at(selection.start) == target:
            return
        block = selection.paragraph.block
        editor.setCurrentCharFormat(binding.style.char_format(marks_key(marks), block))

    # Mouse and keys

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow with Ctrl and the left button; show a hand where that works, and the target."""
        match event.type():
            case QEvent.Type.MouseMove if isinstance(event, QMouseEvent):
                self._show_hand(event.position().toPoint(), bool(event.modifiers() & _CTRL))
            case QEvent.Type.MouseButtonPress if isinstance(event, QMouseEvent):
                if event.button() == Qt.MouseButton.LeftButton and event.modifiers() & _CTRL:
                    self._pressed = self._link_under(event.position().toPoint())
                    return self._pressed is not None
            case QEvent.Type.MouseButtonRelease if isinstance(event, QMouseEvent):
                pressed, self._pressed = self._pressed, None
                if pressed is not None:
                    if self._link_under(event.position().toPoint()) == pressed:
                        self.follow(pressed)
                    return True
            case QEvent.Type.ToolTip if isinstance(event, QHelpEvent):
                return self._show_target(event)
            case QEvent.Type.KeyPress | QEvent.Type.KeyRelease if isinstance(event, QKeyEvent):
                if event.key() == Qt.Key.Key_Control and watched is self._editor:
                    viewport = self._editor.viewport()
                    where = viewport.mapFromGlobal(self._editor.cursor().pos())
                    self._show_hand(where, event.type() == QEvent.Type.KeyPress)
        return False

    def _link_under(self, point: QPoint) -> str | None:
        """Return the target of the link under a point of the viewport."""
        editor = self._editor
        if not editor.viewport().rect().contains(point):
            return None
        scrolled = QPoint(editor.horizontalScrollBar().value(), editor.verticalScrollBar().value())
        layout = editor.document().documentLayout()
        position = layout.hitTest((point + scrolled).toPointF(), Qt.HitTestAccuracy.ExactHit)
        return editor.link_at(position) if position >= 0 else None

    def _show_hand(self, point: QPoint, ctrl: bool) -> None:
        hand = ctrl and self._link_under(point) is not None
        if hand != self._hand:  # the editor has hands of its own
            self._hand = hand
            shape = Qt.CursorShape.PointingHandCursor if hand else Qt.CursorShape.IBeamCursor
            self._editor.viewport().setCursor(shape)

    def _show_target(self, event: QHelpEvent) -> bool:
        target = self._link_under(event.pos())
        if target is None:
            return False
        # Escaped: Qt takes a tip that looks like HTML for HTML, and a link is a peer's word.
        tip = self.tr("%1 — Ctrl+click to open").replace("%1", addresses.shown(target))
        QToolTip.showText(event.globalPos(), f"<qt>{html.escape(tip)}</qt>", self._editor)
        return True

    def _extend_menu(self, menu: QMenu, position: int) -> None:
        """Add what can be done with the link at a position."""
        editor = self._editor
        near = position if editor.link_at(position) else position - 1
        target = editor.link_at(near) if near >= 0 else None
        if target is None:
            return
        cursor = editor.textCursor()
        if not cursor.selectionStart() <= near <= cursor.selectionEnd():
            cursor.setPosition(near)
            editor.setTextCursor(cursor)
        writable = not editor.isReadOnly()
        menu.addSeparator()
        for title, run, on in (
            (self.tr("&Open link…"), partial(self.follow, target), True),
            (
                self.tr("Copy link &address"),
                partial(QGuiApplication.clipboard().setText, target),
                True,
            ),
            (self.tr("&Edit link…"), self.edit, writable),
            (self.tr("&Remove link"), self.remove, writable),
        ):
            action = menu.addAction(title)
            action.triggered.connect(lambda _=False, run=run: run())
            action.setEnabled(on)
