"""HTML in: from Word, Google Docs, LibreOffice, the web and ourselves, as contents.

nh3 cleans it first; what it lets through is read tag by tag into paragraphs, and
nothing but what `schema` names can come out. The shapes that programs write are
described in tests/data/paste/README.md. An image is never fetched: one with an
address keeps the address, all others go through `ImageSink`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import copy
from html.parser import HTMLParser

from sync.document import schema
from sync.document.delta import Embed, Insert
from sync.document.views.html_context import Context, Item, add_style
from sync.document.views.html_guard import is_hostile
from sync.document.views.html_style import PROPERTIES, Style, alignment, colour, parse_style
from sync.document.views.html_tags import (
    ATTRIBUTES,
    BLOCKS,
    DROPPED,
    HIDDEN_CLASSES,
    HIGHLIGHT,
    INLINE,
    MARKS,
)
from sync.document.views.lines import LINE_BREAK, Line, Piece, clean, contents_of
from sync.document.views.notes import Notes, note_key
from sync.document.views.tables import Table
from sync.document.views.text import from_text
from sync.phrases import phrase

ImageSink = Callable[[str], str | None]
"""From the `src` of an image that is no web address to the value of an embed; None: no image."""

MAX_HTML = 16 * 1024 * 1024
"""Code points that are read."""

_WHITE = " \t\n\r\f"
_SPACES = re.compile(f"[{_WHITE}]+")
_INDENT_CLASS = re.compile(r"(?:^|\s)ql-indent-([1-8])(?:\s|$)")
_LANGUAGE_CLASS = re.compile(r"(?:^|\s)(?:language|lang|highlight-source)-([^\s]{1,40})")
_NUMBER = re.compile(r"[\s(\[]*(?:\d+|[a-zA-Z]|[ivxlcdmIVXLCDM]+)(?:\.\d+)*\s*[.):\]]")
"""What Word writes before an item of a numbered list; "o" without a dot is a bullet."""

_Attributes = dict[str, str | None]


def from_html(html: str, image: ImageSink | None = None) -> list[Insert]:
    """Return HTML as contents.

    Raises `ValueError` if it is longer than `MAX_HTML`. HTML that no program
    writes, made to choke a parser, comes in as its text.
    """
    if len(html) > MAX_HTML:
        raise ValueError(phrase("it has more than {count} characters", count=MAX_HTML))
    html = html.encode("utf-8", "replace").decode()
    if is_hostile(html):
        return from_text(_SPACES.sub(" ", re.sub(r"<[^>]*>", " ", html)).strip())
    import nh3  # not at the start of the program

    reader = _Reader(image or (lambda _: None))
    reader.feed(
        nh3.clean(
            html,
            tags=set(BLOCKS | INLINE),
            clean_content_tags=set(DROPPED),
            attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
            filter_style_properties=set(PROPERTIES),
            # Each address is looked at by `schema`, and these are what `ImageSink` may want.
            url_schemes={"http", "https", "mailto", "inkstand", "sha256", "data", "file"},
            link_rel=None,
        )
    )
    reader.close()
    return contents_of(reader.finish()) or [Insert("\n")]


class _Reader(HTMLParser):
    def __init__(self, image: ImageSink) -> None:
        super().__init__(convert_charrefs=True)
        self._image = image
        self._context = Context()
        self._open: list[tuple[str, Context]] = []
        self._lines: list[Line] = []
        self._notes = Notes()
        self._tables: list[Table] = []
        self._pieces: list[Piece] = []
        self._owner: Context | None = None
        """What was open where the paragraph began."""
        self._kept = False
        """Whether the paragraph counts even if it stays empty."""
        self._after_space = True
        self._after_break = False
        self._note_of_line: str | None = None

    def finish(self) -> list[Line]:
        """Return all paragraphs, footnotes in their places."""
        self._break()
        return [Line(self._notes.resolved(line.pieces), line.block) for line in self._lines]

    # Tags

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag in ("br", "img", "input", "hr"):
            if not self._context.hidden and self._context.label is None:
                self._void(tag, attributes)
            return
        if tag in BLOCKS:
            self._break()
        before = self._context
        self._open.append((tag, before))
        context = self._context = copy(before)
        style = parse_style(attributes.get("style") or "")
        names = (attributes.get("class") or "").split()
        context.hidden = (
            before.hidden
            or style.hidden
            or "hidden" in attributes
            or attributes.get("aria-hidden") == "true"
            or not HIDDEN_CLASSES.isdisjoint(names)
        )
        if context.hidden:
            return
        if style.word_marker:
            context.in_marker = True
        if tag in BLOCKS:
            self._enter_block(tag, attributes, style, names)
        else:
            self._enter_inline(tag, attributes, style)
            context.is_bare = tag == "span" and (not attributes or "Apple-converted-space" in names)
            if attributes.get("role") == "separator":
                self._add(Embed({schema.DIVIDER: True}))
        if style.spaces_count is not None:
            context.spaces_count = style.spaces_count
        self._note_target(tag, attributes)

    def handle_endtag(self, tag: str) -> None:
        if not any(name == tag for name, _ in self._open):
            return
        while True:
            name, before = self._open.pop()
            self._close(name, before)
            if name == tag:
                return

    def _close(self, tag: str, before: Context) -> None:
        context = self._context
        if tag in BLOCKS:
            if tag == "li" and context.item is not None and not context.hidden:
                item = context.item
                if not item.used and (not item.has_lists or self._pieces):
                    self._keep_line()
            self._break()
        self._context = before
        if tag == "table" and self._tables and not context.hidden:
            table = self._tables.pop()
            self._lines[table.first :] = table.flattened(self._lines[table.first :])
        elif tag == "a" and context.label is not None and before.label is None:
            self._add(Embed({schema.FOOTNOTE: self._notes.refer("".join(context.label))}))

    def _void(self, tag: str, attributes: _Attributes) -> None:
        context = self._context
        if tag == "img":
            self._add_image(attributes)
        elif tag == "input":
            if attributes.get("type") == "checkbox" and context.item is not None:
                checked = "checked" in attributes
                context.item.kind = schema.CHECKED if checked else schema.UNCHECKED
        elif tag == "hr":
            self._break()
            if not context.in_notes:
                self._add(Embed({schema.DIVIDER: True}))
                self._break()
        elif attributes.get("class") != "Apple-interchange-newline":
            if context.code:
                self._end_code_line()
            elif not (context.in_notes and context.note is None):
                self._add_break()

    def _enter_block(
        self, tag: str, attributes: _Attributes, style: Style, names: list[str]
    ) -> None:
        context = self._context
        if tag in ("ul", "ol"):
            if context.item is not None:
                context.item.has_lists = True
            context.lists += 1
            context.list_kind = schema.ORDERED if tag == "ol" else schema.BULLET
            if "data-checked" in attributes:
                checked = attributes["data-checked"] == "true"
                context.list_kind = schema.CHECKED if checked else schema.UNCHECKED
        elif tag == "li":
            self._enter_item(attributes, style)
        elif len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            context.header = int(tag[1])
        elif tag == "blockquote" or not {"MsoQuote", "MsoIntenseQuote"}.isdisjoint(names):
            context.quote = True
        elif "MsoTitle" in names:
            context.header = 1
        elif tag == "center":
            context.align = schema.CENTER
        elif tag == "table":
            self._tables.append(Table(len(self._lines)))
        elif tag == "tr" and self._tables:
            self._tables[-1].begin_row()
        elif tag in ("td", "th") and self._tables:
            self._tables[-1].begin_cell()
        self._enter_code(tag, attributes)
        if style.word_level is not None:
            context.item = Item(schema.BULLET, style.word_level)
            if context.header:
                context.item = None  # a numbered heading is a heading
        if style.align is not None:
            context.align = style.align
        else:
            context.align = alignment((attributes.get("align") or "").lower()) or context.align
        direction = (attributes.get("dir") or "").lower()
        if direction in ("rtl", "ltr"):
            context.rtl = direction == "rtl"
        indent = _INDENT_CLASS.search(attributes.get("class") or "")
        if indent is not None:
            context.indent = int(indent[1])
        elif style.indent is not None:
            context.indent = style.indent
        if (
            "footnotes" in names
            or attributes.get("role") == "doc-endnotes"
            or "note-list" in (attributes.get("style") or "")
        ):
            context.in_notes = True

    def _enter_item(self, attributes: _Attributes, style: Style) -> None:
        context = self._context
        level = max(0, context.lists - 1)
        said = attributes.get("aria-level") or attributes.get("data-aria-level") or ""
        indent = _INDENT_CLASS.search(attributes.get("class") or "")
        if said.isascii() and said.isdigit() and 0 < len(said) < 3:
            level = max(0, int(said) - 1)
        elif indent is not None:
            level = int(indent[1])
        kind = context.list_kind
        checked = attributes.get("aria-checked") or attributes.get("data-checked")
        if checked is not None:
            kind = schema.CHECKED if checked == "true" else schema.UNCHECKED
        elif attributes.get("data-list") in schema.LISTS:
            kind = str(attributes["data-list"])
        context.item = Item(kind, min(level, schema.MAX_INDENT))
        context.item.has_lists = style.unmarked_item

    def _enter_code(self, tag: str, attributes: _Attributes) -> None:
        context = self._context
        named = _LANGUAGE_CLASS.search(attributes.get("class") or "")
        language = attributes.get("data-language") or (named[1] if named else context.language)
        context.language = language
        if tag == "pre":
            context.code = language[:40] or True
            context.spaces_count = True
            context.header = 0
        elif tag == "code" and context.code is True and language:
            context.code = language[:40]

    def _enter_inline(self, tag: str, attributes: _Attributes, style: Style) -> None:
        context = self._context
        marks = dict(context.marks)
        mark = MARKS.get(tag)
        if mark is not None and not (mark == schema.CODE and context.code):
            # Google Docs wraps everything in a <b> that is not bold.
            if mark != schema.BOLD or style.bold is not False:
                marks[mark] = True
        elif tag in ("sub", "sup"):
            marks[schema.SCRIPT] = schema.SUB if tag == "sub" else schema.SUPER
        elif tag == "mark":
            marks[schema.BACKGROUND] = HIGHLIGHT
        elif tag == "a":
            self._enter_anchor(attributes, style, marks)
        if tag == "code":
            self._enter_code(tag, attributes)
        if not context.code:
            add_style(marks, style, in_link=context.in_link, in_header=bool(context.header))
        if tag == "font" and not context.in_link:
            said = colour((attributes.get("color") or "").lower())
            marks.update({schema.COLOR: said} if said else {})
        for name in (schema.COLOR, schema.BACKGROUND):
            exact = attributes.get(f"data-{name}")
            if exact is not None and schema.rgb(exact) is not None:
                marks[name] = exact
        context.marks = marks

    def _enter_anchor(
        self, attributes: _Attributes, style: Style, marks: dict[str, object]
    ) -> None:
        context = self._context
        href = attributes.get("href") or ""
        if context.note is not None and href.startswith("#"):
            context.hidden = True  # the way back
            return
        refers = (
            style.word_note
            or "data-footnote-ref" in attributes
            or attributes.get("role") == "doc-noteref"
        )
        key = note_key(href, surely=refers)
        if key is not None and not context.in_notes and context.label is None:
            name = attributes.get("name") or attributes.get("id") or ""
            if self._notes.is_wanted(name) and not self._pieces:
                context.note = note_key("#" + name, surely=True)
                context.hidden = True
                self._note_of_line = context.note
                return
            self._notes.want(key)
            context.label = []
        elif schema.is_safe_link(href):
            marks[schema.LINK] = href
            context.in_link = True
            # How a link looks is not what its writer meant.
            marks.pop(schema.UNDERLINE, None)
            marks.pop(schema.COLOR, None)

    def _note_target(self, tag: str, attributes: _Attributes) -> None:
        """Send what is inside to a footnote, if the element is one that was referred to."""
        context = self._context
        name = attributes.get("id")
        if tag in BLOCKS and context.note is None and name and self._notes.is_wanted(name):
            context.note = note_key("#" + name, surely=True)
            context.item = None
            if context.note is not None:
                self._notes.begin(context.note)

    # Text

    def handle_data(self, data: str) -> None:
        context = self._context
        if context.hidden:
            return
        data = clean(data)
        if context.label is not None:
            context.label.append(data)
        elif context.in_marker:
            if context.item is not None:
                context.item.marker += data
        elif context.code:
            rows = data.replace(LINE_BREAK, "\n").split("\n")
            for row in rows[:-1]:
                self._add(row)
                self._end_code_line()
            self._add(rows[-1])
        elif context.spaces_count:
            if not self._pieces and "\n" in data and not data.strip(_WHITE):
                return  # how the source is laid out
            for number, row in enumerate(data.split("\n")):
                if number:
                    self._add_break()
                self._add(row)
        else:
            if data == "\xa0" and context.is_bare:
                data = " "  # Chrome's and Safari's way to keep a space at an element's edge
            data = _SPACES.sub(" ", data)
            if self._after_space:
                data = data.removeprefix(" ")
            if data:
                self._add(data)
                self._after_space = data.endswith(" ")

    def _add(self, content: str | Embed) -> None:
        """Add text or an embed to the paragraph."""
        if not content:
            return
        context = self._context
        if self._owner is None:
            self._owner = context
        marks = context.marks
        if isinstance(content, Embed) and schema.FOOTNOTE in content.value:
            marks = {n: v for n, v in marks.items() if n not in (schema.SCRIPT, schema.LINK)}
        self._pieces.append((content, marks))
        self._after_space = self._after_break = False

    def _add_break(self) -> None:
        self._trim()
        self._keep_line()
        self._add(LINE_BREAK)
        self._after_space = self._after_break = True

    def _add_image(self, attributes: _Attributes) -> None:
        context = self._context
        if attributes.get("width") in ("0", "1") or attributes.get("height") in ("0", "1"):
            return  # counts its readers
        in_box = context.item is not None and context.item.kind in (
            schema.CHECKED,
            schema.UNCHECKED,
        )
        alt = clean(attributes.get("alt") or "").replace("\n", " ")
        if in_box and not self._pieces and alt in ("checked", "unchecked"):
            return  # Google Docs' picture of the box
        source = attributes.get("data-src") or attributes.get("src") or ""
        is_known = schema.content_hash(source) or schema.is_safe_link(source)
        value = source if is_known else self._image(attributes.get("src") or "")
        shown = value and schema.shown_embed(
            Embed({schema.IMAGE: value}),
            {**context.marks, **{name: attributes.get(name) for name in ("width", "height")}},
        )
        if shown:
            marks = {**shown[2], **({schema.ALT: alt[: schema.MAX_FOOTNOTE]} if alt else {})}
            self._add(Embed({schema.IMAGE: value}))
            self._pieces[-1] = (self._pieces[-1][0], marks)
        elif alt:
            self._add(alt)

    # Paragraphs

    def _begin_line(self) -> None:
        self._pieces, self._owner, self._kept = [], None, False
        self._after_space, self._after_break = True, False
        self._note_of_line = None

    def _keep_line(self) -> None:
        self._kept = True
        self._owner = self._owner or self._context

    def _trim(self) -> None:
        """Take away the space at the end that a browser does not show."""
        if self._after_space and not self._after_break and self._pieces:
            text, marks = self._pieces.pop()
            assert isinstance(text, str)
            text = text.removesuffix(" ")
            if text:
                self._pieces.append((text, marks))

    def _end_code_line(self) -> None:
        self._keep_line()
        self._break()

    def _break(self) -> None:
        """End the paragraph, if one has begun."""
        if self._owner is None:
            self._begin_line()
            return
        self._trim()
        if self._after_break:
            self._pieces.pop()
        context, pieces = self._owner, self._pieces
        if not context.spaces_count and [text for text, _ in pieces] == ["\xa0"]:
            self._kept, pieces = True, []  # how an empty paragraph is kept from collapsing
        if pieces or self._kept:
            note = self._note_of_line or context.note
            if note is not None:
                self._notes.add(note, pieces)
            elif pieces or not context.in_notes:
                self._add_line(context, pieces)
        self._begin_line()

    def _add_line(self, context: Context, pieces: list[Piece]) -> None:
        item = context.item
        if item is not None and not item.used and item.marker and _NUMBER.match(item.marker):
            item.kind = schema.ORDERED
        if self._tables:
            self._tables[-1].add_line(len(self._lines))
        self._lines.append(Line(pieces, context.block()))
        if item is not None:
            item.used = True
