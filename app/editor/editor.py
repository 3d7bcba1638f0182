"""The writing surface: what keys, mouse, clipboard and drag mean on a bound document."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeAlias

from PySide6.QtCore import QMimeData, QPointF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QTextCursor,
)
from PySide6.QtWidgets import QMenu, QWidget

from app.editor import clipboard, commands
from app.editor.binding import Binding
from app.editor.context_menu import context_menu
from app.editor.images import Images
from app.editor.intake import Intake
from app.editor.surface import Surface
from app.rest import note_key
from sync.document.delta import NO_ATTRIBUTES, Attributes, Embed, Insert

InputFilter: TypeAlias = Callable[[QKeyEvent], bool]
"""Sees a key before the editor acts on it; whether the key is dealt with."""

PasteFilter: TypeAlias = Callable[[QMimeData], bool]
"""Sees what is pasted before the editor inserts it; whether it is dealt with."""

MenuExtension: TypeAlias = Callable[[QMenu, int], None]
"""Adds entries to the context menu that is about to open at a position (UTF-16 units)."""


class Editor(Surface):
    """Shows one bound document. Without one (`show_binding(None)`) it is empty and read-only."""

    footnote_wanted = Signal(str)
    """The footnote behind the caret was double-clicked; what it says."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.input_filters: list[InputFilter] = []
        """Asked in order, before the editor acts on a key; the first that says True keeps it."""
        self.paste_filters: list[PasteFilter] = []
        """Asked in order, before the editor inserts what is pasted."""
        self.menu_extensions: list[MenuExtension] = []
        """Called in order, each time the context menu opens."""
        self._over_box = False
        self.intake = Intake(self)
        """Brings in what is pasted, dropped or chosen, off this thread where it is slow."""

    # What is shown

    def use_images(self, images: Images) -> None:
        """Show images from there, and keep there what comes in."""
        self.intake.images = images
        if self.binding is not None:
            self.binding.use_images(images)

    def show_binding(self, binding: Binding | None) -> None:
        """Show a document, its caret at the top."""
        super().show_binding(binding)
        images = self.intake.images if binding is not None else None
        if binding is not None and images is not None:
            binding.use_images(images)

    # Commands

    def undo(self) -> None:
        """Take this person's last step back, also one that is still under way."""
        if not self.intake.cancel():
            super().undo()

    def toggle_mark(self, name: str, value: object = True) -> None:
        """Turn a mark on or off: on what is selected, else for what is typed next."""
        self.set_mark(name, None if self.mark_is_on(name, value) else value)

    def set_mark(self, name: str, value: object) -> None:
        """Give a mark a value, or take it away (None); on the same as `toggle_mark`."""
        selection = self.selection()
        if selection is None or self.binding is None or self.isReadOnly():
            return
        if not selection.is_caret:
            self.run(lambda selected: commands.set_mark(selected, name, value))
        elif not selection.in_code:
            marks = self.binding.changed_marks(self.currentCharFormat(), name, value)
            self.setCurrentCharFormat(
                self.binding.style.char_format(marks, selection.paragraph.block)
            )
            self.selection_changed.emit()

    def mark_is_on(self, name: str, value: object = None) -> bool:
        """Whether all that is selected bears a mark (with that value), or what is typed would."""
        selection = self.selection()
        if selection is None or self.binding is None:
            return False
        if selection.is_caret:
            found = self.binding.mark_of(self.currentCharFormat(), name)
            return found is not None and value in (None, found)
        return commands.has_mark(selection, name, value)

    def clear_format(self) -> None:
        """Take the marks from what is selected, or from what is typed next."""
        selection = self.selection()
        if self.run(commands.clear_format) or selection is None or self.binding is None:
            return
        if selection.is_caret and not self.isReadOnly():
            self.setCurrentCharFormat(self.binding.style.char_format("", selection.paragraph.block))
            self.selection_changed.emit()

    def insert_embed(self, embed: Embed, attributes: Attributes = NO_ATTRIBUTES) -> bool:
        """Put an embed in place of what is selected; whether that was possible."""
        return self.replace_selection([Insert(embed, attributes)])

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Turn the keys that mean more than a letter into commands."""
        note_key()
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
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        shift = modifiers & Qt.KeyboardModifier.ShiftModifier
        match event.key():
            case _ if event.matches(keys.Undo):
                self.undo()
            case _ if event.matches(keys.Redo):
                self.redo()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                if modifiers == Qt.KeyboardModifier.ControlModifier and self._ctrl_enter():
                    return True
                if shift and not self._in_code():
                    return False  # a new line in the same paragraph
                self._new_paragraph()
            case Qt.Key.Key_Escape:
                return self.intake.cancel()
            case Qt.Key.Key_Backspace if not modifiers:
                return self.run(commands.backspace_at_start)
            case Qt.Key.Key_Tab if not modifiers:
                return self.run(partial(commands.tab, step=1)) or self.run(
                    partial(commands.indent_item, step=1)
                )
            case Qt.Key.Key_Backtab:
                if not self.run(partial(commands.tab, step=-1)):
                    self.run(partial(commands.indent, step=-1))
            case _:
                return False
        return True

    def _in_code(self) -> bool:
        selection = self.selection()
        return selection is not None and selection.in_code

    def _ctrl_enter(self) -> bool:
        """Check or uncheck an item; go on behind a quote or code block."""
        return self.run(commands.toggle_checked) or self.run(commands.leave_block)

    def _new_paragraph(self) -> None:
        assert self.binding is not None
        marks = self.binding.marks_of(self.currentCharFormat())
        self.run(commands.new_paragraph)
        block = self.binding.mirror.paragraphs[self.textCursor().blockNumber()].block
        self.setCurrentCharFormat(self.binding.style.char_format(marks, block))
        self.ensureCursorVisible()

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on the box of a check list checks it."""
        if event.button() is Qt.MouseButton.LeftButton and self._click_box(event.position()):
            event.accept()
        else:
            super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Two clicks on a box are two clicks; on a footnote they open it."""
        left = event.button() is Qt.MouseButton.LeftButton
        if left and (self._click_box(event.position()) or self._open_footnote(event.position())):
            event.accept()
        else:
            super().mouseDoubleClickEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show that a box can be clicked."""
        if event.buttons():  # else Qt would only look for markers, in all paragraphs
            super().mouseMoveEvent(event)
        on_box = not event.buttons() and not self.isReadOnly()
        on_box = on_box and self.check_box_at(event.position().toPoint()) is not None
        if on_box != self._over_box:
            self._over_box = on_box
            shape = Qt.CursorShape.PointingHandCursor if on_box else Qt.CursorShape.IBeamCursor
            self.viewport().setCursor(shape)

    def _click_box(self, point: QPointF) -> bool:
        if self.isReadOnly() or self.binding is None:
            return False
        block = self.check_box_at(point.toPoint())
        if block is None:
            return False
        self.end_composition()
        selection = self.selection_between(block.position(), block.position())
        return selection is not None and self.run_on(selection, commands.toggle_checked)

    def _open_footnote(self, point: QPointF) -> bool:
        """Put the caret before the footnote under a point and ask for its words."""
        if self.isReadOnly() or self.binding is None:
            return False
        caret = self.cursorForPosition(point.toPoint()).position()
        for position in (caret, caret - 1):
            note = self.selection_between(position, position) if position >= 0 else None
            words = commands.footnote_at(note) if note is not None else None
            if words is not None:
                cursor = self.textCursor()
                cursor.setPosition(position)
                self.setTextCursor(cursor)
                self.footnote_wanted.emit(words)
                return True
        return False

    # Clipboard and drag

    def createMimeDataFromSelection(self) -> QMimeData:
        """Copy as our own format, HTML, text and Markdown."""
        selection = self.selection()
        return clipboard.copy(selection, self.intake.images) if selection else QMimeData()

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Whether paste has something to do."""
        return not self.isReadOnly() and clipboard.can_paste(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste over the selection, CRDT first."""
        if not any(dealt_with(source) for dealt_with in tuple(self.paste_filters)):
            self.intake.take(source, self.textCursor())

    def paste_plain(self) -> None:
        """Paste the text alone."""
        self.intake.take(QGuiApplication.clipboard().mimeData(), self.textCursor(), plain=True)

    def insert_images(self, paths: Sequence[Path | str]) -> None:
        """Put images, or the words of text files, in place of what is selected."""
        self.intake.take_files([Path(path) for path in paths], self.textCursor())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take what could be pasted."""
        if self.canInsertFromMimeData(event.mimeData()):
            super().dragEnterEvent(event)
        else:
            event.ignore()

    def dropEvent(self, event: QDropEvent) -> None:
        """Move or copy what is dropped, as one step, CRDT first."""
        if self.binding is None or self.isReadOnly():
            event.ignore()
            return
        self.end_composition()
        target = self.cursorForPosition(event.position().toPoint()).position()
        moves = (
            event.source() in (self, self.viewport())
            and event.dropAction() == Qt.DropAction.MoveAction
        )
        if moves:
            # Qt would delete the source by itself after a move; the command has done it.
            event.setDropAction(Qt.DropAction.CopyAction)
            self._move_selection(target)
        else:
            place = QTextCursor(self.document())
            place.setPosition(target)
            self.intake.take(event.mimeData(), place, select=True)
        event.accept()
        # QTextEdit shows the place of the drop by a cursor that only its own handler takes away.
        self.viewport().update()

    def _move_selection(self, target: int) -> None:
        """Move what is selected, and keep it selected."""
        selection = self.selection()
        if selection is None:
            return
        inserts = selection.inserts()
        length = selection.end - selection.start
        start = target if target < selection.start else target - length
        self.run(lambda chosen: commands.move(chosen, target, inserts), (start, start + length))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done here."""
        menu = context_menu(self)
        position = self.cursorForPosition(event.pos()).position()
        for extend in tuple(self.menu_extensions):
            extend(menu, position)
        menu.exec(event.globalPos())
