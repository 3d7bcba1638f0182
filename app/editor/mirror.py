"""What the QTextDocument shows, as plain values: the binding compares against it.

One `Paragraph` per QTextBlock. Texts are as shown (see `shown_text`), always as
long as in the CRDT in UTF-16 units, so indices agree. Attributes are kept as
keys: canonical JSON of those that are shown, "" for none. No Qt in here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from sync.document import schema
from sync.document.delta import Attributes, Delete, Delta, Embed, Insert, Retain
from sync.document.positions import point_at_utf16, utf16_length

Run: TypeAlias = tuple[str, str]
"""Text as shown, and the key of its marks."""

OBJECT = "\ufffc"
"""Stands for an embed, in Qt and in a `Paragraph`; its key holds the embed's value."""

_EMBED = "embed"

_SHOWN = str.maketrans(
    {
        # Qt would make blocks of these (QTextCursor::insertText) or objects of U+FFFC.
        "\u2029": "\u2028",
        "\r": "\u240d",
        "\ufdd0": "\ufffd",
        "\ufdd1": "\ufffd",
        "\ufffc": "\ufffd",
        "\0": "\u2400",
    }
)


def shown_text(text: str) -> str:
    """Return `text` with characters that Qt would misread replaced by others of equal length."""
    return text.translate(_SHOWN)


@lru_cache(maxsize=4096)
def attributes_of(key: str) -> Attributes:
    """Return the attributes that a key stands for."""
    if not key:
        return {}
    attributes: dict[str, object] = json.loads(key)
    return attributes


def _key(attributes: Attributes) -> str:
    return json.dumps(attributes, sort_keys=True) if attributes else ""


def marks_key(attributes: Attributes, embed: Embed | None = None) -> str:
    """Return the key of inline attributes, and of the embed that bears them, if any."""
    marks = dict(schema.shown_marks(attributes))
    if embed is not None:
        marks[_EMBED] = embed.value
    return _key(marks)


def block_key(attributes: Attributes) -> str:
    """Return the key of a paragraph's attributes."""
    return _key(schema.shown_block(attributes))


@lru_cache(maxsize=4096)
def text_marks_key(key: str) -> str:
    """Return the key without an embed: text typed behind one inherits its format in Qt."""
    attributes = attributes_of(key)
    if _EMBED not in attributes:
        return key
    return _key({name: value for name, value in attributes.items() if name != _EMBED})


def embed_of(key: str) -> Embed | None:
    """Return the embed that a key holds."""
    value = attributes_of(key).get(_EMBED)
    return Embed(value) if isinstance(value, dict) else None


@dataclass(slots=True, eq=False)
class Paragraph:
    """One paragraph as shown; `length` is in UTF-16 units with its closing newline."""

    runs: list[Run]
    block: str
    length: int

    @classmethod
    def of(cls, runs: Iterable[Run], block: str) -> Paragraph:
        """Join neighbours of equal marks and measure."""
        joined: list[Run] = []
        for text, key in runs:
            if not text:
                continue
            if joined and joined[-1][1] == key:
                joined[-1] = (joined[-1][0] + text, key)
            else:
                joined.append((text, key))
        return cls(joined, block, 1 + sum(utf16_length(text) for text, _ in joined))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Paragraph)
            and self.runs == other.runs
            and self.block == other.block
            and self.length == other.length
        )

    @property
    def text(self) -> str:
        """The text without the closing newline."""
        return "".join(text for text, _ in self.runs)


def split_runs(runs: Sequence[Run], offset: int) -> tuple[list[Run], list[Run]]:
    """Cut runs at `offset` UTF-16 units."""
    head: list[Run] = []
    for number, (text, key) in enumerate(runs):
        length = utf16_length(text)
        if offset >= length:
            head.append((text, key))
            offset -= length
            continue
        if not offset:
            return head, list(runs[number:])
        point = point_at_utf16(text, offset)
        return [*head, (text[:point], key)], [(text[point:], key), *runs[number + 1 :]]
    return head, []


