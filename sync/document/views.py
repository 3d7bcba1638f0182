"""Views of a document made from its content: plain text, Markdown, JSON. Never stored.

Only what `schema` allows gets into one: an unsafe link loses its target, an
unknown attribute is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from sync.document import schema
from sync.document.delta import Attributes, Embed, Insert, compact
from sync.document.document import Document


@dataclass(frozen=True)
class Line:
    """One paragraph: its pieces with shown marks, and its shown block attributes."""

    pieces: list[tuple[str | Embed, Attributes]]
    block: Attributes


def lines(contents: Iterable[Insert]) -> list[Line]:
    """Cut contents into paragraphs; a last one without its newline counts."""
    result: list[Line] = []
    pieces: list[tuple[str | Embed, Attributes]] = []
    for part in contents:
        marks = schema.shown_marks(part.attributes)
        if isinstance(part.content, Embed):
            pieces.append((part.content, marks))
            continue
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


# Plain text


def to_text(document: Document) -> str:
    """Return the text alone, a line per paragraph."""
    return document.text()


def from_text(text: str) -> list[Insert]:
    """Return plain text as contents, with its closing newline."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return [Insert(text if text.endswith("\n") else text + "\n")]


# JSON, in the shape of ProseMirror documents


def to_json(document: Document) -> dict[str, Any]:
    """Return the structure: `doc` of `heading`, `paragraph` and lists, text with marks."""
    content: list[dict[str, Any]] = []
    for kind, group in groupby(
        lines(document.contents()), lambda line: line.block.get(schema.LIST)
    ):
        if kind is None:
            content += [_json_paragraph(line) for line in group]
        else:
            name = "bulletList" if kind == schema.BULLET else "orderedList"
            items = [
                {
                    "type": "listItem",
                    "attrs": {"indent": line.block.get(schema.INDENT, 0)},
                    "content": [_json_paragraph(line)],
                }
                for line in group
            ]
            content.append({"type": name, "content": items})
    return {"type": "doc", "content": content}


def _json_paragraph(line: Line) -> dict[str, Any]:
    level = line.block.get(schema.HEADER)
    node: dict[str, Any] = {"type": "heading" if level else "paragraph"}
    if level:
        node["attrs"] = {"level": level}
    inline = [_json_inline(content, marks) for content, marks in line.pieces]
    if inline:
        node["content"] = inline
    return node


def _json_inline(content: str | Embed, marks: Attributes) -> dict[str, Any]:
    if isinstance(content, Embed):
        return {"type": next(iter(content.value), "unknown")}
    node: dict[str, Any] = {"type": "text", "text": content}
    if marks:
        node["marks"] = [
            {"type": name, "attrs": {"href": value}} if name == schema.LINK else {"type": name}
            for name, value in sorted(marks.items())
        ]
    return node


def inserts_to_json(inserts: Sequence[Insert]) -> list[dict[str, Any]]:
    """Return contents as the operations of a Quill delta."""
    result: list[dict[str, Any]] = []
    for part in inserts:
        content = part.content if isinstance(part.content, str) else dict(part.content.value)
        operation: dict[str, Any] = {"insert": content}
        if part.attributes:
            operation["attributes"] = dict(part.attributes)
        result.append(operation)
    return result


def inserts_from_json(operations: object) -> list[Insert]:
    """Return contents from the operations of a Quill delta, unsafe attributes left out.

    Raises `ValueError` if they are none.
    """
    if not isinstance(operations, list):
        raise ValueError("not a list of operations")
    result: list[Insert] = []
    for operation in operations:
        if not isinstance(operation, dict):
            raise ValueError("not an operation")
        content, attributes = operation.get("insert"), operation.get("attributes", {})
        if not isinstance(attributes, Mapping):
            raise ValueError("attributes are no object")
        if not isinstance(content, str):
            continue
        text = content.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
        for piece in re.findall(r"\n|[^\n]+", text):
            shown = schema.shown_block if piece == "\n" else schema.shown_marks
            result.append(Insert(piece, dict(shown(attributes))))
    return [part for part in compact(result) if isinstance(part, Insert)]


# Markdown (CommonMark, with ~~strike~~)

_SPECIAL = re.compile(r"([\\`*_\[\]<>~])")
_LINE_START = re.compile(r"^(\s*)([#>+-]|\d+[.)])(?=\s|$)")
_FENCES = {schema.BOLD: "**", schema.ITALIC: "*", schema.STRIKE: "~~"}


