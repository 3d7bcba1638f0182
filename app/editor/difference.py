"""The smallest delta between two texts, each given as cells: text, key, newline or not."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from app.editor.mirror import (
    EMBED,
    OBJECT,
    Paragraph,
    attributes_of,
    block_key,
    embed_attributes,
    embed_of,
    marks_key,
    shown_text,
    text_marks_key,
)
from sync.document.delta import Attributes, Delete, Delta, Insert, Retain
from sync.document.positions import utf16_length

Cell: TypeAlias = tuple[str, str, bool]
"""Text, key, and whether the text is a paragraph's newline (its key is the block's)."""

_EMBED_STAND_INS = range(0xD800, 0xE000)
"""Code points that no text has: while texts are compared they tell embeds apart."""


def difference(old: Sequence[Paragraph], new: Sequence[Paragraph], hint: int) -> Delta:
    """Return the smallest delta that makes `old` into `new` (both with closing newlines).

    `hint` says at how many UTF-16 units the edit began: in "aaa" plus an "a" it
    decides which. The last newline is always kept.
    """
    return difference_of_cells(cells_of(old), cells_of(new), hint)


def difference_of_cells(
    old_cells: Sequence[Cell], new_cells: Sequence[Cell], hint: int | None = None
) -> Delta:
    """Return the delta from cells to cells; with no `hint` it keeps all of the common head."""
    embeds: dict[str, str] = {}
    old_text = "".join(_comparable(cell, embeds) for cell in old_cells)
    new_text = "".join(_comparable(cell, embeds) for cell in new_cells)
    points = len(old_text) if hint is None else _points(old_text, hint)
    prefix, suffix = _common(old_text, new_text, points)
    old_middle = (prefix, len(old_text) - suffix)
    new_middle = (prefix, len(new_text) - suffix)
    delta = _reformat(_cut(old_cells, 0, prefix), _cut(new_cells, 0, prefix))
    deleted = utf16_length(old_text[slice(*old_middle)])
    if deleted:
        delta.append(Delete(deleted))
    for text, key, closes in _cut(new_cells, *new_middle):
        delta.extend(_inserts(text, key, closes))
    delta += _reformat(
        _cut(old_cells, old_middle[1], len(old_text)),
        _cut(new_cells, new_middle[1], len(new_text)),
    )
    return delta


def cells_of(paragraphs: Iterable[Paragraph]) -> list[Cell]:
    """Return the cells of paragraphs, closing newlines included."""
    cells: list[Cell] = []
    for paragraph in paragraphs:
        cells.extend((text, key, False) for text, key in paragraph.runs)
        cells.append(("\n", paragraph.block, True))
    return cells


def cells_of_inserts(inserts: Iterable[Insert]) -> list[Cell]:
    """Return the cells of inserts, as they would be shown."""
    cells: list[Cell] = []
    for part in inserts:
        if not isinstance(part.content, str):
            cells.append((OBJECT, marks_key(part.attributes, part.content), False))
            continue
        pieces = shown_text(part.content).split("\n")
        for number, piece in enumerate(pieces):
            if number:
                cells.append(("\n", block_key(part.attributes), True))
            if piece:
                cells.append((piece, marks_key(part.attributes), False))
    return cells


def _comparable(cell: Cell, embeds: dict[str, str]) -> str:
    """Return a cell's text with a code point for each embed that differs from all others."""
    text, key, closes = cell
    if closes or OBJECT not in text:
        return text
    embed = embed_of(key)
    value = json.dumps(embed.value, sort_keys=True) if embed else ""
    index = len(embeds) % len(_EMBED_STAND_INS)
    return text.replace(OBJECT, embeds.setdefault(value, chr(_EMBED_STAND_INS[index])))


def _points(text: str, units: int) -> int:
    """Return about how many code points `units` UTF-16 units are; it is only a hint."""
    if text.isascii():
        return units
    head = text.encode("utf-16-le", "surrogatepass")[: 2 * units]
    return len(head.decode("utf-16-le", "replace"))


def _common(old: str, new: str, hint: int) -> tuple[int, int]:
    """Return the lengths of a common prefix and suffix, in code points, that leave little."""
    shorter = min(len(old), len(new))
    prefix = _common_prefix(old, new, max(0, min(hint, shorter - 1)))
    suffix = _common_suffix(old, new, shorter - prefix)
    if prefix + suffix < shorter:
        prefix = _common_prefix(old, new, shorter - suffix)
    return prefix, suffix


def _common_prefix(old: str, new: str, limit: int) -> int:
    if old[:limit] == new[:limit]:
        return limit
    low, high = 0, limit  # equal up to `low`, different before `high`
    while high - low > 1:
        middle = (low + high) // 2
        if old[low:middle] == new[low:middle]:
            low = middle
        else:
            high = middle
    return low


def _common_suffix(old: str, new: str, limit: int) -> int:
    if limit and old[-limit:] == new[-limit:]:
        return limit
    low, high = 0, limit
    while high - low > 1:
        middle = (low + high) // 2
        if old[len(old) - middle :] == new[len(new) - middle :]:
            low = middle
        else:
            high = middle
    return low


def _cut(cells: Sequence[Cell], start: int, end: int) -> list[Cell]:
    """Return the cells between two code point indices."""
    result: list[Cell] = []
    at = 0
    for text, key, closes in cells:
        piece = text[max(0, start - at) : max(0, end - at)]
        if piece:
            result.append((piece, key, closes))
        at += len(text)
        if at >= end:
            break
    return result


def _inserts(text: str, key: str, closes: bool) -> Iterable[Insert]:
    """Return what puts a cell into the CRDT."""
    if closes:
        yield Insert(text, attributes_of(key))
        return
    attributes = attributes_of(text_marks_key(key))
    embed = embed_of(key)
    for number, piece in enumerate(text.split(OBJECT)):
        if number and embed:
            yield Insert(embed, embed_attributes(key))
        if piece:
            yield Insert(piece, attributes)


def _reformat(old: Sequence[Cell], new: Sequence[Cell]) -> Delta:
    """Return the retains that give `old` cells the attributes of `new` ones of equal text."""
    delta: Delta = []
    old_cells, new_cells = list(reversed(old)), list(reversed(new))
    while old_cells:
        old_text, old_key, closes = old_cells.pop()
        new_text, new_key, _ = new_cells.pop()
        size = min(len(old_text), len(new_text))
        if old_text[size:]:
            old_cells.append((old_text[size:], old_key, closes))
        if new_text[size:]:
            new_cells.append((new_text[size:], new_key, closes))
        changes: Attributes = {}
        if old_key != new_key:
            before, after = attributes_of(old_key), attributes_of(new_key)
            changes = {
                name: after.get(name)
                for name in before.keys() | after.keys()
                if name != EMBED and before.get(name) != after.get(name)
            }
        delta.append(Retain(utf16_length(old_text[:size]), changes))
    return delta
