"""Sanitised HTML out: built by construction, every text and value escaped.

Whatever `from_html` cannot read from plain HTML (a colour's exact value, a code
block's language) stands in a data attribute beside what a browser shows. An
image with an address has none that a browser would fetch (`data-src`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from html import escape
from itertools import groupby

from sync.document import schema
from sync.document.delta import Attributes, Embed, Insert
from sync.document.views.lines import (
    CHECK,
    LINE_BREAK,
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
)

ImageAddress = Callable[[str], str | None]
"""From a SHA-256 (64 hex digits) to what stands in `src`; None: as it stands in the document."""

INDENT_POINTS = 36
"""Points of a margin per level of indent, as Word and Google Docs have it."""

_MARKS = (
    (schema.BOLD, "strong"),
    (schema.ITALIC, "em"),
    (schema.UNDERLINE, "u"),
    (schema.STRIKE, "s"),
)
_COLLAPSES = re.compile(r"^[ \t\f]|[ \t\f]$|[ \t\f]{2}|[\t\f]|^\xa0$")
"""Text that a browser would not show as it is, unless it is told to."""


def to_html(contents: Iterable[Insert], image_address: ImageAddress = lambda _: None) -> str:
    """Return contents as an HTML fragment, footnotes at its end."""
    writer = _Writer(image_address)
    body = "".join(writer.block(block) for block in blocks(lines(contents)))
    return body + writer.endnotes()


def to_html_page(
    contents: Iterable[Insert], title: str, image_address: ImageAddress = lambda _: None
) -> str:
    """Return contents as a whole HTML page."""
    return (
        '<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        '<meta name="generator" content="Inkstand">\n'
        f"<title>{escape(title)}</title>\n<style>\n{_STYLE}</style>\n</head>\n<body>\n"
        f"{to_html(contents, image_address)}</body>\n</html>\n"
    )


_STYLE = """\
body { max-width: 42em; margin: 3em auto; padding: 0 1em; font: 1.1em/1.5 Georgia, serif; }
img { max-width: 100%; height: auto; }
pre { background: #f3f1ec; padding: 0.8em; overflow-x: auto; }
blockquote { margin-left: 0; padding-left: 1em; border-left: 3px solid #ccc; }
.contains-task-list { list-style: none; padding-left: 1.4em; }
"""


class _Writer:
    def __init__(self, image_address: ImageAddress) -> None:
        self._image_address = image_address
        self._notes: list[str] = []

    # Blocks

    def block(self, block: Block) -> str:
        match block:
            case Quote(inside):
                return f"<blockquote>{''.join(map(self.block, inside))}</blockquote>\n"
            case Code():
                return self._code(block)
            case ItemList():
                return self._list(block) + "\n"
            case Line():
                return self._paragraph(block)

    def _code(self, block: Code) -> str:
        language = ""
        if block.language is not None:
            language = f' data-language="{escape(block.language)}"'
        # The class is what highlighters look for; it cannot hold a space.
        name = block.language if re.fullmatch(r"[\w+#.-]+", block.language or "") else None
        named = f' class="language-{escape(name)}"' if name else ""
        rows = "\n".join(self._inline(row.pieces) for row in block.lines)
        looks = _looks(block.lines[0], indent=True)
        return f"<pre{looks}{language}><code{named}>{rows}\n</code></pre>\n"

    def _list(self, block: ItemList, around: Line | None = None) -> str:
        tag = "ol" if block.kind == schema.ORDERED else "ul"
        named = ' class="contains-task-list"' if block.kind == CHECK else ""
        items = "".join(self._item(item, around) for item in block.items)
        return f"<{tag}{named}>{items}</{tag}>"

    def _item(self, item: Item, around: Line | None) -> str:
        """Return an item of a list that stands inside of the item `around`."""
        inner = "".join(self._list(inner, item.line or around) for inner in item.lists)
        if item.line is None:
            return f'<li style="list-style-type:none">{inner}</li>'
        box = named = ""
        if item.line.list_kind in (schema.CHECKED, schema.UNCHECKED):
            checked = " checked" if item.line.list_kind == schema.CHECKED else ""
            box = f'<input type="checkbox"{checked} disabled>'
            named = ' class="task-list-item"'
        text = self._filled(item.line)
        level = item.line.block.get(schema.HEADER)
        if level:
            text = f"<h{level}>{text}</h{level}>"
        return f"<li{named}{_looks(item.line, indent=False, around=around)}>{box}{text}{inner}</li>"

    def _paragraph(self, line: Line) -> str:
        if line.pieces == [(Embed({schema.DIVIDER: True}), {})] and not _differs(line):
            return "<hr>\n"
        level = line.block.get(schema.HEADER)
        tag = f"h{level}" if level else "p"
        return f"<{tag}{_looks(line, indent=True)}>{self._filled(line)}</{tag}>\n"

    def _filled(self, line: Line) -> str:
        """Return a line's inside; a browser shows neither an empty one nor a last line break."""
        text = self._inline(line.pieces)
        last = line.pieces[-1][0] if line.pieces else LINE_BREAK
        return text + "<br>" if isinstance(last, str) and last.endswith(LINE_BREAK) else text

    # Inline

    def _inline(self, pieces: Iterable[Piece]) -> str:
        result: list[str] = []
        for link, group in groupby(pieces, lambda piece: piece[1].get(schema.LINK)):
            inside = "".join(self._piece(content, marks) for content, marks in group)
            result.append(f'<a href="{escape(str(link))}">{inside}</a>' if link else inside)
        return "".join(result)

    def _piece(self, content: str | Embed, marks: Attributes) -> str:
        if isinstance(content, Embed):
            inside = self._embed(content, marks)
        else:
            inside = "<br>".join(map(_escape_text, content.split(LINE_BREAK)))
        if schema.CODE in marks:
            inside = f"<code>{inside}</code>"
        for name, tag in _MARKS:
            if name in marks:
                inside = f"<{tag}>{inside}</{tag}>"
        if schema.SCRIPT in marks:
            tag = "sub" if marks[schema.SCRIPT] == schema.SUB else "sup"
            inside = f"<{tag}>{inside}</{tag}>"
        for name, css in ((schema.COLOR, "color"), (schema.BACKGROUND, "background-color")):
            if name in marks:
                value = escape(str(marks[name]))
                inside = f'<span style="{css}:{value}" data-{name}="{value}">{inside}</span>'
        return inside

    def _embed(self, content: Embed, marks: Attributes) -> str:
        kind, value = embed_of(content)
        if kind == schema.IMAGE:
            return self._image(str(value), marks)
        if kind == schema.FOOTNOTE:
            self._notes.append(str(value))
            number = len(self._notes)
            return (
                f'<a href="#fn{number}" id="fnref{number}" class="footnote-ref" '
                f'role="doc-noteref"><sup>{number}</sup></a>'
            )
        return '<span role="separator"></span>'

    def _image(self, value: str, marks: Attributes) -> str:
        digest = schema.content_hash(value)
        if digest is None:
            source = f'data-src="{escape(value)}"'
        else:
            source = f'src="{escape(self._image_address(digest) or value)}"'
        said = "".join(
            f' {name}="{escape(str(marks[name]))}"'
            for name in (schema.ALT, schema.WIDTH, schema.HEIGHT)
            if name in marks
        )
        return f"<img {source}{said}>"

    def endnotes(self) -> str:
        """Return the footnotes' texts."""
        if not self._notes:
            return ""
        items = "".join(_endnote(number, note) for number, note in enumerate(self._notes, 1))
        return f'<section class="footnotes" role="doc-endnotes"><hr><ol>{items}</ol></section>\n'


def _endnote(number: int, note: str) -> str:
    text = _escape_text(note).replace("\n", "<br>")
    if text.endswith("<br>"):
        text += "<br>"  # as in `_filled`
    back = f'<a href="#fnref{number}" class="footnote-back" role="doc-backlink">\u21a9</a>'
    return f'<li id="fn{number}" style="white-space:pre-wrap">{text}{back}</li>'


def _escape_text(text: str) -> str:
    return escape(text, quote=False)


def _differs(line: Line) -> bool:
    """Whether a line's attributes show outside of a quotation's frame."""
    return bool(line.block.keys() - {schema.BLOCKQUOTE})


def _looks(line: Line, *, indent: bool, around: Line | None = None) -> str:
    """Return a paragraph's attributes: alignment, indent, direction, and where spaces count.

    `around` is the item that hands its own on to those inside.
    """
    handed_on = around.block if around else {}
    styles: list[str] = []
    result = ""
    if schema.ALIGN in line.block:
        styles.append(f"text-align:{line.block[schema.ALIGN]}")
    elif schema.ALIGN in handed_on:
        styles.append("text-align:start")
    if indent and line.indent:
        styles.append(f"margin-left:{line.indent * INDENT_POINTS}pt")
    if not line.is_code and any(map(_COLLAPSES.search, _rows(line.pieces))):
        styles.append("white-space:pre-wrap")
    if styles:
        result = f' style="{";".join(styles)}"'
    if schema.DIRECTION in line.block:
        result += ' dir="rtl"'
    elif schema.DIRECTION in handed_on:
        result += ' dir="ltr"'
    return result


def _rows(pieces: list[Piece]) -> list[str]:
    """Return a paragraph's text as the rows that its line breaks make; an embed is a letter."""
    return "".join(c if isinstance(c, str) else "\ufffc" for c, _ in pieces).split(LINE_BREAK)
