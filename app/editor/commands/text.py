"""What Enter, Backspace, Tab, paste and drop do; embeds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.editor.commands.blocks import indent, leave_list, set_block
from app.editor.commands.selection import Selection
from app.editor.difference import cells_of_inserts, difference_of_cells
from app.editor.formats import joins
from app.editor.mirror import OBJECT, attributes_of, embed_of, split_runs
from sync.document import schema
from sync.document.delta import Attributes, Delete, Delta, Embed, Insert, Retain, compact

_CODE_INDENT = "    "
"""What Backtab takes from the start of a line of code, at most, if it is no tab."""


def new_paragraph(selection: Selection) -> Delta:
    """What Enter does: end the paragraph here; an empty item leaves its list or quote instead."""
    paragraph = selection.paragraph
    before = dict(attributes_of(paragraph.block))
    if selection.is_caret and paragraph.length == 1 and (outwards := _leave(selection)):
        return outwards
    delta: Delta = [Retain(selection.start), Delete(selection.end - selection.start)]
    last = selection.paragraphs[-1]
    last_end = selection.first_start + sum(p.length for p in selection.paragraphs) - 1
    rest = last_end - selection.end
    if rest and selection.end == selection.first_start:
        return [*delta, Insert("\n", _fresh(before))]  # above a paragraph, not inside it
    delta += [Insert("\n", before), Retain(rest)]
    closing = attributes_of(last.block)
    if schema.HEADER in before and rest == 0:
        # Behind a heading comes body text; the newline that closed it is the new one's.
        delta.append(Retain(1, dict.fromkeys(closing)))
    elif closing.get(schema.LIST) == schema.CHECKED:
        delta.append(Retain(1, {schema.LIST: schema.UNCHECKED}))
    return compact(delta)


def _fresh(before: Attributes) -> Attributes:
    """Return what an empty paragraph is beside one that is `before`."""
    fresh = {name: value for name, value in before.items() if name != schema.HEADER}
    if fresh.get(schema.LIST) == schema.CHECKED:
        fresh[schema.LIST] = schema.UNCHECKED
    return fresh


def _leave(selection: Selection) -> Delta | None:
    """Return how an empty paragraph goes a level out, or becomes body text."""
    before = attributes_of(selection.paragraph.block)
    if schema.CODE_BLOCK in before:
        above, below = selection.before, selection.after
        ends = below is None or not joins(selection.paragraph.block, below.block)
        goes_on = above is not None and joins(above.block, selection.paragraph.block)
        if ends and goes_on and above is not None and above.length == 1:
            return set_block(selection, lambda _: {schema.CODE_BLOCK: None})
        return None
    if schema.LIST in before:
        return indent(selection, -1) or leave_list(selection)
    if schema.BLOCKQUOTE in before:
        return set_block(selection, lambda _: {schema.BLOCKQUOTE: None})
    return None


def leave_block(selection: Selection) -> Delta | None:
    """What Ctrl+Enter does in a quote or a code block: body text behind this paragraph."""
    last = selection.paragraphs[-1]
    before = attributes_of(last.block)
    if schema.CODE_BLOCK not in before and schema.BLOCKQUOTE not in before:
        return None
    end = selection.first_start + sum(p.length for p in selection.paragraphs) - 1
    return [Retain(end), Insert("\n", before), Retain(1, dict.fromkeys(before))]


def backspace_at_start(selection: Selection) -> Delta | None:
    """What Backspace does at the start of a paragraph that is more than body text.

    An item goes a level out, then out of its list; the first line of a quote or
    code block leaves it; a heading at the very start becomes body text.
    """
    if not selection.is_caret or selection.start != selection.first_start:
        return None
    block = selection.paragraph.block
    before = attributes_of(block)
    if schema.LIST in before:
        return indent(selection, -1) or leave_list(selection)
    if schema.INDENT in before:
        return indent(selection, -1)
    above = selection.before
    if above is None:
        kinds = (schema.HEADER, schema.BLOCKQUOTE, schema.CODE_BLOCK)
        return set_block(selection, lambda _: dict.fromkeys(kinds))
    if joins(above.block, block):
        return None
    return set_block(selection, lambda _: dict.fromkeys((schema.BLOCKQUOTE, schema.CODE_BLOCK)))


def tab(selection: Selection, step: int) -> Delta | None:
    """What Tab (1) and Backtab (-1) do in a code block: move lines, or put a tab in."""
    if not selection.in_code:
        return None
    if step > 0 and selection.first == selection.last:
        return replace(selection, [Insert("\t")])
    delta: Delta = [Retain(selection.first_start)]
    for paragraph in selection.paragraphs:
        taken = 0
        if step > 0:
            delta.append(Insert("\t"))
        else:
            text = paragraph.text
            taken = 1 if text.startswith("\t") else len(text) - len(text.lstrip(" "))
            taken = min(taken, len(_CODE_INDENT))
            delta.append(Delete(taken))
        delta.append(Retain(paragraph.length - taken))
    return compact(delta) or None


def replace(selection: Selection, inserts: Iterable[Insert]) -> Delta:
    """Put `inserts` in place of what is selected, and keep what both begin and end with."""
    if selection.in_code:
        inserts = _as_code(selection, inserts)
    if selection.is_caret:
        return compact([Retain(selection.start), *inserts])
    delta = difference_of_cells(list(selection.cells()), cells_of_inserts(inserts))
    return compact([Retain(selection.start), *delta])


def _as_code(selection: Selection, inserts: Iterable[Insert]) -> list[Insert]:
    """Return the text of `inserts` as lines of the code block that is selected."""
    line = attributes_of(selection.paragraph.block)
    result: list[Insert] = []
    for part in inserts:
        if isinstance(part.content, str):
            for number, piece in enumerate(part.content.split("\n")):
                result += [Insert("\n", line)] * bool(number) + [Insert(piece)] * bool(piece)
    return result


def move(selection: Selection, target: int, inserts: Sequence[Insert]) -> Delta | None:
    """Move what is selected (as `inserts`) to `target`; None if it is there already."""
    if selection.start <= target <= selection.end:
        return None
    length = selection.end - selection.start
    if target < selection.start:
        return [Retain(target), *inserts, Retain(selection.start - target), Delete(length)]
    return [Retain(selection.start), Delete(length), Retain(target - selection.end), *inserts]


def insert_divider(selection: Selection) -> Delta | None:
    """Put a line across the page in a paragraph of its own; the caret goes behind it."""
    if selection.in_code:
        return None
    delta: Delta = [Retain(selection.start), Delete(selection.end - selection.start)]
    if selection.start > selection.first_start:
        delta.append(Insert("\n", attributes_of(selection.paragraph.block)))
    return [*delta, Insert(Embed({schema.DIVIDER: True})), Insert("\n")]


def insert_footnote(selection: Selection, text: str) -> Delta | None:
    """Put a footnote behind what is selected."""
    if selection.in_code or not text.strip():
        return None
    note = Embed({schema.FOOTNOTE: text[: schema.MAX_FOOTNOTE]})
    return [Retain(selection.end), Insert(note)]


def footnote_at(selection: Selection) -> str | None:
    """Return the words of the footnote behind the selection's start; None if there is none."""
    _, tail = split_runs(selection.paragraph.runs, selection.start - selection.first_start)
    embed = embed_of(tail[0][1]) if tail and tail[0][0][0] == OBJECT else None
    words = embed.value.get(schema.FOOTNOTE) if embed is not None else None
    return words if isinstance(words, str) else None


def set_footnote(selection: Selection, text: str) -> Delta | None:
    """Change the words of the footnote behind the selection's start; no words, no footnote."""
    if footnote_at(selection) is None:
        return None
    delta: Delta = [Retain(selection.start), Delete(1)]
    if text.strip():
        delta.append(Insert(Embed({schema.FOOTNOTE: text[: schema.MAX_FOOTNOTE]})))
    return delta
