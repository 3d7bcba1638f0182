"""A library in the store, as documents are: a replica, a load, a compaction."""

from __future__ import annotations

from pathlib import Path

from sync.document.library import ROOT, Library
from sync.replica import Replica
from sync.store.store import Store
from sync.types import LOCAL_LIBRARY, DocumentId, Origin, library_id
from tests.sync.document.library.devices import DOCUMENTS, check

MINE = library_id("ada")


def load(store: Store, document_id: DocumentId = MINE) -> Library:
    stored = store.load(document_id)
    library = Library.load(stored.snapshot, stored.updates)
    library.set_known(DOCUMENTS)
    return library


def replica(library: Library, store: Store) -> Replica:
    return Replica(library, store, MINE, "ada", lambda _: None, lambda _: None)


def test_what_was_organised_is_there_after_a_restart(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        store.create_document(MINE, "").result()
        library = load(store)
        writing = replica(library, store)
        folder = library.add_folder("Novel")
        library.move(DOCUMENTS[:3], folder)
        library.undo()
        library.redo()
        library.trash(DOCUMENTS[5:6])
        shown = library.view()
        assert writing.close() == 0
        rows = len(store.load(MINE).updates)
        assert rows == 5, "one update for each action"
    with Store.open(tmp_path) as store:
        library = load(store)
        assert check(library) == shown
        assert store.compact(MINE)
        assert store.load(MINE).snapshot is not None
        library = load(store)
        assert check(library) == shown
        writing = replica(library, store)
        library.move(DOCUMENTS[:1], ROOT)
        assert writing.close() == 0
        assert load(store).view() == library.view()


def test_what_comes_from_the_relay_is_not_sent_back(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        store.create_document(MINE, "").result()
        library = load(store)
        writing = replica(library, store)
        other = Library()
        updates: list[bytes] = []
        other.on_update(lambda update, _: updates.append(update))
        other.favour(DOCUMENTS[:2])
        told = []
        library.on_change(told.append)
        for update in updates:
            store.append_remote(MINE, update).result()
            writing.receive(update)
        [change] = told
        assert change.favourites
        assert change.origin is Origin.REMOTE
        assert not any((change.folders, change.recent, change.tags, change.trash))
        assert library.view().favourites == tuple(DOCUMENTS[:2])
        assert writing.close() == 0
        assert store.document(MINE).waiting == 0


def test_the_local_library_is_a_document_of_the_store(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        store.create_document(LOCAL_LIBRARY, "").result()
        assert load(store, LOCAL_LIBRARY).view().folders[ROOT].documents == tuple(DOCUMENTS)
