"""What stands below each row of the library's tree, and in which order."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from heapq import nsmallest
from typing import TypeAlias

from app.library.nodes import Key, Kind, Section
from app.library.shelf import Shelf
from sync.document.library import ROOT

RECENT_SHOWN = 8
"""Documents in the section of recent ones, which is there if the library has more."""

ORDERS = ("newest", "title", "hand")
"""The first is how it is until somebody chooses."""

MOST_FOUND = 300
"""Documents that the filter shows; nobody looks at more."""

_SORT_KEYS = 50_000
"""Titles whose place in the alphabet is kept."""


_SortKey: TypeAlias = tuple[tuple[int, str], ...]


class Contents:
    """Reads the shelf; keeps nothing but how it is sorted and filtered."""

    def __init__(self, shelf: Shelf, order: str) -> None:
        self._shelf = shelf
        self.order = order
        """One of `ORDERS`."""
        self.filter = ""
        """Words, case-folded: only documents whose titles have all of them; empty: everything."""
        self._sort_keys: dict[str, _SortKey] = {}
        self._folded: dict[str, str] = {}
        self.found_more = False
        """Whether the filter lets more through than are shown."""
        self._ages: dict[str, int] = {}
        self._ages_of: object = None
        """The records that the ages are of."""

    def sections(self) -> list[Key]:
        """Return the rows at the top; what is found stands before the others, which are hidden."""
        view = self._shelf.view
        there = {
            Section.FOUND: bool(self.filter),
            Section.FAVOURITES: bool(view.favourites),
            Section.RECENT: len(self._shelf.records) > RECENT_SHOWN and bool(view.recent),
            Section.DOCUMENTS: True,
            Section.TAGS: bool(view.tags),
            Section.TRASH: True,
        }
        return [Key(Kind.SECTION, section) for section, shown in there.items() if shown]

    def below(self, key: Key) -> list[Key]:
        """Return the rows below one."""
        view = self._shelf.view
        match key:
            case (Kind.FOLDER, folder_id):
                return self.in_folder(folder_id)
            case (Kind.TAG, tag_id):
                tagged = [one for one, tags in view.tags_of.items() if tag_id in tags]
                return self._documents(self._sorted(tagged))
            case (Kind.SECTION, Section.FAVOURITES):
                return self._documents(view.favourites)
            case (Kind.SECTION, Section.RECENT):
                return self._documents(view.recent[:RECENT_SHOWN])
            case (Kind.SECTION, Section.DOCUMENTS):
                return self.in_folder(ROOT)
            case (Kind.SECTION, Section.TAGS):
                return [Key(Kind.TAG, tag.id) for tag in view.tags]
            case (Kind.SECTION, Section.TRASH):
                return self._documents(trashed.document for trashed in view.trash)
            case (Kind.SECTION, Section.FOUND):
                return self._documents(self._found())
        return []

    def in_folder(self, folder_id: str) -> list[Key]:
        """Return the rows below a folder: folders, then documents."""
        view = self._shelf.view
        folder = view.folders.get(folder_id)
        if folder is None:
            return []
        folders: Iterable[str] = folder.folders
        if self.order != "hand":
            folders = sorted(folders, key=lambda id_: self._sort_key(view.folders[id_].name))
        inside = [Key(Kind.FOLDER, id_) for id_ in folders]
        return inside + self._documents(self._sorted(folder.documents))

    def _sorted(self, documents: Sequence[str]) -> Iterable[str]:
        match self.order:
            case "title":
                return sorted(documents, key=lambda id_: self._sort_key(self._shelf.title(id_)))
            case "newest":
                age = self._age()
                return sorted(documents, key=lambda id_: age.get(id_, 0))
        return documents

    def _age(self) -> dict[str, int]:
        """Return what sorts the newest first."""
        records = self._shelf.records
        if self._ages_of is not records or len(self._ages) != len(records):
            self._ages_of = records
            self._ages = {str(id_): -number for number, id_ in enumerate(records)}
        return self._ages

    def _found(self) -> list[str]:
        words = self.filter.split()
        if not words:
            return []
        view = self._shelf.view
        hidden = {trashed.document for trashed in view.trash} | set(view.emptied)
        titles = {str(id_): self._folded_title(id_) for id_ in self._shelf.records}
        found = [
            id_
            for id_, title in titles.items()
            if id_ not in hidden and all(word in title for word in words)
        ]
        self.found_more = len(found) > MOST_FOUND
        return nsmallest(
            MOST_FOUND,
            found,
            key=lambda id_: (not titles[id_].startswith(words[0]), self._sort_key(titles[id_])),
        )

    def _folded_title(self, document_id: str) -> str:
        title = self._shelf.title(document_id)
        folded = self._folded.get(title)
        if folded is None:
            if len(self._folded) > _SORT_KEYS:
                self._folded.clear()
            folded = self._folded[title] = title.casefold()
        return folded

    def _sort_key(self, title: str) -> _SortKey:
        if title not in self._sort_keys:
            if len(self._sort_keys) > _SORT_KEYS:
                self._sort_keys.clear()
            self._sort_keys[title] = _natural(title)
        return self._sort_keys[title]

    @staticmethod
    def _documents(ids: Iterable[str]) -> list[Key]:
        return [Key(Kind.DOCUMENT, id_) for id_ in ids]


def _natural(title: str) -> _SortKey:
    """Return what sorts chapter 2 before chapter 10, and É with E."""
    letters = title.casefold()
    if not letters.isascii():
        plain = unicodedata.normalize("NFKD", letters)
        letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    parts = re.findall(r"\d+|\D+", letters)
    return tuple((int(part), "") if part.isdecimal() else (1 << 62, part) for part in parts)
