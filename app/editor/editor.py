"""The writing surface: a QTextEdit that turns keys into commands and keeps the reader's place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from PySide6.QtCore import QMimeData, QRect, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDropEvent,
    QFocusEvent,
    QGuiApplication,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QFrame, QMenu, QTextEdit, QWidget

from app.editor import clipboard, commands
from app.editor.binding import Binding
from app.editor.commands import Selection
from app.editor.context_menu import context_menu
from sync.document.delta import (
    NO_ATTRIBUTES,
    Attributes,
    Delete,
    Delta,
    Embed,
    Insert,
    Retain,
    end_of_change,
)
from sync.types import Origin

TOP, BOTTOM = 48, 160
"""Pixels above the first and below the last line."""

MIN_MARGIN = 28
"""Pixels left and right of the text at least."""

InputFilter: TypeAlias = Callable[[QKeyEvent], bool]
"""Sees a key before the editor acts on it; whether the key is dealt with."""

MenuExtension: TypeAlias = Callable[[QMenu, int], None]
"""Adds entries to the context menu that is about to open at a position (UTF-16 units)."""


class Editor(QTextEdit):
    """Shows one bound document. Without one (`show_binding(None)`) it is empty and read-only."""

    selection_changed = Signal()
    """Caret, selection or what they stand in has changed: ask the commands again."""

    typed_text = Signal(str)
    """What a key or an input method has put in as plain text; it is in the CRDT already."""

    composition_ended = Signal()
    """The input method is done: remote changes that waited may come."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.binding: Binding | None = None
        self.composing = False
        """Whether an input method is in the middle of a word: Qt must not be touched then."""
        self.input_filters: list[InputFilter] = []
        """Asked in order, before the editor acts on a key; the first that says True keeps it."""
        self.menu_extensions: list[MenuExtension] = []
        """Called in order, each time the context menu opens."""
        self.room_below = 0.0
        """Part of the window's height that stays free below the last line; `lay_out` uses it."""
        self._layers: dict[str, list[QTextEdit.ExtraSelection]] = {}
        # Anchor and position of the caret, and the line at the top of the window with its
        # distance from it in pixels: from before a patch, to be put back after it.
        self._before: tuple[int, int] = (0, 0)
        self._top = QTextCursor()
        self._top_offset = 0
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAcceptRichText(False)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabChangesFocus(False)
        self.setAccessibleName(self.tr("Text"))
        self.cursorPositionChanged.connect(self.selection_changed)
        self.selectionChanged.connect(self.selection_changed)
        self.show_binding(None)

    # What is shown

    def show_binding(self, binding: Binding | None) -> None:
        """Show a document, its caret at the top."""
        if self.binding is not None:
            self.binding.patched.disconnect(self._patched)
            self.binding.about_to_patch.disconnect(self._keep_place)
        self.binding = binding
        self._layers.clear()
        self.setExtraSelections([])
        if binding is None:
            self.setReadOnly(True)
            # A page of its own: emptying the one that was shown would be an edit, and be saved.
            self.setDocument(QTextDocument(self))
        else:
            self.setReadOnly(False)
            self.setDocument(binding.qt)
            binding.about_to_patch.connect(self._keep_place)
            binding.patched.connect(self._patched)
            self.lay_out()
            self._use_formats_here()
        self.selection_changed.emit()

    def lay_out(self) -> None:
        """Keep the text a readable width, in the middle of the window; after a new style, too."""
        width = 0
        if self.binding is not None:
            style = self.binding.style
            width = int(style.size * self.logicalDpiX() / 72 * style.width)
        margin = max(MIN_MARGIN, (self.width() - width) // 2)
        self.setViewportMargins(margin, 0, margin - self.verticalScrollBar().sizeHint().width(), 0)
        root = self.document().rootFrame()
        frame_format = root.frameFormat()
        below = max(BOTTOM, int(self.room_below * self.height()))
        if (frame_format.topMargin(), frame_format.bottomMargin()) != (TOP, below):
            frame_format.setTopMargin(TOP)
            frame_format.setBottomMargin(below)
            frame_format.setLeftMargin(0)
            frame_format.setRightMargin(0)
            root.setFrameFormat(frame_format)

    # Commands

    def selection(self) -> Selection | None:
        """Return what is selected; None without a document."""
        if self.binding is None:
            return None
        cursor = self.textCursor()
        return self._selection_between(cursor.selectionStart(), cursor.selectionEnd())

    def _selection_between(self, start: int, end: int) -> Selection | None:
        if self.binding is None:
            return None
        first, last = self.document().findBlock(start), self.document().findBlock(end)
        return Selection(
            self.binding.mirror,
            start,
            end,
            first.blockNumber(),
            last.blockNumber(),
            first.position(),
        )

    def run(self, command: Callable[[Selection], Delta | None]) -> bool:
        """Apply a command to the selection; whether it did anything."""
        selection = self.selection()
        if selection is None or self.binding is None or self.isReadOnly():
            return False
        self._end_composition()
        self.binding.terminate()
        delta = command(selection)
        if not delta:
            return False
        self.binding.document.apply(delta, Origin.COMMAND)
        return True

    def toggle_mark(self, name: str) -> None:
        """Turn a mark on or off: on what is selected, else for what is typed next."""
        selection = self.selection()
        if selection is None or self.binding is None or self.isReadOnly():
            return
        if selection.start != selection.end:
            self.run(lambda selected: commands.toggle_mark(selected, name))
        else:
            marks = self.binding.toggled_marks(self.currentCharFormat(), name)
            self.setCurrentCharFormat(
                self.binding.style.char_format(marks, selection.paragraph.block)
            )
            self.selection_changed.emit()

    def mark_is_on(self, name: str) -> bool:
        """Whether all that is selected bears a mark, or what is typed next would."""
        selection = self.selection()
        if selection is None or self.binding is None:
            return False
        if selection.start == selection.end:
            return self.binding.bears_mark(self.currentCharFormat(), name)
        return commands.has_mark(selection, name)

    def undo(self) -> None:
        """Take this person's last step back."""
        if self.binding is not None and not self.isReadOnly():
            self._end_composition()
            self.binding.document.undo()

    def redo(self) -> None:
        """Bring this person's last undone step again."""
        if self.binding is not None and not self.isReadOnly():
            self._end_composition()
            self.binding.document.redo()

    def _end_composition(self) -> None:
        """Commit what the input method holds: touching the text under it can crash Qt."""
        if self.composing:
            QGuiApplication.inputMethod().commit()

    def insert_embed(self, embed: Embed, attributes: Attributes = NO_ATTRIBUTES) -> bool:
        """Put an embed in place of what is selected; whether that was possible."""
        return self.run(lambda selected: commands.replace(selected, [Insert(embed, attributes)]))

    # What stands where

    def link_at(self, position: int) -> str | None:
        """Return the target of the link that the character at a position (UTF-16) bears."""
        selection = self._selection_between(position, position)
        return commands.link_at(selection) if selection else None

    # Marks that are only for the eye

    def set_layer(self, name: str, selections: Sequence[QTextEdit.ExtraSelection]) -> None:
        """Show marks (search hits, spelling…) until the layer is set anew; empty takes it away.

        A layer that was set first is painted first, so later ones lie above it.
        """
        if selections:
            self._layers[name] = list(selections)
        elif self._layers.pop(name, None) is None:
            return
        self.setExtraSelections([one for layer in self._layers.values() for one in layer])

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Turn the keys that mean more than a letter into commands."""
        if self.isReadOnly() or self.binding is None:
            super().keyPressEvent(event)
            return
        if any(dealt_with(event) for dealt_with in tuple(self.input_filters)) or self._run_key(
            event
        ):
            event.accept()
        else:
            text = event.text()
            super().keyPressEvent(event)
            if text and text.isprintable() and event.isAccepted():
                self.typed_text.emit(text)

    def _run_key(self, event: QKeyEvent) -> bool:
        """Do what a key means beyond a letter; whether it means that here."""
        keys = QKeySequence.StandardKey
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        match event.key():
            case _ if event.matches(keys.Undo):
                self.undo()
            case _ if event.matches(keys.Redo):
                self.redo()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if not shift:
                self._new_paragraph()
            case Qt.Key.Key_Backspace:
                return self.run(commands.backspace_at_start)
            case Qt.Key.Key_Tab:
                return self.run(lambda selection: commands.indent(selection, 1))
            case Qt.Key.Key_Backtab:
                self.run(lambda selection: commands.indent(selection, -1))
            case _:
                return False
        return True

    def _new_paragraph(self) -> None:
        assert self.binding is not None
        marks = self.binding.marks_of(self.currentCharFormat())
        self.run(commands.new_paragraph)
        block = self.binding.mirror.paragraphs[self.textCursor().blockNumber()].block
        self.setCurrentCharFormat(self.binding.style.char_format(marks, block))
        self.ensureCursorVisible()

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Note whether a composition is running."""
        text = event.commitString()
        super().inputMethodEvent(event)
        was = self.composing
        self.composing = bool(event.preeditString())
        if text and self.binding is not None and not self.isReadOnly():
            self.typed_text.emit(text)
        if was and not self.composing:
            self.composition_ended.emit()
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A composition does not outlive the focus."""
        super().focusOutEvent(event)
        if self.composing:
            self.composing = False
            self.composition_ended.emit()

    # Clipboard and drag

    def createMimeDataFromSelection(self) -> QMimeData:
        """Copy as our own format and as text."""
        selection = self.selection()
        return clipboard.copy(selection) if selection else QMimeData()

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Whether paste has something to do."""
        return not self.isReadOnly() and clipboard.can_paste(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste over the selection, CRDT first."""
        inserts = clipboard.pasted(source)
        if inserts:
            self.run(lambda selection: commands.replace(selection, inserts))
            self.ensureCursorVisible()

    def paste_plain(self) -> None:
        """Paste the text alone."""
        plain = QMimeData()
        plain.setText(QGuiApplication.clipboard().text())
        self.insertFromMimeData(plain)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take text only: a dropped file must not become its path."""
        if self.canInsertFromMimeData(event.mimeData()) and not event.mimeData().hasUrls():
            super().dragEnterEvent(event)
        else:
            event.ignore()

    def dropEvent(self, event: QDropEvent) -> None:
        """Move or copy what is dropped, as one step, CRDT first."""
        if self.binding is None or self.isReadOnly():
            event.ignore()
            return
        inserts = clipboard.pasted(event.mimeData())
        target = self.cursorForPosition(event.position().toPoint()).position()
        selection = self.selection()
        moves = (
            event.source() in (self, self.viewport())
            and event.dropAction() == Qt.DropAction.MoveAction
        )
        if moves:
            # Qt would delete the source by itself after a move; the delta below has done it.
            event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if selection is None or not inserts:
            return
        delta: Delta = [Retain(target), *inserts]
        if moves:
            delta = _moved(selection, target, inserts)
        if delta:
            self.binding.document.apply(delta, Origin.COMMAND)
        # QTextEdit shows the place of the drop by a cursor that only its own handler takes away.
        self.viewport().update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done here."""
        menu = context_menu(self)
        position = self.cursorForPosition(event.pos()).position()
        for extend in tuple(self.menu_extensions):
            extend(menu, position)
        menu.exec(event.globalPos())

    # The reader's place

    def _keep_place(self) -> None:
        """Remember, before a patch, where the caret is and what is at the top of the window."""
        cursor = self.textCursor()
        self._before = (cursor.anchor(), cursor.position())
        top = self.cursorForPosition(self.viewport().rect().topLeft())
        self._top = QTextCursor(top)
        self._top_offset = self.cursorRect(top).top()

    def _patched(self, delta: Delta, origin: Origin) -> None:
        """Put caret and scroll position back after a patch."""
        if origin in (Origin.COMMAND, Origin.UNDO):
            self._follow_own_change(delta)
        else:
            anchor, position = (moved(place, delta) for place in self._before)
            cursor = self.textCursor()
            if (cursor.anchor(), cursor.position()) != (anchor, position):
                cursor.setPosition(anchor)
                cursor.setPosition(position, QTextCursor.MoveMode.KeepAnchor)
                scroll = self.verticalScrollBar().value()
                self.setTextCursor(cursor)
                self.verticalScrollBar().setValue(scroll)
            shift = self.cursorRect(self._top).top() - self._top_offset
            bar = self.verticalScrollBar()
            if shift and bar.value():
                bar.setValue(bar.value() + shift)
        self.selection_changed.emit()

    def _follow_own_change(self, delta: Delta) -> None:
        """Caret behind what changed; a format keeps the selection."""
        anchor, position = self._before
        if all(isinstance(step, Retain) for step in delta):
            if self.textCursor().anchor() == anchor and self.textCursor().position() == position:
                return
        else:
            end = end_of_change(delta)
            anchor = position = position if end is None else end
        limit = self.document().characterCount() - 1
        cursor = self.textCursor()
        cursor.setPosition(min(anchor, limit))
        cursor.setPosition(min(position, limit), QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)

    def _use_formats_here(self) -> None:
        """What is typed into an empty paragraph looks as the paragraph does."""
        selection = self.selection()
        if self.binding is not None and selection is not None and selection.paragraph.length == 1:
            self.setCurrentCharFormat(self.binding.style.char_format("", selection.paragraph.block))

    # Painting

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the text in the middle."""
        self.lay_out()
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the text, and an invitation where there is none."""
        super().paintEvent(event)
        if self.binding is None or self.isReadOnly() or self.composing:
            return
        if len(self.binding.mirror.paragraphs) == 1 and self.binding.mirror.length == 0:
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().placeholderText().color())
            painter.setFont(self.currentCharFormat().font())
            caret = self.cursorRect()
            box = QRect(caret.left() + 2, caret.top(), self.viewport().width(), caret.height())
            painter.drawText(
                box, Qt.AlignmentFlag.AlignVCenter, self.tr("Write something you want to keep.")
            )


def moved(place: int, delta: Delta) -> int:
    """Return where a UTF-16 position is after a delta; what comes in at it goes behind it."""
    at = 0  # in the new text
    for step in delta:
        if at > place:
            break
        match step:
            case Retain(length):
                at += length
            case Delete(length):
                place = max(at, place - length)
            case Insert() if at < place:
                at += step.length
                place += step.length
            case Insert():
                at += step.length
    return place


def _moved(selection: Selection, target: int, inserts: list[Insert]) -> Delta:
    """Return the delta that moves what is selected to `target`; empty if it is there already."""
    if selection.start <= target <= selection.end:
        return []
    length = selection.end - selection.start
    if target < selection.start:
        return [Retain(target), *inserts, Retain(selection.start - target), Delete(length)]
    return [Retain(selection.start), Delete(length), Retain(target - selection.end), *inserts]
