"""Breaks paragraphs into lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import TypeAlias

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QTextBlock,
    QTextBlockFormat,
    QTextDocument,
    QTextFormat,
    QTextOption,
)

from app.editor.formats import Style

EDGE = 16
"""Pixels at both sides of the page that lines leave free: long numbers and papers reach there."""

_UNBOUNDED = 1e6
"""Pixels of a line while no view shows the document."""

_NARROWEST = 24.0
"""Pixels that a line has at least, however narrow the page and deep the indent."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What a paragraph's format says of the place of its lines, in pixels."""

    left: float
    right: float
    indent: float
    """Added to `left`, or to `right` in a right-to-left paragraph."""
    above: float
    below: float
    distance: float
    """Free height below each line."""
    alignment: Qt.AlignmentFlag | None
    """None: at the side where lines begin."""

    def margins(self, *, right_to_left: bool) -> tuple[float, float]:
        """Return what stays free at the left and the right of its lines."""
        if right_to_left:
            return EDGE + self.left, EDGE + self.right + self.indent
        return EDGE + self.left + self.indent, EDGE + self.right


class LineBreaker:
    """Breaks the paragraphs of one QTextDocument."""

    def __init__(self, qt: QTextDocument) -> None:
        self._qt = qt
        # By index: a format in a document's collection never changes.
        self._frames: dict[int, Frame] = {}
        self._options: dict[tuple[bool, Qt.AlignmentFlag | None], QTextOption] = {}

    def forget(self) -> None:
        """Ask the document for its indents, tabs and wrapping anew."""
        self._frames.clear()
        self._options.clear()

    def frame(self, block: QTextBlock) -> Frame:
        """Return where a block's lines may be."""
        index = block.blockFormatIndex()
        found = self._frames.get(index)
        if found is None:
            found = self._frames[index] = self._read_frame(block)
        return found

    def _read_frame(self, block: QTextBlock) -> Frame:
        found = block.blockFormat()
        text_list = block.textList()
        level = found.indent() + (text_list.format().indent() if text_list else 0)
        by_distance = QTextBlockFormat.LineHeightTypes.LineDistanceHeight.value
        aligned = found.hasProperty(QTextFormat.Property.BlockAlignment)
        return Frame(
            left=found.leftMargin(),
            right=found.rightMargin(),
            indent=level * self._qt.indentWidth(),
            above=round(found.topMargin()),
            below=found.bottomMargin(),
            distance=found.lineHeight() if found.lineHeightType() == by_distance else 0.0,
            alignment=found.alignment() if aligned else None,
        )

    def _option(self, frame: Frame, *, right_to_left: bool) -> QTextOption:
        key = right_to_left, frame.alignment
        found = self._options.get(key)
        if found is None:
            found = QTextOption(self._qt.defaultTextOption())
            found.setTextDirection(
                Qt.LayoutDirection.RightToLeft if right_to_left else Qt.LayoutDirection.LeftToRight
            )
            found.setAlignment(_visual(frame.alignment, right_to_left=right_to_left))
            if self._qt.pageSize().width() <= 0:
                found.setWrapMode(QTextOption.WrapMode.ManualWrap)
            self._options[key] = found
        return found

    def room(self, block: QTextBlock) -> float:
        """Return the pixels that a block's lines are wide."""
        page = self._qt.pageSize().width()
        if page <= 0:
            return _UNBOUNDED
        frame = self.frame(block)
        return max(_NARROWEST, page - sum(frame.margins(right_to_left=False)))

    def break_lines(self, block: QTextBlock) -> int:
        """Lay out a block; return its height with its margins, in pixels.

        Its lines are counted from the block's top, the margin above them included.
        """
        frame = self.frame(block)
        right_to_left = block.textDirection() is Qt.LayoutDirection.RightToLeft
        left, _ = frame.margins(right_to_left=right_to_left)
        width = self.room(block)
        layout = block.layout()
        layout.setTextOption(self._option(frame, right_to_left=right_to_left))
        y = frame.above
        layout.beginLayout()
        line = layout.createLine()
        while line.isValid():
            line.setLeadingIncluded(True)
            line.setLineWidth(width)
            line.setPosition(QPointF(left, y))
            # Whole pixels, or letters would be sharp in one line and blurred in the next.
            y += round(ceil(line.height()) + frame.distance)
            line = layout.createLine()
        layout.endLayout()
        return max(1, ceil(y + frame.below))


Line: TypeAlias = tuple[int, int, float, float]
"""First unit and length (UTF-16 units of the paragraph), y and height (pixels) of a line."""

_OVER = 40.0
"""Pixels that papers, bars and letters reach beyond their line."""


def lines_of(block: QTextBlock) -> list[Line]:
    """Return the lines of a block as they were laid out last."""
    layout = block.layout()
    lines = (layout.lineAt(number) for number in range(layout.lineCount()))
    return [(line.textStart(), line.textLength(), line.y(), line.height()) for line in lines]


def changed_part(
    before: list[Line], after: list[Line], at: int, removed: int, added: int
) -> tuple[float, float]:
    """Return from where to where a paragraph looks different after a change at a unit of it.

    In pixels from its top. Its height is the same as before.
    """
    changed = [
        number
        for number, line in enumerate(after)
        if number >= len(before) or not _same(before[number], line, at, removed, added)
    ]
    first, last = (after[changed[0]], after[changed[-1]]) if changed else (after[0], after[-1])
    return first[2] - _OVER, last[2] + last[3] + _OVER


def _same(before: Line, after: Line, at: int, removed: int, added: int) -> bool:
    """Whether a line is as it was but for the place of its first unit."""
    moved = (after[0] + removed - added, *after[1:])
    return (after[0] + after[1] < at and before == after) or (
        after[0] > at + added and before == moved
    )


def _visual(alignment: Qt.AlignmentFlag | None, *, right_to_left: bool) -> Qt.AlignmentFlag:
    """Return an alignment whose sides are those of the screen."""
    if alignment is None:
        alignment = Qt.AlignmentFlag.AlignLeft
    if alignment & Qt.AlignmentFlag.AlignAbsolute or not right_to_left:
        return alignment
    if alignment & Qt.AlignmentFlag.AlignLeft:
        return Qt.AlignmentFlag.AlignRight
    if alignment & Qt.AlignmentFlag.AlignRight:
        return Qt.AlignmentFlag.AlignLeft
    return alignment


_SAMPLE = "Most of what is written is made of words like these, some short, some longer. "
_FILLED = 0.95
"""Part of a line that is filled before a word that does not fit, on the average."""


def guess_height(style: Style, width: float) -> Callable[[int], int]:
    """Return what guesses a paragraph's height from its length (UTF-16 units), in pixels."""
    text = style.char_format("", "")
    frame = style.block_format("")
    metrics = QFontMetricsF(QFont(text.font()))
    room = width - 2 * EDGE if width > 0 else _UNBOUNDED
    letters = max(1.0, room * _FILLED * len(_SAMPLE) / metrics.horizontalAdvance(_SAMPLE))
    line = round(ceil(metrics.height()) + frame.lineHeight())
    margins = ceil(frame.topMargin() + frame.bottomMargin())

    def guess(length: int) -> int:
        return max(1, ceil((length - 1) / letters)) * line + margins

    return guess
