"""Marks on characters."""

from __future__ import annotations

from collections.abc import Collection

from app.editor.commands.selection import Selection
from app.editor.mirror import attributes_of, split_runs
from sync.document import schema
from sync.document.delta import Delta, Retain, compact
from sync.document.positions import utf16_length

MARKS = (
    *(schema.BOLD, schema.ITALIC, schema.UNDERLINE, schema.STRIKE, schema.CODE),
    *(schema.COLOR, schema.BACKGROUND, schema.SCRIPT),
)
"""All marks that are looks; a link is more than that."""

_BLOCKS = (
    *(schema.HEADER, schema.LIST, schema.INDENT, schema.BLOCKQUOTE, schema.CODE_BLOCK),
    *(schema.ALIGN, schema.DIRECTION),
)


def has_mark(selection: Selection, name: str, value: object = None) -> bool:
    """Whether all selected text bears a mark (with a value: this one).

    With nothing selected, the text before the caret.
    """
    keys = _keys(selection)
    return bool(keys) and all(_bears(key, name, value) for key in keys)


def mark_value(selection: Selection, name: str) -> object:
    """Return the value that all selected text has for a mark; None if it differs."""
    values = {attributes_of(key).get(name) for key in _keys(selection)}
    return values.pop() if len(values) == 1 else None


def _keys(selection: Selection) -> Collection[str]:
    if selection.is_caret:
        head, tail = split_runs(selection.paragraph.runs, selection.start - selection.first_start)
        return [key for _, key in head[-1:] or tail[:1]]
    return selection.mark_keys()


def _bears(key: str, name: str, value: object) -> bool:
    attributes = attributes_of(key)
    return name in attributes and value in (None, attributes[name])


def toggle_mark(selection: Selection, name: str, value: object = True) -> Delta | None:
    """Give the selected text a mark, or take it away where all of it has it."""
    on = has_mark(selection, name, value)
    return set_mark(selection, name, None if on else value)


def set_mark(selection: Selection, name: str, value: object) -> Delta | None:
    """Give the selected text a mark with a value, or take the mark away (None).

    Lines of code blocks bear none.
    """
    # One format over text and newlines, as Quill has it: one for each paragraph of a book would
    # take half a minute. A newline shows no mark.
    ranges: list[tuple[int, int]] = []
    goes_on = False
    for start, end, paragraph in selection.pieces():
        if schema.CODE_BLOCK in attributes_of(paragraph.block):
            goes_on = False
        elif end > start:
            ranges.append((ranges.pop()[0] if goes_on else start, end))
            goes_on = True
    delta: Delta = []
    at = 0
    for start, end in ranges:
        delta += [Retain(start - at), Retain(end - start, {name: value})]
        at = end
    return compact(delta) or None


def link_at(selection: Selection) -> str | None:
    """Return the target of the link that the character behind the selection's start bears."""
    _, tail = split_runs(selection.paragraph.runs, selection.start - selection.first_start)
    target = attributes_of(tail[0][1]).get(schema.LINK) if tail else None
    return target if isinstance(target, str) else None


def link_range(selection: Selection) -> tuple[int, int] | None:
    """Return start and end of the link that the selection's start stands in or at the end of."""
    at = selection.first_start
    found: tuple[int, int] | None = None
    target: object = None
    for text, key in selection.paragraph.runs:
        end = at + utf16_length(text)
        link = attributes_of(key).get(schema.LINK)
        if link is not None and found is not None and link == target:
            found = found[0], end
        elif found is not None and found[0] <= selection.start <= found[1]:
            break
        else:
            found = None if link is None else (at, end)
        target = link
        at = end
    return found if found is not None and found[0] <= selection.start <= found[1] else None


def set_link(selection: Selection, target: str | None) -> Delta | None:
    """Make the selected text a link, or none (None).

    With nothing selected, the link that the caret stands in. None for an unsafe target.
    """
    if target is not None and not schema.is_safe_link(target):
        return None
    if not selection.is_caret:
        return set_mark(selection, schema.LINK, target)
    place = link_range(selection)
    if place is None:
        return None
    return [Retain(place[0]), Retain(place[1] - place[0], {schema.LINK: target})]


def clear_format(selection: Selection) -> Delta | None:
    """Take the marks from what is selected (links stay links).

    Paragraphs that are selected as a whole become body text; with nothing
    selected, the caret's paragraph does.
    """
    delta: Delta = [Retain(selection.first_start)]
    at = selection.first_start
    for start, end, paragraph in selection.pieces():
        delta.append(Retain(start - at))
        if end > start:
            _, rest = split_runs(paragraph.runs, start - at)
            for text, key in split_runs(rest, end - start)[0]:
                gone = {name: None for name in MARKS if name in attributes_of(key)}
                delta.append(Retain(utf16_length(text), gone))
        closing = at + paragraph.length - 1
        whole = start == at and end == closing and (end > start or selection.start < at)
        block = attributes_of(paragraph.block) if whole or selection.is_caret else {}
        delta.append(Retain(closing - max(start, end)))
        delta.append(Retain(1, {name: None for name in _BLOCKS if name in block}))
        at = closing + 1
    return compact(delta) or None
