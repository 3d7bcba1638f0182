"""How the library's rows look: what a person sees of them, and that Qt asks Python for nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QStringListModel,
    Qt,
    QTimer,
)
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.library.model import LibraryModel, Look
from app.library.nodes import Kind, Node, Section
from app.library.shelf import Shelf
from app.library.sidebar import Sidebar
from app.library.tree import LibraryTree
from app.live_documents import LiveDocuments
from app.network import Network
from app.settings import Settings
from app.theme import DARK, LIGHT, SEPIA, Theme
from sync.client.credentials import Credentials
from sync.foreground import FOREGROUND
from sync.store.store import Store
from sync.types import DocumentId
from tests.app.dragging import drag


@pytest.fixture(params=[LIGHT, DARK, SEPIA], ids=lambda theme: theme.name)
def theme(request: pytest.FixtureRequest) -> Theme:
    found: Theme = request.param
    return found


@pytest.fixture
def sidebar(qtbot: QtBot, tmp_path: Path, theme: Theme) -> Iterator[Sidebar]:
    with Store.open(tmp_path) as store:
        for number in range(8):
            store.create_document(DocumentId(f"d{number}"), "Title" * number).result()
        network = Network(store, Credentials(store.profile_id))
        shelf = Shelf(store, network, LiveDocuments(store, network))
        sidebar = Sidebar(shelf, Settings(tmp_path), theme)
        sidebar.setStyleSheet(theme.style_sheet())
        qtbot.addWidget(sidebar)
        sidebar.resize(260, 500)
        sidebar.show()
        qtbot.waitExposed(sidebar)
        yield sidebar
        shelf.close()
        network.stop()


def seen(sidebar: Sidebar) -> QImage:
    viewport = sidebar.tree.viewport()
    where = QRect(viewport.mapTo(sidebar, QPoint()), viewport.size())
    return sidebar.grab(where).toImage()


def row(sidebar: Sidebar, document_id: str) -> QPoint:
    """Return the middle of a row."""
    index = sidebar.model.find(Kind.DOCUMENT, document_id)
    middle = sidebar.tree.visualRect(index).center()
    return QPoint(sidebar.tree.viewport().width() // 2, middle.y())


def background(sidebar: Sidebar, document_id: str) -> set[str]:
    """Return the colours of a row near both edges, where neither mark nor name is."""
    image, y = seen(sidebar), row(sidebar, document_id).y()
    return {image.pixelColor(x, y).name() for x in (3, image.width() - 4)}


def test_what_is_selected_and_under_the_mouse_is_seen_from_edge_to_edge(
    sidebar: Sidebar, theme: Theme
) -> None:
    plain = background(sidebar, "d1")
    QTest.mouseClick(sidebar.tree.viewport(), Qt.MouseButton.LeftButton, pos=row(sidebar, "d1"))
    QTest.mouseMove(sidebar.tree.viewport(), row(sidebar, "d2"))
    assert background(sidebar, "d1") == {QColor(theme.selected).name()}
    assert background(sidebar, "d2") == {QColor(theme.hover).name()}
    assert background(sidebar, "d3") == plain
    QApplication.sendEvent(sidebar.tree.viewport(), QEvent(QEvent.Type.Leave))
    QTest.mouseMove(sidebar.filter)
    assert background(sidebar, "d2") == plain
    # A selection that goes with its rows does not come back with others.
    sidebar.model.shelf.reload()
    assert background(sidebar, "d1") != {QColor(theme.hover).name()}


def test_a_name_has_the_ink_of_the_theme_and_a_count_stands_at_the_end(
    sidebar: Sidebar, theme: Theme
) -> None:
    def darkest(image: QImage, y: int, left: int, right: int) -> int:
        """Return how far from the paper the colours of a stretch go."""
        paper = QColor(theme.window).lightness()
        ys, xs = range(y - 6, y + 7), range(left, right)
        return max(abs(image.pixelColor(x, v).lightness() - paper) for x in xs for v in ys)

    ink = abs(QColor(theme.ink).lightness() - QColor(theme.window).lightness())
    image, y = seen(sidebar), row(sidebar, "d2").y()
    assert darkest(image, y, 60, 100) > 0.8 * ink
    trash = sidebar.tree.visualRect(sidebar.model.section(Section.TRASH)).center().y()
    end = image.width()
    assert darkest(image, trash, end - 30, end - 6) == 0
    sidebar.model.shelf.do(lambda library: library.trash([DocumentId("d5")]))
    trash = sidebar.tree.visualRect(sidebar.model.section(Section.TRASH)).center().y()
    assert darkest(seen(sidebar), trash, end - 30, end - 6) > 0


def test_where_writing_runs_from_right_to_left_rows_are_mirrored(sidebar: Sidebar) -> None:
    there = seen(sidebar)
    sidebar.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    mirrored = seen(sidebar)
    y = row(sidebar, "d0").y()
    # Mark and name, “Untitled”, stand left of the middle, and then right of it.
    paper = there.pixelColor(3, y)

    def inked(image: QImage) -> list[int]:
        return [x for x in range(image.width()) if image.pixelColor(x, y) != paper]

    assert inked(there)[-1] < there.width() // 2 < inked(mirrored)[0]


def test_where_a_row_would_be_dropped_is_seen_while_it_is_dragged(
    sidebar: Sidebar, theme: Theme, qtbot: QtBot
) -> None:
    folder = sidebar.model.shelf.do(lambda library: library.add_folder("Novel"))
    rect = sidebar.tree.visualRect(sidebar.model.find(Kind.FOLDER, folder))
    accent = QColor(theme.accent).name()
    marked = False

    def look() -> None:
        nonlocal marked
        image, x = seen(sidebar), rect.center().x()
        ys = range(rect.top(), rect.bottom() + 1)
        marked = marked or any(image.pixelColor(x, y).name() == accent for y in ys)

    look()
    assert not marked
    timer = QTimer(interval=10, timeout=look)
    timer.start()
    drag(qtbot, sidebar.tree.viewport(), row(sidebar, "d1"), rect.center())
    timer.stop()
    assert marked
    qtbot.waitUntil(lambda: sidebar.model.shelf.folder_of("d1") == folder)
    marked = False
    look()
    assert not marked


def test_drawing_asks_the_model_for_nothing_row_by_row(
    sidebar: Sidebar, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each question from Qt waits until the engine's thread lets go of the interpreter."""
    asked: list[int] = []
    monkeypatch.setattr(LibraryModel, "data", lambda *_: asked.append(1))
    seen(sidebar)
    assert not asked


