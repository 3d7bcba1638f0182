"""Marks and paragraphs as Qt formats, and back.

What a format means is kept in properties of our own (the keys of mirror.py);
how it looks is derived from them, so nothing is ever guessed from a font.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextFormat,
    QTextListFormat,
)

from app.editor.mirror import (
    OBJECT,
    Paragraph,
    Run,
    attributes_of,
    embed_attributes,
    embed_of,
    shown_text,
    text_marks_key,
)
from sync.document import schema
from sync.document.positions import utf16_length

_USER = QTextFormat.Property.UserProperty.value
MARKS = _USER + 1
"""Character format property: key of the marks."""
LOOK = _USER + 2
"""Character format property: what of its paragraph the look was made for."""
BLOCK = _USER + 3
"""Block format property: key of the paragraph's attributes."""
NUMBER = _USER + 4
"""Character format property of a footnote: its number, from 1."""

_OBJECT = QTextFormat.ObjectTypes.UserObject.value
IMAGE_OBJECT = _OBJECT + 1
DIVIDER_OBJECT = _OBJECT + 2
FOOTNOTE_OBJECT = _OBJECT + 3
UNKNOWN_OBJECT = _OBJECT + 4
"""Object types of embeds, drawn by embeds.py."""

_OBJECTS = {
    schema.IMAGE: IMAGE_OBJECT,
    schema.DIVIDER: DIVIDER_OBJECT,
    schema.FOOTNOTE: FOOTNOTE_OBJECT,
}

MONOSPACE = ("DejaVu Sans Mono", "Menlo", "Consolas", "monospace")

_HEADING_SCALE = {1: 1.8, 2: 1.45, 3: 1.2, 4: 1.05, 5: 1.0, 6: 0.9}
"""Size of a heading's letters in sizes of the text's."""

_FULL_LINE = 1.56
"""Pixels of a line at 100% for each point of its letters."""

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
_ALIGNMENTS = {
    schema.CENTER: Qt.AlignmentFlag.AlignHCenter,
    # Without Absolute, Qt would turn it around in a right-to-left paragraph.
    schema.RIGHT: Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute,
    schema.JUSTIFY: Qt.AlignmentFlag.AlignJustify,
}

CODE_LOOK = "code"
DONE_LOOK = "done"


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

    @property
    def muted(self) -> QColor:
        """Ink for what is there but done with."""
        colour = QColor(self.ink)
        colour.setAlphaF(0.55)
        return colour

    def char_format(self, marks: str, block: str) -> QTextCharFormat:
        """Return the format for text with these marks in such a paragraph."""
        return QTextCharFormat(_char_format(self, marks, _look(block)))

    def block_format(
        self, block: str, *, first: bool = False, joins: bool = False
    ) -> QTextBlockFormat:
        """Return the format of such a paragraph.

        `first`: at the top of the page. `joins`: it and the next belong together (`joins`).
        """
        return QTextBlockFormat(_block_format(self, block, first, joins))

    @staticmethod
    def list_format(kind: str, indent: int) -> QTextListFormat:
        """Return the format of a list of that kind; `indent` 0 is the outermost."""
        result = QTextListFormat()
        if kind == schema.UNCHECKED:  # its boxes are painted by layout/markers.py
            result.setStyle(QTextListFormat.Style.ListStyleUndefined)
        else:
            styles = _BULLETS if kind == schema.BULLET else _NUMBERS
            result.setStyle(styles[indent % len(styles)])
        result.setIndent(indent + 1)
        return result

    def legible(self, colour: QColor) -> QColor:
        """Return a colour that others chose, lighter or darker where the page would hide it."""
        lightness = colour.lightnessF()
        wanted = max(lightness, 0.6) if self.ink.lightnessF() > 0.5 else min(lightness, 0.55)
        return QColor.fromHslF(max(colour.hslHueF(), 0.0), colour.hslSaturationF(), wanted)


@lru_cache(maxsize=4096)
def container(block: str) -> str:
    """Return what such paragraphs make together with their neighbours; "" for nothing."""
    attributes = attributes_of(block)
    for name in (schema.CODE_BLOCK, schema.LIST, schema.BLOCKQUOTE):
        if name in attributes:
            return name
    return ""


