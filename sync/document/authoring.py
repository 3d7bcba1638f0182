"""Writing the update of a plain edit ourselves, because pycrdt walks to its place.

`Text.insert` at the end of 1 MB takes 2 ms, of 5 MB 28 ms; taking in an update of one item
0.01 ms at any size. The list of items says between which ids the text goes. Format:
Yjs update version 1 (yjs `Item.js`, `write`). Where formats stand: yjs `YText.js`,
`insertText`. docs/decisions/0008 says what proves that the result is the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from sync.document.attribute_runs import Attributes, merged
from sync.document.columns import FORMAT, STRING
from sync.document.delta import Delete, Delta, Insert, Retain
from sync.document.items import Id, ItemList
from sync.document.positions import utf16_length
from sync.document.schema import CONTENT
from sync.document.shadow import Shadow
from sync.lib0 import encode_string, encode_varuint

MOST_OPERATIONS = 1_000
"""Operations of one change that are written here: 0.08 ms each at 1 MB, where pycrdt takes 1 ms."""

MOST_DELETED = 10_000
"""UTF-16 units."""


def is_plain(delta: Delta) -> bool:
    """Whether a change is one that can be written here: text in and out, no other formats."""
    return len(delta) <= MOST_OPERATIONS and all(_is_plain(operation) for operation in delta)


def _is_plain(operation: object) -> bool:
    match operation:
        case Retain(_, attributes):
            return not attributes
        case Delete(length):
            return length <= MOST_DELETED
        case Insert(str(), attributes):
            return all(
                value is None or isinstance(value, str | bool | int)
                for value in attributes.values()
            )
    return False


def write(
    delta: Delta, items: ItemList, shadow: Shadow, client: int, apply: Callable[[bytes], object]
) -> None:
    """Make a plain change: `apply` gets each update, and `items` and `shadow` follow it.

    May raise `ItemsUnreadable`, which `is_plain` changes of an honest list do not.
    """
    at = 0
    for operation in delta:
        match operation:
            case Retain(length):
                at += length
                continue
            case Delete(length):
                update = _deletion(items.units(at, length))
                shadow.delete(at, length)
            case Insert(str(text), attributes):
                update = _insertion(at, text, attributes, items, shadow, client)
                shadow.insert(at, operation)
                at += operation.length
            case _:
                raise AssertionError("the change is not plain")
        apply(update)
        items.apply(update)


def _deletion(units: dict[int, list[tuple[int, int]]]) -> bytes:
    out = [b"\0", encode_varuint(len(units))]
    for client, ranges in units.items():
        out += (encode_varuint(client), encode_varuint(len(ranges)))
        for clock, length in ranges:
            out += (encode_varuint(clock), encode_varuint(length))
    return b"".join(out)


def _insertion(
    at: int, text: str, attributes: Attributes, items: ItemList, shadow: Shadow, client: int
) -> bytes:
    """Return the update that puts text in, between formats if neither neighbour has the same."""
    wanted = merged({}, attributes)
    inherited = shadow.runs.at(at - 1) if at else {}
    changes: list[tuple[str, object, object]] = []
    before = False
    if not _same(wanted, inherited):
        before = at < shadow.text.utf16_length and _same(wanted, shadow.runs.at(at))
        if not before:
            changes = [
                (name, wanted.get(name), inherited.get(name))
                for name in wanted.keys() | inherited.keys()
                if not _same(wanted.get(name), inherited.get(name))
            ]
    contents = [
        *((FORMAT, _format(name, value), 1) for name, value, _ in changes),
        (STRING, encode_string(text), utf16_length(text)),
        *((FORMAT, _format(name, value), 1) for name, _, value in changes),
    ]
    return structs(client, items.clock(client), items.gap_at(at, before=before), contents)


def _same(one: object, other: object) -> bool:
    """Whether two values are the same in JSON, where True is not 1."""
    return one == other and (
        one is other or json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    )


def _format(name: str, value: object) -> bytes:
    return encode_string(name) + encode_string(json.dumps(value, ensure_ascii=False))


def structs(
    client: int,
    clock: int,
    gap: tuple[Id | None, Id | None],
    contents: list[tuple[int, bytes, int]],
) -> bytes:
    """Return an update of items that follow each other in a gap of the content.

    `contents` has kind, bytes and clocks of each.
    """
    left, right = gap
    out = [b"\1", encode_varuint(len(contents)), encode_varuint(client), encode_varuint(clock)]
    right_id = b"" if right is None else encode_varuint(right[0]) + encode_varuint(right[1])
    for kind, content, clocks in contents:
        out.append(bytes([kind | (left is not None) << 7 | (right is not None) << 6]))
        if left is not None:
            out += (encode_varuint(left[0]), encode_varuint(left[1]))
        out.append(right_id)
        if left is None and right is None:
            out.append(b"\1" + encode_string(CONTENT))
        out.append(content)
        clock += clocks
        left = client, clock - 1
    return b"".join([*out, b"\0"])
