"""Commands: a selection and an intention in, a delta out; None where it does not apply.

Asking changes nothing, so one function serves the menu's state and its action.
Positions are UTF-16 units, as in QTextCursor. Each paragraph has its closing
newline (`Binding.terminate`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.editor.lists import list_level
from app.editor.mirror import Mirror, Paragraph, attributes_of, split_runs
from sync.document import schema
from sync.document.delta import Attributes, Delete, Delta, Insert, Retain, compact


@dataclass(frozen=True)
class Selection:
    """What is selected: from `start` to `end`, in paragraphs `first` to `last`.

    `first_start` is where the first of them begins.
    """

    mirror: Mirror
    start: int
    end: int
    first: int
    last: int
    first_start: int

    @property
    def paragraphs(self) -> list[Paragraph]:
        """The paragraphs that the selection touches."""
        return self.mirror.paragraphs[self.first : self.last + 1]

    @property
    def paragraph(self) -> Paragraph:
        """The first of them."""
        return self.mirror.paragraphs[self.first]

    def pieces(self) -> Iterator[tuple[int, int, Paragraph]]:
        """Yield start and end of what is selected in each paragraph, without its newline."""
        at = self.first_start
        for paragraph in self.paragraphs:
            end = at + paragraph.length - 1
            yield max(at, self.start), min(end, self.end), paragraph
            at = end + 1


def has_mark(selection: Selection, name: str) -> bool:
    """Whether all selected text bears a mark; with nothing selected, the text before the caret."""
    if selection.start == selection.end:
        head, tail = split_runs(selection.paragraph.runs, selection.start - selection.first_start)
        near = head[-1:] or tail[:1]
        return any(name in attributes_of(key) for _, key in near)
    keys = [
        key
        for start, end, paragraph in selection.pieces()
        for key in _keys_between(selection, paragraph, start, end)
    ]
    return bool(keys) and all(name in attributes_of(key) for key in keys)


def link_at(selection: Selection) -> str | None:
    """Return the target of the link that the character behind the selection's start bears."""
    _, tail = split_runs(selection.paragraph.runs, selection.start - selection.first_start)
    target = attributes_of(tail[0][1]).get(schema.LINK) if tail else None
    return target if isinstance(target, str) else None


def _keys_between(selection: Selection, paragraph: Paragraph, start: int, end: int) -> list[str]:
    if end <= start:
        return []
    at = selection.first_start
    for other in selection.paragraphs:
        if other is paragraph:
            break
        at += other.length
    _, rest = split_runs(paragraph.runs, start - at)
    middle, _ = split_runs(rest, end - start)
    return [key for _, key in middle]


def toggle_mark(selection: Selection, name: str) -> Delta | None:
    """Give the selected text a mark, or take it away where all of it has it."""
    value = None if has_mark(selection, name) else True
    delta: Delta = [Retain(selection.start)]
    at = selection.start
    for start, end, _ in selection.pieces():
        if end > start:
            delta += [Retain(start - at), Retain(end - start, {name: value})]
            at = end
    return compact(delta) or None


def set_block(selection: Selection, changes: Callable[[Attributes], Attributes]) -> Delta | None:
    """Change the attributes of all selected paragraphs.

    `changes` gets what a paragraph has and returns what is to change (None: removed).
    """
    delta: Delta = [Retain(selection.first_start)]
    for paragraph in selection.paragraphs:
        before = attributes_of(paragraph.block)
        wanted = changes(before)
        changed = {name: value for name, value in wanted.items() if before.get(name) != value}
        delta += [Retain(paragraph.length - 1), Retain(1, changed)]
    return compact(delta) or None


def set_header(selection: Selection, level: int) -> Delta | None:
    """Make the paragraphs headings of `level`, or body text (0)."""
    if level:
        return set_block(
            selection, lambda _: {schema.HEADER: level, schema.LIST: None, schema.INDENT: None}
        )
    return set_block(selection, lambda _: {schema.HEADER: None})


def header_level(selection: Selection) -> int:
    """Return the heading level of the first paragraph, 0 for body text."""
    level = attributes_of(selection.paragraph.block).get(schema.HEADER, 0)
    return level if isinstance(level, int) else 0


def list_kind(selection: Selection) -> str | None:
    """Return the list kind that all selected paragraphs share; None if they do not."""
    kinds = {
        level[0] if (level := list_level(paragraph)) else None for paragraph in selection.paragraphs
    }
    return kinds.pop() if len(kinds) == 1 else None


def toggle_list(selection: Selection, kind: str) -> Delta | None:
    """Make the paragraphs a list of that kind, or body text where all of them are one."""
    if list_kind(selection) == kind:
        return leave_list(selection)
    return set_block(selection, lambda _: {schema.LIST: kind, schema.HEADER: None})


def leave_list(selection: Selection) -> Delta | None:
    """Make list paragraphs body text."""
    return set_block(selection, lambda _: {schema.LIST: None, schema.INDENT: None})


def indent(selection: Selection, step: int) -> Delta | None:
    """Move the list paragraphs among the selected ones one level in (1) or out (-1)."""

    def changes(before: Attributes) -> Attributes:
        if schema.LIST not in before:
            return {}
        level = before.get(schema.INDENT, 0)
        assert isinstance(level, int)
        level = min(schema.MAX_INDENT, max(0, level + step))
        return {schema.INDENT: level or None}

    return set_block(selection, changes)


def new_paragraph(selection: Selection) -> Delta:
    """What Enter does: end the paragraph here; an empty list item leaves its list instead."""
    paragraph = selection.paragraph
    before = dict(attributes_of(paragraph.block))
    if selection.start == selection.end and paragraph.length == 1 and schema.LIST in before:
        outwards = indent(selection, -1) or leave_list(selection)
        if outwards is not None:
            return outwards
    delta: Delta = [Retain(selection.start), Delete(selection.end - selection.start)]
    delta.append(Insert("\n", before))
    last = selection.paragraphs[-1]
    last_end = selection.first_start + sum(p.length for p in selection.paragraphs) - 1
    rest = last_end - selection.end
    if schema.HEADER in before and rest == 0:
        # Behind a heading comes body text; the newline that closed it is the new one's.
        delta.append(Retain(1, dict.fromkeys(attributes_of(last.block))))
    return delta


def backspace_at_start(selection: Selection) -> Delta | None:
    """What Backspace does at the start of a list item: a level out, then out of the list."""
    if selection.start != selection.end or selection.start != selection.first_start:
        return None
    if schema.LIST not in attributes_of(selection.paragraph.block):
        return None
    return indent(selection, -1) or leave_list(selection)


def replace(selection: Selection, inserts: list[Insert]) -> Delta:
    """Put `inserts` in place of what is selected."""
    return [Retain(selection.start), Delete(selection.end - selection.start), *inserts]
