"""To documents by their titles and by their words, in a real window with a real index."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.search.overlay import Overlay
from app.search.rows import Row
from sync.document import transfer
from sync.document.delta import Insert, insert
from sync.document.document import Document
from sync.store.store import Store
from sync.types import DocumentId, Origin
from tests.app.search.parts import parts
from tests.end_to_end.desk import Desk

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier

TEXTS = {
    "whale": ("Moby Dick", "Call me Ishmael.\n" * 60 + "Then 😀 the white whale, and a whale.\n"),
    "duck": ("The Wild Duck", "There is a white duck in the attic.\n"),
    "tokyo": ("旅の記録", "きのう東京都に行きました。\n"),
    "notes": ("Meeting notes", "Nothing of the kind.\n"),
}


class Finder(Desk):
    """A window, and hands that find documents."""

    @property
    def search(self):
        return self.window.finding.search

    @property
    def switcher(self):
        return self.window.finding.switcher

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
        """A key to whoever has the focus."""
        self.bot.keyClick(self.focused, key, modifier)

    @property
    def focused(self) -> QWidget:
        widget = QApplication.focusWidget()
        assert widget is not None
        return widget

    def open_search(self) -> None:
        self.press(Qt.Key.Key_F, CTRL | SHIFT)
        self.wait(self.search.field.hasFocus)

    def open_switcher(self) -> None:
        self.press(Qt.Key.Key_P, CTRL)
        self.wait(self.switcher.field.hasFocus)
        self.wait(lambda: len(self.rows(self.switcher)) >= len(TEXTS))

    def rows(self, overlay: Overlay) -> list[Row]:
        return overlay.rows.rows

    def titles(self, overlay: Overlay) -> list[str]:
        return [row.title for row in self.rows(overlay)]

    def type_here(self, text: str) -> None:
        self.bot.keyClicks(self.focused, text)

    @property
    def title(self) -> str:
        return self.window.documents.title

    @property
    def selected(self) -> str:
        return self.window.editor.textCursor().selectedText()

    @property
    def marked(self) -> list[str]:
        """What has a colour behind it; misspelled words have a line below them."""
        marks = self.window.editor.extraSelections()
        colored = [m for m in marks if m.format.background().style() != Qt.BrushStyle.NoBrush]
        return [mark.cursor.selectedText() for mark in colored]


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Finder]:
    with Store.open(tmp_path) as store:
        for document_id, (title, text) in TEXTS.items():
            updates = transfer.new_document(title, None, [Insert(text)])
            store.create_document(DocumentId(document_id), title, updates).result()
    desk = Finder(qtbot, tmp_path)
    desk.focus()
    yield desk
    desk.close()


def test_from_words_to_the_place_where_they_are(desk: Finder) -> None:
    assert desk.title == "Meeting notes"
    desk.open_search()
    assert "all documents" in desk.search.message.text()
    desk.type_here("white")
    desk.wait(lambda: set(desk.titles(desk.search)) == {"Moby Dick", "The Wild Duck"})
    assert desk.search.status.text() == "2 documents"
    desk.type_here(" whale")
    desk.wait(lambda: desk.titles(desk.search) == ["Moby Dick"])
    (row,) = desk.rows(desk.search)
    assert "white whale" in row.snippet
    assert parts(row.snippet, row.snippet_hits) == ["white", "whale", "whale"]
    desk.press(Qt.Key.Key_Return)
    assert not desk.search.isVisible()
    assert desk.title == "Moby Dick"
    desk.wait(lambda: desk.selected == "white")
    assert desk.marked == ["white", "whale", "whale"]
    editor = desk.window.editor
    assert editor.hasFocus()
    assert editor.viewport().rect().contains(editor.cursorRect())
    desk.press(Qt.Key.Key_Escape)
    assert desk.marked == []
    # Once more: what was looked for is still there, and Esc goes back to the page.
    desk.open_search()
    assert desk.search.field.selectedText() == "white whale"
    desk.wait(lambda: desk.titles(desk.search) == ["Moby Dick"])
    desk.press(Qt.Key.Key_Escape)
    assert not desk.search.isVisible()
    assert editor.hasFocus()


def test_what_is_typed_just_now_is_found(desk: Finder) -> None:
    desk.open_search()
    desk.type_here("narwhal")
    desk.wait(lambda: desk.search.message.text() == "No document has these words.")
    desk.press(Qt.Key.Key_Escape)
    desk.type("a narwhal ")
    desk.open_search()
    desk.wait(lambda: desk.titles(desk.search) == ["Meeting notes"])
    desk.press(Qt.Key.Key_Return)
    desk.wait(lambda: desk.selected == "narwhal")
    assert desk.text == "Nothing of the kind.a narwhal "


def test_words_without_spaces_between_them(desk: Finder) -> None:
    desk.open_search()
    composed = QInputMethodEvent()
    composed.setCommitString("京都")
    QApplication.sendEvent(desk.focused, composed)
    desk.wait(lambda: desk.titles(desk.search) == ["旅の記録"])
    desk.press(Qt.Key.Key_Return)
    desk.wait(lambda: desk.selected == "京都")


def test_a_title_that_has_the_words_opens_at_the_top(desk: Finder) -> None:
    desk.open_search()
    desk.type_here("meeting")
    desk.wait(lambda: desk.titles(desk.search) == ["Meeting notes"])
    (row,) = desk.rows(desk.search)
    assert parts(row.title, row.title_hits) == ["Meeting"]
    desk.press(Qt.Key.Key_Return)
    assert desk.title == "Meeting notes"
    assert desk.selected == ""


def test_keys_and_clicks_choose(desk: Finder) -> None:
    desk.open_search()
    desk.type_here("white")
    desk.wait(lambda: len(desk.rows(desk.search)) == 2)
    second = desk.titles(desk.search)[1]
    desk.press(Qt.Key.Key_Down)
    desk.press(Qt.Key.Key_Down)  # there is no third one
    desk.press(Qt.Key.Key_Return)
    assert desk.title == second
    desk.open_search()
    desk.wait(lambda: len(desk.rows(desk.search)) == 2)
    desk.press(Qt.Key.Key_Tab)
    assert desk.search.list.hasFocus()
    desk.type_here("x")
    assert desk.search.field.text() == "whitex"
    desk.press(Qt.Key.Key_Backspace)
    desk.wait(lambda: len(desk.rows(desk.search)) == 2)
    first = desk.search.list.visualRect(desk.search.rows.index(0)).center()
    wanted = desk.titles(desk.search)[0]
    desk.bot.mouseClick(desk.search.list.viewport(), Qt.MouseButton.LeftButton, pos=first)
    assert desk.title == wanted
    desk.open_search()
    desk.bot.mouseClick(desk.window.editor.viewport(), Qt.MouseButton.LeftButton)
    assert not desk.search.isVisible(), "who goes on elsewhere has done with it"


def test_what_is_in_the_trash_is_left_out_and_folders_are_told(desk: Finder) -> None:
    shelf = desk.program.shelf
    outer = shelf.do(lambda library: library.add_folder("Novels"))
    inner = shelf.do(lambda library: library.add_folder("Drafts", outer))
    shelf.do(lambda library: library.move(["whale"], inner))
    shelf.do(lambda library: library.trash(["duck"]))
    shelf.do(lambda library: library.opened(DocumentId("notes")))
    shelf.do(lambda library: library.opened(DocumentId("tokyo")))
    desk.open_search()
    desk.type_here("white")
    desk.wait(lambda: desk.titles(desk.search) == ["Moby Dick"])
    assert desk.rows(desk.search)[0].where == "Novels › Drafts"
    desk.press(Qt.Key.Key_Escape)
    desk.press(Qt.Key.Key_P, CTRL)
    # The one opened last comes first, the one that is open last.
    wanted = ["旅の記録", "Moby Dick", "Meeting notes"]
    desk.wait(lambda: desk.titles(desk.switcher) == wanted)


def test_to_a_document_by_letters_of_its_title(desk: Finder) -> None:
    desk.open_switcher()
    assert desk.titles(desk.switcher)[-1] == "Meeting notes", "that one is open"
    desk.type_here("wd")
    desk.wait(lambda: desk.titles(desk.switcher) == ["The Wild Duck"])
    (row,) = desk.rows(desk.switcher)
    assert parts(row.title, row.title_hits) == ["W", "D"]
    desk.press(Qt.Key.Key_Return)
    assert desk.title == "The Wild Duck"
    assert desk.window.editor.hasFocus()
    desk.open_switcher()
    assert desk.switcher.field.text() == ""
    desk.type_here("qqq")
    desk.wait(lambda: desk.switcher.message.isVisible())
    assert desk.switcher.message.text() == "No document has such a title."
    desk.press(Qt.Key.Key_Return)
    assert desk.switcher.isVisible()
    desk.press(Qt.Key.Key_Escape)
    assert desk.title == "The Wild Duck"
    assert desk.window.editor.hasFocus()


def test_from_one_card_to_the_other_and_back_to_the_page(desk: Finder) -> None:
    desk.open_switcher()
    desk.open_search()
    assert not desk.switcher.isVisible()
    desk.press(Qt.Key.Key_Escape)
    assert desk.window.editor.hasFocus()


def test_beside_what_is_open_is_asked_of_the_window(desk: Finder) -> None:
    asked = []
    desk.window.finding.open_requested.connect(lambda *request: asked.append(request))
    desk.open_switcher()
    desk.type_here("moby")
    desk.wait(lambda: desk.titles(desk.switcher) == ["Moby Dick"])
    desk.press(Qt.Key.Key_Return, CTRL)
    assert asked == [("whale", True, None)]


def test_a_hit_is_shown_in_a_window_of_its_own(desk: Finder) -> None:
    here = desk.window.opened
    desk.open_search()
    desk.type_here("attic")
    desk.wait(lambda: desk.titles(desk.search) == ["The Wild Duck"])
    desk.press(Qt.Key.Key_Return, CTRL)
    desk.wait(lambda: len(desk.program.windows) == 2)
    other = desk.program.windows[-1]
    assert desk.window.opened is here
    assert other.opened is not None
    assert other.opened.document_id == "duck"
    desk.wait(lambda: other.editor.textCursor().selectedText() == "attic")


def test_a_long_list_goes_on(qtbot: QtBot, tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        for number in range(75):
            updates = transfer.new_document(f"No. {number}", None, [Insert("the same words\n")])
            store.create_document(DocumentId(f"d{number}"), f"No. {number}", updates).result()
    desk = Finder(qtbot, tmp_path)
    desk.focus()
    desk.open_search()
    desk.type_here("same")
    desk.wait(lambda: desk.search.status.text() == "75 documents")
    for _ in range(80):
        desk.press(Qt.Key.Key_PageDown)
        desk.bot.wait(1)
        if len(desk.rows(desk.search)) == 75:
            break
    desk.wait(lambda: len(set(desk.titles(desk.search))) == 75)
    desk.close()


def test_looking_at_a_document_is_noted(desk: Finder) -> None:
    def seen(document_id: str) -> int:
        with desk.store.database.reading() as connection:
            rows = connection.execute(
                "SELECT sequence FROM seen JOIN documents ON number = document WHERE id = ?",
                [document_id],
            )
            return max((sequence for (sequence,) in rows), default=-1)

    desk.wait(lambda: seen("notes") >= 0)
    desk.open("duck")
    desk.open("whale")
    desk.wait(lambda: seen("whale") >= 0)
    assert seen("duck") == -1, "nobody has really looked at it"
    # Somebody else writes there.
    other = Document.load(None, desk.store.load(DocumentId("whale")).updates)
    updates: list[bytes] = []
    other.on_update(lambda update, _: updates.append(update))
    other.apply(insert(0, "news "), Origin.COMMAND)
    sequence = desk.store.append_remote(DocumentId("whale"), updates[0]).result()
    assert desk.store.history.with_news() == ["whale"]
    desk.network.remote_update.emit("whale", updates[0])
    assert desk.text.startswith("news ")
    desk.wait(lambda: seen("whale") == sequence)
    assert desk.store.history.with_news() == []