def joins(block: str, following: str | None) -> bool:
    """Whether two paragraphs that follow each other belong to one list, quote or code block."""
    together = container(block)
    return together != "" and following is not None and together == container(following)


@lru_cache(maxsize=4096)
def _look(block: str) -> str:
    """Return the part of a paragraph's key that its letters depend on."""
    attributes = attributes_of(block)
    if schema.CODE_BLOCK in attributes:
        return CODE_LOOK
    if attributes.get(schema.LIST) == schema.CHECKED:
        return DONE_LOOK
    return str(attributes.get(schema.HEADER, ""))


@lru_cache(maxsize=1024)
def _char_format(style: Style, marks: str, look: str) -> QTextCharFormat:
    attributes = embed_attributes(marks)
    heading = _HEADING_SCALE[int(look)] if look.isdigit() else 0.0
    result = QTextCharFormat()
    result.setProperty(MARKS, marks)
    result.setProperty(LOOK, look)
    result.setFontFamilies([style.family])
    result.setFontPointSize(style.size * (heading or 1.0))
    result.setForeground(style.muted if look == DONE_LOOK else style.ink)
    _set_object(result, marks)
    if look == CODE_LOOK:
        _set_monospace(result)
        return result
    if heading or schema.BOLD in attributes:
        result.setFontWeight(QFont.Weight.Bold)
    if schema.ITALIC in attributes:
        result.setFontItalic(True)
    if schema.UNDERLINE in attributes:
        result.setFontUnderline(True)
    if schema.STRIKE in attributes:
        result.setFontStrikeOut(True)
    if schema.CODE in attributes:
        _set_monospace(result)
        result.setBackground(style.quiet)
    match attributes.get(schema.SCRIPT):
        case schema.SUPER:
            result.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignSuperScript)
        case schema.SUB:
            result.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignSubScript)
    _set_colours(result, style, attributes.get(schema.COLOR), attributes.get(schema.BACKGROUND))
    link = attributes.get(schema.LINK)
    if isinstance(link, str):
        result.setForeground(style.accent)
        result.setFontUnderline(True)
        result.setAnchor(True)
        result.setAnchorHref(link)
        result.setToolTip(link)
    return result


def _set_monospace(result: QTextCharFormat) -> None:
    result.setFontFamilies(list(MONOSPACE))
    result.setFontFixedPitch(True)
    result.setFontPointSize(result.fontPointSize() * 0.92)


def _set_colours(result: QTextCharFormat, style: Style, colour: object, background: object) -> None:
    letters, paper = schema.rgb(colour), schema.rgb(background)
    if paper:
        behind = QColor(*paper)
        result.setBackground(behind)
        if not letters:
            result.setForeground(QColor("black" if behind.lightnessF() > 0.5 else "white"))
    if letters:
        result.setForeground(QColor(*letters) if paper else style.legible(QColor(*letters)))


def _set_object(result: QTextCharFormat, marks: str) -> None:
    embed = embed_of(marks)
    if embed is None:
        return
    shown = schema.shown_embed(embed, embed_attributes(marks))
    result.setObjectType(_OBJECTS[shown[0]] if shown else UNKNOWN_OBJECT)
    if shown and shown[0] == schema.FOOTNOTE:
        # As text: Qt would take what looks like HTML for it, and fetch what that names.
        result.setToolTip(_as_plain_tool_tip(str(shown[1])))
    elif shown and shown[2].get(schema.ALT):
        result.setToolTip(_as_plain_tool_tip(str(shown[2][schema.ALT])))


@lru_cache(maxsize=1024)
def image_value(marks: str) -> str | None:
    """Return the value of the image that a key holds; None if it holds none."""
    embed = embed_of(marks)
    shown = schema.shown_embed(embed, {}) if embed else None
    return str(shown[1]) if shown and shown[0] == schema.IMAGE else None


