"""Links as commands: what is linked where, and the deltas that set, change and remove a link."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.editor import commands
from app.editor.commands import Selection
from app.editor.mirror import OBJECT, attributes_of, split_runs, text_marks_key
from sync.document import schema
from sync.document.delta import Delete, Delta, Insert, Retain, compact
from sync.document.positions import utf16_length


@dataclass(frozen=True)
class Span:
    """A link on the page, from `start` to `end` in UTF-16 units."""

    start: int
    end: int
    target: str


def span_at(selection: Selection) -> Span | None:
    """Return the link in which a selection lies, or that the caret touches; else None."""
    place = commands.link_range(selection)
    if place is None or selection.end > place[1]:
        return None
    target = commands.link_at(replace(selection, start=place[0]))
    return Span(*place, target) if target is not None else None


def text_of(selection: Selection) -> str | None:
    """Return the selected text; None if it is more than text within one paragraph."""
    if selection.first != selection.last:
        return None
    _, tail = split_runs(selection.paragraph.runs, selection.start - selection.first_start)
    middle, _ = split_runs(tail, selection.end - selection.start)
    text = "".join(piece for piece, _ in middle)
    return None if OBJECT in text else text


def put_link(selection: Selection, target: str | None, text: str | None = None) -> Delta | None:
    """Link what is selected to `target` (None: to nothing), and let it read `text`.

    What the old and the new text have in common at their ends keeps its formats.
    """
    link = {schema.LINK: target}
    old = text_of(selection)
    if text is None or old is None or text == old:
        return commands.set_link(selection, target)
    if selection.in_code:
        return None
    head = _common(old, text)
    tail = _common(old[head:][::-1], text[head:][::-1])
    gone, new = old[head : len(old) - tail], text[head : len(text) - tail]
    runs, rest = split_runs(selection.paragraph.runs, selection.start - selection.first_start)
    near = (rest if selection.end > selection.start else runs[-1:])[:1]
    marks = {**attributes_of(text_marks_key(near[0][1] if near else "")), **link}
    return compact(
        [
            *(Retain(selection.start), Retain(utf16_length(old[:head]), link)),
            *(Delete(utf16_length(gone)), Insert(new, _without_nothing(marks))),
            Retain(utf16_length(old[len(old) - tail :]), link),
        ]
    )


def _without_nothing(marks: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in marks.items() if value is not None}


def _common(one: str, other: str) -> int:
    """Return how many code points two texts have in common at their start."""
    shorter = min(len(one), len(other))
    return next((n for n in range(shorter) if one[n] != other[n]), shorter)
