"""The layout of a bound document: paragraphs below each other, laid out when somebody looks.

Qt's own layout walks through all paragraphs behind each change, 7 ms in a book of 1 MB and
40 ms in one of 5 MB. Here a change costs the paragraphs it touches. Others keep an estimated
height until they are looked at, so a book opens at once and takes memory for what was seen
only: lines and glyphs are 4 KB a paragraph.
"""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QPainter,
    QTextBlock,
    QTextDocument,
    QTextFrame,
)

from app.editor.formats import Style
from app.editor.layout import painting
from app.editor.layout.heights import Heights
from app.editor.layout.lines import LineBreaker, changed_part, guess_height, lines_of

_AT_ONCE = 16
"""Paragraphs of a change that are laid out at once: more of them wait until they are seen."""

_REACH = 40
"""Pixels that bars and papers reach beyond the paragraph that they belong to."""

_AHEAD = 2
"""Windows above and below what is seen that are laid out in advance."""


class PageLayout(QAbstractTextDocumentLayout):
    """Lays out one QTextDocument without frames or tables: they are no part of a document.

    All heights are whole pixels from the document's top, margins of the page included.
    Uses the line counts and user states of the document's blocks: nobody else may.
    """

    corrected = Signal(int, int)
    """Bottom of a paragraph whose height was estimated, and by how much it is higher than
    that, in pixels: all below it has moved, though nobody has changed anything. Whoever
    hears it sees to it that `report_size` is called soon."""

    def __init__(self, qt: QTextDocument, style: Style) -> None:
        """Make it when the document is filled, then call its `setDocumentLayout`."""
        super().__init__(qt)
        self.style = style
        self._heights = Heights(qt)
        self._lines = LineBreaker(qt)
        self._top, self._bottom = 0, 0
        self._block_count = 0
        self._length = 0
        self._width = 0.0
        self._reported = QSizeF()
        self._settling = False
        self._seen = (0, 0)
        self._ahead: Iterator[None] | None = None
        self.ahead_wanted = False
        """Whether `lay_out_ahead` has something to do."""
        self.guests: painting.Guests | None = None
        """Who paints what others do here; `repaint` where that has changed."""

    # Margins of the page

    def set_margins(self, top: int, bottom: int) -> None:
        """Leave pixels free above the first paragraph and below the last one."""
        if (top, bottom) != (self._top, self._bottom):
            self._top, self._bottom = top, bottom
            self.report_size()
            self.update.emit()

    # Where everything is

    def top_of(self, block: QTextBlock) -> int:
        """Where a block begins, its margin included."""
        return self._top + self._heights.top(block)

    def height_of(self, block: QTextBlock) -> int:
        """Height of a block with its margins; an estimate if it was not seen yet."""
        return self._heights.of(block)

    def block_at(self, y: float) -> QTextBlock:
        """Return the block at a height; the first or last one outside."""
        return self._heights.at(y - self._top)

    def lines_of(self, block: QTextBlock) -> QRectF:
        """Return the rectangle between a block's margins."""
        self._ensure(block)
        frame = self._lines.frame(block)
        right_to_left = block.textDirection() is Qt.LayoutDirection.RightToLeft
        left, right = frame.margins(right_to_left=right_to_left)
        lines = block.layout().boundingRect()
        width = max(0.0, self._width - left - right)
        return QRectF(left, self.top_of(block) + lines.top(), width, lines.height())

    def room(self, block: QTextBlock) -> float:
        """Return the pixels that a block's lines are wide."""
        return self._lines.room(block)

    def caret_rect(self, position: int) -> QRectF:
        """Return where a caret at a position (UTF-16 units) is, without a width."""
        block = self.document().findBlock(position)
        self._ensure(block)
        return painting.caret_rect(self, block, position - block.position())

    def _ensure(self, block: QTextBlock) -> None:
        """Lay a block out, if it is not."""
        if self._heights.is_exact(block) and block.layout().lineCount():
            block.layout().setPosition(QPointF(0, self.top_of(block)))
            return
        before = self._heights.of(block)
        grown = self._lay_out(block) - before
        if grown and not self._settling:
            self.corrected.emit(self.top_of(block) + before, grown)

    def _lay_out(self, block: QTextBlock) -> int:
        height = self._lines.break_lines(block)
        self._heights.measure(block, height)
        # For QAccessible's text interface, which asks nobody but the QTextLayout.
        block.layout().setPosition(QPointF(0, self.top_of(block)))
        return height

    def settle(self, top: int, height: int) -> int:
        """Lay out all that is to be seen; return the pixels by which it has moved down by that.

        What was laid out before moves as said; so the reader keeps it before the eyes.
        """
        start = top
        self._settling = True
        for _ in range(4):
            first = self.block_at(top)
            anchor = next(filter(self._heights.is_exact, self._between(first, top + height)), first)
            before = self.top_of(anchor)
            for block in self._between(first, top + height):
                self._ensure(block)
            moved = self.top_of(anchor) - before
            top += moved
            if not moved and self.block_at(top) == first:
                break
        self._settling = False
        self.report_size()
        if self._seen != (top, height):
            self._seen = top, height
            self._go_ahead_again()
        return top - start

    def _between(self, block: QTextBlock, bottom: float) -> Iterator[QTextBlock]:
        while block.isValid() and self.top_of(block) < bottom:
            yield block
            block = block.next()

    # What the reader will see next

    def _go_ahead_again(self) -> None:
        self._ahead = None
        self.ahead_wanted = True

    def lay_out_ahead(self, seconds: float) -> None:
        """Lay some of the paragraphs out that the reader may come to next."""
        end = monotonic() + seconds
        ahead = self._ahead = self._ahead or self._next_ahead()
        while monotonic() < end:
            if next(ahead, self) is self:
                self.ahead_wanted = False
                break
        self.report_size()

    def _next_ahead(self) -> Iterator[None]:
        top, height = self._seen
        for block in self._between(self.block_at(top), top + (1 + _AHEAD) * height):
            self._ensure(block)
            yield
        block = self.block_at(top)
        while block.isValid() and self.top_of(block) > self._seen[0] - _AHEAD * height:
            self._ensure(block)
            yield
            block = block.previous()

    # Changes

    def documentChanged(self, position: int, removed: int, added: int) -> None:
        """Take note of a change that Qt tells of."""
        self._go_ahead_again()
        qt = self.document()
        count, length = qt.blockCount(), qt.characterCount()
        new = count - self._block_count
        # Edits that were put together may be told of with too small a range.
        trusted = length - self._length == added - removed
        self._block_count, self._length = count, length
        if not removed and added >= length:  # so Qt tells of a new width or other options
            self._begin_anew()
            return
        if not trusted:
            self._forget(qt.begin(), qt.lastBlock())
            self._estimate(qt.begin(), qt.lastBlock(), all_of_them=False)
            self._begin_anew()
            return
        first, last = qt.findBlock(position), qt.findBlock(min(position + added, length - 1))
        touched = last.blockNumber() - first.blockNumber() + 1
        if touched > _AT_ONCE:
            self._estimate(first, last, all_of_them=False)
            self._forget(first, last)
            self._changed_below(first)
            return
        before = self._heights.total
        if touched == 1 and not new:
            lines = lines_of(first) if self._heights.is_exact(first) else []
            self._lay_out(first)
            if self._heights.total == before:
                change = position - first.position(), removed, added
                top, bottom = changed_part(lines, lines_of(first), *change)
                self.repaint(self.top_of(first) + top, bottom - top)
                return
        else:
            for block in self._from_to(first, last):
                self._lay_out(block)
        self._changed_below(first)

    @staticmethod
    def _from_to(first: QTextBlock, last: QTextBlock) -> Iterator[QTextBlock]:
        block = first
        while block.isValid():
            yield block
            if block == last:
                return
            block = block.next()

    def _forget(self, first: QTextBlock, last: QTextBlock) -> None:
        for block in self._from_to(first, last):
            block.clearLayout()
            self._heights.forget(block)

    def _begin_anew(self) -> None:
        """Forget all lines: everything may have changed, the width of the page, too."""
        self._lines.forget()
        width = self.document().pageSize().width()
        known = self._width > 0
        self._width = max(0.0, width)
        self._heights.forget_all()
        if self._width > 0 and not known:
            qt = self.document()
            self._estimate(qt.begin(), qt.lastBlock(), all_of_them=True)
        self.report_size()
        self.update.emit()

    def _estimate(self, first: QTextBlock, last: QTextBlock, *, all_of_them: bool) -> None:
        """Guess the heights of new blocks, or of all."""
        guess = guess_height(self.style, self._width)
        heights = self._heights
        for block in self._from_to(first, last):
            if all_of_them or heights.is_new(block):
                heights.estimate(block, guess(block.length()))

    def _changed_below(self, block: QTextBlock) -> None:
        top = self.top_of(block) - _REACH
        self.report_size()
        self.repaint(top, 1e9)

    def repaint(self, top: float, height: float) -> None:
        """Have the lines between two heights painted anew, if they are in a window."""
        rect = QRectF(0, top, max(1.0, self._width), height)
        self.update[QRectF].emit(rect)  # type: ignore[index]  # one of Qt's two of that name

    def report_size(self) -> None:
        """Tell of the document's height, if it is another one."""
        size = self.documentSize()
        if size != self._reported:
            self._reported = size
            self.documentSizeChanged.emit(size)

    # What Qt asks

    def pageCount(self) -> int:
        """Return 1: a document is one long page."""
        return 1

    def documentSize(self) -> QSizeF:
        """Return the size of the page."""
        return QSizeF(self._width, self._top + self._heights.total + self._bottom)

    def frameBoundingRect(self, frame: QTextFrame) -> QRectF:
        """Return the whole page: there is no other frame."""
        del frame
        return QRectF(QPointF(), self.documentSize())

    def blockBoundingRect(self, block: QTextBlock) -> QRectF:
        """Return where a block's lines are, the margin above them included."""
        if not block.isValid():
            return QRectF()
        self._ensure(block)
        lines = block.layout().boundingRect()
        return QRectF(0, self.top_of(block), max(self._width, lines.right()), lines.bottom())

    def hitTest(  # type: ignore[override]  # Qt itself passes nothing but a QPointF
        self, point: QPointF, accuracy: Qt.HitTestAccuracy
    ) -> int:
        """Return the position (UTF-16 units) at a point; -1 if no letter is there as wanted."""
        block = self.block_at(point.y())
        self._ensure(block)
        return painting.hit_test(block, point, accuracy)

    def draw(self, painter: QPainter, context: QAbstractTextDocumentLayout.PaintContext) -> None:
        """Paint what lies in the context's clip, or everything."""
        clip = context.clip
        if clip.isNull():
            clip = QRectF(QPointF(), self.documentSize())
        first = self.block_at(clip.top() - _REACH)
        blocks = list(self._between(first, clip.bottom() + _REACH))
        for block in blocks:
            self._ensure(block)
        painting.paint(painter, self, blocks, context)
