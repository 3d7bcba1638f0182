"""The tree that follows: after any steps its rows are those of a tree that is made anew."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from app.library.contents import ORDERS
from app.library.model import LibraryModel
from app.library.shelf import Shelf
from app.live_documents import LiveDocuments
from app.network import Network
from app.theme import LIGHT
from sync.client.credentials import Credentials
from sync.store.store import Store
from sync.types import DocumentId

DOCUMENTS = 40
STEPS = 60


@pytest.fixture
def shelf(qtbot: QtBot, tmp_path: Path) -> Iterator[Shelf]:
    del qtbot
    with Store.open(tmp_path) as store:
        for number in range(DOCUMENTS):
            store.create_document(DocumentId(f"d{number}"), f"Title {number % 7}").result()
        network = Network(store, Credentials(store.profile_id))
        shelf = Shelf(store, network, LiveDocuments(store, network))
        yield shelf
        shelf.close()
        network.stop()


def rows(model: LibraryModel, index: QModelIndex | None = None) -> list[Any]:
    """What the model shows, as nested lists, asked for as a view asks."""
    parent = QModelIndex() if index is None else index
    found = []
    for row in range(model.rowCount(parent)):
        child = model.index(row, 0, parent)
        assert model.parent(child) == parent
        found.append((model.node(child).key, child.data(), rows(model, child)))
    return found


def step(rng: random.Random, shelf: Shelf) -> None:
    """Do one thing, among them some that cannot be done."""
    view = shelf.view
    folders, tags = list(view.folders), [tag.id for tag in view.tags]
    some = [DocumentId(f"d{rng.randrange(DOCUMENTS)}") for _ in range(rng.randint(1, 6))]
    both = [*some, *rng.sample(folders, min(2, len(folders)))]
    trashed = [one.document for one in view.trash]
    choices = [
        lambda library: library.add_folder(f"F{rng.randrange(9)}", rng.choice(folders)),
        lambda library: library.move([one for one in both if one], rng.choice(folders)),
        lambda library: library.move(some, "", rng.choice(view.folders[""].documents or [None])),
        lambda library: library.rename_folder(rng.choice(folders), f"F{rng.randrange(9)}"),
        lambda library: library.delete_folder(rng.choice(folders)),
        lambda library: library.trash([one for one in both if one]),
        lambda library: library.restore(trashed[:3]),
        lambda library: library.favour(some),
        lambda library: library.unfavour(some),
        lambda library: library.tag(some, library.add_tag(f"t{rng.randrange(4)}")),
        lambda library: library.delete_tag(rng.choice(tags)) if tags else None,
        lambda library: library.opened(some[0]),
        lambda library: library.undo(),
        lambda library: library.redo(),
    ]
    shelf.do(rng.choice(choices))


@pytest.mark.parametrize("order", ORDERS)
def test_the_rows_follow_any_steps(shelf: Shelf, order: str) -> None:
    rng = random.Random(f"rows {order}")
    model = LibraryModel(shelf, LIGHT, order)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    resets: list[None] = []
    model.modelReset.connect(lambda: resets.append(None))
    for number in range(STEPS):
        step(rng, shelf)
        assert rows(model) == rows(LibraryModel(shelf, LIGHT, order)), number
    assert not resets
    order = rng.choice(ORDERS)
    model.set_order(order)
    assert rows(model) == rows(LibraryModel(shelf, LIGHT, order))
    tester.deleteLater()


def test_a_document_that_comes_is_one_row_more(qtbot: QtBot, shelf: Shelf) -> None:
    model = LibraryModel(shelf, LIGHT, "newest")
    inserted: list[int] = []
    model.rowsInserted.connect(lambda _, first, last: inserted.append(last - first + 1))
    model.rowsRemoved.connect(lambda *_: inserted.append(-1000))
    model.modelReset.connect(lambda: inserted.append(-1000))
    for number in range(3):
        store = shelf._store
        store.create_document(DocumentId(f"new{number}"), "From elsewhere").result()
        shelf.look_at_all()
    qtbot.waitUntil(lambda: sum(inserted) == 3)
    assert rows(model) == rows(LibraryModel(shelf, LIGHT, "newest"))
