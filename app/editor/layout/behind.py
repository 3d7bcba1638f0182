"""What lies behind the text: paper of code blocks, bars of quotes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QTextBlock

from app.editor import formats
from app.editor.formats import container
from app.editor.mirror import attributes_of
from sync.document import schema

if TYPE_CHECKING:
    from app.editor.layout.page_layout import PageLayout

_RADIUS = 5.0
_PADDING = 9.0
"""Pixels of a code block's paper above and below its lines."""
_BAR = 3.0
"""Pixels of a quote's bar."""


def paint(painter: QPainter, page: PageLayout, blocks: Sequence[QTextBlock]) -> None:
    """Paint what lies behind blocks that follow each other."""
    paper: QRectF | None = None
    for number, block in enumerate(blocks):
        key = formats.read_block_key(block)
        kind = container(key)
        if kind == schema.CODE_BLOCK:
            lines = page.lines_of(block).adjusted(0, -_PADDING, 0, _PADDING)
            if number == 0 and _joins(block.previous(), key):  # it begins further up
                lines.setTop(lines.top() - 2 * _PADDING)
            paper = lines if paper is None else paper.united(lines)
            following = block.next()
            if _joins(block, formats.read_block_key(following) if following.isValid() else None):
                continue
        if paper is not None:
            _paint_paper(painter, page, paper)
            paper = None
        if schema.BLOCKQUOTE in attributes_of(key) and kind != schema.CODE_BLOCK:
            _paint_bar(painter, page, block, key)
    if paper is not None:
        paper.setBottom(paper.bottom() + 2 * _PADDING)  # it goes on further down
        _paint_paper(painter, page, paper)


def _joins(block: QTextBlock, following: str | None) -> bool:
    return block.isValid() and formats.joins(formats.read_block_key(block), following)


def _paint_paper(painter: QPainter, page: PageLayout, rect: QRectF) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(page.style.quiet)
    margin = page.style.size
    painter.drawRoundedRect(rect.adjusted(-margin, 0, margin, 0), _RADIUS, _RADIUS)


def _paint_bar(painter: QPainter, page: PageLayout, block: QTextBlock, key: str) -> None:
    rect = page.lines_of(block)
    following = block.next()
    bottom = rect.bottom()
    if following.isValid() and formats.joins(key, formats.read_block_key(following)):
        bottom = page.lines_of(following).top()
    colour = QColor(page.style.accent)
    colour.setAlphaF(0.5)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    distance = page.style.size * 1.1
    if block.textDirection() is Qt.LayoutDirection.RightToLeft:
        left = rect.right() + distance - _BAR
    else:
        left = rect.left() - distance
    painter.drawRect(QRectF(round(left), rect.top(), _BAR, bottom - rect.top()))
