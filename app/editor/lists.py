"""List grouping: which paragraphs count on together. Derived from them, never stored."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QTextBlock, QTextCursor, QTextDocument, QTextList

from app.editor.formats import Style
from app.editor.mirror import Paragraph, attributes_of
from sync.document import schema


def list_level(paragraph: Paragraph) -> tuple[str, int] | None:
    """Return a list paragraph's kind and indent (0 outermost); None for any other."""
    attributes = attributes_of(paragraph.block)
    kind = attributes.get(schema.LIST)
    indent = attributes.get(schema.INDENT, 0)
    if not isinstance(kind, str) or not isinstance(indent, int):
        return None
    return kind, indent


def regroup(
    document: QTextDocument, paragraphs: Sequence[Paragraph], first: int, last: int
) -> None:
    """Make the QTextLists around blocks `first` to `last` what the paragraphs say.

    A paragraph counts on from the nearest one before of its kind and indent,
    unless a shallower or plain one, or another kind at its indent, stands between.
    """
    while first > 0 and list_level(paragraphs[first - 1]):
        first -= 1
    while last + 1 < len(paragraphs) and list_level(paragraphs[last + 1]):
        last += 1
    open_lists: list[tuple[str, int, QTextList]] = []
    block = document.findBlockByNumber(first)
    for number in range(first, last + 1):
        level = list_level(paragraphs[number])
        if level is None:
            open_lists.clear()
            _leave_list(block)
        else:
            kind, indent = level
            while open_lists and open_lists[-1][1] > indent:
                open_lists.pop()
            if open_lists and open_lists[-1][1] == indent and open_lists[-1][0] != kind:
                open_lists.pop()
            if open_lists and open_lists[-1][1] == indent:
                _join_list(block, open_lists[-1][2])
            else:
                open_lists.append((kind, indent, _start_list(block, kind, indent)))
        block = block.next()


def _leave_list(block: QTextBlock) -> None:
    text_list = block.textList()
    if text_list is not None:
        text_list.remove(block)
        cursor = QTextCursor(block)
        block_format = cursor.blockFormat()
        block_format.setIndent(0)  # QTextList.remove leaves the list's own indent behind
        cursor.setBlockFormat(block_format)


def _join_list(block: QTextBlock, text_list: QTextList) -> None:
    current = block.textList()
    if current is None or current.objectIndex() != text_list.objectIndex():
        text_list.add(block)


def _start_list(block: QTextBlock, kind: str, indent: int) -> QTextList:
    """Return a list that begins at `block`; the one it has, if that is right."""
    wanted = Style.list_format(kind, indent)
    current = block.textList()
    if current is not None and current.itemNumber(block) == 0:
        found = current.format()
        if found.style() == wanted.style() and found.indent() == wanted.indent():
            return current
    return QTextCursor(block).createList(wanted)
