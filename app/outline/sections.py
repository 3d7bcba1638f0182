"""Headings and what belongs to them; moving a section is one delta. No Qt in here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.editor.mirror import OBJECT, Paragraph, attributes_of
from sync.document import schema
from sync.document.delta import Attributes, Delete, Delta, Insert, Retain, compact, slice_inserts


@dataclass(frozen=True, slots=True)
class Heading:
    """`start` is where it begins in UTF-16 units, `level` 1-6, `paragraph` its number."""

    level: int
    text: str
    paragraph: int
    start: int


def headings(paragraphs: Sequence[Paragraph]) -> list[Heading]:
    """Return the headings in their order."""
    found: list[Heading] = []
    start = 0
    for number, paragraph in enumerate(paragraphs):
        if paragraph.block:
            level = attributes_of(paragraph.block).get(schema.HEADER)
            if isinstance(level, int):
                text = paragraph.text.replace(OBJECT, "").strip()
                found.append(Heading(level, text, number, start))
        start += paragraph.length
    return found


def end_of_section(found: Sequence[Heading], index: int, length: int) -> int:
    """Return where a heading's section ends: before the next one that is not below it.

    `length` is that of the text, closing newlines included; all in UTF-16 units.
    """
    level = found[index].level
    for heading in found[index + 1 :]:
        if heading.level <= level:
            return heading.start
    return length


def move_section(
    contents: Sequence[Insert], found: Sequence[Heading], index: int, before: int
) -> Delta:
    """Return the delta that moves a section before heading `before`, or to the end.

    `before` is an index of `found`; its length means the end. `contents` are the
    document's, with all its newlines. Empty if the section stands there already.
    """
    length = sum(part.length for part in contents)
    start, end = found[index].start, end_of_section(found, index, length)
    target = found[before].start if before < len(found) else length
    if start <= target <= end:
        return []
    section = slice_inserts(contents, start, end)
    if end < length and target < length:
        cut: Delta = [Delete(end - start)]
        if target < start:
            return compact([Retain(target), *section, Retain(start - target), *cut])
        return compact([Retain(start), *cut, Retain(target - end), *section])
    # The document's last newline is never deleted, and nothing comes behind it. So what moves is
    # not "section\n" but "\nsection", and the last newline gets the meaning of the one before it.
    last = _attributes_at(contents, length - 1)
    steps: Delta
    if target < start:
        before_it = _attributes_at(contents, start - 1)
        steps = [Retain(target), *section, Retain(start - 1 - target)]
        steps += [Delete(end - start), Retain(1, _change(last, before_it))]
    else:
        steps = [Retain(start), Delete(end - start), Retain(length - 1 - end)]
        steps += [Insert("\n", last), *slice_inserts(contents, start, end - 1)]
        steps.append(Retain(1, _change(last, _attributes_at(contents, end - 1))))
    return compact(steps)


def _attributes_at(contents: Sequence[Insert], position: int) -> Attributes:
    return slice_inserts(contents, position, position + 1)[0].attributes


def _change(old: Attributes, new: Attributes) -> Attributes:
    """Return what turns some attributes into others."""
    return {
        name: new.get(name) for name in old.keys() | new.keys() if old.get(name) != new.get(name)
    }
