"""A person's library as a window shows it: values that never change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sync.types import DocumentId, Origin


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder and what is directly in it, in order. What is in none is in the one of id ""."""

    id: str
    name: str
    """As it may be shown; empty for the root, and where nothing of a name may be shown."""
    parent: str | None
    """None for the root."""
    folders: tuple[str, ...] = ()
    documents: tuple[DocumentId, ...] = ()


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag; those that were made with the same name on two devices are one."""

    id: str
    name: str
    color: str | None
    """`#` and six hexadecimal digits; None for the program's own choice."""
    count: int
    """Documents that have it, those in the trash not among them."""


@dataclass(frozen=True, slots=True)
class Trashed:
    """A document in this person's trash; other people's libraries do not change."""

    document: DocumentId
    at: int
    """Unix milliseconds, for show only."""


@dataclass(frozen=True, slots=True)
class LibraryView:
    """How one person has organised the documents that are on this device.

    Each of them is in exactly one of: a folder, `trash`, `emptied`.
    """

    folders: Mapping[str, Folder]
    """By id, the root among them."""
    favourites: tuple[DocumentId, ...]
    """In the person's order."""
    recent: tuple[DocumentId, ...]
    """The document opened last comes first."""
    tags: tuple[Tag, ...]
    """By name."""
    tags_of: Mapping[DocumentId, tuple[str, ...]]
    """Ids of tags, in the order of `tags`; documents without any are not there."""
    trash: tuple[Trashed, ...]
    """What was put there last comes first."""
    emptied: tuple[DocumentId, ...]
    """What the person has thrown out of the trash: to be deleted, or left if it is another's."""


@dataclass(frozen=True, slots=True)
class LibraryChange:
    """What is different in a new view."""

    origin: Origin
    folders: frozenset[str]
    """Ids of folders that came, went, or whose name, parent or content is another one."""
    favourites: bool
    recent: bool
    tags: bool
    """Tags, or which documents have them."""
    trash: bool
    """What is in the trash, or was thrown out of it."""

    def __bool__(self) -> bool:
        return bool(self.folders) or self.favourites or self.recent or self.tags or self.trash


def difference(before: LibraryView, after: LibraryView, origin: Origin) -> LibraryChange:
    """Return what is different in `after`."""
    old, new = before.folders, after.folders
    ids = old.keys() | new.keys() if old is not new else ()
    return LibraryChange(
        origin,
        # Folders that are the same are the same object, so this costs little.
        frozenset(id_ for id_ in ids if old.get(id_) is not new.get(id_)),
        before.favourites != after.favourites,
        before.recent != after.recent,
        (before.tags, before.tags_of) != (after.tags, after.tags_of),
        (before.trash, before.emptied) != (after.trash, after.emptied),
    )
