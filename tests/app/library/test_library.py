"""The library beside the page, used as a hand would: keys, clicks, and what is on disk after."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QLineEdit,
    QListWidget,
)
from pytestqt.qtbot import QtBot

from app.library.nodes import Kind, Section
from app.library.shelf import Shelf
from app.library.sidebar import Sidebar
from app.live_documents import LiveDocuments
from app.network import Network
from app.settings import Settings
from app.theme import LIGHT
from sync.client.credentials import Credentials
from sync.document.library import Library
from sync.document.transfer import new_document
from sync.store.store import Store
from sync.types import LOCAL_LIBRARY, DocumentId
from tests.app.dragging import drag
from tests.end_to_end.desk import Desk

CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
TITLES = ("Chapter 10", "Chapter 2", "Essay", "Letter")


def fill(profile: Path) -> list[DocumentId]:
    ids = [DocumentId(f"d{number}") for number in range(len(TITLES))]
    with Store.open(profile) as store:
        for document_id, title in zip(ids, TITLES, strict=True):
            store.create_document(document_id, title, new_document(title, None)).result()
    return ids


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    fill(tmp_path)
    desk = Desk(qtbot, tmp_path)
    desk.focus()
    yield desk
    desk.close()


def ids(desk: Desk) -> list[DocumentId]:
    return [record.id for record in desk.store.documents()]


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    widget = QApplication.focusWidget()
    assert widget is not None
    QTest.keyClick(widget, key, modifier)


def field(desk: Desk) -> QLineEdit:
    desk.wait(lambda: desk.window.sidebar.tree.findChild(QLineEdit) is not None)
    found = desk.window.sidebar.tree.findChild(QLineEdit)
    assert found is not None
    return found


def dialog(desk: Desk) -> QDialog:
    desk.wait(lambda: any(one.isVisible() for one in desk.window.findChildren(QDialog)))
    return next(one for one in desk.window.findChildren(QDialog) if one.isVisible())


def below(desk: Desk, section: Section, *folders: str) -> list[str]:
    """What is shown in a section, or in a folder of it, by names."""
    model = desk.window.sidebar.model
    index = model.section(section)
    for name in folders:
        rows = range(model.rowCount(index))
        index = next(
            model.index(row, 0, index) for row in rows if model.index(row, 0, index).data() == name
        )
    return [model.index(row, 0, index).data() for row in range(model.rowCount(index))]


def new_folder(desk: Desk, name: str) -> None:
    press(Qt.Key.Key_N, CTRL | ALT)
    line = field(desk)
    desk.bot.keyClicks(line, name)
    desk.bot.keyClick(line, Qt.Key.Key_Return)
    desk.wait(lambda: name in {folder.name for folder in desk.program.shelf.view.folders.values()})


def test_folders_by_keys(desk: Desk) -> None:
    new_folder(desk, "Novel")
    # Nothing else is selected, which Delete would take along.
    assert [key.kind for key in desk.window.sidebar.selection()] == [Kind.FOLDER]
    assert desk.titles == ["Novel", "Letter", "Essay", "Chapter 2", "Chapter 10"]
    desk.click_row(Kind.DOCUMENT, "d0")
    desk.click_row(Kind.DOCUMENT, "d1", CTRL)
    assert desk.window.opened is not None
    assert desk.window.opened.document_id == "d0"  # several are chosen, none of them opened
    press(Qt.Key.Key_M, CTRL | ALT)
    found = dialog(desk)
    choices = found.findChild(QListWidget)
    assert choices is not None
    desk.bot.keyClick(choices, Qt.Key.Key_Down)
    desk.bot.keyClick(choices, Qt.Key.Key_Return)
    desk.wait(lambda: below(desk, Section.DOCUMENTS, "Novel") == ["Chapter 2", "Chapter 10"])
    assert desk.titles == ["Novel", "Letter", "Essay"]
    desk.window.sidebar.tree.setFocus()
    press(Qt.Key.Key_Z, CTRL)
    desk.wait(lambda: desk.titles == ["Novel", "Letter", "Essay", "Chapter 2", "Chapter 10"])
    press(Qt.Key.Key_Z, CTRL | SHIFT)
    desk.wait(lambda: desk.titles == ["Novel", "Letter", "Essay"])
    desk.window.actions_.library.orders["title"].trigger()
    assert below(desk, Section.DOCUMENTS, "Novel") == ["Chapter 2", "Chapter 10"]
    assert desk.titles == ["Novel", "Essay", "Letter"]


def test_it_is_as_it_was_at_the_next_start(qtbot: QtBot, tmp_path: Path) -> None:
    fill(tmp_path)
    desk = Desk(qtbot, tmp_path)
    desk.focus()
    new_folder(desk, "Novel")
    novel = next(key for key in desk.program.shelf.view.folders if key)
    desk.program.shelf.do(lambda library: library.move(["d0"], novel))
    tree, model = desk.window.sidebar.tree, desk.window.sidebar.model
    desk.click_row(Kind.FOLDER, novel)
    press(Qt.Key.Key_Right)
    assert tree.isExpanded(model.find(Kind.FOLDER, novel))
    desk.close()
    again = Desk(qtbot, tmp_path)
    assert below(again, Section.DOCUMENTS, "Novel") == ["Chapter 10"]
    tree, model = again.window.sidebar.tree, again.window.sidebar.model
    assert tree.isExpanded(model.find(Kind.FOLDER, novel))
    again.close()
    with Store.open(tmp_path) as store:
        stored = store.load(LOCAL_LIBRARY)
        library = Library.load(stored.snapshot, stored.updates)
        library.set_known([DocumentId("d0")])
        assert library.view().folders[novel].documents == ("d0",)


def test_trash_restore_and_empty(desk: Desk) -> None:
    desk.open("d2")
    desk.window.sidebar.tree.setFocus()
    press(Qt.Key.Key_Delete)
    desk.wait(lambda: "Essay" not in desk.titles)
    assert desk.window.opened is None  # nobody writes on in what was thrown away
    assert below(desk, Section.TRASH) == ["Essay"]
    desk.window.sidebar.tree.expand(desk.window.sidebar.model.section(Section.TRASH))
    desk.click_row(Kind.DOCUMENT, "d2")
    desk.window.actions_.library.restore.trigger()
    desk.wait(lambda: "Essay" in desk.titles)
    desk.click_row(Kind.DOCUMENT, "d3")
    press(Qt.Key.Key_Delete)
    desk.wait(lambda: below(desk, Section.TRASH) == ["Letter"])

    desk.answer("Empty trash")
    desk.window.actions_.library.empty.trigger()
    desk.wait(lambda: below(desk, Section.TRASH) == [])
    assert "Letter" not in desk.titles


def test_what_is_thrown_away_is_closed_in_every_window(desk: Desk) -> None:
    desk.open("d2")
    desk.bot.keyClick(desk.window.editor, Qt.Key.Key_D, CTRL | SHIFT)
    desk.wait(lambda: len(desk.program.windows) == 2)
    one, other = desk.program.windows
    desk.wait(lambda: other.opened is not None and other.opened.document_id == "d2")
    desk.wait(other.isActiveWindow)
    other.sidebar.tree.setFocus()
    press(Qt.Key.Key_Delete)
    desk.wait(lambda: one.opened is None and other.opened is None)


def test_favourites_and_tags(desk: Desk) -> None:
    desk.open("d1")
    press(Qt.Key.Key_B, CTRL | ALT)
    desk.wait(lambda: below(desk, Section.FAVOURITES) == ["Chapter 2"])
    press(Qt.Key.Key_T, CTRL | ALT)
    found = dialog(desk)
    name = found.findChild(QLineEdit)
    assert name is not None
    desk.bot.keyClicks(name, "Research")
    desk.bot.keyClick(name, Qt.Key.Key_Return)
    desk.wait(lambda: below(desk, Section.TAGS) == ["Research"])
    assert below(desk, Section.TAGS, "Research") == ["Chapter 2"]
    press(Qt.Key.Key_T, CTRL | ALT)
    choices = dialog(desk).findChild(QListWidget)
    assert choices is not None
    desk.bot.keyClick(choices, Qt.Key.Key_Space)
    desk.bot.keyClick(choices, Qt.Key.Key_Return)
    desk.wait(lambda: below(desk, Section.TAGS, "Research") == [])


def test_the_filter(desk: Desk) -> None:
    sidebar = desk.window.sidebar
    sidebar.filter.setFocus()
    desk.bot.keyClicks(sidebar.filter, "chap")
    desk.bot.keyClick(sidebar.filter, Qt.Key.Key_Down)
    assert below(desk, Section.FOUND) == ["Chapter 2", "Chapter 10"]
    assert desk.window.opened is not None
    assert desk.window.opened.document_id == "d1"
    sidebar.filter.setFocus()
    desk.bot.keyClicks(sidebar.filter, "zzz")
    desk.wait(lambda: sidebar.empty.isVisible())
    assert sidebar.empty.text() == "No title has these words."
    assert sidebar.tree.isRowHidden(sidebar.model.section(Section.DOCUMENTS).row(), QModelIndex())
    desk.bot.keyClick(sidebar.filter, Qt.Key.Key_Escape)
    desk.wait(lambda: not sidebar.model.section(Section.FOUND).isValid())
    assert not sidebar.tree.isRowHidden(
        sidebar.model.section(Section.DOCUMENTS).row(), QModelIndex()
    )
    assert not sidebar.empty.isVisible()


def drop(desk: Desk, document_id: str, to: QModelIndex, section: Section | None = None) -> None:
    tree, model = desk.window.sidebar.tree, desk.window.sidebar.model
    start = tree.visualRect(model.find(Kind.DOCUMENT, document_id, section)).center()
    drag(desk.bot, tree.viewport(), start, tree.visualRect(to).center())


def test_what_is_dropped_goes_there(desk: Desk) -> None:
    new_folder(desk, "Novel")
    novel = next(key for key in desk.program.shelf.view.folders if key)
    model, tree = desk.window.sidebar.model, desk.window.sidebar.tree
    drop(desk, "d3", model.find(Kind.FOLDER, novel))
    desk.wait(lambda: below(desk, Section.DOCUMENTS, "Novel") == ["Letter"])
    tree.expand(model.find(Kind.FOLDER, novel))
    drop(desk, "d3", model.section(Section.TRASH))
    desk.wait(lambda: below(desk, Section.TRASH) == ["Letter"])
    tree.expand(model.section(Section.TRASH))
    drop(desk, "d3", model.section(Section.DOCUMENTS), Section.TRASH)
    desk.wait(lambda: "Letter" in desk.titles)
    assert below(desk, Section.TRASH) == []


def test_a_template_and_a_duplicate_stay_in_the_folder(desk: Desk) -> None:
    new_folder(desk, "Novel")
    novel = next(key for key in desk.program.shelf.view.folders if key)
    desk.click_row(Kind.FOLDER, novel)
    desk.window.actions_.file.templates[1].trigger()
    desk.wait(lambda: below(desk, Section.DOCUMENTS, "Novel") == ["Chapter"])
    assert "What stands in the way?" in desk.text
    desk.window.actions_.file.duplicate.trigger()
    expected = ["Chapter (copy)", "Chapter"]
    desk.wait(lambda: below(desk, Section.DOCUMENTS, "Novel") == expected)
    desk.wait(lambda: desk.window.windowTitle().startswith("Chapter (copy)"))
    assert "What stands in the way?" in desk.text


def test_an_empty_library_says_how_to_begin(qtbot: QtBot, tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        network = Network(store, Credentials(store.profile_id))
        shelf = Shelf(store, network, LiveDocuments(store, network))
        sidebar = Sidebar(shelf, Settings(tmp_path), LIGHT)
        qtbot.addWidget(sidebar)
        sidebar.show()
        assert sidebar.empty.isVisible()
        assert sidebar.empty.text() == "No documents yet. Ctrl+N begins one."
        shelf.close()
        network.stop()
