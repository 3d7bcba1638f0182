"""Which folder is in which, and what is in each: the entries read as one tree.

Whatever devices wrote at the same time, the tree has each folder once, no circles, and
every document; docs/library.md has the rules. Kept up entry by entry: a document that moves
costs a look at two folders, not at ten thousand documents.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from sync.document.library.format import (
    DELETED,
    MAX_DEPTH,
    MAX_FOLDERS,
    NAME,
    PLACE,
    ROOT,
    Place,
    clean_name,
    is_id,
    is_placeable,
    read_place,
)
from sync.document.library.order import UNPLACED
from sync.document.library.view import Folder
from sync.types import DocumentId

Item = tuple[str, str]
"""Order and id of a folder or document; siblings are compared by it."""


class Tree:
    """The folders, and in each what stands there; `is_shown` says which documents to show."""

    def __init__(
        self,
        folders: Mapping[str, Any],
        places: Mapping[str, Any],
        is_shown: Callable[[DocumentId], bool],
    ) -> None:
        """Read the entries of folders and places; the mappings change, see `note_…`."""
        self._entries = folders
        self._places = places
        self._is_shown = is_shown
        # Where everything stands, shown or not. A document without a valid place stands in
        # the root if it is on this device (`_known`), as of when it came.
        self._standing: dict[str, Place] = {}
        self._inside: dict[str, list[Item]] = {}
        self._known: dict[str, str] = {}
        self._came = 0
        self._names: dict[str, str] = {}
        self._parents: dict[str, str] = {}
        self._deleted: set[str] = set()
        self._strays: list[Item] = []
        self._view: dict[str, Folder] = {}
        self._stale = {ROOT}
        self._rebuild = True
        for document_id in places:
            self.note_place(document_id)

    # Following changes

    def note_folder(self, key: str) -> None:
        """Follow a change of a folder's entry."""
        folder_id, _, field = key.partition("/")
        name = self._entries.get(key)
        if field == NAME and folder_id in self._names and isinstance(name, str):
            self._names[folder_id] = clean_name(name)
            self._stale.add(folder_id)
        else:
            self._rebuild = True

    def note_place(self, document_id: str) -> None:
        """Follow a change of a document's place."""
        if is_placeable(document_id):
            place = read_place(self._places.get(document_id))
            if place is None and document_id in self._known:
                place = Place(ROOT, self._known[document_id])
            self._stand(document_id, place)

    def note_shown(self, document_id: str) -> None:
        """Follow a change of what `is_shown` says of a document."""
        if (place := self._standing.get(document_id)) is not None:
            self._stale.add(place.folder)

    def set_known(self, documents: Iterable[DocumentId]) -> None:
        """Say which documents are on this device, in the order in which they came."""
        before = self._known
        known: dict[str, str] = {}
        for document_id in documents:
            order = before.get(document_id)
            if order is None and is_placeable(document_id):
                order = f"{UNPLACED}{self._came:08}"
                self._came += 1
            if order is not None:
                known[document_id] = order
        self._known = known
        for other_id in before.keys() ^ known.keys():
            place = self._standing.get(other_id)
            if place is None or place.order.startswith(UNPLACED):
                self.note_place(other_id)
            self.note_shown(other_id)

    # Reading

    def folders(self) -> dict[str, Folder]:
        """Return all folders and the root by id; what is the same is the same object."""
        if self._rebuild:
            self._read_folders()
            self._rebuild = False
        if self._stale:
            stale = {self.shown_in(folder_id) for folder_id in self._stale}
            view = {id_: old for id_, old in self._view.items() if self.is_folder(id_)}
            for folder_id in stale:
                folder = self._folder(folder_id)
                if view.get(folder_id) != folder:
                    view[folder_id] = folder
            self._view = view
            self._stale = set()
        return self._view

    def is_folder(self, folder_id: str) -> bool:
        """Whether this is the root, or a folder that is there and not deleted."""
        return folder_id == ROOT or (folder_id in self._names and folder_id not in self._deleted)

    def shown_in(self, folder_id: str) -> str:
        """Return the folder in which the content of one is shown: its own, if it is there."""
        while not self.is_folder(folder_id):
            folder_id = self._parents.get(folder_id, ROOT)
        return folder_id

    def folder_of(self, document_id: DocumentId) -> str:
        """Return the folder in which a document is, or would be if it were shown."""
        place = self._standing.get(document_id)
        return ROOT if place is None else self.shown_in(place.folder)

    def container(self, item_id: str) -> str:
        """Return the folder among whose `siblings` something is, be that one deleted or not."""
        folder_id = self._parents.get(item_id)
        if folder_id is None and (place := self._standing.get(item_id)) is not None:
            folder_id = place.folder
        return folder_id if folder_id is not None and folder_id in self._names else ROOT

    def ancestors(self, folder_id: str) -> Iterator[str]:
        """Return a folder, the one that it is in, and so on, deleted ones too, not the root."""
        while folder_id != ROOT:
            yield folder_id
            folder_id = self._parents.get(folder_id, ROOT)

    def depth(self, folder_id: str) -> int:
        """Return in how many folders something is that is in this one."""
        return sum(1 for _ in self.ancestors(folder_id))

    def siblings(self, folder_id: str) -> list[Item]:
        """Return all that stands in a folder, also what is not shown, in order."""
        inside = self._inside.get(folder_id, [])
        return [*inside, *self._strays] if folder_id == ROOT else inside

    def everything_in(self, folder_id: str) -> tuple[list[str], list[DocumentId]]:
        """Return the folders and the documents shown in one, at any depth, itself included."""
        view = self.folders()
        folders = [folder_id]
        documents: list[DocumentId] = []
        for inner in folders:
            folders.extend(view[inner].folders)
            documents.extend(view[inner].documents)
        return folders, documents

    # Inside

    def _stand(self, item_id: str, place: Place | None) -> None:
        old = self._standing.get(item_id)
        if old == place:
            return
        if old is not None:
            del self._standing[item_id]
            items = self._inside[old.folder]
            del items[bisect_left(items, (old.order, item_id))]
            if not items:
                del self._inside[old.folder]
            self._stale.add(old.folder)
        if place is not None:
            self._standing[item_id] = place
            insort(self._inside.setdefault(place.folder, []), (place.order, item_id))
            self._stale.add(place.folder)
        for changed in (old, place):
            if changed is not None and changed.folder != ROOT and changed.folder not in self._names:
                self._rebuild = True  # strays are gathered there

    def _read_folders(self) -> None:
        """Work out from the entries which folders there are and in which each is."""
        before = self._facts()
        names: dict[str, str] = {}
        for key in self._entries:
            folder_id, _, field = key.partition("/")
            name = self._entries[key]
            if field == NAME and is_id(folder_id) and isinstance(name, str):
                names[folder_id] = clean_name(name)
        if len(names) > MAX_FOLDERS:
            names = {folder_id: names[folder_id] for folder_id in sorted(names)[:MAX_FOLDERS]}
        self._names = names
        for folder_id in before.keys() - names.keys():
            self._stand(folder_id, None)
        parents: dict[str, str] = {}
        for folder_id in names:
            place = read_place(self._entries.get(f"{folder_id}/{PLACE}"))
            place = place or Place(ROOT, UNPLACED)
            self._stand(folder_id, place)
            parents[folder_id] = place.folder if place.folder in names else ROOT
        self._deleted = {id_ for id_ in names if is_id(self._entries.get(f"{id_}/{DELETED}"))}
        self._parents = parents
        self._break_circles()
        self._limit_depth()
        self._strays = [
            (UNPLACED + order, item_id)
            for folder_id in sorted(self._inside.keys() - names.keys() - {ROOT})
            for order, item_id in self._inside[folder_id]
        ]
        self._strays += [
            (UNPLACED + self._standing[id_].order, id_)
            for id_ in sorted(names)
            if parents[id_] == ROOT and self._standing[id_].folder in names
        ]
        self._stale.add(ROOT)
        for folder_id, (_, shown_in) in before.items() ^ self._facts().items():
            self._stale |= {folder_id, shown_in}

    def _facts(self) -> dict[str, tuple[bool, str]]:
        """Return for each folder whether it is deleted, and in which its content's place is."""
        return {
            id_: (id_ in self._deleted, self.shown_in(parent))
            for id_, parent in self._parents.items()
        }

    def _break_circles(self) -> None:
        """Take the folder of the smallest id out of each circle, into the root."""
        parents = self._parents
        done = {ROOT}
        for folder_id in parents:
            path: dict[str, None] = {}
            while folder_id not in done and folder_id not in path:
                path[folder_id] = None
                folder_id = parents[folder_id]
            if folder_id in path:
                walked = list(path)
                parents[min(walked[walked.index(folder_id) :])] = ROOT
            done.update(path)

    def _limit_depth(self) -> None:
        """Take what is in too many folders into the root: windows walk the tree by recursion."""
        parents = self._parents
        depths = {ROOT: 0}
        for folder_id in parents:
            path: list[str] = []
            while folder_id not in depths:
                path.append(folder_id)
                folder_id = parents[folder_id]
            depth = depths[folder_id]
            for inner in reversed(path):
                depth += 1
                if depth > 2 * MAX_DEPTH:
                    parents[inner] = ROOT
                    depth = 1
                depths[inner] = depth

    def _folder(self, folder_id: str) -> Folder:
        folders: list[str] = []
        documents: list[DocumentId] = []
        self._gather(folder_id, folders, documents)
        parent = None if folder_id == ROOT else self.shown_in(self._parents[folder_id])
        name = self._names.get(folder_id, "")
        return Folder(folder_id, name, parent, tuple(folders), tuple(documents))

    def _gather(self, folder_id: str, folders: list[str], documents: list[DocumentId]) -> None:
        """Add what stands in a folder; in the place of a deleted one what is in that."""
        for _, item_id in self.siblings(folder_id):
            if item_id not in self._names:
                document_id = DocumentId(item_id)
                if document_id in self._known and self._is_shown(document_id):
                    documents.append(document_id)
            elif self._parents[item_id] != folder_id:
                pass  # it was in a circle, and is among the strays
            elif item_id in self._deleted:
                self._gather(item_id, folders, documents)
            else:
                folders.append(item_id)
