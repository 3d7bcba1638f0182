"""What is painted behind the text: paper of code blocks, bars of quotes, boxes of check lists."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF, QTextBlock
from PySide6.QtWidgets import QTextEdit

from app.editor import formats
from app.editor.formats import Style, container
from app.editor.mirror import attributes_of
from sync.document import schema

_RADIUS = 5.0
_PADDING = 8.0
"""Pixels of a code block's paper above and below its lines."""
_BOX = 0.78
"""Side of a check box, in heights of a capital letter's line."""


def paint(painter: QPainter, edit: QTextEdit, style: Style) -> None:
    """Paint what lies behind the paragraphs that can be seen."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paper: QRectF | None = None
    for block, rect in _visible_blocks(edit):
        key = formats.read_block_key(block)
        kind = container(key)
        if kind == schema.CODE_BLOCK:
            lines = rect.adjusted(0, -_PADDING, 0, _PADDING)
            paper = lines if paper is None else paper.united(lines)
            if formats.joins(key, formats.read_block_key(block.next())):
                continue
        if paper is not None:
            _paint_paper(painter, paper, style)
            paper = None
        if schema.BLOCKQUOTE in attributes_of(key) and kind != schema.CODE_BLOCK:
            _paint_bar(painter, edit, block, rect, style)
        if kind == schema.LIST and (box := check_box(edit, block)) is not None:
            checked = attributes_of(key)[schema.LIST] == schema.CHECKED
            _paint_box(painter, box, style, checked=checked)
    if paper is not None:
        _paint_paper(painter, paper, style)


def check_box(edit: QTextEdit, block: QTextBlock) -> QRectF | None:
    """Return where the box of a check list's paragraph is, in pixels of the viewport."""
    kind = attributes_of(formats.read_block_key(block)).get(schema.LIST)
    if kind not in (schema.CHECKED, schema.UNCHECKED) or block.textList() is None:
        return None
    layout = block.layout()
    if not layout.lineCount():
        return None
    line = layout.lineAt(0)
    offset = _offset(edit)
    top = edit.document().documentLayout().blockBoundingRect(block).top() + offset.y()
    metrics = QFontMetricsF(block.charFormat().font(), edit.viewport())
    side = round(metrics.ascent() * _BOX)
    # Line heights above 100% add their share above the letters.
    baseline = top + line.y() + line.ascent()
    middle = baseline - metrics.capHeight() / 2
    gap = side * 0.7
    if block.textDirection() is Qt.LayoutDirection.RightToLeft:
        left = line.x() + line.width() + gap
    else:
        left = line.x() - gap - side
    return QRectF(round(left + offset.x()), round(middle - side / 2), side, side)


def check_box_at(edit: QTextEdit, point: QPoint) -> QTextBlock | None:
    """Return the check list's paragraph whose box is under a point of the viewport."""
    block = edit.cursorForPosition(point).block()
    box = check_box(edit, block)
    if box is not None and box.adjusted(-5, -5, 5, 5).contains(QPointF(point)):
        return block
    return None


def _offset(edit: QTextEdit) -> QPointF:
    return QPointF(-edit.horizontalScrollBar().value(), -edit.verticalScrollBar().value())


def _visible_blocks(edit: QTextEdit) -> Iterator[tuple[QTextBlock, QRectF]]:
    """Yield what can be seen with its rectangle in the viewport, margins left out."""
    layout = edit.document().documentLayout()
    offset = _offset(edit)
    bottom = edit.viewport().height() + _PADDING
    block = edit.cursorForPosition(QPoint(0, 0)).block()
    if block.previous().isValid():
        block = block.previous()  # its paper or bar may reach into the window
    while block.isValid():
        rect = layout.blockBoundingRect(block).translated(offset)
        if rect.top() > bottom:
            return
        lines = block.layout().boundingRect()
        block_format = block.blockFormat()
        left = block_format.leftMargin() + block_format.indent() * edit.document().indentWidth()
        right = edit.viewport().width() - block_format.rightMargin()
        yield block, QRectF(left, rect.top(), right - left, lines.height())
        block = block.next()


def _paint_paper(painter: QPainter, rect: QRectF, style: Style) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(style.quiet)
    margin = style.size
    painter.drawRoundedRect(rect.adjusted(-margin, 0, margin, 0), _RADIUS, _RADIUS)


def _paint_bar(
    painter: QPainter, edit: QTextEdit, block: QTextBlock, rect: QRectF, style: Style
) -> None:
    key = formats.read_block_key(block)
    bottom = rect.bottom()
    following = block.next()
    if following.isValid() and formats.joins(key, formats.read_block_key(following)):
        layout = edit.document().documentLayout()
        bottom = layout.blockBoundingRect(following).top() + _offset(edit).y()
    colour = QColor(style.accent)
    colour.setAlphaF(0.5)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    distance = style.size * 1.1
    if block.textDirection() is Qt.LayoutDirection.RightToLeft:
        left = rect.right() + distance - 3
    else:
        left = rect.left() - distance
    painter.drawRect(QRectF(round(left), rect.top(), 3, bottom - rect.top()))


def _paint_box(painter: QPainter, box: QRectF, style: Style, *, checked: bool) -> None:
    outline = box.adjusted(0.5, 0.5, -0.5, -0.5)
    if not checked:
        painter.setPen(QPen(style.muted, 1.2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(outline, 3, 3)
        return
    painter.setPen(QPen(style.accent, 1.2))
    painter.setBrush(style.accent)
    painter.drawRoundedRect(outline, 3, 3)
    tick = QPolygonF(
        [
            QPointF(box.left() + box.width() * x, box.top() + box.height() * y)
            for x, y in ((0.24, 0.52), (0.43, 0.71), (0.77, 0.31))
        ]
    )
    light = style.accent.lightnessF() > 0.55
    pen = QPen(QColor("#1e1f22" if light else "white"), max(1.6, box.width() * 0.12))
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(tick)
