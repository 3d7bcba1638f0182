"""What the open elements of HTML say about a text inside them."""

from __future__ import annotations

from dataclasses import dataclass, field

from sync.document import schema
from sync.document.delta import Attributes
from sync.document.views.html_style import Style


@dataclass
class Item:
    """A list item; its first paragraph is the item, further ones stand below it."""

    kind: str
    level: int
    used: bool = False
    has_lists: bool = False
    marker: str = ""
    """What Word wrote before it."""


@dataclass
class Context:
    """What the open elements say about a text inside. Copied, never changed, once pushed."""

    marks: Attributes = field(default_factory=dict)
    item: Item | None = None
    list_kind: str = schema.BULLET
    lists: int = 0
    """Lists that are open."""
    header: int = 0
    quote: bool = False
    code: str | bool = False
    """The language, True if there is none; False outside of code blocks."""
    language: str = ""
    """What an element around a code block says of it."""
    align: str = ""
    rtl: bool = False
    indent: int = 0
    spaces_count: bool = False
    in_link: bool = False
    is_bare: bool = False
    """Directly inside of a span that says nothing."""
    hidden: bool = False
    in_marker: bool = False
    note: str | None = None
    """Key of the footnote whose text this is."""
    label: list[str] | None = None
    """Inside of a reference to a footnote: gets what is shown there."""
    in_notes: bool = False
    """Among the footnotes, where nothing but their texts counts."""

    def block(self) -> Attributes:
        """Return the attributes of a paragraph here."""
        block: dict[str, object] = {}
        if self.code:
            block[schema.CODE_BLOCK] = self.code
        elif self.header:
            block[schema.HEADER] = self.header
        indent = self.indent
        if self.item is not None and self.code:
            indent = self.item.level
        elif self.item is not None and not self.item.used:
            block[schema.LIST] = self.item.kind
            indent = self.item.level
        elif self.item is not None:
            indent = self.item.level + 1
        if indent:
            block[schema.INDENT] = min(indent, schema.MAX_INDENT)
        if self.quote:
            block[schema.BLOCKQUOTE] = True
        if self.align:
            block[schema.ALIGN] = self.align
        if self.rtl:
            block[schema.DIRECTION] = schema.RTL
        return block


def add_style(marks: dict[str, object], style: Style, *, in_link: bool, in_header: bool) -> None:
    """Change marks by what an inline element's style says."""
    if style.bold is False:
        marks.pop(schema.BOLD, None)
    elif style.bold and not in_header:
        marks[schema.BOLD] = True
    if style.italic is False:
        marks.pop(schema.ITALIC, None)
    elif style.italic:
        marks[schema.ITALIC] = True
    if style.underline and not in_link:
        marks[schema.UNDERLINE] = True
    if style.strike:
        marks[schema.STRIKE] = True
    if style.script is not None:
        marks[schema.SCRIPT] = style.script
        if not style.script:
            del marks[schema.SCRIPT]
    if style.color is not None and not in_link:
        marks[schema.COLOR] = style.color
    if style.background is not None:
        marks[schema.BACKGROUND] = style.background
