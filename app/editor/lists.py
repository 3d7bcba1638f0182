"""List grouping: which paragraphs count on together. Derived from them, never stored."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TypeAlias

from PySide6.QtGui import QTextBlock, QTextCursor, QTextDocument, QTextList

from app.editor.formats import Style
from app.editor.mirror import Paragraph, attributes_of
from sync.document import schema

Level: TypeAlias = tuple[str, int]
"""Kind and indent (0 outermost) of a list paragraph; `unchecked` for both kinds of check list."""


def list_level(paragraph: Paragraph) -> Level | None:
    """Return a list paragraph's kind and indent; None for any other."""
    return _level(paragraph.block)


@lru_cache(maxsize=4096)
def _level(block: str) -> Level | None:
    attributes = attributes_of(block)
    kind = attributes.get(schema.LIST)
    indent = attributes.get(schema.INDENT, 0)
    if schema.CODE_BLOCK in attributes or not isinstance(kind, str) or not isinstance(indent, int):
        return None
    return schema.UNCHECKED if kind == schema.CHECKED else kind, indent


def regroup(
    document: QTextDocument, paragraphs: Sequence[Paragraph], first: int, last: int
) -> None:
    """Make the QTextLists around blocks `first` to `last` what the paragraphs say.

    A paragraph counts on from the nearest one before of its kind and indent,
    unless a shallower or plain one, or another kind at its indent, stands between.
    So what an outermost paragraph that was right before stands in, is still right.
    """
    open_lists: list[tuple[str, int, QTextList]] = []
    start = first
    while start > 0 and (level := list_level(paragraphs[start - 1])):
        text_list = document.findBlockByNumber(start - 1).textList() if not level[1] else None
        if text_list is not None:
            open_lists.append((*level, text_list))
            break
        start -= 1
    block = document.findBlockByNumber(start)
    for number in range(start, len(paragraphs)):
        level = list_level(paragraphs[number])
        if level is None:
            if number > last:
                break
            open_lists.clear()
            _leave_list(block)
        else:
            kind, indent = level
            while open_lists and open_lists[-1][1] > indent:
                open_lists.pop()
            if open_lists and open_lists[-1][1] == indent and open_lists[-1][0] != kind:
                open_lists.pop()
            if open_lists and open_lists[-1][1] == indent:
                was_right = _join_list(block, open_lists[-1][2])
            else:
                text_list, was_right = _start_list(block, kind, indent)
                open_lists.append((kind, indent, text_list))
            if number > last and was_right and not indent:
                break
        block = block.next()


def _leave_list(block: QTextBlock) -> None:
    if block.textList() is not None:
        block_format = block.blockFormat()
        block_format.setObjectIndex(-1)
        # Not QTextList.remove, which leaves the list's own indent behind.
        QTextCursor(block).setBlockFormat(block_format)


def _join_list(block: QTextBlock, text_list: QTextList) -> bool:
    """Put a block into a list; whether it was there already."""
    current = block.textList()
    if current is not None and current.objectIndex() == text_list.objectIndex():
        return True
    text_list.add(block)
    return False


def _start_list(block: QTextBlock, kind: str, indent: int) -> tuple[QTextList, bool]:
    """Return a list that begins at `block`, and whether it did so already."""
    wanted = Style.list_format(kind, indent)
    current = block.textList()
    if current is not None and current.itemNumber(block) == 0:
        found = current.format()
        if found.style() == wanted.style() and found.indent() == wanted.indent():
            return current, True
    return QTextCursor(block).createList(wanted), False
