"""What is said of documents wherever they stand: favourites, recent, tags, trash.

Pure functions of a library's entries. `is_shown` says which documents are on this device
and not in the trash; the entries of others stay, and may count again one day.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from typing import Any

from sync.document.companion import Key
from sync.document.library.format import (
    COLOR,
    DELETED,
    MAX_RECENT,
    MAX_TAGS,
    NAME,
    RECENT,
    clean_name,
    is_color,
    is_id,
    is_number,
    is_placeable,
    read_trashed,
    same_name,
)
from sync.document.library.order import is_key
from sync.document.library.view import Tag, Trashed
from sync.types import DocumentId

IsShown = Callable[[DocumentId], bool]


def favourites(entries: Mapping[str, Any]) -> list[tuple[str, DocumentId]]:
    """Return the order and id of all favourites, in order, shown or not."""
    valid = ((key, DocumentId(id_)) for id_, key in entries.items() if is_key(key))
    return sorted(pair for pair in valid if is_placeable(pair[1]))


def recent(entries: Mapping[str, Any]) -> list[DocumentId]:
    """Return the documents that were opened, the last one first, shown or not.

    The entries count the openings of all devices: no clock has a say.
    """
    valid = [(-n, id_) for id_, n in entries.items() if is_number(n) and is_placeable(id_)]
    return [DocumentId(id_) for _, id_ in sorted(valid)]


def opened(entries: Mapping[str, Any], document_id: DocumentId) -> dict[Key, Any]:
    """Return what to write when a document was opened; the oldest entries go."""
    before = recent(entries)
    if before[:1] == [document_id]:
        return {}
    last = entries[before[0]] if before else 0
    others = [id_ for id_ in before if id_ != document_id]
    gone: dict[Key, Any] = {Key(RECENT, id_): None for id_ in others[MAX_RECENT - 1 :]}
    return {Key(RECENT, document_id): int(last) + 1, **gone}


def trash(
    trashed: Mapping[str, Any], emptied: Mapping[str, Any], known: Container[str]
) -> tuple[tuple[Trashed, ...], tuple[DocumentId, ...]]:
    """Return which of the `known` documents are in the trash, and which were thrown out of it.

    Throwing out holds for one act of putting into the trash, so restoring at the same
    time on another device wins.
    """
    inside: list[Trashed] = []
    out: list[DocumentId] = []
    for id_, value in trashed.items():
        if id_ in known and (read := read_trashed(value)) is not None:
            at, act = read
            if emptied.get(id_) == act:
                out.append(DocumentId(id_))
            else:
                inside.append(Trashed(DocumentId(id_), at))
    return tuple(sorted(inside, key=lambda t: (-t.at, t.document))), tuple(sorted(out))


class Tags:
    """The tags that there are; those with the same name are one, called by the smallest id."""

    def __init__(self, entries: Mapping[str, Any]) -> None:
        named: dict[str, str] = {}
        for key, name in entries.items():
            tag_id, _, field = key.partition("/")
            if field == NAME and is_id(tag_id) and isinstance(name, str):
                named[tag_id] = clean_name(name)
        self._entries = entries
        self._same: dict[str, list[str]] = {}
        for tag_id in sorted(named)[:MAX_TAGS]:
            if entries.get(f"{tag_id}/{DELETED}") is not True:
                self._same.setdefault(same_name(named[tag_id]), []).append(tag_id)
        self._first = {id_: same[0] for same in self._same.values() for id_ in same}
        self._named = named

    def __len__(self) -> int:
        return len(self._same)

    def same_as(self, tag_id: str) -> list[str]:
        """Return the ids of all that are one with a tag; none if it is not there."""
        first = self._first.get(tag_id)
        return [] if first is None else self._same[same_name(self._named[first])]

    def called(self, name: str) -> str | None:
        """Return the id of the tag with a name."""
        same = self._same.get(same_name(name))
        return None if same is None else same[0]

    def read(
        self, tagged: Mapping[str, Any], is_shown: IsShown
    ) -> tuple[tuple[Tag, ...], Mapping[DocumentId, tuple[str, ...]]]:
        """Return the tags by name, and which documents have which."""
        having: dict[DocumentId, set[str]] = {}
        counts = dict.fromkeys(self._first.values(), 0)
        for key, value in tagged.items():
            id_, _, tag_id = key.partition("/")
            first = self._first.get(tag_id)
            if value is True and first is not None and is_shown(document := DocumentId(id_)):
                tags = having.setdefault(document, set())
                if first not in tags:
                    tags.add(first)
                    counts[first] += 1
        ordered = sorted(self._same.items(), key=lambda item: (item[0], item[1]))
        rank = {same[0]: number for number, (_, same) in enumerate(ordered)}
        return (
            tuple(
                Tag(same[0], self._named[same[0]], self._color(same), counts[same[0]])
                for _, same in ordered
            ),
            {id_: tuple(sorted(tags, key=rank.__getitem__)) for id_, tags in having.items()},
        )

    def _color(self, same: list[str]) -> str | None:
        colors = (self._entries.get(f"{tag_id}/{COLOR}") for tag_id in same)
        return next((str(color) for color in colors if is_color(color)), None)
