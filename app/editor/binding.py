"""QTextDocument ⇄ Document: what is typed goes to the CRDT, what comes from it is shown.

Typing, deletion and input method arrive through `contentsChange`, whose range
is only a hint: the touched paragraphs are read again and compared with the
mirror. Commands, undo and remote edits change the document first and come
back as a delta, which is played on mirror and QTextDocument in lockstep.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QTextBlock, QTextCharFormat, QTextCursor, QTextDocument

from app.editor import formats
from app.editor.formats import Style
from app.editor.lists import list_level, regroup
from app.editor.mirror import (
    OBJECT,
    Mirror,
    Paragraph,
    attributes_of,
    block_key,
    difference,
    marks_key,
    shown_text,
    text_marks_key,
)
from sync.document.delta import Delete, Delta, Embed, Insert, Retain, insert
from sync.document.document import Document
from sync.document.positions import utf16_length
from sync.types import Origin


class Binding(QObject):
    """Keeps one QTextDocument and one Document equal. Both belong to the GUI thread.

    `qt` is emptied and filled here; fill it before a widget shows it, because
    its layout is lazy then (first paint 20 ms at any size instead of 360).
    """

    about_to_patch = Signal()
    """A change that was not typed will be on screen next: remember caret and scroll position."""

    patched = Signal(object, object)
    """(Delta, Origin): a change that was not typed is on screen now."""

    typed = Signal()
    """Something typed has reached the CRDT."""

    def __init__(
        self, document: Document, qt: QTextDocument, style: Style, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.document = document
        self.qt = qt
        self.style = style
        self._busy = False
        self._stale: tuple[int, int] | None = None
        # Changing formats while Qt tells of a change crashes it, so repairs wait a turn.
        self._repair_timer = QTimer(self)
        self._repair_timer.setSingleShot(True)
        self._repair_timer.setInterval(0)
        self._repair_timer.timeout.connect(self._repair_stale)
        qt.setUndoRedoEnabled(False)  # ours is the document's: own edits only
        qt.documentLayout()  # without one there is no contentsChange; making it emits one
        self.mirror = Mirror(document.contents())
        self._fill()
        qt.contentsChange.connect(self._read_view)
        self._stop_listening = document.on_change(self._show)

    def close(self) -> None:
        """Let go of both documents."""
        self._stop_listening()
        self.qt.contentsChange.disconnect(self._read_view)
        self._repair_timer.stop()

    def restyle(self, style: Style) -> None:
        """Show everything in another style."""
        self.style = style
        with self._patching():
            for number, paragraph in enumerate(self.mirror.paragraphs):
                self._format_block(self.qt.findBlockByNumber(number), number, paragraph)

    # Marks of what is typed next

    @staticmethod
    def marks_of(char_format: QTextCharFormat) -> str:
        """Return the key of the marks that text typed in this format gets."""
        return text_marks_key(char_format.property(formats.MARKS) or "")

    @classmethod
    def bears_mark(cls, char_format: QTextCharFormat, name: str) -> bool:
        """Whether text typed in this format gets a mark."""
        return name in attributes_of(cls.marks_of(char_format))

    @classmethod
    def toggled_marks(cls, char_format: QTextCharFormat, name: str) -> str:
        """Return the key with a mark turned on or off."""
        marks = dict(attributes_of(cls.marks_of(char_format)))
        if name in marks:
            del marks[name]
        else:
            marks[name] = True
        return marks_key(marks)

    # From the view to the document

    def _read_view(self, position: int, removed: int, added: int) -> None:
        if self._busy or not (removed or added):
            return
        found = self._touched(position, added)
        if found is None:  # the hint was too small (cut and insertFragment in one edit block)
            found = self._touched(0, self.qt.characterCount())
            assert found is not None
        first, old, new, start = found
        delta = difference(old, new, max(0, position - start))
        changes = any(not isinstance(step, Retain) or step.attributes for step in delta)
        self.mirror.replace(first, len(old), new)
        if len(old) != len(new) or not self._looks_right(first):
            self._note_stale(first, first + len(new) - 1, max(0, len(new) - len(old)))
        if not changes:
            return
        self.terminate()
        self.document.apply([Retain(start), *delta], Origin.VIEW)
        self.typed.emit()

    def terminate(self) -> None:
        """Give a text its closing newline, if it has none yet: whoever edits it first does."""
        if not self.mirror.terminated:
            self.mirror.terminated = True
            closing = attributes_of(self.mirror.paragraphs[-1].block)
            end = self.document.length
            self.document.apply(insert(end, "\n", closing), Origin.VIEW)

    def _touched(
        self, position: int, added: int
    ) -> tuple[int, list[Paragraph], list[Paragraph], int] | None:
        """Return the first touched block, its old and new paragraphs, and where it starts.

        None if the sizes do not add up, so more was changed than the hint says.
        """
        end = min(position + added, self.qt.characterCount() - 1)
        block = self.qt.findBlock(min(position, end))
        first, start = block.blockNumber(), block.position()
        last = self.qt.findBlock(end).blockNumber()
        count = last - first + 1
        old_count = count + len(self.mirror.paragraphs) - self.qt.blockCount()
        if old_count < 1:
            return None
        new: list[Paragraph] = []
        for _ in range(count):
            new.append(formats.read_paragraph(block))
            block = block.next()
        old = self.mirror.paragraphs[first : first + old_count]
        grown = sum(p.length for p in new) - sum(p.length for p in old)
        if self.mirror.length + grown != self.qt.characterCount() - 1:
            return None
        return first, old, new, start

    def _note_stale(self, first: int, last: int, grown: int) -> None:
        """Have blocks looked over, next turn: Qt may have given them the wrong formats or list.

        `grown` blocks have been added, so those noted before may stand further down.
        """
        if self._stale is not None:
            first, last = min(first, self._stale[0]), max(last, self._stale[1] + grown)
        self._stale = first, last
        self._repair_timer.start()

    def _looks_right(self, number: int) -> bool:
        paragraph = self.mirror.paragraphs[number]
        block = self.qt.findBlockByNumber(number)
        in_list = block.textList() is not None
        return in_list == (list_level(paragraph) is not None) and formats.is_up_to_date(
            block, paragraph
        )

    def _repair_stale(self) -> None:
        if self._stale is None:
            return
        first, last = self._stale
        self._stale = None
        count = len(self.mirror.paragraphs)
        with self._patching():
            self._repair(min(first, count - 1), min(last, count - 1))

    # From the document to the view

    def _show(self, delta: Delta, origin: Origin) -> None:
        if origin is Origin.VIEW:
            return
        self.about_to_patch.emit()
        self._repair_stale()  # its block numbers are those of before this change
        with self._patching():
            first, last = self._play(delta)
            self._repair(first, last)
        self.patched.emit(delta, origin)

    @contextmanager
    def _patching(self) -> Iterator[None]:
        self._busy = True
        cursor = QTextCursor(self.qt)
        cursor.beginEditBlock()
        try:
            yield
        finally:
            cursor.endEditBlock()
            self._busy = False

    def _play(self, delta: Delta) -> tuple[int, int]:
        """Play a delta on mirror and QTextDocument; return the touched blocks."""
        if self._needs_open_end(delta):
            self._open_end()
        cursor = QTextCursor(self.qt)
        first: int | None = None
        last = 0
        at = 0
        for step in delta:
            if isinstance(step, Retain) and not step.attributes:
                at += step.length
                continue
            number, offset = self._locate(at)
            first = number if first is None else first
            match step:
                case Retain(length, attributes):
                    last = self.mirror.format(number, offset, length, attributes)
                    at += length
                case Delete(length):
                    self.mirror.delete(number, offset, length)
                    cursor.setPosition(at)
                    cursor.setPosition(at + length, QTextCursor.MoveMode.KeepAnchor)
                    cursor.removeSelectedText()
                    last = self._locate(at)[0]
                case Insert():
                    at = self._insert(cursor, at, step)
                    last = self._locate(at)[0]
        if not self.mirror.terminated and self._close_end():
            last = self.qt.blockCount() - 1
        end = self.qt.blockCount() - 1
        return min(first or 0, end), min(last, end)

    def _insert(self, cursor: QTextCursor, at: int, step: Insert) -> int:
        """Insert at `at` and return where it ends."""
        cursor.setPosition(at)
        if isinstance(step.content, Embed):
            pieces = [OBJECT]
            key = marks_key(step.attributes, step.content)
        else:
            pieces = shown_text(step.content).split("\n")
            key = marks_key(step.attributes)
        block = block_key(step.attributes)
        for index, piece in enumerate(pieces):
            number, offset = self._locate(cursor.position())
            if piece:
                self.mirror.insert_text(number, offset, piece, key)
                look = self.mirror.paragraphs[number].block
                cursor.insertText(piece, self.style.char_format(key, look))
            if index < len(pieces) - 1:
                number, offset = self._locate(cursor.position())
                self.mirror.split(number, offset, block)
                # The second half keeps its paragraph's formats; the first is repaired.
                cursor.insertBlock()
        return cursor.position()

    def _locate(self, position: int) -> tuple[int, int]:
        """Return the paragraph at a UTF-16 index, and the index inside it."""
        block = self.qt.findBlock(position)
        if not block.isValid():
            block = self.qt.lastBlock()
        return block.blockNumber(), position - block.position()

    def _needs_open_end(self, delta: Delta) -> bool:
        """Whether a delta inserts behind the closing newline, or deletes it."""
        if not self.mirror.terminated:
            return False
        at = 0  # in the old text
        for step in delta:
            match step:
                case Insert():
                    if at > self.mirror.length:
                        return True
                case Delete(length):
                    at += length
                    if at > self.mirror.length:
                        return True
                case Retain(length):
                    at += length
        return False

    def _open_end(self) -> None:
        """Show the closing newline as an empty paragraph, so Qt holds the CRDT's whole text."""
        cursor = QTextCursor(self.qt)
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertBlock()
        self.mirror.replace(len(self.mirror.paragraphs), 0, [Paragraph.of([], "")])
        self.mirror.terminated = False

    def _close_end(self) -> bool:
        """Undo `_open_end`, if the text ends with a newline; whether it does."""
        paragraphs = self.mirror.paragraphs
        if len(paragraphs) < 2 or paragraphs[-1].length > 1:
            return False
        cursor = QTextCursor(self.qt)
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.deletePreviousChar()
        self.mirror.replace(len(paragraphs) - 1, 1, [])
        self.mirror.terminated = True
        return True

    # Looks

    def _repair(self, first: int, last: int) -> None:
        """Give blocks `first` to `last` the formats and lists of their paragraphs."""
        in_list = False
        block = self.qt.findBlockByNumber(first)
        for number in range(first, last + 1):
            paragraph = self.mirror.paragraphs[number]
            in_list = in_list or list_level(paragraph) is not None or block.textList() is not None
            if not formats.is_up_to_date(block, paragraph):
                self._format_block(block, number, paragraph)
            block = block.next()
        # A list that was cut in two counts anew behind the cut.
        behind = last + 1 < len(self.mirror.paragraphs)
        if in_list or (behind and list_level(self.mirror.paragraphs[last + 1])):
            regroup(self.qt, self.mirror.paragraphs, first, last)

    def _format_block(self, block: QTextBlock, number: int, paragraph: Paragraph) -> None:
        cursor = QTextCursor(block)
        wanted = self.style.block_format(paragraph.block, first=number == 0)
        wanted.setObjectIndex(block.blockFormat().objectIndex())  # stays in its list till regroup
        cursor.setBlockFormat(wanted)
        cursor.setBlockCharFormat(self.style.char_format("", paragraph.block))
        for text, key in paragraph.runs:
            end = cursor.position() + utf16_length(text)
            cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            cursor.setCharFormat(self.style.char_format(key, paragraph.block))
            cursor.setPosition(end)

    def _fill(self) -> None:
        """Show all paragraphs in an empty QTextDocument."""
        self._busy = True
        self.qt.clear()
        cursor = QTextCursor(self.qt)
        cursor.beginEditBlock()
        for number, paragraph in enumerate(self.mirror.paragraphs):
            block_format = self.style.block_format(paragraph.block, first=number == 0)
            base = self.style.char_format("", paragraph.block)
            if number:
                cursor.insertBlock(block_format, base)
            else:
                cursor.setBlockFormat(block_format)
                cursor.setBlockCharFormat(base)
                cursor.setCharFormat(base)
            for text, key in paragraph.runs:
                cursor.insertText(text, self.style.char_format(key, paragraph.block))
        cursor.endEditBlock()
        with self._patching():
            for number, paragraph in enumerate(self.mirror.paragraphs):
                starts = list_level(paragraph) is not None and not (
                    number and list_level(self.mirror.paragraphs[number - 1])
                )
                if starts:
                    regroup(self.qt, self.mirror.paragraphs, number, number)
