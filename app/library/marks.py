"""The marks that say where a document's changes are, and the other small pictures of the list."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap, QPolygonF

from app.resources import icon
from app.theme import Theme
from sync.status import Level

MARK = 14
"""Edge of a mark in device-independent pixels."""


@lru_cache(maxsize=64)
def mark(level: Level, theme: Theme) -> QIcon:
    """Return the mark of a level: its shape says it to those who do not see its colour."""
    pixmap, painter = _canvas()
    color = QColor(
        {
            Level.GOOD: theme.good,
            Level.BUSY: theme.muted,
            Level.WAITING: theme.waiting,
            Level.BAD: theme.bad,
        }[level]
    )
    pen = painter.pen()
    pen.setColor(color)
    pen.setWidthF(1.8)
    painter.setPen(pen)
    middle = QPointF(MARK / 2, MARK / 2)
    match level:
        case Level.GOOD:  # a full disc
            painter.setBrush(color)
            painter.drawEllipse(middle, 3.2, 3.2)
        case Level.WAITING:  # a ring
            painter.drawEllipse(middle, 3.4, 3.4)
        case Level.BUSY:  # a small dot
            painter.setBrush(color)
            painter.drawEllipse(middle, 1.6, 1.6)
        case Level.BAD:  # a triangle
            painter.setBrush(color)
            painter.drawPolygon(QPolygonF([QPointF(7, 3), QPointF(11.5, 11), QPointF(2.5, 11)]))
    painter.end()
    return _icon(pixmap)


@lru_cache(maxsize=64)
def dot(color: str) -> QIcon:
    """Return the mark of a tag: a square of its colour."""
    pixmap, painter = _canvas()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(color))
    painter.drawRoundedRect(3, 3, MARK - 6, MARK - 6, 2, 2)
    painter.end()
    return _icon(pixmap)


@lru_cache(maxsize=8)
def folder(theme: Theme) -> QIcon:
    """Return the picture of a folder."""
    return icon("folder", QColor(theme.muted))


def _icon(pixmap: QPixmap) -> QIcon:
    found = QIcon(pixmap)
    found.addPixmap(pixmap, QIcon.Mode.Selected)  # Qt would wash it out
    return found


def _canvas() -> tuple[QPixmap, QPainter]:
    pixmap = QPixmap(3 * MARK, 3 * MARK)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(3, 3)
    return pixmap, painter
