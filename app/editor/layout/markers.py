"""What stands before a list's paragraphs: bullets, numbers, boxes. They hang in the indent."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPen,
    QPolygonF,
    QTextBlock,
    QTextListFormat,
)

from app.editor import formats
from app.editor.mirror import attributes_of
from sync.document import schema

if TYPE_CHECKING:
    from app.editor.layout.page_layout import PageLayout

_BOX = 0.78
"""Side of a check box, in heights of a capital letter's line."""
_GAP = 0.5
"""Room between a marker and its text, in heights of a capital letter's line."""
_BULLET = 0.3
"""Width of a bullet, in the same."""


def paint(
    painter: QPainter, page: PageLayout, block: QTextBlock, ink: QColor | None = None
) -> None:
    """Paint what stands before a block, if it is a list's; `ink`: another one than usual."""
    text_list = block.textList()
    if text_list is None or not block.layout().lineCount():
        return
    ink = ink or page.style.muted
    box = check_box(page, block)
    if box is not None:
        checked = attributes_of(formats.read_block_key(block))[schema.LIST] == schema.CHECKED
        _paint_box(painter, page, box, ink, checked=checked)
        return
    style = text_list.format().style()
    if style in (
        QTextListFormat.Style.ListDisc,
        QTextListFormat.Style.ListCircle,
        QTextListFormat.Style.ListSquare,
    ):
        _paint_bullet(painter, page, block, style, ink)
    else:
        _paint_number(painter, page, block, text_list.itemText(block), ink)


def check_box(page: PageLayout, block: QTextBlock) -> QRectF | None:
    """Return where the box of a check list's paragraph is, in pixels of the page."""
    kind = attributes_of(formats.read_block_key(block)).get(schema.LIST)
    if kind not in (schema.CHECKED, schema.UNCHECKED) or block.textList() is None:
        return None
    metrics = _metrics(block)
    return _place(page, block, round(metrics.ascent() * _BOX), metrics)


@lru_cache(maxsize=64)
def _metrics_of(key: str) -> QFontMetricsF:
    font = QFont()
    font.fromString(key)
    return QFontMetricsF(font)


def _metrics(block: QTextBlock) -> QFontMetricsF:
    return _metrics_of(block.charFormat().font().toString())


def _place(page: PageLayout, block: QTextBlock, side: float, metrics: QFontMetricsF) -> QRectF:
    """Return a square before the first line, in the middle of its capital letters."""
    line = block.layout().lineAt(0)
    middle = page.top_of(block) + line.y() + line.ascent() - metrics.capHeight() / 2
    text = line.naturalTextRect()
    gap = metrics.ascent() * _GAP
    if block.textDirection() is Qt.LayoutDirection.RightToLeft:
        left = text.right() + gap
    else:
        left = text.left() - gap - side
    return QRectF(round(left), round(middle - side / 2), side, side)


def _paint_bullet(
    painter: QPainter,
    page: PageLayout,
    block: QTextBlock,
    style: QTextListFormat.Style,
    colour: QColor,
) -> None:
    metrics = _metrics(block)
    rect = _place(page, block, max(4, round(metrics.ascent() * _BULLET)), metrics)
    painter.setPen(QPen(colour, 1.2))
    painter.setBrush(colour)
    if style is QTextListFormat.Style.ListSquare:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRect(rect)
        return
    if style is QTextListFormat.Style.ListCircle:
        painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(rect.adjusted(0.5, 0.5, -0.5, -0.5))


def _paint_number(
    painter: QPainter, page: PageLayout, block: QTextBlock, text: str, ink: QColor
) -> None:
    line = block.layout().lineAt(0)
    metrics = _metrics(block)
    baseline = page.top_of(block) + line.y() + line.ascent()
    gap = metrics.ascent() * _GAP
    painter.setFont(block.charFormat().font())
    painter.setPen(ink)
    beside = line.naturalTextRect()
    if block.textDirection() is Qt.LayoutDirection.RightToLeft:
        left = beside.right() + gap
    else:
        left = beside.left() - gap - metrics.horizontalAdvance(text)
    painter.drawText(QPointF(left, baseline), text)


def _paint_box(
    painter: QPainter, page: PageLayout, box: QRectF, ink: QColor, *, checked: bool
) -> None:
    style = page.style
    outline = box.adjusted(0.5, 0.5, -0.5, -0.5)
    if not checked:
        painter.setPen(QPen(ink, 1.2))
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