def to_markdown(document: Document) -> str:
    """Return the document as Markdown; underline, which it lacks, is left out."""
    blocks: list[str] = []
    numbers: dict[int, int] = {}
    previous: Line | None = None
    for line in lines(document.contents()):
        text = _markdown_inline(line)
        in_list = schema.LIST in line.block
        if in_list:
            text = _markdown_item(line, text, numbers)
        else:
            numbers.clear()
            text = _LINE_START.sub(_escape_start, text)
            level = line.block.get(schema.HEADER)
            if isinstance(level, int):
                text = f"{'#' * level} {text}".rstrip()
        joins = in_list and previous is not None and schema.LIST in previous.block
        if text or in_list:
            blocks.append(text if joins or not blocks else "\n" + text)
            previous = line
    return "\n".join(blocks) + "\n" if blocks else ""


def _escape_start(match: re.Match[str]) -> str:
    start = match.group(2)
    return match.group(1) + (start[:-1] + "\\" + start[-1])


def _markdown_item(line: Line, text: str, numbers: dict[int, int]) -> str:
    level = line.block.get(schema.INDENT, 0)
    assert isinstance(level, int)
    for deeper in [known for known in numbers if known > level]:
        del numbers[deeper]
    if line.block[schema.LIST] == schema.BULLET:
        numbers.pop(level, None)
        marker = "-"
    else:
        numbers[level] = numbers.get(level, 0) + 1
        marker = f"{numbers[level]}."
    return f"{'    ' * level}{marker} {text}".rstrip()


def _markdown_inline(line: Line) -> str:
    parts: list[str] = []
    for content, marks in line.pieces:
        if isinstance(content, Embed):
            continue
        text = content.replace("\u2028", "\\\n")
        if schema.CODE in marks:
            fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
            pad = " " if text.startswith("`") or text.endswith("`") else ""
            parts.append(f"{fence}{pad}{text}{pad}{fence}")
            continue
        core = text.strip()
        if not core:
            parts.append(text)
            continue
        before, after = text[: text.index(core)], text[text.index(core) + len(core) :]
        core = _SPECIAL.sub(r"\\\1", core).replace("\\\\\n", "\\\n")
        for name, fence in _FENCES.items():
            if name in marks:
                core = f"{fence}{core}{fence}"
        if schema.LINK in marks:
            core = f"[{core}](<{marks[schema.LINK]}>)"
        parts.append(before + core + after)
    return "".join(parts)


_OPENS = {
    "strong_open": schema.BOLD,
    "em_open": schema.ITALIC,
    "s_open": schema.STRIKE,
}
_CLOSES = {name.replace("open", "close"): mark for name, mark in _OPENS.items()}


def from_markdown(text: str) -> list[Insert]:
    """Return Markdown as contents; what the schema lacks comes in as its text."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("strikethrough")
    result: list[Insert] = []
    lists: list[str] = []
    block: dict[str, object] = {}
    for token in parser.parse(text):
        match token.type:
            case "heading_open":
                block = {schema.HEADER: int(token.tag[1:])}
            case "bullet_list_open" | "ordered_list_open":
                lists.append(schema.BULLET if token.tag == "ul" else schema.ORDERED)
            case "bullet_list_close" | "ordered_list_close":
                lists.pop()
            case "list_item_open":
                block = {schema.LIST: lists[-1]}
                level = min(len(lists) - 1, schema.MAX_INDENT)
                if level:
                    block[schema.INDENT] = level
            case "inline":
                result += _from_inline(token.children or [])
                result.append(Insert("\n", block))
                block = {}
            case "fence" | "code_block":
                for line in token.content.removesuffix("\n").split("\n"):
                    if line:
                        result.append(Insert(line, {schema.CODE: True}))
                    result.append(Insert("\n"))
    return [part for part in compact(result) if isinstance(part, Insert)] or [Insert("\n")]


def _from_inline(tokens: Sequence[Token]) -> list[Insert]:
    result: list[Insert] = []
    marks: dict[str, object] = {}
    for token in tokens:
        if token.type in _OPENS:
            marks[_OPENS[token.type]] = True
        elif token.type in _CLOSES:
            marks.pop(_CLOSES[token.type], None)
        elif token.type == "link_open":
            target = token.attrGet("href")
            if schema.is_safe_link(target):
                marks[schema.LINK] = target
        elif token.type == "link_close":
            marks.pop(schema.LINK, None)
        elif token.type == "code_inline":
            result.append(Insert(token.content, {**marks, schema.CODE: True}))
        elif token.type == "softbreak":
            result.append(Insert(" ", dict(marks)))
        elif token.type == "hardbreak":
            result.append(Insert("\u2028", dict(marks)))
        elif token.content:
            result.append(Insert(token.content.replace("\n", " "), dict(marks)))
    return result
