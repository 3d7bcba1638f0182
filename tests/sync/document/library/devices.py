"""Devices of one person that organise at the same time, and what must be true of each."""

from __future__ import annotations

import random
from collections import deque

from sync.document.library import ROOT, Library, LibraryView
from sync.document.library.format import is_id
from sync.errors import InvalidChange
from sync.types import DocumentId, Origin

DOCUMENTS = [DocumentId(f"document-{number}") for number in range(12)]


class Device:
    """A library, and the updates of the other devices that have not come yet."""

    def __init__(self, client_id: int | None = None) -> None:
        self.library = Library(client_id=client_id)
        self.library.set_known(DOCUMENTS)
        self.coming: dict[Device, deque[bytes]] = {}
        self.library.on_update(self._send)
        self.others: list[Device] = []

    def connect(self, others: list[Device]) -> None:
        self.others = [other for other in others if other is not self]
        self.coming = {other: deque() for other in self.others}

    def _send(self, update: bytes, _: Origin) -> None:
        for other in self.others:
            other.coming[self].append(update)

    def receive(self, rng: random.Random) -> bool:
        """Take in one update, from anybody; each sender's come in order."""
        waiting = [sender for sender, updates in self.coming.items() if updates]
        if waiting:
            self.library.apply_update(self.coming[rng.choice(waiting)].popleft())
        return bool(waiting)


def connected(count: int) -> list[Device]:
    """Return devices that have met, and have five folders."""
    devices = [Device(1000 + number) for number in range(count)]
    for number in range(5):
        devices[0].library.add_folder(f"Folder {number}")
    state = devices[0].library.encode_state()
    for device in devices:
        device.library.apply_update(state)
        device.connect(devices)
    return devices


def settle(rng: random.Random, devices: list[Device]) -> None:
    while sum(device.receive(rng) for device in devices):
        pass
    assert not any(device.library.missing for device in devices)


def act(rng: random.Random, library: Library) -> None:
    """Do something that a person may do; now and then what cannot be."""
    view = library.view()
    folders = list(view.folders)
    folder, other = rng.choice(folders), rng.choice(folders)
    some = rng.sample(DOCUMENTS, rng.randint(1, 3))
    inside = [*view.folders[folder].folders, *view.folders[folder].documents]
    before = rng.choice(inside) if inside and rng.random() < 0.7 else None
    tag = rng.choice(view.tags).id if view.tags else None
    trash = [trashed.document for trashed in view.trash]
    try:
        match rng.randrange(24):
            case 0 | 1:
                library.add_folder(f"folder {rng.randrange(100)}", folder, before)
            case 3 | 4 | 5:
                library.move(some, folder, before)
            case 2 | 6 | 7 | 20 | 21 | 22:
                library.move([other, *some[1:]], folder, before)
            case 8:
                library.rename_folder(folder, f"renamed {rng.randrange(100)}")
            case 9:
                library.delete_folder(folder)
            case 10:
                library.trash([folder, *some] if rng.random() < 0.3 else some)
            case 11:
                library.restore(trash[: rng.randint(0, 3)])
            case 12:
                library.add_tag(f"Tag {rng.randrange(4)}", rng.choice([None, "#112233"]))
            case 13 if tag:
                library.tag(some, tag)
            case 14 if tag:
                rng.choice([library.untag, library.tag])(some, tag)
            case 15 if tag:
                rng.choice([library.delete_tag, lambda t: library.rename_tag(t, "tAG 1")])(tag)
            case 16:
                library.favour(some, rng.choice(view.favourites) if view.favourites else None)
            case 17:
                library.unfavour(some[:1])
            case 18:
                library.opened(some[0])
            case 19 if rng.random() < 0.3:
                library.empty_trash(trash[:1])
            case _:
                rng.choice([library.undo, library.undo, library.redo])()
    except InvalidChange:
        pass


def check(library: Library) -> LibraryView:
    """Return the view, which must be whole: each folder and each document once."""
    view = library.view()
    assert view.folders[ROOT].parent is None
    folders, documents = walked(view)
    assert sorted(folders) == sorted(view.folders)
    for folder_id, folder in view.folders.items():
        assert folder_id == folder.id
        assert all(view.folders[inner].parent == folder_id for inner in folder.folders)
        assert all(library.folder_of(inner) == folder_id for inner in folder.documents)
    hidden = [trashed.document for trashed in view.trash] + list(view.emptied)
    assert sorted([*documents, *hidden]) == sorted(DOCUMENTS)
    assert {tag.id: tag.count for tag in view.tags} == {
        tag.id: sum(tag.id in tags for tags in view.tags_of.values()) for tag in view.tags
    }
    assert all(is_id(tag.id) for tag in view.tags)
    fresh = Library.load(library.encode_state())
    fresh.set_known(DOCUMENTS)
    assert fresh.view() == view
    return view


def walked(view: LibraryView) -> tuple[list[str], list[DocumentId]]:
    """Return all folders and documents below the root, in order."""
    folders = [ROOT]
    documents: list[DocumentId] = []
    for folder_id in folders:
        folders.extend(view.folders[folder_id].folders)
        documents.extend(view.folders[folder_id].documents)
        assert len(folders) <= len(view.folders), "a circle"
    return folders, documents
