"""Plain text, out and in."""

from __future__ import annotations

from collections.abc import Iterable

from sync.document import schema
from sync.document.delta import Embed, Insert
from sync.document.views.lines import LINE_BREAK, clean, embed_of, lines

DIVIDER_LINE = "* * *"


def to_text(contents: Iterable[Insert]) -> str:
    """Return the text, a line per paragraph.

    An image leaves its alternative text, a footnote its number; the notes stand at the end.
    """
    notes: list[str] = []
    result: list[str] = []
    for line in lines(contents):
        for content, marks in line.pieces:
            if not isinstance(content, Embed):
                result.append(content.replace(LINE_BREAK, "\n"))
                continue
            kind, value = embed_of(content)
            if kind == schema.FOOTNOTE:
                notes.append(str(value))
                result.append(f"[{len(notes)}]")
            elif kind == schema.DIVIDER:
                result.append(DIVIDER_LINE)
            elif marks.get(schema.ALT):
                result.append(f"[{marks[schema.ALT]}]")
        result.append("\n")
    if notes:
        result.append("\n")
        result += [f"[{number}] {note}\n" for number, note in enumerate(notes, 1)]
    return "".join(result)


def from_text(text: str) -> list[Insert]:
    """Return plain text as contents, with its closing newline."""
    text = clean(text)
    return [Insert(text if text.endswith("\n") else text + "\n")]
