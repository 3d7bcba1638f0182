"""Where the threads of a document's comments are in its text.

A function of the document's state and of the anchor, so every device sees the same: no
device remembers what it undid. An end whose unit was deleted is looked for among what
undo put there again, and the quote says whether those are the same words.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sync.document.comment_entries import EMBED_QUOTED, MAX_QUOTE
from sync.document.document import Document
from sync.document.items import ItemList
from sync.document.positions import EMBED, utf16_length
from sync.document.relative import RelativePosition
from sync.document.schema import CONTENT
from sync.errors import InvalidChange

_MOST_COMPARED = 64
"""UTF-16 units of a quote that are compared with what undo may have brought back."""


class Standing(StrEnum):
    """What has become of an anchor's text."""

    LIVE = "live"
    """It is there, at least a part of it."""
    ORPHAN = "orphan"
    """All of it was deleted; the place is where it was."""
    UNKNOWN = "unknown"
    """It has not come yet, or never was in this text."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an anchor is now, in UTF-16 units."""

    start: int
    end: int
    standing: Standing
    fixed: bool = False
    """Whether it moves with the units at both ends, or on both sides if it is empty."""
    restored: bool = False
    """Whether the unit at its beginning was deleted, and undo made copies of it."""


NOWHERE = Place(0, 0, Standing.UNKNOWN)


def quoted(document: Document, start: int, end: int) -> str:
    """Return a range (UTF-16 units) as a quote, at most `MAX_QUOTE` characters of it.

    Raises `InvalidChange` outside of the text or inside a character.
    """
    whole = document.slice(start, end)
    return whole[:MAX_QUOTE].replace(EMBED, EMBED_QUOTED)


def anchor(document: Document, start: int, end: int) -> tuple[RelativePosition, RelativePosition]:
    """Return the anchor of a range: what is written at its borders stays outside.

    An empty one stands between the units beside it. Raises as `Document.relative_position`.
    """
    if start < end:
        return document.relative_position(start), document.relative_position(end, -1)
    return document.relative_position(start, -1), document.relative_position(start)


def resolve(
    document: Document, start: RelativePosition, end: RelativePosition, quote: str
) -> Place:
    """Return where an anchor is; one from a peer may say anything."""
    items = document.items
    if items is None:
        return NOWHERE
    if start.assoc < 0 <= end.assoc:
        return _resolve_point(items, start, end)
    first, last = _unit_index(items, start), _unit_index(items, end)
    if first is None or last is None or start.assoc < 0 or end.assoc >= 0:
        return NOWHERE
    begin, finish = first[0], last[0]
    restored = False
    if not first[1]:
        begin, restored = _restored(document, items, start, quote) or (begin, False)
    if not last[1]:
        finish, _ = _restored(document, items, end, quote) or (finish, False)
    if begin >= finish:
        return Place(finish, finish, Standing.ORPHAN)
    return Place(begin, finish, Standing.LIVE, first[1] and last[1], restored)


def _resolve_point(items: ItemList, start: RelativePosition, end: RelativePosition) -> Place:
    left, right = _unit_index(items, start), _unit_index(items, end)
    if left is None or right is None:
        return NOWHERE
    if not left[1] and not right[1]:
        return Place(left[0], left[0], Standing.ORPHAN)
    # What stands at the place now: all between the neighbours, or beside the one that is left.
    begin = left[0] if left[1] else right[0]
    finish = right[0] if right[1] else left[0]
    # There are no words to compare: whoever wrote before it may have made this a copy, too.
    again = not right[1] and end.item is not None and any(items.copies(*end.item))
    finish = max(begin, finish)
    return Place(begin, finish, Standing.LIVE, left[1] and right[1] and begin == finish, again)


def _unit_index(items: ItemList, position: RelativePosition) -> tuple[int, bool] | None:
    """Return the index of a position, and whether what it stands beside is there."""
    behind = position.assoc < 0
    if position.item is None:
        if position.tname != CONTENT:
            return None
        return (0 if behind else items.length), True
    index = items.index_of(*position.item, behind)
    return None if index is None else (index, items.is_shown(*position.item))


def _restored(
    document: Document, items: ItemList, position: RelativePosition, quote: str
) -> tuple[int, bool] | None:
    """Return where a deleted end of an anchor is by its copies, and that there are any.

    At a copy with the words of the quote; else where the last one was that went, too:
    what was brought again with it stands there, and not at the unit itself.
    """
    assert position.item is not None
    ahead = position.assoc >= 0
    gone: int | None = None
    for copy in items.copies(*position.item):
        if not copy.shown:
            gone = copy.index
            continue
        if ahead:
            start, end = copy.index, copy.index + min(copy.behind + 1, _MOST_COMPARED)
        else:
            start, end = copy.index + 1 - min(copy.before + 1, _MOST_COMPARED), copy.index + 1
        if _agree(document, start, end, quote, ahead=ahead):
            return (start if ahead else end), True
    return None if gone is None else (gone, True)


def _agree(document: Document, start: int, end: int, quote: str, *, ahead: bool) -> bool:
    if not ahead and len(quote) >= MAX_QUOTE:
        return True  # it may have been cut off
    try:
        text = document.slice(start, end).replace(EMBED, EMBED_QUOTED)
    except InvalidChange:  # inside a character
        return False
    if ahead:
        return quote.startswith(text) or text.startswith(quote)
    return quote.endswith(text) or text.endswith(quote)


def find_quote(text: str, quote: str) -> tuple[int, int] | None:
    """Return the only place of a quote in `text` (UTF-16 units); None if there are more or none.

    For an orphan: where somebody moved its words to, by cutting and pasting.
    """
    words = quote.replace(EMBED_QUOTED, EMBED)
    if not words.strip() or (at := text.find(words)) < 0 or text.find(words, at + 1) >= 0:
        return None
    start = utf16_length(text[:at])
    return start, start + utf16_length(words)