class Mirror:
    """The paragraphs of one document, joined by newlines.

    `terminated` says whether the CRDT has a closing newline behind the last
    paragraph. Qt always shows that paragraph and never counts its newline.
    """

    def __init__(self, contents: Iterable[Insert]) -> None:
        self.paragraphs: list[Paragraph] = []
        self.terminated = False
        runs: list[Run] = []
        for part in contents:
            if not isinstance(part.content, str):
                runs.append((OBJECT, marks_key(part.attributes, part.content)))
                continue
            pieces = shown_text(part.content).split("\n")
            key = marks_key(part.attributes)
            for piece in pieces[:-1]:
                runs.append((piece, key))
                self.paragraphs.append(Paragraph.of(runs, block_key(part.attributes)))
                runs = []
            runs.append((pieces[-1], key))
        last = Paragraph.of(runs, "")
        if last.runs or not self.paragraphs:
            self.paragraphs.append(last)
        else:
            self.terminated = True
        self.length = sum(paragraph.length for paragraph in self.paragraphs) - 1
        """UTF-16 units as Qt shows them: without the last paragraph's newline."""

    def replace(self, first: int, count: int, paragraphs: Sequence[Paragraph]) -> None:
        """Put `paragraphs` for `count` of them from `first`."""
        self.length -= sum(p.length for p in self.paragraphs[first : first + count])
        self.length += sum(p.length for p in paragraphs)
        self.paragraphs[first : first + count] = paragraphs

    def insert_text(self, number: int, offset: int, text: str, key: str) -> None:
        """Put text (no newline) into a paragraph at `offset` UTF-16 units."""
        paragraph = self.paragraphs[number]
        head, tail = split_runs(paragraph.runs, offset)
        self.replace(number, 1, [Paragraph.of([*head, (text, key), *tail], paragraph.block)])

    def split(self, number: int, offset: int, block: str) -> None:
        """Put a newline into a paragraph; `block` is what the newline says of the first half."""
        paragraph = self.paragraphs[number]
        head, tail = split_runs(paragraph.runs, offset)
        halves = [Paragraph.of(head, block), Paragraph.of(tail, paragraph.block)]
        self.replace(number, 1, halves)

    def delete(self, number: int, offset: int, length: int) -> None:
        """Take `length` UTF-16 units away; a paragraph that loses its newline joins the next."""
        head, _ = split_runs(self.paragraphs[number].runs, offset)
        last, rest = number, offset + length
        while rest >= self.paragraphs[last].length:
            rest -= self.paragraphs[last].length
            last += 1
        _, tail = split_runs(self.paragraphs[last].runs, rest)
        joined = Paragraph.of([*head, *tail], self.paragraphs[last].block)
        self.replace(number, last - number + 1, [joined])

    def format(self, number: int, offset: int, length: int, attributes: Attributes) -> int:
        """Change attributes (None: removed) on a range; return the last paragraph touched."""
        while length > 0 and number < len(self.paragraphs):
            paragraph = self.paragraphs[number]
            inside = min(length, paragraph.length - 1 - offset)
            head, rest = split_runs(paragraph.runs, offset)
            middle, tail = split_runs(rest, inside)
            changed = [(text, _changed_marks(key, attributes)) for text, key in middle]
            closes = length > inside
            block = _changed_block(paragraph.block, attributes) if closes else paragraph.block
            self.replace(number, 1, [Paragraph.of([*head, *changed, *tail], block)])
            length -= inside + closes
            offset = 0
            if length > 0:
                number += 1
        return min(number, len(self.paragraphs) - 1)


def _changed(key: str, attributes: Attributes) -> Attributes:
    merged = {**attributes_of(key), **attributes}
    return {name: value for name, value in merged.items() if value is not None}


def _changed_marks(key: str, attributes: Attributes) -> str:
    return marks_key(_changed(key, attributes), embed_of(key))


def _changed_block(key: str, attributes: Attributes) -> str:
    return block_key(_changed(key, attributes))


def difference(old: Sequence[Paragraph], new: Sequence[Paragraph], hint: int) -> Delta:
    """Return the smallest delta that makes `old` into `new` (both with closing newlines).

    `hint` says at how many UTF-16 units the edit began: in "aaa" plus an "a" it
    decides which. The last newline is always kept.
    """
    old_cells, new_cells = _cells(old), _cells(new)
    old_text = "".join(text for text, _, _ in old_cells)
    new_text = "".join(text for text, _, _ in new_cells)
    prefix, suffix = _common(old_text, new_text, _points(old_text, hint))
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


_Cell: TypeAlias = tuple[str, str, bool]
"""Text, key, and whether the text is a paragraph's newline (its key is the block's)."""


def _cells(paragraphs: Sequence[Paragraph]) -> list[_Cell]:
    cells: list[_Cell] = []
    for paragraph in paragraphs:
        cells.extend((text, key, False) for text, key in paragraph.runs)
        cells.append(("\n", paragraph.block, True))
    return cells


def _points(text: str, units: int) -> int:
    """Return about how many code points `units` UTF-16 units are; it is only a hint."""
    return units if text.isascii() else len(text.encode("utf-16-le")[: 2 * units]) // 2


def _common(old: str, new: str, hint: int) -> tuple[int, int]:
    """Return the lengths of a common prefix and suffix, in code points, that leave little."""
    shorter = min(len(old), len(new))
    prefix = _common_prefix(old, new, min(hint, shorter - 1))
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


def _cut(cells: Sequence[_Cell], start: int, end: int) -> list[_Cell]:
    """Return the cells between two code point indices."""
    result: list[_Cell] = []
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
        if number:
            yield Insert(embed or "\ufffd", attributes)
        if piece:
            yield Insert(piece, attributes)


def _reformat(old: Sequence[_Cell], new: Sequence[_Cell]) -> Delta:
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
                if name != _EMBED and before.get(name) != after.get(name)
            }
        delta.append(Retain(utf16_length(old_text[:size]), changes))
    return delta
