"""Who wrote each part of a text: the ids of its items say which client, `authors` whose that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sync.document.items import ItemList


@dataclass(frozen=True, slots=True)
class Written:
    """A range of a text that one client wrote."""

    start: int
    length: int
    """UTF-16 units."""
    user: str | None
    """User id; None if the document does not say whose client this is."""
    client: int | None
    """Yjs client id; None where the items of the document cannot be put in order."""


def attribute(
    items: ItemList | None, authors: Mapping[int, str], start: int, end: int
) -> list[Written]:
    """Return who wrote what between two UTF-16 indices of the text, in order.

    `items` is None if they cannot be put in order: then nobody can tell.
    """
    if start >= end:
        return []
    if items is None:
        return [Written(start, end - start, None, None)]
    runs: list[tuple[int, int]] = []  # where it begins, and whose it is
    at = start
    for client, _, units in items.seen(start, end - start):
        if not runs or runs[-1][1] != client:
            runs.append((at, client))
        at += units
    ends = [*(start for start, _ in runs[1:]), end]
    return [
        Written(start, end - start, authors.get(client), client)
        for (start, client), end in zip(runs, ends, strict=True)
    ]
