"""Which tags there are, and which documents have them.

Tags that two devices made with the same name are one, called by the smallest of their ids.
Kept up document by document, as the tree is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sync.document.library.format import (
    COLOR,
    DELETED,
    MAX_TAGS,
    NAME,
    clean_name,
    is_color,
    is_id,
    same_name,
)
from sync.document.library.view import Tag
from sync.types import DocumentId


class Tags:
    """The tags; `is_shown` says which documents count."""

    def __init__(
        self,
        entries: Mapping[str, Any],
        tagged: Mapping[str, Any],
        is_shown: Callable[[DocumentId], bool],
    ) -> None:
        """Read the entries of tags, and of what has them; the mappings change, see `note_…`."""
        self._entries = entries
        self._tagged = tagged
        self._is_shown = is_shown
        self._having: dict[DocumentId, set[str]] = {}
        self._stale: set[DocumentId] = set()
        self._of: dict[DocumentId, tuple[str, ...]] = {}
        for key in tagged:
            self.note_tagged(key)
        self.note_tags()

    # Following changes

    def note_tags(self) -> None:
        """Follow a change of any tag's entry."""
        named: dict[str, str] = {}
        for key, name in self._entries.items():
            tag_id, _, field = key.partition("/")
            if field == NAME and is_id(tag_id) and isinstance(name, str):
                named[tag_id] = clean_name(name)
        self._named = named
        self._same: dict[str, list[str]] = {}
        for tag_id in sorted(named)[:MAX_TAGS]:
            if self._entries.get(f"{tag_id}/{DELETED}") is not True:
                self._same.setdefault(same_name(named[tag_id]), []).append(tag_id)
        self._first = {id_: same[0] for same in self._same.values() for id_ in same}
        self._rank = {same[0]: n for n, (_, same) in enumerate(sorted(self._same.items()))}
        self._counts = dict.fromkeys(self._rank, 0)
        self._of = {}
        self._stale.update(self._having)

    def note_tagged(self, key: str) -> None:
        """Follow a change of whether a document has a tag."""
        id_, _, tag_id = key.partition("/")
        document_id = DocumentId(id_)
        if self._tagged.get(key) is True:
            self._having.setdefault(document_id, set()).add(tag_id)
        elif document_id in self._having:
            self._having[document_id].discard(tag_id)
        self._stale.add(document_id)

    def note_shown(self, document_id: DocumentId) -> None:
        """Follow a change of what `is_shown` says of a document."""
        if document_id in self._having:
            self._stale.add(document_id)

    # Reading

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

    def read(self) -> tuple[tuple[Tag, ...], Mapping[DocumentId, tuple[str, ...]]]:
        """Return the tags by name, and which documents have which."""
        if self._stale:
            self._of = dict(self._of)
        for document_id in self._stale:
            for tag_id in self._of.pop(document_id, ()):
                self._counts[tag_id] -= 1
            if self._is_shown(document_id):
                tags = {self._first.get(tag_id) for tag_id in self._having.get(document_id, ())}
                ordered = sorted((tag for tag in tags if tag), key=self._rank.__getitem__)
                if ordered:
                    self._of[document_id] = tuple(ordered)
                for tag_id in ordered:
                    self._counts[tag_id] += 1
        self._stale = set()
        tags_by_name = (self._same[same_name(self._named[tag_id])] for tag_id in self._rank)
        return tuple(map(self._tag, tags_by_name)), self._of

    def _tag(self, same: list[str]) -> Tag:
        colors = (self._entries.get(f"{tag_id}/{COLOR}") for tag_id in same)
        color = next((str(color) for color in colors if is_color(color)), None)
        return Tag(same[0], self._named[same[0]], color, self._counts[same[0]])
