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
        self._stale: set[str] = set()
        self._loaded()

    def set_known(self, documents: Iterable[DocumentId]) -> None:
        """Say which documents are on this device, the oldest first.

        The view has exactly these. What is said of others stays: they may come (back).
        """
        self._known = dict.fromkeys(documents)
        self._tree.set_known(self._known)
        self._stale |= {TRASH, TAGS, FAVOURITES, RECENT}
        self._tell(Origin.LOAD)

    def view(self) -> LibraryView:
        """Return the library as it is now. What is the same as before is the same object."""
        if self._view is None or self._stale:
            self._view = self._read(self._view)
            self._stale.clear()
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
        self._tree = Tree(self._values[FOLDERS], self._values[PLACES], self._is_in_no_trash)
        self._tree.set_known(self._known)

    def _changed(self, keys: Iterable[Key], origin: Origin) -> None:
        for root, key in keys:
            self._stale.add(root)
            if root == FOLDERS:
                self._tree.note_folders()
            elif root == PLACES:
                self._tree.note_place(key)
            elif root == TRASH:
                self._tree.note_shown(key)
                self._stale |= {TAGS, FAVOURITES, RECENT}
        self._tell(origin)

    def _tell(self, origin: Origin) -> None:
        if self._change_listeners and (before := self._view) is not None:
            change = difference(before, self.view(), origin)
            if change:
                for listener in tuple(self._change_listeners):
                    listener(change)

    def _read(self, old: LibraryView | None) -> LibraryView:
        values, stale, shown = self._values, self._stale, self._is_shown
        if old is None or stale & {TAGS, TAGGED}:
            tags, tags_of = self._tags().read(values[TAGGED], shown)
        else:
            tags, tags_of = old.tags, old.tags_of
        if old is None or stale & {TRASH, EMPTIED}:
            trash, emptied = marks.trash(values[TRASH], values[EMPTIED], self._known)
        else:
            trash, emptied = old.trash, old.emptied
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
        return read_trashed(self._values[TRASH].get(document_id)) is None

    def _is_shown(self, document_id: DocumentId) -> bool:
        return document_id in self._known and self._is_in_no_trash(document_id)

    def _tags(self) -> marks.Tags:
        return marks.Tags(self._values[TAGS])
