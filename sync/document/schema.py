"""What a document may hold: names of attributes, their values, and what is safe to show.

Unknown attributes from a peer stay in the CRDT; they are never shown, never
followed and never exported. Source: docs/architecture.md, "The document".
"""

from __future__ import annotations

import re

from sync.document.delta import Attributes

CONTENT = "content"
"""Name of the one `Y.Text` that holds the text."""
META = "meta"
"""Name of the `Y.Map` of title, language and time of creation."""
AUTHORS = "authors"
"""Name of the `Y.Map` from client id (decimal digits) to user id."""

BOLD = "bold"
ITALIC = "italic"
UNDERLINE = "underline"
STRIKE = "strike"
CODE = "code"
LINK = "link"
HEADER = "header"
LIST = "list"
INDENT = "indent"

BULLET = "bullet"
ORDERED = "ordered"

MAX_HEADER = 6
MAX_INDENT = 8
"""Nine levels: none and `indent` 1-8."""

FLAGS = frozenset({BOLD, ITALIC, UNDERLINE, STRIKE, CODE})
_SAFE_LINK = re.compile(r"(https?|mailto|inkstand):", re.IGNORECASE)


def is_safe_link(target: object) -> bool:
    """Whether a link may be shown, followed or exported."""
    return isinstance(target, str) and _SAFE_LINK.match(target) is not None


def shown_marks(attributes: Attributes) -> Attributes:
    """Return the inline attributes that may be shown, with valid values only."""
    marks: dict[str, object] = {}
    for name, value in attributes.items():
        if name in FLAGS:
            if value is True:
                marks[name] = True
        elif name == LINK and is_safe_link(value):
            marks[name] = value
    return marks


def shown_block(attributes: Attributes) -> Attributes:
    """Return the block attributes that may be shown, with valid values only."""
    block: dict[str, object] = {}
    header = whole_number(attributes.get(HEADER))
    if header is not None and 1 <= header <= MAX_HEADER:
        block[HEADER] = header
    kind = attributes.get(LIST)
    if kind in (BULLET, ORDERED):
        block[LIST] = kind
    indent = whole_number(attributes.get(INDENT))
    if indent is not None and 1 <= indent <= MAX_INDENT:
        block[INDENT] = indent
    return block


def whole_number(value: object) -> int | None:
    """Return an attribute's integer; Yjs numbers arrive as floats. None if it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
        return None
    return int(value)
