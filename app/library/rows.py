"""Draws the rows of the library's tree that are in view."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QIcon, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QStyle

from app.library.marks import MARK
from app.library.model import Look
from app.theme import Theme

_Where = QAbstractItemView.DropIndicatorPosition

INDENT = 16
"""From a row to those below it, in device-independent pixels, as all sizes here."""

_SIDE = 4
_GAP = 7
"""Between a mark and the name."""
_END = 14
_FOLD = 12
_ROUND = 5


@dataclass(frozen=True, slots=True)
class Row:
    """A row in view."""

    rect: QRect
    """From edge to edge."""
    look: Look
    unfolded: bool | None
    """None: there is nothing below it."""
    selected: bool
    hovered: bool
    current: bool
    """Whether the keys are here."""


class Rows:
    """Draws all rows at one go.

    Qt would call Python a dozen times for each, and wait each time until the thread that is in
    step with the relay lets go of the interpreter: a tenth of a second for a list during a first
    sync.
    """

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._folds = {one: QIcon(theme.fold(unfolded=one)) for one in (False, True)}

    def draw(self, painter: QPainter, font: QFont, rows: Iterable[Row]) -> None:
        """Draw rows with the painter's direction of writing."""
        heading = QFont(font)
        heading.setPointSizeF(font.pointSizeF() * 0.88)
        heading.setWeight(QFont.Weight.DemiBold)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for row in rows:
            self._draw_back(painter, row)
            self._draw_row(painter, row, font, heading if row.look.heading else font)

    def draw_drop(self, painter: QPainter, onto: QRect, where: _Where) -> None:
        """Show where what is dragged over the row at `onto` would go."""
        painter.setPen(QPen(QColor(self._theme.accent), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if where is _Where.OnItem:
            painter.drawRoundedRect(onto.adjusted(0, 1, -2, -1), _ROUND, _ROUND)
        elif where is _Where.AboveItem:
            painter.drawLine(onto.topLeft(), onto.topRight())
        elif where is _Where.BelowItem:
            painter.drawLine(onto.bottomLeft(), onto.bottomRight())

    def _draw_back(self, painter: QPainter, row: Row) -> None:
        """Show what is selected as one piece, from edge to edge."""
        if not (row.selected or row.hovered or row.current):
            return
        back = self._theme.selected if row.selected else self._theme.hover
        filled = row.selected or row.hovered
        edge = row.current and not row.selected
        painter.setPen(QPen(QColor(self._theme.accent), 1) if edge else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(back) if filled else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(row.rect.adjusted(0, 0, -1, -1), _ROUND, _ROUND)

    def _draw_row(self, painter: QPainter, row: Row, font: QFont, name_font: QFont) -> None:
        look = row.look
        direction = painter.layoutDirection()
        height = row.rect.height()

        def place(left: int, width: int, tall: int = height) -> QRect:
            top = row.rect.top() + (height - tall) // 2
            return QStyle.visualRect(direction, row.rect, QRect(left, top, width, tall))

        left = row.rect.left() + INDENT * (look.depth + 1)
        if row.unfolded is not None:
            fold = place(left - (INDENT + _FOLD) // 2, _FOLD, _FOLD)
            self._folds[row.unfolded].paint(painter, fold)
        left += _SIDE
        if look.icon is not None:
            look.icon.paint(painter, place(left, MARK, MARK))
            left += MARK + _GAP
        end = row.rect.right() - _SIDE
        if look.count is not None:
            painter.setFont(font)
            text = str(look.count)
            width = painter.fontMetrics().horizontalAdvance(text)
            painter.setPen(QColor(self._theme.muted))
            painter.drawText(place(end - _END + _SIDE - width, width + 1), _MIDDLE, text)
            end -= _END + width
        painter.setPen(QColor(self._theme.muted if look.heading else self._theme.ink))
        painter.setFont(name_font)
        space = max(0, end - left)
        name = painter.fontMetrics().elidedText(look.name, Qt.TextElideMode.ElideRight, space)
        painter.drawText(place(left, space), _MIDDLE, name)


_MIDDLE = Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