def _as_plain_tool_tip(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<qt>{escaped}</qt>"


@lru_cache(maxsize=256)
def _block_format(style: Style, block: str, first: bool, joined: bool) -> QTextBlockFormat:
    attributes = attributes_of(block)
    result = QTextBlockFormat()
    result.setProperty(BLOCK, block)
    size = style.size
    header = attributes.get(schema.HEADER)
    code = schema.CODE_BLOCK in attributes
    in_list = schema.LIST in attributes
    line_height = 120.0 if header else 135.0 if code else style.line_height
    # Not in proportion to the line: below an image that would be half a page.
    distance = max(0.0, (line_height / 100 - 1) * size * _FULL_LINE)
    result.setLineHeight(distance, QTextBlockFormat.LineHeightTypes.LineDistanceHeight.value)
    if code:
        result.setTopMargin(0)
        result.setBottomMargin(0 if joined else size * 1.6)
        result.setLeftMargin(size)
        result.setRightMargin(size)
    elif isinstance(header, int):
        result.setHeadingLevel(header)
        result.setTopMargin(0 if first else size * (1.9 if header < 3 else 1.4))
        result.setBottomMargin(size * 0.5)
    else:
        result.setTopMargin(0)
        result.setBottomMargin(size * (0.25 if in_list and joined else 0.8))
    if schema.BLOCKQUOTE in attributes and not code:
        result.setLeftMargin(size * 1.6)
        result.setRightMargin(size * 1.6)
    indent = attributes.get(schema.INDENT)
    if isinstance(indent, int) and not in_list:
        result.setIndent(indent)
    alignment = _ALIGNMENTS.get(str(attributes.get(schema.ALIGN)))
    if alignment is not None:
        result.setAlignment(alignment)
    if attributes.get(schema.DIRECTION) == schema.RTL:
        result.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    elif code:
        result.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    return result


# Back from Qt


def read_runs(block: QTextBlock) -> list[Run]:
    """Return a block's runs as they stand in Qt, odd characters replaced as in the mirror."""
    runs: list[Run] = []
    iterator = block.begin()
    while not iterator.atEnd():
        fragment = iterator.fragment()
        key = fragment.charFormat().property(MARKS) or ""
        text = fragment.text()
        if utf16_length(text) != fragment.length():
            text = _whole_text(block, fragment.position(), fragment.length())
        plain = text_marks_key(key)
        if plain == key:  # no embed, so what looks like one came from outside
            runs.append((shown_text(text), key))
        else:  # an embed, and what was typed beside it: Qt hands its format on
            for number, piece in enumerate(text.split(OBJECT)):
                if number:
                    runs.append((OBJECT, key))
                runs.append((shown_text(piece), plain))
        iterator += 1
    return runs


def _whole_text(block: QTextBlock, position: int, length: int) -> str:
    """Return text of the right length: PySide drops halves of surrogate pairs."""
    document = block.document()
    units = [document.characterAt(position + number) for number in range(length)]
    raw = "".join(units).encode("utf-16-le", "surrogatepass")
    text = raw.decode("utf-16-le", "surrogatepass")
    return "".join("\ufffd" if "\ud800" <= letter <= "\udfff" else letter for letter in text)


def read_block_key(block: QTextBlock) -> str:
    """Return the key of a block's paragraph as it stands in Qt."""
    return block.blockFormat().property(BLOCK) or ""


def read_paragraph(block: QTextBlock) -> Paragraph:
    """Return a block as a paragraph."""
    return Paragraph.of(read_runs(block), read_block_key(block))


def is_up_to_date(
    block: QTextBlock, paragraph: Paragraph, style: Style, *, first: bool, joined: bool
) -> bool:
    """Whether a block shows its paragraph: its text, its formats, and their looks."""
    found = block.blockFormat()
    wanted = _block_format(style, paragraph.block, first, joined)
    if found.objectIndex() != wanted.objectIndex():
        wanted = QTextBlockFormat(wanted)
        wanted.setObjectIndex(found.objectIndex())
    if found != wanted:
        return False
    look = _look(paragraph.block)
    if block.length() == 1 and block.charFormat() != _char_format(style, "", look):
        return False  # an empty line is as high as this says
    runs: list[Run] = []
    iterator = block.begin()
    while not iterator.atEnd():
        fragment = iterator.fragment()
        char_format = fragment.charFormat()
        key = char_format.property(MARKS) or ""
        if char_format.hasProperty(NUMBER):
            char_format.clearProperty(NUMBER)
        if char_format != _char_format(style, key, look):
            return False
        runs.append((fragment.text(), key))
        iterator += 1
    return Paragraph.of(runs, "").runs == paragraph.runs
