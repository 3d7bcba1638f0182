"""A replica with its QTextDocument, and what must hold between the two."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QColor, QTextBlock, QTextCursor, QTextDocument

from app.editor import formats
from app.editor.binding import Binding
from app.editor.formats import Style
from app.editor.mirror import Mirror
from sync.document.document import Document

STYLE = Style("DejaVu Serif", 12, QColor("black"), QColor("blue"), QColor("lightgray"))


class Page:
    """One writer's document, bound to a QTextDocument."""

    def __init__(self, client_id: int | None = None, state: bytes | None = None) -> None:
        self.document = Document.load(state, client_id=client_id)
        self.qt = QTextDocument()
        self.binding = Binding(self.document, self.qt, STYLE)

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
                marks.append(f"{style.name} {text_list.itemText(block)}")
        return marks

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
