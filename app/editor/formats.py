"""Marks and paragraphs as Qt formats, and back.

What a format means is kept in properties of our own (the keys of mirror.py);
how it looks is derived from them, so nothing is ever guessed from a font.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtGui import (
    QColor,
    QFont,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextFormat,
    QTextListFormat,
)

from app.editor.mirror import OBJECT, Paragraph, Run, attributes_of, text_marks_key
from sync.document import schema

MARKS = QTextFormat.Property.UserProperty.value + 1
"""Character format property: key of the marks."""
LOOK = QTextFormat.Property.UserProperty.value + 2
"""Character format property: key of the paragraph that the look was made for."""
BLOCK = QTextFormat.Property.UserProperty.value + 3
"""Block format property: key of the paragraph's attributes."""

_HEADING_SCALE = {1: 1.8, 2: 1.45, 3: 1.2, 4: 1.05, 5: 1.0, 6: 0.9}
"""Size of a heading's letters in sizes of the text's."""

_BULLETS = (
    QTextListFormat.Style.ListDisc,
    QTextListFormat.Style.ListCircle,
    QTextListFormat.Style.ListSquare,
)
_NUMBERS = (
    QTextListFormat.Style.ListDecimal,
    QTextListFormat.Style.ListLowerAlpha,
    QTextListFormat.Style.ListLowerRoman,
)


@dataclass(frozen=True)
class Style:
    """How a page looks. Sizes in points, spacing in percent and pixels."""

    family: str
    size: float
    ink: QColor
    accent: QColor
    quiet: QColor
    line_height: float = 150.0
    width: float = 42.0
    """Width of the text in sizes of its letters: 42 are about 70 characters, as in a book."""

    def __hash__(self) -> int:
        return hash((self.family, self.size, self.ink.rgba(), self.accent.rgba()))

    def char_format(self, marks: str, block: str) -> QTextCharFormat:
        """Return the format for text with these marks in such a paragraph."""
        return QTextCharFormat(_char_format(self, marks, _look(block)))

    def block_format(self, block: str, *, first: bool = False) -> QTextBlockFormat:
        """Return the format of such a paragraph; `first`: at the top of the page."""
        return QTextBlockFormat(_block_format(self, block, first))

    @staticmethod
    def list_format(kind: str, indent: int) -> QTextListFormat:
        """Return the format of a list of that kind; `indent` 0 is the outermost."""
        styles = _BULLETS if kind == schema.BULLET else _NUMBERS
        result = QTextListFormat()
        result.setStyle(styles[indent % len(styles)])
        result.setIndent(indent + 1)
        return result


def _look(block: str) -> str:
    """Return the part of a paragraph's key that its letters depend on."""
    return str(attributes_of(block).get(schema.HEADER, ""))


@lru_cache(maxsize=1024)
def _char_format(style: Style, marks: str, look: str) -> QTextCharFormat:
    attributes = attributes_of(marks)
    result = QTextCharFormat()
    result.setProperty(MARKS, marks)
    result.setProperty(LOOK, look)
    result.setFontFamilies([style.family])
    result.setFontPointSize(style.size * (_HEADING_SCALE[int(look)] if look else 1.0))
    result.setForeground(style.ink)
    if look or schema.BOLD in attributes:
        result.setFontWeight(QFont.Weight.Bold)
    if schema.ITALIC in attributes:
        result.setFontItalic(True)
    if schema.UNDERLINE in attributes:
        result.setFontUnderline(True)
    if schema.STRIKE in attributes:
        result.setFontStrikeOut(True)
    if schema.CODE in attributes:
        result.setFontFamilies(["DejaVu Sans Mono", "Menlo", "Consolas", "monospace"])
        result.setFontFixedPitch(True)
        result.setFontPointSize(result.fontPointSize() * 0.92)
        result.setBackground(style.quiet)
    if schema.LINK in attributes:
        result.setForeground(style.accent)
        result.setFontUnderline(True)
        result.setToolTip(str(attributes[schema.LINK]))
    return result


@lru_cache(maxsize=256)
def _block_format(style: Style, block: str, first: bool) -> QTextBlockFormat:
    attributes = attributes_of(block)
    result = QTextBlockFormat()
    result.setProperty(BLOCK, block)
    size = style.size
    header = attributes.get(schema.HEADER)
    in_list = schema.LIST in attributes
    line_height = 120.0 if header else style.line_height
    result.setLineHeight(line_height, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
    if isinstance(header, int):
        result.setHeadingLevel(header)
        result.setTopMargin(0 if first else size * (1.9 if header < 3 else 1.4))
        result.setBottomMargin(size * 0.5)
    else:
        result.setTopMargin(0)
        result.setBottomMargin(size * (0.25 if in_list else 0.8))
    indent = attributes.get(schema.INDENT)
    if isinstance(indent, int) and not in_list:
        result.setIndent(indent)
    return result


def read_runs(block: QTextBlock) -> tuple[list[Run], list[str]]:
    """Return a block's runs as they stand in Qt, and the look that each was made for."""
    runs: list[Run] = []
    looks: list[str] = []
    iterator = block.begin()
    while not iterator.atEnd():
        fragment = iterator.fragment()
        text = fragment.text()
        char_format = fragment.charFormat()
        key = char_format.property(MARKS) or ""
        look = char_format.property(LOOK) or ""
        looks.append(look)
        plain = text_marks_key(key)
        if plain == key:
            runs.append((text, key))
        else:  # an embed, and what was typed beside it: Qt hands its format on
            for number, piece in enumerate(text.split(OBJECT)):
                if number:
                    runs.append((OBJECT, key))
                runs.append((piece, plain))
        iterator += 1
    return runs, looks


def read_block_key(block: QTextBlock) -> str:
    """Return the key of a block's paragraph as it stands in Qt."""
    return block.blockFormat().property(BLOCK) or ""


def read_paragraph(block: QTextBlock) -> Paragraph:
    """Return a block as a paragraph."""
    return Paragraph.of(read_runs(block)[0], read_block_key(block))


def is_up_to_date(block: QTextBlock, paragraph: Paragraph) -> bool:
    """Whether a block's formats are those that its paragraph should have."""
    if read_block_key(block) != paragraph.block:
        return False
    runs, looks = read_runs(block)
    look = _look(paragraph.block)
    return all(found == look for found in looks) and Paragraph.of(runs, "").runs == paragraph.runs
