"""One QTextDocument and its mirror: whatever is played on the one is played on the other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtGui import QTextBlock, QTextBlockFormat, QTextCharFormat, QTextCursor, QTextDocument

from app.editor import formats
from app.editor.embeds import Embeds, ImageSource
from app.editor.formats import Style
from app.editor.layout import PageLayout
from app.editor.lists import list_level, regroup
from app.editor.mirror import (
    OBJECT,
    Mirror,
    Paragraph,
    block_key,
    is_footnote,
    marks_key,
    shown_text,
)
from sync.document.delta import Delete, Delta, Embed, Insert, Retain
from sync.document.positions import utf16_length

INDENT_WIDTH = 2.4
"""Width of a level, and of a tab, in pixels for each point of the text's letters."""


class Canvas:
    """Shows contents in a QTextDocument and keeps what is shown in `mirror`."""

    def __init__(self, qt: QTextDocument, style: Style, contents: list[Insert]) -> None:
        self.qt = qt
        self.style = style
        self.busy = False
        """Whether the QTextDocument is being changed here, so nothing was typed."""
        self.mirror = Mirror(contents)
        self.fill()
        # Filled first: without a layout that is a matter of copying, whatever the size.
        self.page = PageLayout(qt, style)
        self.embeds = Embeds(self.page, style)
        qt.setDocumentLayout(self.page)

    @contextmanager
    def patching(self) -> Iterator[None]:
        """Change the QTextDocument as one edit that is not taken for typing."""
        was, self.busy = self.busy, True
        cursor = QTextCursor(self.qt)
        cursor.beginEditBlock()
        try:
            yield
        finally:
            cursor.endEditBlock()
            self.busy = was

    def restyle(self, style: Style) -> None:
        """Show everything in another style."""
        self.style = self.embeds.style = self.page.style = style
        self._set_widths()
        with self.patching():
            block = self.qt.begin()
            for number in range(len(self.mirror.paragraphs)):
                self._format_block(block, number)
                block = block.next()
            self._number_footnotes()

    def _set_widths(self) -> None:
        width = self.style.size * INDENT_WIDTH
        self.qt.setIndentWidth(width)
        option = self.qt.defaultTextOption()
        option.setTabStopDistance(width)
        self.qt.setDefaultTextOption(option)

    def show_images_of(self, source: ImageSource) -> None:
        """Take the pixels of images from `source`."""
        self.embeds.images = source
        self.lay_out_images(None)

    def lay_out_images(self, values: set[str] | None) -> None:
        """Measure the images with these values (None: all) again: their pixels have come."""
        places: list[int] = []
        block = self.qt.begin()
        for paragraph in self.mirror.paragraphs:
            at = block.position()
            for text, key in paragraph.runs:
                length = utf16_length(text)
                image = formats.image_value(key) if text[0] == OBJECT else None
                if image is not None and (values is None or image in values):
                    places += range(at, at + length)
                at += length
            block = block.next()
        was, self.busy = self.busy, True
        for place in places:
            self.qt.markContentsDirty(place, 1)
        self.busy = was

    # Filling

    def fill(self) -> None:
        """Show all paragraphs in place of whatever the QTextDocument holds."""
        was, self.busy = self.busy, True
        self.qt.clear()
        self._set_widths()
        # All in one edit block: at its end Qt lays out everything between first and last change.
        with self.patching():
            cursor = QTextCursor(self.qt)
            for number, paragraph in enumerate(self.mirror.paragraphs):
                block_format = self._block_format(number)
                base = self.style.char_format("", paragraph.block)
                if number:
                    cursor.insertBlock(block_format, base)
                else:
                    cursor.setBlockFormat(block_format)
                    cursor.setBlockCharFormat(base)
                    cursor.setCharFormat(base)
                for text, key in paragraph.runs:
                    cursor.insertText(text, self.style.char_format(key, paragraph.block))
            before = None
            for number, paragraph in enumerate(self.mirror.paragraphs):
                level = list_level(paragraph)
                if level is not None and before is None:
                    self._group_from(number)
                before = level
            self._number_footnotes()
        self.busy = was

    def _group_from(self, first: int) -> None:
        last = first
        paragraphs = self.mirror.paragraphs
        while last + 1 < len(paragraphs) and list_level(paragraphs[last + 1]) is not None:
            last += 1
        regroup(self.qt, paragraphs, first, last)

    # Playing

    def play(self, delta: Delta) -> tuple[int, int]:
        """Play a delta; return the touched blocks, whose looks are to be repaired."""
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
            number, offset = self.locate(at)
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
                    last = self.locate(at)[0]
                case Insert():
                    at = self._insert(cursor, at, step)
                    last = self.locate(at)[0]
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
            number, offset = self.locate(cursor.position())
            if piece:
                self.mirror.insert_text(number, offset, piece, key)
                look = self.mirror.paragraphs[number].block
                cursor.insertText(piece, self.style.char_format(key, look))
            if index < len(pieces) - 1:
                number, offset = self.locate(cursor.position())
                self.mirror.split(number, offset, block)
                # The second half keeps its paragraph's formats; the first is repaired.
                cursor.insertBlock()
        return cursor.position()

    def locate(self, position: int) -> tuple[int, int]:
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

    def looks_right(self, number: int) -> bool:
        """Whether a block shows its paragraph, and is in a list if and only if it should be."""
        block = self.qt.findBlockByNumber(number)
        in_list = block.textList() is not None
        listed = list_level(self.mirror.paragraphs[number]) is not None
        return in_list == listed and self._is_up_to_date(block, number)

    def repair(self, first: int, last: int) -> None:
        """Give blocks `first` to `last` the text, formats and lists of their paragraphs."""
        paragraphs = self.mirror.paragraphs
        if len(self.qt.rootFrame().childFrames()):  # a table, from outside (insertHtml)
            self.fill()
            return
        first = max(0, first - 1)  # its look depends on what follows it
        in_list = False
        block = self.qt.findBlockByNumber(first)
        for number in range(first, last + 1):
            listed = list_level(paragraphs[number]) is not None
            in_list = in_list or listed or block.textList() is not None
            if not self._is_up_to_date(block, number):
                self._repair_text(block, paragraphs[number])
                self._format_block(block, number)
            block = block.next()
        # A list that was cut in two counts anew behind the cut.
        behind = last + 1 < len(paragraphs)
        if in_list or (behind and list_level(paragraphs[last + 1])):
            regroup(self.qt, paragraphs, first, last)
        if self.mirror.footnotes_moved:
            self._number_footnotes()

    def _joins(self, number: int) -> bool:
        paragraphs = self.mirror.paragraphs
        following = paragraphs[number + 1].block if number + 1 < len(paragraphs) else None
        return formats.joins(paragraphs[number].block, following)

    def _block_format(self, number: int) -> QTextBlockFormat:
        block = self.mirror.paragraphs[number].block
        return self.style.block_format(block, first=number == 0, joins=self._joins(number))

    def _is_up_to_date(self, block: QTextBlock, number: int) -> bool:
        paragraph = self.mirror.paragraphs[number]
        joined = self._joins(number)
        return formats.is_up_to_date(block, paragraph, self.style, first=number == 0, joined=joined)

    def _repair_text(self, block: QTextBlock, paragraph: Paragraph) -> None:
        """Show stand-ins for characters that came in from outside and are not shown as they are."""
        wanted = paragraph.text
        if block.text() == wanted:
            return
        at = block.position()
        for letter in wanted:
            length = utf16_length(letter)
            found = "".join(self.qt.characterAt(at + unit) for unit in range(length))
            units = found.encode("utf-16-le", "surrogatepass")
            if units != letter.encode("utf-16-le"):
                cursor = QTextCursor(self.qt)
                cursor.setPosition(at)
                cursor.setPosition(at + length, QTextCursor.MoveMode.KeepAnchor)
                cursor.insertText(letter)
            at += length

    def _format_block(self, block: QTextBlock, number: int) -> None:
        paragraph = self.mirror.paragraphs[number]
        cursor = QTextCursor(block)
        wanted = self._block_format(number)
        wanted.setObjectIndex(block.blockFormat().objectIndex())  # stays in its list till regroup
        cursor.setBlockFormat(wanted)
        cursor.setBlockCharFormat(self.style.char_format("", paragraph.block))
        for text, key in paragraph.runs:
            end = cursor.position() + utf16_length(text)
            cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            cursor.setCharFormat(self.style.char_format(key, paragraph.block))
            cursor.setPosition(end)
            if text[0] == OBJECT and is_footnote(key):
                self.mirror.footnotes_moved = True  # their numbers went with the old format

    def _number_footnotes(self) -> None:
        """Give each footnote its number, in the order of the text."""
        self.mirror.footnotes_moved = False
        count = 0
        for number, paragraph in enumerate(self.mirror.paragraphs):
            if not paragraph.footnotes():
                continue
            at = self.qt.findBlockByNumber(number).position()
            for text, key in paragraph.runs:
                length = utf16_length(text)
                if text[0] == OBJECT and is_footnote(key):
                    for place in range(at, at + length):
                        count += 1
                        self._set_number(place, count, key, paragraph)
                at += length

    def _set_number(self, place: int, count: int, key: str, paragraph: Paragraph) -> None:
        cursor = QTextCursor(self.qt)
        cursor.setPosition(place)
        cursor.setPosition(place + 1, QTextCursor.MoveMode.KeepAnchor)
        if cursor.charFormat().property(formats.NUMBER) != count:
            wanted: QTextCharFormat = self.style.char_format(key, paragraph.block)
            wanted.setProperty(formats.NUMBER, count)
            cursor.setCharFormat(wanted)
