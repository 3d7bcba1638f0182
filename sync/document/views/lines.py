"""What every view is made from: contents cut into paragraphs, and these put into structure.

Only what `schema` allows gets in: an unsafe link loses its target, an unknown
attribute or embed is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import TypeAlias

from sync.document import schema
from sync.document.delta import Attributes, Embed, Insert, compact

LINE_BREAK = "\u2028"
"""Ends a line inside a paragraph."""

Piece: TypeAlias = tuple[str | Embed, Attributes]
"""Text without a newline, or an embed of one kind that may be shown; and what is shown of it."""

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff]")


@dataclass(frozen=True)
class Line:
    """One paragraph: its pieces with shown marks, and its shown block attributes."""

    pieces: list[Piece]
    block: Attributes

    @property
    def indent(self) -> int:
        """Levels that it stands further in, 0-8."""
        return schema.whole_number(self.block.get(schema.INDENT)) or 0

    @property
    def is_code(self) -> bool:
        """Whether it is a line of a code block, whatever else it claims to be."""
        return schema.CODE_BLOCK in self.block

    @property
    def list_kind(self) -> object:
        """Its value of `list`; None outside of lists."""
        return None if self.is_code else self.block.get(schema.LIST)


def clean(text: str) -> str:
    """Return text from outside with newlines as "\\n", and without controls and lone surrogates."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def lines(contents: Iterable[Insert]) -> list[Line]:
    """Cut contents into paragraphs; a last one without its newline counts."""
    result: list[Line] = []
    pieces: list[Piece] = []
    for part in contents:
        if isinstance(part.content, Embed):
            shown = schema.shown_embed(part.content, part.attributes)
            if shown is not None:
                kind, value, attributes = shown
                pieces.append((Embed({kind: value}), attributes))
            continue
        marks = schema.shown_marks(part.attributes)
        texts = part.content.split("\n")
        for text in texts[:-1]:
            if text:
                pieces.append((text, marks))
            result.append(Line(pieces, schema.shown_block(part.attributes)))
            pieces = []
        if texts[-1]:
            pieces.append((texts[-1], marks))
    if pieces:
        result.append(Line(pieces, {}))
    return result


def contents_of(paragraphs: Iterable[Line]) -> list[Insert]:
    """Return paragraphs as contents, each with its closing newline."""
    inserts: list[Insert] = []
    for line in paragraphs:
        inserts += [Insert(content, marks) for content, marks in line.pieces]
        inserts.append(Insert("\n", line.block))
    return [part for part in compact(inserts) if isinstance(part, Insert)]


def embed_of(content: Embed) -> tuple[str, object]:
    """Return kind and value of an embed as it stands in a `Piece`."""
    return next(iter(content.value.items()))


def plain(pieces: Iterable[Piece]) -> str:
    """Return the text of pieces without embeds, inner line breaks as newlines."""
    texts = (content for content, _ in pieces if isinstance(content, str))
    return "".join(texts).replace(LINE_BREAK, "\n")


# Structure


@dataclass
class Quote:
    """A quotation."""

    blocks: list[Block]


@dataclass
class Code:
    """Neighbouring lines of code with one language, and equal in all else."""

    lines: list[Line]

    @property
    def language(self) -> str | None:
        """The language; None if nothing is said of it."""
        language = self.lines[0].block[schema.CODE_BLOCK]
        return language if isinstance(language, str) else None


@dataclass
class Item:
    """An item of a list; without a line where a level was skipped."""

    line: Line | None
    lists: list[ItemList] = field(default_factory=list)


@dataclass
class ItemList:
    """Neighbouring items of one kind on one level."""

    kind: str
    items: list[Item] = field(default_factory=list)


Block: TypeAlias = Line | Code | Quote | ItemList

CHECK = "check"
"""Kind of a list whose items are checked or unchecked."""


def blocks(paragraphs: Sequence[Line]) -> list[Block]:
    """Return paragraphs as what they are together: quotations, lists in lists, blocks of code."""
    result: list[Block] = []
    for quoted, group in groupby(paragraphs, lambda line: schema.BLOCKQUOTE in line.block):
        inside = _unquoted(list(group))
        if quoted:
            result.append(Quote(inside))
        else:
            result += inside
    return result


def _unquoted(paragraphs: list[Line]) -> list[Block]:
    result: list[Block] = []
    for key, group in groupby(paragraphs, _kin):
        if key is None:
            result += group
        elif key == "list":
            result += _lists(list(group))
        else:
            result.append(Code(list(group)))
    return result


def _kin(line: Line) -> object:
    """Return what neighbours must share to be one block; None for a block of its own."""
    if line.is_code:
        return line.block
    return "list" if line.list_kind else None


def _lists(paragraphs: list[Line]) -> list[ItemList]:
    top: list[ItemList] = []
    open_lists: list[ItemList] = []  # the one at each level
    for line in paragraphs:
        kind = str(line.list_kind)
        if kind in (schema.CHECKED, schema.UNCHECKED):
            kind = CHECK
        del open_lists[line.indent + 1 :]
        if len(open_lists) == line.indent + 1 and open_lists[-1].kind != kind:
            open_lists.pop()
        while len(open_lists) <= line.indent:
            beside = top
            if open_lists:
                if not open_lists[-1].items:
                    open_lists[-1].items.append(Item(None))
                beside = open_lists[-1].items[-1].lists
            beside.append(ItemList(kind))
            open_lists.append(beside[-1])
        open_lists[-1].items.append(Item(line))
    return top
