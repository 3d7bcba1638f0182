"""What whole paragraphs are: headings, lists, quotes, code, their place on the line."""

from __future__ import annotations

from collections.abc import Callable

from app.editor.commands.selection import Selection
from app.editor.lists import list_level
from app.editor.mirror import attributes_of, embed_of
from sync.document import schema
from sync.document.delta import Attributes, Delta, Retain, compact
from sync.document.positions import utf16_length

_KINDS = (schema.HEADER, schema.LIST, schema.BLOCKQUOTE, schema.CODE_BLOCK)
"""A paragraph is one of these, or body text."""


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


def has_block(selection: Selection, name: str) -> bool:
    """Whether all selected paragraphs have an attribute."""
    return all(name in attributes_of(paragraph.block) for paragraph in selection.paragraphs)


def _make(name: str, value: object) -> Attributes:
    """Return the change that makes a paragraph this kind and no other."""
    return {**dict.fromkeys(_KINDS), name: value}


def header_level(selection: Selection) -> int:
    """Return the heading level of the first paragraph, 0 for body text."""
    level = attributes_of(selection.paragraph.block).get(schema.HEADER, 0)
    return level if isinstance(level, int) else 0


def set_header(selection: Selection, level: int) -> Delta | None:
    """Make the paragraphs headings of `level`, or body text (0)."""
    if level:
        change = {**_make(schema.HEADER, level), schema.INDENT: None}
        return set_block(selection, lambda _: change)
    return set_block(selection, lambda _: {schema.HEADER: None})


def list_kind(selection: Selection) -> str | None:
    """Return the list kind that all selected paragraphs share; None if they do not.

    `unchecked` stands for check lists, whatever is checked in them.
    """
    kinds = {
        level[0] if (level := list_level(paragraph)) else None for paragraph in selection.paragraphs
    }
    return kinds.pop() if len(kinds) == 1 else None


def toggle_list(selection: Selection, kind: str) -> Delta | None:
    """Make the paragraphs a list of that kind, or body text where all of them are one."""
    if list_kind(selection) == kind:
        return leave_list(selection)

    def change(before: Attributes) -> Attributes:
        if kind == schema.UNCHECKED and before.get(schema.LIST) == schema.CHECKED:
            return {}
        return _make(schema.LIST, kind)

    return set_block(selection, change)


def leave_list(selection: Selection) -> Delta | None:
    """Make list paragraphs body text."""
    return set_block(selection, lambda _: {schema.LIST: None, schema.INDENT: None})


def toggle_checked(selection: Selection) -> Delta | None:
    """Check the check list's paragraphs among the selected ones; uncheck them if all are."""
    kinds = [attributes_of(paragraph.block).get(schema.LIST) for paragraph in selection.paragraphs]
    checks = [kind for kind in kinds if kind in (schema.CHECKED, schema.UNCHECKED)]
    if not checks:
        return None
    wanted = schema.CHECKED if schema.UNCHECKED in checks else schema.UNCHECKED

    def change(before: Attributes) -> Attributes:
        is_check = before.get(schema.LIST) in (schema.CHECKED, schema.UNCHECKED)
        return {schema.LIST: wanted} if is_check else {}

    return set_block(selection, change)


def indent(selection: Selection, step: int) -> Delta | None:
    """Move the paragraphs one level in (1) or out (-1); code stays where it is."""

    def change(before: Attributes) -> Attributes:
        if schema.CODE_BLOCK in before:
            return {}
        level = before.get(schema.INDENT, 0)
        assert isinstance(level, int)
        level = min(schema.MAX_INDENT, max(0, level + step))
        return {schema.INDENT: level or None}

    return set_block(selection, change)


def indent_item(selection: Selection, step: int) -> Delta | None:
    """Move the paragraphs one level in or out, if they begin in a list or are several."""
    several = selection.first < selection.last
    if not several and list_level(selection.paragraph) is None:
        return None
    return indent(selection, step)


def toggle_quote(selection: Selection) -> Delta | None:
    """Make the paragraphs a quote, or body text where all of them are one."""
    if has_block(selection, schema.BLOCKQUOTE):
        return set_block(selection, lambda _: {schema.BLOCKQUOTE: None})
    return set_block(selection, lambda _: _make(schema.BLOCKQUOTE, True))


def toggle_code_block(selection: Selection) -> Delta | None:
    """Make the paragraphs lines of code, which bear no marks, or body text again."""
    if has_block(selection, schema.CODE_BLOCK):
        return set_block(selection, lambda _: {schema.CODE_BLOCK: None})
    wanted = {
        **_make(schema.CODE_BLOCK, True),
        **dict.fromkeys((schema.INDENT, schema.ALIGN, schema.DIRECTION)),
    }
    delta: Delta = [Retain(selection.first_start)]
    for paragraph in selection.paragraphs:
        before = attributes_of(paragraph.block)
        for text, key in paragraph.runs:
            gone = {} if embed_of(key) else dict.fromkeys(attributes_of(key))
            delta.append(Retain(utf16_length(text), gone))
        changed = {name: value for name, value in wanted.items() if before.get(name) != value}
        if schema.CODE_BLOCK in before:  # its language stays
            changed.pop(schema.CODE_BLOCK, None)
        delta.append(Retain(1, changed))
    return compact(delta) or None


def alignment(selection: Selection) -> str | None:
    """Return the first paragraph's alignment: center, right, justify; None for the usual one."""
    found = attributes_of(selection.paragraph.block).get(schema.ALIGN)
    return found if isinstance(found, str) else None


def set_align(selection: Selection, align: str | None) -> Delta | None:
    """Align the paragraphs: center, right, justify, or as usual (None)."""
    return set_block(
        selection, lambda before: {} if schema.CODE_BLOCK in before else {schema.ALIGN: align}
    )


def is_right_to_left(selection: Selection) -> bool:
    """Whether the first paragraph is set to run from right to left, whatever its text."""
    return attributes_of(selection.paragraph.block).get(schema.DIRECTION) == schema.RTL


def toggle_direction(selection: Selection) -> Delta | None:
    """Let the paragraphs run from right to left, or follow their text again."""
    value = None if is_right_to_left(selection) else schema.RTL
    return set_block(
        selection, lambda before: {} if schema.CODE_BLOCK in before else {schema.DIRECTION: value}
    )
