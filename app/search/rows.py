"""A list of documents that were found, with what was typed marked in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QPainter,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.theme import Theme
from sync.document.positions import utf16_length
from sync.store.search.results import Range
from sync.types import DocumentId

ROW = Qt.ItemDataRole.UserRole

_SIDE, _ABOVE, _BETWEEN = 14, 7, 3
"""Space at the sides of a row, above and below it, between its lines; pixels."""

_SNIPPET_LINES = 2

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Row:
    """One document. Ranges are UTF-16 units."""

    document_id: DocumentId
    title: str
    title_hits: Sequence[Range] = ()
    where: str = ""
    """The folders that it is in."""
    snippet: str = ""
    snippet_hits: Sequence[Range] = ()
    remark: str = ""
    """How often, say; beside the title."""


class Rows(QAbstractListModel):
    """The rows of a list."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Row] = []

    def show(self, rows: list[Row]) -> None:
        """Have other rows."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def add(self, rows: list[Row]) -> None:
        """Have more rows at the end."""
        if rows:
            count = len(self.rows)
            self.beginInsertRows(QModelIndex(), count, count + len(rows) - 1)
            self.rows += rows
            self.endInsertRows()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # as Qt has it
        """Return how many rows there are."""
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the title, the row, or what is heard."""
        row = self.rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return row.title
            case Qt.ItemDataRole.AccessibleTextRole:
                return said(row)
            case _ if role == ROW:
                return row
        return None


def said(row: Row) -> str:
    """Return a row as one line to be heard."""
    return ", ".join(
        part for part in (row.title, row.where, row.remark, row.snippet.strip()) if part
    )


class RowDelegate(QStyledItemDelegate):
    """Paints rows: the title, beside it the remark and the folders, below it the snippet."""

    def __init__(self, *, snippets: bool) -> None:
        super().__init__()
        self._snippets = snippets
        self.theme: Theme | None = None

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the height of a row; all are equal, so none has to be asked."""
        del index
        metrics = QFontMetrics(option.font)
        height = 2 * _ABOVE + metrics.height()
        if self._snippets:
            height += _BETWEEN + _SNIPPET_LINES * metrics.lineSpacing()
        return QSize(0, height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one row."""
        row, theme = index.data(ROW), self.theme
        if theme is None:
            return
        option_any: Any = option  # its fields are missing in the stubs
        area, font = QRectF(option_any.rect), QFont(option_any.font)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        state = option_any.state
        if state & QStyle.StateFlag.State_Selected or state & QStyle.StateFlag.State_MouseOver:
            chosen = bool(state & QStyle.StateFlag.State_Selected)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.selected if chosen else theme.hover))
            painter.drawRoundedRect(area.adjusted(6, 1, -6, -1), 5, 5)
        inside = area.adjusted(_SIDE, _ABOVE, -_SIDE, -_ABOVE)
        painter.setClipRect(inside)
        line = QRectF(inside)
        line.setHeight(QFontMetrics(font).height())
        rest = self._paint_aside(painter, line, font, row, theme)
        bold = _marking(QColor(theme.accent))
        _paint_text(painter, rest, font, row.title, row.title_hits, bold, QColor(theme.ink), 1)
        if self._snippets:
            inside.setTop(line.bottom() + _BETWEEN)
            marked = _marking(QColor(theme.ink), QColor(theme.waiting))
            quiet = QColor(theme.muted)
            snippet = row.snippet
            hits = row.snippet_hits
            _paint_text(painter, inside, font, snippet, hits, marked, quiet, _SNIPPET_LINES)
        painter.restore()

    def _paint_aside(
        self, painter: QPainter, line: QRectF, font: QFont, row: Row, theme: Theme
    ) -> QRectF:
        """Paint remark and folders at the far end; return what is left for the title."""
        text = "  ·  ".join(part for part in (row.where, row.remark) if part)
        if not text:
            return line
        metrics = QFontMetrics(font)
        text = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, int(line.width() * 0.45))
        width = metrics.horizontalAdvance(text)
        rtl = painter.layoutDirection() is Qt.LayoutDirection.RightToLeft
        aside, rest = QRectF(line), QRectF(line)
        if rtl:
            aside.setRight(line.left() + width)
            rest.setLeft(aside.right() + _SIDE)
        else:
            aside.setLeft(line.right() - width)
            rest.setRight(aside.left() - _SIDE)
        painter.setFont(font)
        painter.setPen(QColor(theme.muted))
        painter.drawText(aside, int(Qt.AlignmentFlag.AlignVCenter), text)
        return rest


def _marking(color: QColor, background: QColor | None = None) -> QTextCharFormat:
    marking = QTextCharFormat()
    marking.setForeground(color)
    if background is None:
        marking.setFontWeight(QFont.Weight.Bold)
    else:
        background.setAlphaF(0.3)
        marking.setBackground(background)
    return marking


def _paint_text(
    painter: QPainter,
    area: QRectF,
    font: QFont,
    text: str,
    hits: Sequence[Range],
    marking: QTextCharFormat,
    color: QColor,
    lines: int,
) -> None:
    """Paint a text in so many lines at most, the last one cut short where it is too long."""
    layout = _laid_out(text, font, hits, marking, area.width(), lines)
    last = layout.lineAt(layout.lineCount() - 1)
    behind = last.textStart() + last.textLength() < utf16_length(text)
    if behind or last.naturalTextWidth() > area.width():
        start = 2 * last.textStart()
        units = text.encode("utf-16-le", "surrogatepass")
        before, tail = (
            part.decode("utf-16-le", "replace") for part in (units[:start], units[start:])
        )
        metrics = QFontMetrics(font)
        tail = metrics.elidedText(tail, Qt.TextElideMode.ElideRight, int(area.width()) - 2)
        text = before + tail
        end = utf16_length(text) - 1
        hits = [Range(hit.start, min(hit.length, end - hit.start)) for hit in hits]
        hits = [hit for hit in hits if hit.length > 0]
        layout = _laid_out(text, font, hits, marking, area.width(), lines)
    painter.save()
    painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
    painter.setPen(color)
    layout.draw(painter, area.topLeft())
    painter.restore()


def _laid_out(
    text: str,
    font: QFont,
    hits: Sequence[Range],
    marking: QTextCharFormat,
    width: float,
    lines: int,
) -> QTextLayout:
    layout = QTextLayout(text, font)
    formats = []
    for hit in hits:
        part = QTextLayout.FormatRange()
        part.start, part.length, part.format = hit.start, hit.length, marking
        formats.append(part)
    layout.setFormats(formats)
    if lines == 1:
        option = layout.textOption()
        option.setWrapMode(QTextOption.WrapMode.NoWrap)
        layout.setTextOption(option)
    layout.beginLayout()
    height = 0.0
    for _ in range(lines):
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(max(1.0, width))
        line.setPosition(QPointF(0, height))
        height += line.height()
    layout.endLayout()
    return layout
