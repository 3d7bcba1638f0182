"""What is said of documents wherever they stand: favourites, recent, trash.

Pure functions of a library's entries.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

from sync.document.companion import Key
from sync.document.library.format import (
    MAX_RECENT,
    RECENT,
    is_number,
    is_placeable,
)
from sync.document.library.order import is_key
from sync.document.library.view import Trashed
from sync.types import DocumentId


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
    trashed: Mapping[str, tuple[int, str]], emptied: Mapping[str, Any], known: Container[str]
) -> tuple[tuple[Trashed, ...], tuple[DocumentId, ...]]:
    """Return which of the `known` documents are in the trash, and which were thrown out of it.

    `trashed` are the entries as `read_trashed` reads them.

    Throwing out holds for one act of putting into the trash, so restoring at the same
    time on another device wins.
    """
    inside: list[Trashed] = []
    out: list[DocumentId] = []
    for id_, (at, act) in trashed.items():
        if id_ in known:
            if emptied.get(id_) == act:
                out.append(DocumentId(id_))
            else:
                inside.append(Trashed(DocumentId(id_), at))
    return tuple(sorted(inside, key=lambda t: (-t.at, t.document))), tuple(sorted(out))
