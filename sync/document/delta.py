"""Changes and contents as Quill Deltas: the one language between document and binding.

A delta is a list of operations that walks a text from its start. All lengths
are UTF-16 units, as in Qt and Yjs; an embed counts one. Source: the Quill
Delta format (quilljs/delta, README).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from sync.document.positions import point_at_utf16, utf16_length

Attributes: TypeAlias = Mapping[str, object]
"""Attribute name to JSON value; in a `Retain`, None takes the attribute away."""

NO_ATTRIBUTES: Attributes = {}


@dataclass(frozen=True, slots=True)
class Embed:
    """An inserted object, `{"image": …}` in Quill: one UTF-16 unit long."""

    value: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Insert:
    """Put `content` here; `attributes` are all that it has (nothing is inherited)."""

    content: str | Embed
    attributes: Attributes = field(default_factory=dict)

    @property
    def length(self) -> int:
        """UTF-16 units."""
        return utf16_length(self.content) if isinstance(self.content, str) else 1


@dataclass(frozen=True, slots=True)
class Retain:
    """Step over `length` UTF-16 units, changing `attributes` on them if any are given."""

    length: int
    attributes: Attributes = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Delete:
    """Take away `length` UTF-16 units."""

    length: int


Operation: TypeAlias = Insert | Retain | Delete
Delta: TypeAlias = list[Operation]


def insert(index: int, content: str | Embed, attributes: Attributes = NO_ATTRIBUTES) -> Delta:
    """Return the delta that inserts at `index` (UTF-16 units)."""
    return [*_skip(index), Insert(content, attributes)]


def delete(index: int, length: int) -> Delta:
    """Return the delta that deletes `length` from `index` (UTF-16 units)."""
    return [*_skip(index), Delete(length)]


def format_range(index: int, length: int, attributes: Attributes) -> Delta:
    """Return the delta that sets `attributes` (None: removes) on a range (UTF-16 units)."""
    return [*_skip(index), Retain(length, attributes)]


def _skip(index: int) -> Delta:
    return [Retain(index)] if index else []


def compact(operations: Iterable[Operation]) -> Delta:
    """Return an equal delta: neighbours of a kind joined, empty ones and the last retain gone."""
    result: Delta = []
    for operation in operations:
        joined = _joined(result[-1], operation) if result else None
        if joined is not None:
            result[-1] = joined
        elif not _is_empty(operation):
            result.append(operation)
    while result and isinstance(result[-1], Retain) and not result[-1].attributes:
        result.pop()
    return result


def _is_empty(operation: Operation) -> bool:
    # The length of a text in UTF-16 units takes its time, and a paste has thousands of them.
    return operation.content == "" if isinstance(operation, Insert) else operation.length == 0


def _joined(one: Operation, other: Operation) -> Operation | None:
    """Return what does the same as two operations; None if it takes both."""
    if isinstance(one, Insert):
        if not isinstance(other, Insert) or one.attributes != other.attributes:
            return None
        if isinstance(one.content, str) and isinstance(other.content, str):
            return Insert(one.content + other.content, one.attributes)
    elif isinstance(one, Retain):
        if isinstance(other, Retain) and one.attributes == other.attributes:
            return Retain(one.length + other.length, one.attributes)
    elif isinstance(other, Delete):
        return Delete(one.length + other.length)
    return None


def slices(delta: Delta, most: int) -> list[Delta]:
    """Return deltas of at most so many operations (2 or more) that together do the same.

    They come from the end to the start, so that each fits the text that the ones before left.
    """
    result: list[Delta] = []
    at = 0
    piece: Delta = []
    for operation in delta:
        if len(piece) == most:
            result.append(piece)
            piece = []
        piece = piece or _skip(at)
        piece.append(operation)
        if not isinstance(operation, Insert):
            at += operation.length
    return [some for some in map(compact, reversed([*result, piece])) if some]


def slice_inserts(contents: Iterable[Insert], start: int, end: int) -> list[Insert]:
    """Return what stands between two UTF-16 indices, neither of them inside a character."""
    result: list[Insert] = []
    at = 0
    for part in contents:
        if at >= end:
            break
        length = part.length
        first, last = max(start - at, 0), min(end - at, length)
        if first < last:
            if isinstance(part.content, str) and last - first < length:
                cut = slice(*(point_at_utf16(part.content, units) for units in (first, last)))
                part = Insert(part.content[cut], part.attributes)
            result.append(part)
        at += length
    return result


def change_of_length(delta: Delta) -> int:
    """Return how many UTF-16 units longer a change makes the text."""
    return sum(
        operation.length if isinstance(operation, Insert) else -operation.length
        for operation in delta
        if not isinstance(operation, Retain)
    )


def end_of_change(delta: Delta) -> int | None:
    """Return where the last insertion or deletion ends, in UTF-16 units of the new text.

    Where the last format ends, if nothing else changes; None if nothing does.
    """
    edited: int | None = None
    formatted: int | None = None
    position = 0
    for operation in delta:
        if not isinstance(operation, Delete):
            position += operation.length
        if not isinstance(operation, Retain):
            edited = position
        elif operation.attributes:
            formatted = position
    return formatted if edited is None else edited
