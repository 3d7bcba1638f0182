"""Markdown out: CommonMark with ~~strike~~, task lists and footnotes.

What it cannot say is left out: underline, colours, sub- and superscript,
alignment, direction, an indent outside of lists, and empty paragraphs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from sync.document import schema
from sync.document.delta import Attributes, Embed, Insert
from sync.document.views.lines import (
    Block,
    Code,
    Item,
    ItemList,
    Line,
    Piece,
    Quote,
    blocks,
    embed_of,
    lines,
    plain,
)
from sync.document.views.markdown_inline import escape_address, escape_line, escape_text, inline


def to_markdown(
    contents: Iterable[Insert], image_address: Callable[[str], str | None] = lambda _: None
) -> str:
    """Return contents as Markdown, footnotes at its end. `image_address` is an `ImageAddress`."""
    writer = _Writer(image_address)
    parts = writer.blocks(blocks(lines(contents)))
    parts += writer.endnotes()
    return "\n\n".join(parts) + "\n" if parts else ""


class _Writer:
    def __init__(self, image_address: Callable[[str], str | None]) -> None:
        self._image_address = image_address
        self._notes: list[str] = []

    def blocks(self, parts: Sequence[Block]) -> list[str]:
        result: list[str] = []
        for part in parts:
            match part:
                case Quote(inside):
                    text = "\n\n".join(self.blocks(inside))
                    result.append("\n".join(f"> {row}" if row else ">" for row in text.split("\n")))
                case Code():
                    result.append(_fenced(part))
                case ItemList():
                    result.append("\n".join(self._list(part, 0, 0)))
                case Line():
                    result += self._paragraphs(part)
        return result

    def _list(self, part: ItemList, at: int, number: int) -> list[str]:
        """Return the rows of a list whose markers stand at column `at`."""
        rows: list[str] = []
        for item in part.items:
            if item.line is None:  # a skipped level, which Markdown does not have
                for inner in item.lists:
                    rows += self._list(inner, at, 0)
                continue
            number += 1
            marker = f"{number}." if part.kind == schema.ORDERED else "-"
            text = self._item_text(item)
            # Where this item's text begins; what is inside of it stands there or further in.
            inside = at + len(marker) + 1
            first, *more = text.split("\n")
            rows.append(f"{' ' * at}{marker} {first}".rstrip())
            rows += [f"{' ' * inside}{row}".rstrip() for row in more]
            for inner in item.lists:
                deeper = self._list(inner, max(at + 4, inside), 0)
                begins_empty = deeper and re.fullmatch(r" *(-|\d+\.)", deeper[0])
                if begins_empty and first:
                    rows.append("")  # an empty item cannot follow a text at once
                rows += deeper
        return rows

    def _item_text(self, item: Item) -> str:
        assert item.line is not None
        box = {schema.CHECKED: "[x] ", schema.UNCHECKED: "[ ] "}.get(str(item.line.list_kind), "")
        if _is_divider(item.line.pieces):
            return box + "***"
        return box + self._line(item.line)

    def _paragraphs(self, line: Line) -> list[str]:
        """Return a paragraph; a divider inside of it cuts it."""
        result: list[str] = []
        pieces: list[Piece] = []
        for piece in [*line.pieces, None]:
            if piece is not None and not _is_divider([piece]):
                pieces.append(piece)
                continue
            text = self._line(Line(pieces, line.block))
            if text:
                result.append(text)
            if piece is not None:
                result.append("---")
            pieces = []
        return result

    def _line(self, line: Line) -> str:
        level = schema.whole_number(line.block.get(schema.HEADER))
        rows = inline(line.pieces, self._embed).split("\\\n")
        if level:
            return f"{'#' * level} {escape_line(' '.join(rows), heading=True)}".rstrip()
        return "\\\n".join(map(escape_line, rows))

    def _embed(self, content: Embed, marks: Attributes) -> str:
        kind, value = embed_of(content)
        if kind == schema.FOOTNOTE:
            self._notes.append(str(value))
            return f"[^{len(self._notes)}]"
        if kind != schema.IMAGE:
            return ""
        digest = schema.content_hash(value)
        address = (self._image_address(digest) if digest else None) or str(value)
        alt = escape_text(str(marks.get(schema.ALT, "")).replace("\n", " "))
        return f"![{alt}](<{escape_address(address)}>)"

    def endnotes(self) -> list[str]:
        """Return the texts of the footnotes."""
        result = []
        for number, note in enumerate(self._notes, 1):
            rows = [escape_line(escape_text(row)) for row in re.split("[\n\u2028]", note)]
            text = "\n\n".join(f"    {row}" for row in rows if row).strip()
            result.append(f"[^{number}]: {text}".rstrip())
        return result


def _fenced(part: Code) -> str:
    rows = [plain(row.pieces) for row in part.lines]
    longest = max((len(run) for row in rows for run in re.findall("`+", row)), default=0)
    fence = "`" * max(3, longest + 1)
    language = part.language or ""
    named = language if re.fullmatch(r"[\w+#.-]+", language) else ""
    return "\n".join([fence + named, *rows, fence])


def _is_divider(pieces: Sequence[Piece]) -> bool:
    return len(pieces) == 1 and pieces[0][0] == Embed({schema.DIVIDER: True})
