"""The library beside the page: 10,000 documents, and how long a first sync holds the window up."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.library.nodes import Kind, Section
from app.library.shelf import Shelf
from app.library.sidebar import Sidebar
from app.live_documents import LiveDocuments
from app.network import Network
from app.settings import Settings
from app.theme import LIGHT
from sync.client.credentials import Credentials
from sync.document.transfer import new_document
from sync.store.store import Store
from sync.types import DocumentId
from tests.app.library.loop import LoopWatch
from tests.benchmarks.report import percentile
from tests.end_to_end.desk import Desk
from tests.sync.client.listening import Device
from tests.sync.client.together import PASSWORD
from tests.sync.relay.process import RelayProcess

LIBRARY = 10_000
FOLDERS = 200
DOCUMENTS = 1_000
RUNS = 3
PATIENCE = 600_000


@pytest.fixture
def sidebar(qtbot: QtBot, tmp_path: Path) -> Iterator[Sidebar]:
    with Store.open(tmp_path) as store:
        writes = [
            store.create_document(DocumentId(f"d{number}"), f"Chapter {number} of a long book")
            for number in range(LIBRARY)
        ]
        for write in writes:
            write.result()
        network = Network(store, Credentials(store.profile_id))
        shelf = Shelf(store, network, LiveDocuments(store, network))
        for number in range(FOLDERS):
            folder = shelf.do(lambda library, number=number: library.add_folder(f"F {number}"))
            inside = [f"d{one}" for one in range(number, LIBRARY // 2, FOLDERS)]
            shelf.do(lambda library, ids=inside, folder=folder: library.move(ids, folder))
        started = time.perf_counter()
        sidebar = Sidebar(shelf, Settings(tmp_path), LIGHT)
        qtbot.addWidget(sidebar)
        sidebar.resize(240, 900)
        sidebar.show()
        qtbot.waitExposed(sidebar)
        print(f"\nto the first paint: {(time.perf_counter() - started) * 1e3:.0f} ms")
        yield sidebar
        shelf.close()
        network.stop()


def milliseconds(work: Callable[[], object]) -> float:
    """Do it, and paint what comes of it."""
    started = time.perf_counter()
    work()
    QApplication.processEvents()
    return (time.perf_counter() - started) * 1e3


def told(name: str, times: list[float]) -> None:
    print(f"{name}: median {percentile(times, 50):.1f} ms, longest {max(times):.1f} ms")


def test_ten_thousand_documents(sidebar: Sidebar) -> None:
    bar = sidebar.tree.verticalScrollBar()
    steps = [bar.maximum() * step // 200 for step in range(200)]
    told("a page of scrolling", [milliseconds(lambda at=at: bar.setValue(at)) for at in steps])
    texts = ["c", "ch", "chap", "chapter", "chapter 9", "chapter 99", "zzz", "long book", ""]
    told("a filter", [milliseconds(lambda t=t: sidebar.model.set_filter(t)) for t in texts])
    do = sidebar.model.shelf.do
    ids = [DocumentId(f"d{number}") for number in range(LIBRARY // 2, LIBRARY // 2 + 50)]
    folder = next(key for key in sidebar.model.shelf.view.folders if key)
    for name, command in (
        ("a move", lambda id_: do(lambda library: library.move([id_], folder))),
        ("a favourite", lambda id_: do(lambda library: library.favour([id_]))),
        ("into the trash", lambda id_: do(lambda library: library.trash([id_]))),
    ):
        told(name, [milliseconds(lambda id_=id_, do_it=command: do_it(id_)) for id_ in ids])
    orders = ("title", "hand", "newest")
    told("another order", [milliseconds(lambda o=o: sidebar.set_order(o)) for o in orders])
    assert sidebar.model.find(Kind.DOCUMENT, ids[0], Section.TRASH).isValid()


def test_the_longest_gap_of_a_first_sync(qtbot: QtBot, tmp_path: Path) -> None:
    with RelayProcess(tmp_path / "relay") as relay:
        relay.add_user("ada")
        with Device(tmp_path / "old") as old:
            writes = [
                old.store.create_document(
                    DocumentId(f"d{n}"), f"Chapter {n}", new_document(f"Chapter {n}", None)
                )
                for n in range(DOCUMENTS)
            ]
            for write in writes:
                write.result()
            old.engine.sign_in(relay.url, "ada", PASSWORD).result()
            old.engine.start()
            totals = old.store.totals
            qtbot.waitUntil(
                lambda: totals().all_on_relay and not totals().waiting, timeout=PATIENCE
            )
        for run in range(RUNS):
            desk = Desk(qtbot, tmp_path / f"new-{run}")
            dialog = desk.fill_in_sign_in(relay.url, "ada", PASSWORD)
            with (
                LoopWatch() as watch,
                qtbot.waitSignal(
                    desk.network.progress,
                    timeout=PATIENCE,
                    check_params_cb=lambda _, total: total == 0,
                ),
            ):
                qtbot.keyClick(dialog.password, Qt.Key.Key_Return)
            longest = ", ".join(f"{gap:.0f}" for gap in watch.gaps[:5])
            print(f"\nlongest gaps in a first sync of {DOCUMENTS:,}: {longest} ms")
            desk.close()
