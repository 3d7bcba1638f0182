"""Markdown as it is typed: a paragraph that has just grown in, a rewrite out; else None.

The typed characters are in the document already. A rewrite is a step of its own
that takes the marker away and gives the format, so undoing it gives back exactly
what was typed. What counts as a marker follows CommonMark, but with word
boundaries for all of them: 2*3*4 and snake_case stay what they are.
"""

from __future__ import annotations

import re

from app.editor import addresses
from app.editor.line import Line, Rewrite
from app.editor.mirror import text_marks_key
from sync.document import schema
from sync.document.delta import Attributes, Delete, Delta, Embed, Insert, Retain, compact
from sync.document.positions import utf16_length

MAX_LOOK_BACK = 2_000
"""Code points before the caret within which an inline marker opens."""

_FENCE = re.compile(r"```([A-Za-z0-9+#._-]{0,40})")
_DIVIDERS = ("---", "***")

_INLINE: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("***", (schema.BOLD, schema.ITALIC)),
    ("**", (schema.BOLD,)),
    ("*", (schema.ITALIC,)),
    ("___", (schema.BOLD, schema.ITALIC)),
    ("__", (schema.BOLD,)),
    ("_", (schema.ITALIC,)),
    ("~~", (schema.STRIKE,)),
    ("`", (schema.CODE,)),
)
"""Marker to marks; a marker stands before those that it begins with."""


def on_character(line: Line) -> Rewrite | None:
    """Return what the character before the caret completes."""
    if not line.before or line.in_code(len(line.before) - 1, len(line.before)):
        return None
    if line.before[-1] == " ":
        return _block(line)
    if line.before[-1] == ")":
        return _link(line)
    return _inline(line)


def on_enter(line: Line) -> Rewrite | None:
    """Return what Enter behind a paragraph completes; `line` ends with the new "\\n".

    The caret is at the start of the next paragraph, which is empty.
    """
    marker = line.before.removesuffix("\n")
    if line.block or line.in_code(0, len(marker)):
        return None
    if marker in _DIVIDERS:
        divider = Insert(Embed({schema.DIVIDER: True}))
        return Rewrite([Retain(line.start), Delete(len(marker)), divider], line.start + 2)
    if fence := _FENCE.fullmatch(marker):
        block: Attributes = {schema.CODE_BLOCK: fence.group(1) or True}
        delta: Delta = [Retain(line.start), Delete(len(marker) + 1), Retain(1, block)]
        return Rewrite(delta, line.start)
    return None


# At a paragraph's start


def _block(line: Line) -> Rewrite | None:
    block = _block_of(line.before[:-1], line.block)
    if block is None:
        return None
    size = len(line.before)
    delta: Delta = [
        *(Retain(line.start), Delete(size)),
        *(Retain(utf16_length(line.after)), Retain(1, block)),
    ]
    return Rewrite(compact(delta), line.start, text_marks_key(line.marks_at(size - 1)))


def _block_of(marker: str, before: Attributes) -> Attributes | None:
    """Return the attributes that a marker gives to a paragraph that has `before`."""
    kind = before.get(schema.LIST)
    structured = {schema.HEADER, schema.LIST, schema.BLOCKQUOTE, schema.CODE_BLOCK} & before.keys()
    if marker in ("[]", "[ ]", "[x]", "[X]") and (not structured or kind == schema.BULLET):
        return {schema.LIST: schema.CHECKED if "x" in marker.lower() else schema.UNCHECKED}
    level = len(marker)
    if marker == "#" * level and 1 <= level <= schema.MAX_HEADER:
        fits = not structured or (structured == {schema.HEADER} and before[schema.HEADER] != level)
        return {schema.HEADER: level} if fits else None
    if structured:
        return None
    if marker in ("-", "*", "+"):
        return {schema.LIST: schema.BULLET}
    if marker in ("1.", "1)"):
        return {schema.LIST: schema.ORDERED}
    if marker == ">":
        return {schema.BLOCKQUOTE: True}
    if fence := _FENCE.fullmatch(marker):
        return {schema.CODE_BLOCK: fence.group(1) or True}
    return None


# Inside a paragraph


def _inline(line: Line) -> Rewrite | None:
    for marker, names in _INLINE:
        if not line.before.endswith(marker):
            continue
        opens = _opening(line.before, marker)
        closes = len(line.before) - len(marker)
        if (
            opens is None
            or line.in_code(opens, opens + len(marker))
            or line.in_code(closes, len(line.before))
        ):
            continue
        inside = line.before[opens + len(marker) : closes]
        return _marked(
            line,
            (opens, opens + len(marker), closes),
            dict.fromkeys(names, True),
            needs_boundary=marker[0] == "_" and inside.isidentifier(),
        )
    return None


def _opening(before: str, marker: str) -> int | None:
    """Return where the marker that the text ends with opens; None if it does not."""
    closes = len(before) - len(marker)
    opens = before.rfind(marker, max(0, closes - MAX_LOOK_BACK), closes)
    if opens < 0:
        return None
    inside = before[opens + len(marker) : closes]
    if not inside or inside[0].isspace() or inside[-1].isspace() or marker[0] in inside:
        return None
    if opens and (before[opens - 1].isalnum() or before[opens - 1] in (marker[0], "\\")):
        return None
    return opens


def _link(line: Line) -> Rewrite | None:
    """Rewrite `[text](address)`, if the address is one that may be followed."""
    middle = line.before.rfind("](", max(0, len(line.before) - MAX_LOOK_BACK))
    opens = line.before.rfind("[", 0, middle) if middle > 0 else -1
    if opens < 0 or line.in_code(opens, middle + 2):
        return None
    text, target = line.before[opens + 1 : middle], line.before[middle + 2 : -1]
    if (
        not text.strip()
        or "]" in text
        or target.count("(") != target.count(")")  # the address goes on
        or (opens and line.before[opens - 1] in ("!", "\\"))
        or not addresses.is_address(target)
    ):
        return None
    return _marked(line, (opens, opens + 1, middle), {schema.LINK: target})


def _marked(
    line: Line, places: tuple[int, int, int], marks: Attributes, *, needs_boundary: bool = False
) -> Rewrite:
    """Take the markers away and mark what is between.

    `places`: where the opening marker begins and ends, and where the closing one begins.
    """
    opens, begins, closes = (line.at(place) for place in places)
    end = line.at(len(line.before))
    delta: Delta = [
        *(Retain(opens), Delete(begins - opens)),
        *(Retain(closes - begins, marks), Delete(end - closes)),
    ]
    caret = opens + closes - begins
    return Rewrite(compact(delta), caret, text_marks_key(line.marks_at(places[2])), needs_boundary)
