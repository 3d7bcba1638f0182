"""JSON in the shape of ProseMirror documents, with the names that Tiptap uses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sync.document import schema
from sync.document.delta import Attributes, Embed, Insert
from sync.document.views.lines import (
    CHECK,
    LINE_BREAK,
    Block,
    Code,
    ItemList,
    Line,
    Piece,
    Quote,
    blocks,
    embed_of,
    lines,
    plain,
)

Node = dict[str, Any]

_LISTS = {schema.BULLET: "bulletList", schema.ORDERED: "orderedList", CHECK: "taskList"}


def to_json(contents: Iterable[Insert]) -> Node:
    """Return the structure: `doc` of paragraphs, headings, lists, …; text with marks."""
    return {"type": "doc", "content": [_block(block) for block in blocks(lines(contents))]}


def _block(block: Block) -> Node:
    match block:
        case Quote(inside):
            return {"type": "blockquote", "content": [_block(part) for part in inside]}
        case Code(rows):
            text = "\n".join(plain(row.pieces) for row in rows)
            node = _node("codeBlock", {"language": block.language, **_attributes(rows[0])})
            return node | ({"content": [{"type": "text", "text": text}]} if text else {})
        case ItemList():
            return _list(block)
        case Line():
            return _paragraph(block)


def _list(block: ItemList) -> Node:
    items: list[Node] = []
    for item in block.items:
        paragraph = _paragraph(item.line) if item.line else {"type": "paragraph"}
        content = [paragraph, *(_list(inner) for inner in item.lists)]
        node: Node = {"type": "listItem", "content": content}
        if block.kind == CHECK:
            checked = bool(item.line and item.line.list_kind == schema.CHECKED)
            node = {"type": "taskItem", "attrs": {"checked": checked}, "content": content}
        items.append(node)
    return {"type": _LISTS[block.kind], "content": items}


def _paragraph(line: Line) -> Node:
    if [content for content, _ in line.pieces] == [Embed({schema.DIVIDER: True})]:
        return {"type": "horizontalRule"}
    level = line.block.get(schema.HEADER)
    attributes = _attributes(line)
    if line.list_kind:
        attributes.pop(schema.INDENT, None)
    node = _node("paragraph", attributes)
    if level:
        node = _node("heading", {"level": level, **attributes})
    inline = [node for piece in line.pieces for node in _inline(piece)]
    return node | ({"content": inline} if inline else {})


def _node(name: str, attributes: Node) -> Node:
    return {"type": name, "attrs": attributes} if attributes else {"type": name}


def _attributes(line: Line) -> Node:
    names = {schema.ALIGN: "textAlign", schema.DIRECTION: "dir", schema.INDENT: schema.INDENT}
    return {names[name]: value for name, value in line.block.items() if name in names}


def _inline(piece: Piece) -> list[Node]:
    content, attributes = piece
    marks = [_mark(name, value) for name, value in sorted(attributes.items()) if name not in _SIZES]
    with_marks: Node = {"marks": marks} if marks else {}
    if isinstance(content, Embed):
        return [_embed(content, attributes) | with_marks]
    result: list[Node] = []
    for number, text in enumerate(content.split(LINE_BREAK)):
        if number:
            result.append({"type": "hardBreak"} | with_marks)
        if text:
            result.append({"type": "text", "text": text} | with_marks)
    return result


_SIZES = (schema.ALT, schema.WIDTH, schema.HEIGHT)


def _embed(content: Embed, attributes: Attributes) -> Node:
    kind, value = embed_of(content)
    if kind == schema.IMAGE:
        said = {name: attributes[name] for name in _SIZES if name in attributes}
        return {"type": "image", "attrs": {"src": value, **said}}
    if kind == schema.FOOTNOTE:
        return {"type": "footnote", "attrs": {"text": value}}
    return {"type": "horizontalRule"}


def _mark(name: str, value: object) -> Node:
    match name:
        case schema.LINK:
            return {"type": "link", "attrs": {"href": value}}
        case schema.COLOR:
            return {"type": "textStyle", "attrs": {"color": value}}
        case schema.BACKGROUND:
            return {"type": "highlight", "attrs": {"color": value}}
        case schema.SCRIPT:
            return {"type": "subscript" if value == schema.SUB else "superscript"}
    return {"type": name}
