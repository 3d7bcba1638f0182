"""The rows of the library's tree, without Qt: sections, folders, documents, tags."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count
from typing import NamedTuple

_numbers = count(1)


class Kind(StrEnum):
    """What a row is."""

    SECTION = "section"
    FOLDER = "folder"
    DOCUMENT = "document"
    TAG = "tag"


class Section(StrEnum):
    """The rows at the top, in their order."""

    FAVOURITES = "favourites"
    RECENT = "recent"
    DOCUMENTS = "documents"
    """The root of all folders."""
    TAGS = "tags"
    TRASH = "trash"
    FOUND = "found"
    """What the filter lets through; the others are hidden meanwhile."""


class Key(NamedTuple):
    """Which row, among those of one parent."""

    kind: Kind
    id: str


@dataclass(slots=True, eq=False)
class Node:
    """One row; the root of all has no section.

    Numbers are never used twice, so an old index finds nothing and no other row.
    """

    key: Key
    parent: Node | None
    row: int = 0
    children: list[Node] = field(default_factory=list)
    number: int = field(default_factory=lambda: next(_numbers))
    section: Section = field(init=False)
    """The section that it is in, or is."""

    def __post_init__(self) -> None:
        if self.parent is not None and self.key.kind is not Kind.SECTION:
            self.section = self.parent.section
        elif self.key.id:
            self.section = Section(self.key.id)

    def renumber(self, start: int = 0) -> None:
        """Tell the children from `start` on where they stand."""
        for row in range(start, len(self.children)):
            self.children[row].row = row
