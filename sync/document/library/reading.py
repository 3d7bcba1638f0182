"""A library document read as a view, and the view kept in step with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sync.document.companion import Companion, Key
from sync.document.library import marks
from sync.document.library.format import (
    EMPTIED,
    FAVOURITES,
    FOLDERS,
    PLACES,
    RECENT,
    ROOTS,
    TAGGED,
    TAGS,
    TRASH,
    read_trashed,
)
from sync.document.library.tags import Tags
from sync.document.library.tree import Item, Tree
from sync.document.library.view import LibraryChange, LibraryView, difference
from sync.types import DocumentId, Origin

ChangeListener = Callable[[LibraryChange], None]


class ReadableLibrary(Companion):
    """The part of `Library` that changes nothing."""

    roots = ROOTS

    def __init__(self, *, client_id: int | None = None) -> None:
        super().__init__(client_id=client_id)
        self._known: dict[DocumentId, None] = {}
        self._change_listeners: list[ChangeListener] = []
        self._view: LibraryView | None = None
        self._stale = False
        self._loaded()

    def set_known(self, documents: Iterable[DocumentId]) -> None:
        """Say which documents are on this device, the oldest first.

        The view has exactly these. What is said of others stays: they may come (back).
        """
        before, self._known = self._known, dict.fromkeys(documents)
        self._tree.set_known(self._known)
        for document_id in before.keys() ^ self._known.keys():
            self._tags.note_shown(document_id)
        self._stale = True
        self._tell(Origin.LOAD)

    def view(self) -> LibraryView:
        """Return the library as it is now. What is the same as before is the same object."""
        if self._view is None or self._stale:
            self._view = self._read()
            self._stale = False
        return self._view

    def folder_of(self, document_id: DocumentId) -> str:
        """Return the id of the folder in which a document is, or will be when restored."""
        self._tree.folders()
        return self._tree.folder_of(document_id)

    def placed_in(self, folder_id: str) -> list[Item]:
        """Return order and id of all that stands in a folder, shown or not."""
        self._tree.folders()
        return self._tree.siblings(folder_id)

    def on_change(self, listener: ChangeListener) -> Callable[[], None]:
        """Call `listener(change)` after each change of the view; return how to stop it."""
        self.view()
        self._change_listeners.append(listener)
        return lambda: self._change_listeners.remove(listener)

    def _loaded(self) -> None:
        values = self._values
        self._trashed = {
            id_: read
            for id_, value in values[TRASH].items()
            if (read := read_trashed(value)) is not None
        }
        self._tree = Tree(values[FOLDERS], values[PLACES], self._is_in_no_trash)
        self._tags = Tags(values[TAGS], values[TAGGED], self._is_shown)

    def _changed(self, keys: Iterable[Key], origin: Origin) -> None:
        tags = False
        for root, key in keys:
            if root == FOLDERS:
                self._tree.note_folder(key)
            elif root == PLACES:
                self._tree.note_place(key)
            elif root == TAGGED:
                self._tags.note_tagged(key)
            elif root == TRASH:
                self._note_trash(key)
            tags = tags or root == TAGS
        if tags:
            self._tags.note_tags()
        self._stale = True
        self._tell(origin)

    def _note_trash(self, document_id: str) -> None:
        read = read_trashed(self._values[TRASH].get(document_id))
        if read is None:
            self._trashed.pop(document_id, None)
        else:
            self._trashed[document_id] = read
        self._tree.note_shown(document_id)
        self._tags.note_shown(DocumentId(document_id))

    def _tell(self, origin: Origin) -> None:
        if self._change_listeners and (before := self._view) is not None:
            change = difference(before, self.view(), origin)
            if change:
                for listener in tuple(self._change_listeners):
                    listener(change)

    def _read(self) -> LibraryView:
        values, shown = self._values, self._is_shown
        tags, tags_of = self._tags.read()
        trash, emptied = marks.trash(self._trashed, values[EMPTIED], self._known)
        favourites = (id_ for _, id_ in marks.favourites(values[FAVOURITES]))
        return LibraryView(
            self._tree.folders(),
            tuple(filter(shown, favourites)),
            tuple(filter(shown, marks.recent(values[RECENT]))),
            tags,
            tags_of,
            trash,
            emptied,
        )

    def _is_in_no_trash(self, document_id: DocumentId) -> bool:
        return document_id not in self._trashed

    def _is_shown(self, document_id: DocumentId) -> bool:
        return document_id in self._known and document_id not in self._trashed