def test_when_much_has_changed_at_once_it_is_drawn_again(
    sidebar: Sidebar, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    look = LibraryModel.look

    def noted(model: LibraryModel, node: Node) -> Look:
        drawn.append(node.key.id)
        return look(model, node)

    QApplication.processEvents()
    monkeypatch.setattr(LibraryModel, "look", noted)
    sidebar.model.shelf.records_changed.emit({DocumentId(f"d{n}") for n in range(100)})
    qtbot.waitUntil(lambda: {f"d{n}" for n in range(8)} <= set(drawn))


class _Noting(QStringListModel):
    def __init__(self) -> None:
        super().__init__(["a", "b"])
        self.at_work: list[bool] = []

    def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        self.at_work.append(FOREGROUND.at_work)
        return super().flags(index)


def test_others_give_way_while_qt_asks_for_the_rows(qtbot: QtBot) -> None:
    tree, model = LibraryTree(LIGHT), _Noting()
    qtbot.addWidget(tree)
    tree.setModel(model)
    model.at_work.clear()
    tree.scheduleDelayedItemsLayout()
    tree.executeDelayedItemsLayout()
    assert len(model.at_work) >= 2
    assert all(model.at_work)
    assert not FOREGROUND.at_work


def test_others_give_way_while_the_rows_are_drawn(
    sidebar: Sidebar, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_work: list[bool] = []
    look = LibraryModel.look

    def noted(model: LibraryModel, node: Node) -> Look:
        at_work.append(FOREGROUND.at_work)
        return look(model, node)

    monkeypatch.setattr(LibraryModel, "look", noted)
    seen(sidebar)
    assert len(at_work) >= 8
    assert all(at_work)
    assert not FOREGROUND.at_work
