"""Markdown in: CommonMark with ~~strike~~, task lists, footnotes, and tables as rows with tabs."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from sync.document import schema
from sync.document.delta import Embed, Insert
from sync.document.views.lines import LINE_BREAK, Line, Piece, clean, contents_of, plain

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

MAX_NESTING = 100
"""Elements in elements; nine levels of a list are eighteen."""

_TASK = re.compile(r"\[([ xX])\](?:\s+|$)")
_MARKS = {"strong": schema.BOLD, "em": schema.ITALIC, "s": schema.STRIKE}


@lru_cache(maxsize=1)
def parser() -> MarkdownIt:
    """Return the parser of our Markdown."""
    # Not at the start of the program: most people never paste any.
    from markdown_it import MarkdownIt
    from mdit_py_plugins.footnote import footnote_plugin

    class Parser(MarkdownIt):
        """Leaves addresses as they are: `schema` decides about each."""

        def validateLink(self, url: str) -> bool:  # noqa: ARG002, N802
            return True

        def normalizeLink(self, url: str) -> str:  # noqa: N802
            return url

        def normalizeLinkText(self, link: str) -> str:  # noqa: N802
            return link

    markdown = Parser("commonmark", {"html": False, "maxNesting": MAX_NESTING})
    return markdown.enable(["strikethrough", "table"]).use(footnote_plugin)


def from_markdown(text: str, image: Callable[[str], str | None] | None = None) -> list[Insert]:
    """Return Markdown as contents; what the schema lacks comes in as its text.

    `image` is an `ImageSink`: it gets the address of an image that is no web address.
    """
    reader = _Reader(image or (lambda _: None))
    reader.read(parser().parse(clean(text)))
    return contents_of(reader.lines) or [Insert("\n")]


def inline_pieces(text: str) -> list[Piece]:
    """Return what the text of one paragraph means."""
    pieces: list[Piece] = []
    for token in parser().parseInline(text):
        pieces += _Reader(lambda _: None).inline(token.children or [])
    return pieces


@dataclass
class _Item:
    kind: str
    level: int
    used: bool = False


class _Reader:
    def __init__(self, image: Callable[[str], str | None]) -> None:
        self.lines: list[Line] = []
        self._image = image
        self._kinds: list[str] = []
        self._items: list[_Item] = []
        self._quotes: list[int] = []
        self._header = 0
        self._row: list[Piece] | None = None
        self._notes: dict[int, str] = {}

    def read(self, tokens: Sequence[Token]) -> None:
        """Take all blocks in."""
        end = next(
            (n for n, token in enumerate(tokens) if token.type == "footnote_block_open"),
            len(tokens),
        )
        self._read_notes(tokens[end:])
        for token in tokens[:end]:
            self._block(token)

    def _read_notes(self, tokens: Sequence[Token]) -> None:
        """Footnotes stand at the end; their texts are wanted before."""
        number = 0
        rows: list[str] = []
        for token in tokens:
            if token.type == "footnote_open":
                number, rows = int(token.meta["id"]), []
            elif token.type == "inline":
                rows.append(plain(self.inline(token.children or [])))
            elif token.type in ("fence", "code_block"):
                rows.append(token.content.rstrip("\n"))
            elif token.type == "footnote_close":
                self._notes[number] = "\n".join(rows)[: schema.MAX_FOOTNOTE]

    def _block(self, token: Token) -> None:
        match token.type:
            case "heading_open":
                self._header = int(token.tag[1:])
            case "bullet_list_open" | "ordered_list_open":
                if self._items and not self._items[-1].used:
                    self._add([])
                self._kinds.append(schema.BULLET if token.tag == "ul" else schema.ORDERED)
            case "bullet_list_close" | "ordered_list_close":
                self._kinds.pop()
            case "list_item_open":
                level = min(len(self._kinds) - 1, schema.MAX_INDENT)
                self._items.append(_Item(self._kinds[-1], level))
            case "list_item_close":
                if not self._items[-1].used:
                    self._add([])
                self._items.pop()
            case "blockquote_open":
                self._quotes.append(len(self.lines))
            case "blockquote_close":
                if len(self.lines) == self._quotes[-1]:
                    self._add([])
                self._quotes.pop()
            case "tr_open":
                self._row = []
            case "tr_close":
                row, self._row = self._row, None
                self._add(row or [])
            case "hr":
                self._add([(Embed({schema.DIVIDER: True}), {})])
            case "fence" | "code_block":
                language = (token.info.split() or [""])[0][:40]
                for row_text in token.content.removesuffix("\n").split("\n"):
                    pieces: list[Piece] = [(row_text, {})] if row_text else []
                    self._add(pieces, {schema.CODE_BLOCK: language or True})
            case "inline":
                self._paragraph(token)

    def _paragraph(self, token: Token) -> None:
        children = list(token.children or [])
        item = self._items[-1] if self._items else None
        task = _TASK.match(token.content)
        if task and item and not item.used and children and children[0].type == "text":
            item.kind = schema.UNCHECKED if task[1] == " " else schema.CHECKED
            first = children[0].copy(content=children[0].content[len(task[0]) :])
            children[0] = first
        pieces = self.inline(children)
        if self._row is None:
            self._add(pieces, {schema.HEADER: self._header} if self._header else {})
            self._header = 0
        else:
            self._row += [("\t", {}), *pieces] if self._row else pieces or [("", {})]

    def _add(self, pieces: list[Piece], block: dict[str, object] | None = None) -> None:
        block = dict(block or {})
        item = self._items[-1] if self._items else None
        if item is not None and schema.CODE_BLOCK not in block:
            if not item.used:
                block[schema.LIST] = item.kind
            level = item.level + item.used
            if level:
                block[schema.INDENT] = min(level, schema.MAX_INDENT)
        if item is not None:
            item.used = True
        if self._quotes:
            block[schema.BLOCKQUOTE] = True
        self.lines.append(Line(pieces, block))

    def inline(self, tokens: Sequence[Token]) -> list[Piece]:
        """Return what is inside of one paragraph."""
        result: list[Piece] = []
        marks: dict[str, object] = {}
        for token in tokens:
            if token.tag in _MARKS and token.nesting:
                if token.nesting > 0:
                    marks[_MARKS[token.tag]] = True
                else:
                    marks.pop(_MARKS[token.tag], None)
                continue
            match token.type:
                case "link_open":
                    target = token.attrGet("href")
                    if schema.is_safe_link(target):
                        marks[schema.LINK] = target
                case "link_close":
                    marks.pop(schema.LINK, None)
                case "code_inline":
                    result.append((token.content, {**marks, schema.CODE: True}))
                case "softbreak":
                    result.append((" ", dict(marks)))
                case "hardbreak":
                    result.append((LINE_BREAK, dict(marks)))
                case "image":
                    result += self._picture(token, marks)
                case "footnote_ref":
                    without_link = {n: v for n, v in marks.items() if n != schema.LINK}
                    text = self._notes.get(int(token.meta["id"]), "")
                    result.append((Embed({schema.FOOTNOTE: text}), without_link))
                case _ if token.content:
                    result.append((token.content.replace("\n", " "), dict(marks)))
        return result

    def _picture(self, token: Token, marks: dict[str, object]) -> list[Piece]:
        source = str(token.attrGet("src") or "")
        known = schema.content_hash(source) or schema.is_safe_link(source)
        value = source if known else self._image(source)
        alt = plain(self.inline(token.children or [])).replace("\n", " ")
        if value is None:
            return [(alt, dict(marks))] if alt else []
        said = {schema.ALT: alt[: schema.MAX_FOOTNOTE]} if alt else {}
        return [(Embed({schema.IMAGE: value}), {**marks, **said})]
