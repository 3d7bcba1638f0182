"""One person's library: the commands, the view, and the document behind them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sync.document.companion import Key
from sync.document.library import marks
from sync.document.library.format import (
    COLOR,
    DELETED,
    EMPTIED,
    FAVOURITES,
    MAX_DEPTH,
    MAX_FOLDERS,
    MAX_TAGS,
    NAME,
    PLACES,
    RECENT,
    ROOT,
    TAGGED,
    TRASH,
    Place,
    check_name,
    folder_key,
    is_color,
    is_id,
    is_placeable,
    new_id,
    place_key,
    tag_key,
    tagged_key,
)
from sync.document.library.history import Action, History, Step
from sync.document.library.order import arrange, tag_of
from sync.document.library.reading import ReadableLibrary
from sync.errors import InvalidChange
from sync.types import DocumentId, Origin

MAX_EMPTIED = 1_000
"""Documents of which `forget` still remembers that they were thrown out of the trash."""


class Library(ReadableLibrary):
    """How one person organises their documents; on each of their devices the same.

    Each command is one transaction, one update, and one step of undo. It raises
    `InvalidChange`, before anything changed, for what cannot be.
    """

    def __init__(self, *, client_id: int | None = None) -> None:
        super().__init__(client_id=client_id)
        self._tag = tag_of(self.client_id)
        self._history = History()

    @property
    def undoable(self) -> Action | None:
        """What `undo` would take back; None if there is nothing."""
        return self._history.undoable

    @property
    def redoable(self) -> Action | None:
        """What `redo` would do again; None if there is nothing."""
        return self._history.redoable

    # Folders and places

    def add_folder(self, name: str, folder: str = ROOT, before: str | None = None) -> str:
        """Make a folder in another one; return its id. `before` as in `move`."""
        if len(self._tree.folders()) > MAX_FOLDERS:
            raise InvalidChange(f"a library has at most {MAX_FOLDERS:,} folders")
        folder_id = new_id()
        self._check_folder(folder)
        if self._tree.depth(folder) >= MAX_DEPTH:
            raise InvalidChange(f"at most {MAX_DEPTH} folders can be in one another")
        self._do(
            Action.ADD_FOLDER,
            {
                folder_key(folder_id, NAME): check_name(name),
                **self._placed([folder_id], folder, before),
            },
        )
        return folder_id

    def rename_folder(self, folder_id: str, name: str) -> None:
        """Give a folder another name."""
        self._check_folder(folder_id, root=False)
        self._do(Action.RENAME_FOLDER, {folder_key(folder_id, NAME): check_name(name)})

    def move(self, items: Sequence[str], folder: str, before: str | None = None) -> None:
        """Put folders and documents into a folder, in the order given.

        They come to stand before the folder or document `before`; None: behind all that
        have been put there (those that nobody has put anywhere are last in the root).
        """
        self._check_folder(folder)
        items = list(dict.fromkeys(items))
        within = set(self._tree.ancestors(folder))
        for item in items:
            if not is_id(item):
                _check_document(item)
                continue
            self._check_folder(item, root=False)
            if item in within:
                raise InvalidChange("a folder cannot be put into itself")
            inner, _ = self._tree.everything_in(item)
            height = max(map(self._tree.depth, inner)) - self._tree.depth(item) + 1
            if self._tree.depth(folder) + height > MAX_DEPTH:
                raise InvalidChange(f"at most {MAX_DEPTH} folders can be in one another")
        self._do(Action.MOVE, self._placed(items, folder, before))

    def delete_folder(self, folder_id: str) -> None:
        """Take a folder away; what is in it is then in its place."""
        self._check_folder(folder_id, root=False)
        self._do(Action.DELETE_FOLDER, {folder_key(folder_id, DELETED): new_id()})

    # Trash

    def trash(self, items: Iterable[str]) -> None:
        """Put documents, and folders with everything in them, into this person's trash."""
        at, act = int(time.time() * 1000), new_id()
        entries: dict[Key, Any] = {}
        documents: list[str] = []
        for item in items:
            if not is_id(item):
                _check_document(item)
                documents.append(item)
                continue
            self._check_folder(item, root=False)
            inner_folders, inner_documents = self._tree.everything_in(item)
            documents.extend(inner_documents)
            entries.update({folder_key(inner, DELETED): act for inner in inner_folders})
        for document_id in documents:
            if document_id not in self._trashed:
                entries[Key(TRASH, document_id)] = {"at": at, "act": act}
        self._do(Action.TRASH, entries)

    def restore(self, documents: Iterable[DocumentId]) -> None:
        """Take documents out of the trash, to where they were.

        A folder that was put there together with one of them comes back too. So does a
        document that was thrown out, if it is shared with the person again.
        """
        self._tree.folders()
        entries: dict[Key, Any] = {}
        for document_id in documents:
            entries[Key(TRASH, document_id)] = None
            entries[Key(EMPTIED, document_id)] = None
            read = self._trashed.get(document_id)
            for folder_id in self._tree.ancestors(self._tree.container(document_id)):
                deleted = folder_key(folder_id, DELETED)
                if read is not None and self.value(deleted) == read[1]:
                    entries[deleted] = None
        self._do(Action.RESTORE, entries)

    def empty_trash(self, documents: Iterable[DocumentId] | None = None) -> tuple[DocumentId, ...]:
        """Throw documents out of the trash, all if None; return which.

        They are in no list any more but `LibraryView.emptied`, and whoever reads that
        deletes or leaves them. It cannot be undone, nor can what was done before it.
        """
        inside = {trashed.document for trashed in self.view().trash}
        chosen = inside if documents is None else inside.intersection(documents)
        entries = {Key(EMPTIED, id_): self._trashed[id_][1] for id_ in chosen}
        if entries:
            self.put(entries, Origin.COMMAND)
            self._history.clear()
        return tuple(sorted(chosen))

    def forget(self, documents: Iterable[DocumentId]) -> None:
        """Remove what is said of documents that are gone for good, deleted or left.

        That they were thrown out of the trash stays known of the last `MAX_EMPTIED`, so
        that a device which still has one does not show it again.
        """
        gone = set(documents)
        entries: dict[Key, Any] = {
            Key(root, id_): None for root in (PLACES, FAVOURITES, RECENT) for id_ in gone
        }
        for key in self.values[TAGGED]:
            if key.partition("/")[0] in gone:
                entries[Key(TAGGED, key)] = None
        thrown = [(self._trashed.get(id_), id_) for id_ in self.values[EMPTIED]]
        latest = sorted(((read or (0, ""), id_) for read, id_ in thrown), reverse=True)
        for _, id_ in latest[MAX_EMPTIED:]:
            entries[Key(EMPTIED, id_)] = entries[Key(TRASH, id_)] = None
        self.put(entries, Origin.COMMAND)

    # Tags

    def add_tag(self, name: str, color: str | None = None) -> str:
        """Make a tag and return its id; if there is one of that name, that is the one."""
        name = check_name(name)
        if (there := self._tags.called(name)) is not None:
            return there
        if len(self._tags) >= MAX_TAGS:
            raise InvalidChange(f"a library has at most {MAX_TAGS:,} tags")
        tag_id = new_id()
        entries = {tag_key(tag_id, NAME): name, **_colored([tag_id], color)}
        self._do(Action.CHANGE_TAG, entries)
        return tag_id

    def rename_tag(self, tag_id: str, name: str) -> None:
        """Give a tag another name; if that is another tag's, they are one from then on."""
        name = check_name(name)
        same = self._same_tags(tag_id)
        self._do(Action.CHANGE_TAG, {tag_key(id_, NAME): name for id_ in same})

    def color_tag(self, tag_id: str, color: str | None) -> None:
        """Give a tag a colour (`#rrggbb` in lower case), or take it away."""
        self._do(Action.CHANGE_TAG, _colored(self._same_tags(tag_id), color))

    def delete_tag(self, tag_id: str) -> None:
        """Take a tag away from all documents and from the list."""
        same = self._same_tags(tag_id)
        self._do(Action.DELETE_TAG, {tag_key(id_, DELETED): True for id_ in same})

    def tag(self, documents: Iterable[DocumentId], tag_id: str) -> None:
        """Give documents a tag."""
        same = self._same_tags(tag_id)
        entries: dict[Key, Any] = {}
        for document_id in documents:
            _check_document(document_id)
            if not any(self.value(tagged_key(document_id, id_)) is True for id_ in same):
                entries[tagged_key(document_id, tag_id)] = True
        self._do(Action.TAG, entries)

    def untag(self, documents: Iterable[DocumentId], tag_id: str) -> None:
        """Take a tag from documents."""
        same = self._same_tags(tag_id)
        self._do(Action.TAG, {tagged_key(d, id_): None for d in documents for id_ in same})

    # Favourites and recent

    def favour(self, documents: Sequence[DocumentId], before: DocumentId | None = None) -> None:
        """Make documents favourites, or move those that are, before another one; None: last."""
        chosen = list(dict.fromkeys(documents))
        for document_id in chosen:
            _check_document(document_id)
        there = marks.favourites(self.values[FAVOURITES])
        ordered = arrange(there, chosen, before, self._tag)
        self._do(Action.FAVOURITE, {Key(FAVOURITES, id_): key for id_, key in ordered.items()})

    def unfavour(self, documents: Iterable[DocumentId]) -> None:
        """Make documents favourites no longer."""
        self._do(Action.FAVOURITE, {Key(FAVOURITES, id_): None for id_ in documents})

    def opened(self, document_id: DocumentId) -> None:
        """Note that a document was opened; no step of undo."""
        _check_document(document_id)
        self.put(marks.opened(self.values[RECENT], document_id), Origin.COMMAND)

    # Undo

    def undo(self) -> Action | None:
        """Take back this person's last step on this device; what it was, None if none is left.

        What another device has changed since stays as it is.
        """
        return self._play(self._history.undo(self.value))

    def redo(self) -> Action | None:
        """Do again what was taken back last; what it was, None if there is nothing."""
        return self._play(self._history.redo(self.value))

    # Inside

    def _same_tags(self, tag_id: str) -> list[str]:
        same = self._tags.same_as(tag_id)
        if not same:
            raise InvalidChange("that tag is not there any more")
        return same

    def _check_folder(self, folder_id: str, *, root: bool = True) -> None:
        self._tree.folders()
        if not self._tree.is_folder(folder_id) or (folder_id == ROOT and not root):
            raise InvalidChange("that folder is not there any more")

    def _placed(self, items: Sequence[str], folder: str, before: str | None) -> dict[Key, Any]:
        """Return the entries that put items into a folder before another item."""
        container = folder
        if before is not None:
            container = self._tree.container(before)
            if self._tree.shown_in(container) != folder:
                raise InvalidChange("what it should stand before is in another folder")
            # Before the first in the place of a deleted folder is before that folder.
            while container != folder and self._tree.siblings(container)[0][1] == before:
                before, container = container, self._tree.container(container)
        placed = arrange(self._tree.siblings(container), items, before, self._tag)
        return {place_key(id_): Place(container, key).entry() for id_, key in placed.items()}

    def _do(self, action: Action, entries: Mapping[Key, Any]) -> None:
        changes = {
            key: (before, value)
            for key, value in entries.items()
            if (before := self.value(key)) != value
        }
        if changes:
            self._history.note(Step(action, changes))
            self.put(entries, Origin.COMMAND)

    def _play(self, step: Step | None) -> Action | None:
        if step is None:
            return None
        self.put({key: after for key, (_, after) in step.entries.items()}, Origin.UNDO)
        return step.action


def _check_document(document_id: str) -> None:
    if not is_placeable(document_id):
        raise InvalidChange(f"{document_id!r} is no document that can be organised")


def _colored(tag_ids: Iterable[str], color: str | None) -> dict[Key, Any]:
    if color is not None and not is_color(color):
        raise InvalidChange(f"{color!r} is no colour like “#3366cc”")
    return {tag_key(tag_id, COLOR): color for tag_id in tag_ids}
