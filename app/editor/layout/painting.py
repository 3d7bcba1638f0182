"""Paints paragraphs that are laid out, with what is selected and the caret."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, TypeAlias

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QPainter,
    QPalette,
    QTextBlock,
    QTextCharFormat,
    QTextFormat,
    QTextLayout,
    QTextLine,
)

from app.editor.layout import behind, markers
from sync.document.positions import utf16_length

if TYPE_CHECKING:
    from app.editor.layout.page_layout import PageLayout

_BACKGROUND = QTextFormat.Property.BackgroundBrush
_FOREGROUND = QTextFormat.Property.ForegroundBrush

Selected: TypeAlias = tuple[int, int, QTextCharFormat]
"""Start and end (UTF-16 units of the document) and how it looks."""


class Guests(Protocol):
    """Others whose carets and selections are painted with the text, without touching it."""

    def selections(self, start: int, end: int) -> list[Selected]:
        """Return what others have selected that is between two positions (UTF-16 units)."""

    def paint(self, painter: QPainter, page: PageLayout, blocks: Sequence[QTextBlock]) -> None:
        """Paint the carets that are in these blocks, which are laid out and in place."""


def paint(
    painter: QPainter,
    page: PageLayout,
    blocks: Sequence[QTextBlock],
    context: QAbstractTextDocumentLayout.PaintContext,
) -> None:
    """Paint blocks that follow each other; they are laid out and their layouts are in place."""
    selected = _selected(blocks, context)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    behind.paint(painter, page, blocks)
    for block in blocks:
        markers.paint(painter, page, block, _ink(block, selected))
    painter.restore()
    guests = page.guests
    if guests is not None and blocks:
        last = blocks[-1]
        selected[:0] = guests.selections(blocks[0].position(), last.position() + last.length())
    caret = context.cursorPosition
    caret_width = page.property("cursorWidth") or 1
    painter.save()
    painter.setPen(context.palette.color(QPalette.ColorRole.Text))
    for block in blocks:
        layout = block.layout()
        start, length = block.position(), block.length()
        ranges = [_range(block, part) for part in selected if _touches(part, start, length)]
        layout.draw(painter, QPointF(), ranges, context.clip)
        if start <= caret < start + length:
            layout.drawCursor(painter, QPointF(), caret - start, caret_width)
        elif caret < -1 and layout.preeditAreaText():  # in the middle of a composition
            place = layout.preeditAreaPosition() - (caret + 2)
            layout.drawCursor(painter, QPointF(), place, caret_width)
    painter.restore()
    if guests is not None:
        guests.paint(painter, page, blocks)


def caret_rect(page: PageLayout, block: QTextBlock, place: int) -> QRectF:
    """Return where a caret at a place of a block (UTF-16 units) is on the page, without a width.

    The block is laid out and its layout is in place.
    """
    layout = block.layout()
    if layout.preeditAreaText() and place > layout.preeditAreaPosition():
        place += utf16_length(layout.preeditAreaText())
    line = layout.lineForTextPosition(place)
    if not line.isValid():
        return QRectF(0, page.top_of(block), 0, page.height_of(block))
    x: float = line.cursorToX(place)[0]  # type: ignore[index]  # a pair, whatever its stub says
    # As QTextLayout::drawCursor has it.
    top = layout.position().y() + line.y()
    return QRectF(layout.position().x() + x, top, 0, line.ascent() + line.descent())


def _selected(
    blocks: Sequence[QTextBlock], context: QAbstractTextDocumentLayout.PaintContext
) -> list[Selected]:
    """Return what of the context's selections is in these blocks."""
    if not blocks:
        return []
    first, end = blocks[0].position(), blocks[-1].position() + blocks[-1].length()
    found: list[Selected] = []
    for selection in context.selections:
        cursor = selection.cursor
        start, stop = cursor.selectionStart(), cursor.selectionEnd()
        if start < end and stop >= first:
            found.append((start, stop, QTextCharFormat(selection.format)))
    return found


def _ink(block: QTextBlock, selected: Sequence[Selected]) -> QColor | None:
    """Return the ink that all of a block is shown in, as in focus mode; None: the usual one."""
    start, end = block.position(), block.position() + block.length() - 1
    for first, last, look in selected:
        only_ink = look.hasProperty(_FOREGROUND) and not look.hasProperty(_BACKGROUND)
        if only_ink and first <= start and end <= last:
            return look.foreground().color()
    return None


def _touches(part: Selected, start: int, length: int) -> bool:
    first, end, look = part
    if first == end:  # it marks the line of a position, if it says so
        full = look.hasProperty(QTextFormat.Property.FullWidthSelection)
        return full and start <= first < start + length
    return first < start + length and end > start


def _range(block: QTextBlock, part: Selected) -> QTextLayout.FormatRange:
    """Return a selection as a range of a block's layout."""
    start, end, look = part
    result = QTextLayout.FormatRange()
    result.start, result.length = start - block.position(), end - start
    if start == end:
        line = block.layout().lineForTextPosition(result.start)
        result.start, result.length = line.textStart(), line.textLength()
        if result.start + result.length == block.length() - 1:
            result.length += 1  # the newline
    result.format = look
    return result


def hit_test(block: QTextBlock, point: QPointF, accuracy: Qt.HitTestAccuracy) -> int:
    """Return the position (UTF-16 units of the document) at a point of the page.

    The block is laid out and its layout is in place. -1 if a letter is wanted and there is none.
    """
    layout = block.layout()
    here = point - layout.position()
    line = _line_at(layout, here.y())
    if accuracy is Qt.HitTestAccuracy.ExactHit:
        if not line.naturalTextRect().contains(here):
            return -1
        return block.position() + line.xToCursor(
            here.x(), QTextLine.CursorPosition.CursorOnCharacter
        )
    if here.y() > layout.boundingRect().bottom() and not block.next().isValid():
        return block.position() + block.length() - 1
    return block.position() + line.xToCursor(here.x())


def _line_at(layout: QTextLayout, y: float) -> QTextLine:
    """Return the last line that begins above a height, or the first."""
    low, high = 0, layout.lineCount() - 1
    while low < high:
        middle = (low + high + 1) // 2
        if layout.lineAt(middle).y() <= y:
            low = middle
        else:
            high = middle - 1
    return layout.lineAt(low)
