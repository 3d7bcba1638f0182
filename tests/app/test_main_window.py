"""The window by itself: menus, toolbar, shortcuts, themes, the list of documents."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QToolButton
from pytestqt.qtbot import QtBot

from sync.document import transfer
from sync.document.delta import Insert, insert
from sync.store.compaction import build_document
from sync.store.store import Store
from sync.types import Origin, new_document_id
from tests.end_to_end.desk import Desk

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(qtbot, tmp_path)
    desk.focus()
    yield desk
    desk.close()


def contents(desk: Desk) -> list[Insert]:
    assert desk.window.opened is not None
    return desk.window.opened.document.contents()


def test_shortcuts(desk: Desk) -> None:
    desk.key(Qt.Key.Key_2, CTRL | ALT)
    desk.type("Title\n")
    desk.key(Qt.Key.Key_B, CTRL)
    desk.type("bold")
    desk.key(Qt.Key.Key_B, CTRL)
    desk.key(Qt.Key.Key_I, CTRL)
    desk.type("italic\n")
    desk.key(Qt.Key.Key_I, CTRL)
    desk.key(Qt.Key.Key_7, CTRL | SHIFT)
    desk.type("one")
    assert contents(desk) == [
        Insert("Title"),
        Insert("\n", {"header": 2}),
        Insert("bold", {"bold": True}),
        Insert("italic", {"italic": True}),
        Insert("\none"),
        Insert("\n", {"list": "ordered"}),
    ]
    assert desk.window.actions_.format.lists["ordered"].isChecked()


def test_the_toolbar_shows_and_changes_what_is_selected(desk: Desk) -> None:
    desk.type("words")
    desk.key(Qt.Key.Key_A, CTRL)
    buttons = {b.accessibleName(): b for b in desk.window.findChildren(QToolButton)}
    desk.bot.mouseClick(buttons["Bold"], Qt.MouseButton.LeftButton)
    desk.bot.mouseClick(buttons["Bullet list"], Qt.MouseButton.LeftButton)
    assert contents(desk) == [Insert("words", {"bold": True}), Insert("\n", {"list": "bullet"})]
    assert buttons["Bold"].isChecked()
    desk.key(Qt.Key.Key_Z, CTRL)
    desk.key(Qt.Key.Key_Z, CTRL)
    assert contents(desk) == [Insert("words\n")]
    assert not buttons["Bold"].isChecked()


def test_closing_the_window_keeps_every_word(qtbot: QtBot, tmp_path: Path) -> None:
    desk = Desk(qtbot, tmp_path)
    desk.focus()
    desk.type("the first document")
    desk.key(Qt.Key.Key_N, CTRL)
    desk.type("the second document")
    desk.close()
    with Store.open(tmp_path) as store:
        texts = [build_document(store.load(r.id))[0].text() for r in store.documents()]
    assert texts == ["the first document\n", "the second document\n"]
    again = Desk(qtbot, tmp_path)
    assert again.text == "the second document"
    again.close()


def test_looking_at_documents_writes_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    empty, rich = new_document_id(), new_document_id()
    contents = [Insert("Title"), Insert("\n", {"header": 1}), Insert("x\n", {"list": "ordered"})]
    with Store.open(tmp_path) as store:
        # As a relay makes one: not even a newline in it.
        store.create_document(empty, "Empty").result()
        store.create_document(rich, "Rich", transfer.new_document("Rich", None, contents)).result()
        before = [store.last_sequence(document) for document in (empty, rich)]
    desk = Desk(qtbot, tmp_path)
    for document in (empty, rich, empty, rich):
        desk.open(document)
        desk.window.resize(desk.window.width() + 40, 700)
        desk.window.appearance.zoom(10)
        desk.window.appearance.choose_theme("dark")
        desk.bot.wait(20)  # whatever the layout has put off
    desk.close()
    with Store.open(tmp_path) as store:
        assert [store.last_sequence(document) for document in (empty, rich)] == before


def test_new_rename_and_back(desk: Desk) -> None:
    desk.type("first")
    desk.key(Qt.Key.Key_N, CTRL)
    desk.type("second")
    desk.key(Qt.Key.Key_F2)
    field = desk.window.sidebar.tree.findChild(QLineEdit)
    assert field is not None
    desk.bot.keyClicks(field, "Renamed")
    desk.bot.keyClick(field, Qt.Key.Key_Return)
    desk.wait(lambda: [r.title for r in desk.store.documents()] == ["Untitled", "Renamed"])
    records = desk.store.documents()
    desk.wait(lambda: desk.titles[0] == "Renamed")
    desk.open(records[0].id)
    assert desk.text == "first"
    desk.open(records[1].id)
    assert desk.text == "second"
    assert desk.window.opened is not None
    assert desk.window.opened.document.title == "Renamed"


def test_a_title_being_typed_survives_what_happens_meanwhile(desk: Desk) -> None:
    desk.key(Qt.Key.Key_F2)
    field = desk.window.sidebar.tree.findChild(QLineEdit)
    assert field is not None
    desk.bot.keyClicks(field, "Half a ti")
    assert desk.window.opened is not None
    document = desk.window.opened.document_id
    for _ in range(4):  # its mark changes, as it does when the relay answers
        desk.program.shelf.records_changed.emit({document})
    desk.store.create_document(new_document_id(), "From elsewhere").result()
    desk.window.network.library_changed.emit()  # another device's document arrives
    desk.bot.keyClicks(field, "tle")
    desk.bot.keyClick(field, Qt.Key.Key_Return)
    desk.wait(lambda: desk.store.document(document).title == "Half a title")
    desk.wait(lambda: len(desk.titles) == 2)


@pytest.mark.parametrize("theme", ["dark", "light", "system"])
def test_themes_and_zoom_change_no_word(desk: Desk, theme: str) -> None:
    desk.type("words")
    before = contents(desk)
    desk.window.actions_.view.themes[theme].trigger()
    for _ in range(3):
        desk.window.actions_.view.zoom_in.trigger()
    assert contents(desk) == before
    assert desk.window.settings.zoom == 130


@pytest.mark.parametrize(("language", "said"), [("en", "already open"), ("de", "schon geöffnet")])
def test_a_profile_that_cannot_be_opened_is_said_in_a_window(
    tmp_path: Path, language: str, said: str
) -> None:
    with Store.open(tmp_path):
        window = subprocess.Popen(
            [sys.executable, "-m", "app", "--data-dir", str(tmp_path)],
            stderr=subprocess.PIPE,
            env={**os.environ, "LANGUAGE": language, "PYTHONIOENCODING": "utf-8"},
            encoding="utf-8",
        )
        assert window.stderr is not None
        line = window.stderr.readline()
        window.kill()
        window.wait(30)
        window.stderr.close()
    assert said in line


def test_the_caret_stays_in_view_when_the_page_changes(desk: Desk) -> None:
    window = desk.window
    editor = window.editor
    assert window.opened is not None
    words = "a paragraph of some words that wraps in another place when there is less room for it. "
    window.opened.document.apply(insert(0, (words * 3 + "\n") * 12), Origin.COMMAND)
    desk.wait(lambda: editor.verticalScrollBar().maximum() > 0)
    for change in (
        window.toggle_outline,
        partial(window.appearance.zoom, 30),
        window.toggle_outline,
        partial(window.appearance.zoom, None),
    ):
        cursor = editor.textCursor()
        cursor.movePosition(cursor.MoveOperation.End)
        editor.setTextCursor(cursor)
        bar = editor.verticalScrollBar()
        bar.setValue(bar.value() - editor.viewport().height() + editor.cursorRect().bottom() + 2)
        before = editor.cursorRect().top()
        change()
        QApplication.processEvents()
        window.grab()  # what is seen is laid out now
        assert editor.cursorRect().top() == before
