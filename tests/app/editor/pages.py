"""A replica with its QTextDocument, and what must hold between the two."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QColor, QTextBlock, QTextCursor, QTextDocument, QTextListFormat

from app.editor import formats
from app.editor.binding import Binding
from app.editor.formats import Style
from app.editor.lists import list_level
from app.editor.mirror import Mirror, Paragraph, is_footnote
from app.editor.pages import Pages
from sync.document.document import Document
from sync.document.positions import utf16_length

STYLE = Style("DejaVu Serif", 12, QColor("black"), QColor("blue"), QColor("lightgray"))


def numbering_of(paragraphs: Sequence[Paragraph]) -> list[str]:
    """What should stand before each paragraph, worked out from the text alone."""
    marks = []
    counts: list[tuple[int, str, int]] = []  # indent, kind, items so far; outermost first
    for paragraph in paragraphs:
        level = list_level(paragraph)
        if level is None:
            counts.clear()
            marks.append("")
            continue
        kind, indent = level
        counts = [known for known in counts if known[0] < indent or known[:2] == (indent, kind)]
        number = 1 + (counts.pop()[2] if counts and counts[-1][0] == indent else 0)
        counts.append((indent, kind, number))
        style = Style.list_format(kind, indent).style()
        marks.append(f"{style.name} {_item_text(style, number)}")
    return marks


def _item_text(style: QTextListFormat.Style, number: int) -> str:
    """As QTextList.itemText, for what tests count to."""
    match style:
        case QTextListFormat.Style.ListDecimal:
            return f"{number}."
        case QTextListFormat.Style.ListLowerAlpha:
            letters = ""
            while number:
                number, rest = divmod(number - 1, 26)
                letters = chr(ord("a") + rest) + letters
            return f"{letters}."
        case QTextListFormat.Style.ListLowerRoman:
            roman = ""
            for value, sign in ((50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv")):
                roman += sign * (number // value)
                number %= value
            return f"{roman}{'i' * number}."
    return ""


class Page:
    """One writer's document, bound to a QTextDocument; `beside`: another page's very document."""

    def __init__(
        self,
        client_id: int | None = None,
        state: bytes | None = None,
        beside: Page | None = None,
    ) -> None:
        self.document = beside.document if beside else Document.load(state, client_id=client_id)
        self.pages = beside.pages if beside else Pages(self.document)
        self.qt = QTextDocument()
        self.binding = Binding(self.document, self.qt, STYLE, pages=self.pages)

    def cursor(self, position: int, anchor: int | None = None) -> QTextCursor:
        cursor = QTextCursor(self.qt)
        cursor.setPosition(position if anchor is None else anchor)
        cursor.setPosition(position, QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def blocks(self) -> list[QTextBlock]:
        return [self.qt.findBlockByNumber(n) for n in range(self.qt.blockCount())]

    def numbering(self) -> list[str]:
        """What stands before each block: "1.", "a.", a bullet's style, or nothing."""
        marks = []
        for block in self.blocks():
            text_list = block.textList()
            if text_list is None:
                marks.append("")
            else:
                style = text_list.format().style()
                # Right to left, Qt puts the dot in front, and even where there is no number.
                number = text_list.itemText(block).strip(".")
                marks.append(f"{style.name} {number + '.' if number else ''}")
        return marks

    def footnote_numbers(self) -> list[int]:
        numbers = []
        for block, paragraph in zip(self.blocks(), self.binding.mirror.paragraphs, strict=True):
            at = block.position()
            for text, key in paragraph.runs:
                for _ in range(len(text) if is_footnote(key) else 0):
                    numbers.append(self.cursor(at + 1).charFormat().property(formats.NUMBER))
                    at += 1
                at += 0 if is_footnote(key) else utf16_length(text)
        return numbers

    def check(self) -> None:
        """CRDT, mirror and QTextDocument say the same, formats and lists included."""
        QCoreApplication.processEvents()  # repairs wait a turn
        expected = Mirror(self.document.contents())
        mirror = self.binding.mirror
        assert mirror.paragraphs == expected.paragraphs
        assert mirror.terminated == expected.terminated
        assert mirror.length == expected.length == self.qt.characterCount() - 1
        blocks = self.blocks()
        assert len(blocks) == len(expected.paragraphs)
        for number, (block, paragraph) in enumerate(zip(blocks, expected.paragraphs, strict=True)):
            assert formats.read_paragraph(block) == paragraph
            assert self.binding.canvas.looks_right(number)
        assert self.numbering() == numbering_of(expected.paragraphs)
        assert self.footnote_numbers() == list(range(1, 1 + len(self.footnote_numbers())))
