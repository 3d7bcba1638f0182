"""Spelling by keys and clicks in a real window, with a real dictionary."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from sync.document.delta import Insert, insert
from sync.types import Origin
from tests.end_to_end.desk import Desk

CTRL = Qt.KeyboardModifier.ControlModifier


class Spelled(Desk):
    @property
    def marked(self) -> list[str]:
        marks = self.window.editor.extraSelections()
        return [
            mark.cursor.selectedText()
            for mark in marks
            if mark.format.underlineColor().name() == self.window.appearance.theme.bad
        ]

    def fill(self, text: str, attributes: dict | None = None) -> None:
        assert self.window.opened is not None
        document = self.window.opened.document
        document.apply(insert(0, text, attributes or {}), Origin.COMMAND)

    def popup(self) -> QMenu:
        self.wait(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        return menu

    def entry(self, menu: QMenu, title: str) -> QAction:
        """The one with that title, or that command and a word."""

        def fits(text: str) -> bool:
            return text == title or text.startswith(f"&{title} “")

        self.wait(lambda: any(fits(action.text()) for action in menu.actions()))
        return next(action for action in menu.actions() if fits(action.text()))

    def choose_at(self, position: int, title: str) -> None:
        """Right-click a character and choose an entry by the keyboard."""
        editor = self.window.editor
        cursor = editor.textCursor()
        cursor.setPosition(position)
        point = editor.cursorRect(cursor).center() + QPoint(1, 0)

        def choose() -> None:
            menu = self.popup()
            menu.setActiveAction(self.entry(menu, title))
            self.bot.keyClick(menu, Qt.Key.Key_Return)

        QTimer.singleShot(0, choose)
        reason = QContextMenuEvent.Reason.Mouse
        where = editor.viewport().mapToGlobal(point)
        QApplication.sendEvent(editor.viewport(), QContextMenuEvent(reason, point, where))


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Spelled]:
    monkeypatch.setattr("app.spelling.spelling.language_of", lambda *_: "en_US")
    desk = Spelled(qtbot, tmp_path)
    desk.focus()
    yield desk
    desk.close()


def test_a_misspelled_word_is_marked_when_it_is_left(desk: Spelled) -> None:
    desk.type("first wrods then teh")
    desk.wait(lambda: desk.marked == ["wrods"])
    desk.type(" ")
    desk.wait(lambda: desk.marked == ["wrods", "teh"])
    desk.key(Qt.Key.Key_Backspace)
    desk.wait(lambda: desk.marked == ["wrods"])
    desk.key(Qt.Key.Key_Left)
    assert desk.marked == ["wrods", "teh"]


def test_marks_write_nothing(desk: Spelled) -> None:
    assert desk.window.opened is not None
    desk.fill("teh wrods\n" * 50)
    before = desk.window.opened.document.encode_state()
    desk.wait(lambda: desk.window.spelling.count == 100)
    assert desk.window.opened.document.encode_state() == before


def test_a_suggestion_from_the_context_menu_keeps_the_marks(desk: Spelled) -> None:
    desk.fill("teh rest")
    assert desk.window.opened is not None
    desk.key(Qt.Key.Key_A, CTRL)
    desk.key(Qt.Key.Key_B, CTRL)
    desk.wait(lambda: desk.marked == ["teh"])
    desk.choose_at(1, "the")
    assert desk.window.opened.document.contents() == [
        Insert("the rest", {"bold": True}),
        Insert("\n"),
    ]
    desk.wait(lambda: desk.marked == [])
    desk.key(Qt.Key.Key_Z, CTRL)
    assert desk.text == "teh rest"


def test_adding_and_ignoring(desk: Spelled, tmp_path: Path) -> None:
    desk.fill("Teh wrods")
    desk.wait(lambda: desk.marked == ["Teh", "wrods"])
    desk.choose_at(1, "Ignore")
    desk.wait(lambda: desk.marked == ["wrods"])
    desk.choose_at(6, "Add")
    desk.wait(lambda: desk.window.spelling.count == 0 and desk.marked == [])
    assert (tmp_path / "words.txt").read_text() == "wrods\n"


def test_code_links_and_addresses_are_left_alone(desk: Spelled) -> None:
    desk.fill("teh ", {"code": True})
    desk.fill("teh ", {"link": "https://teh.org"})
    desk.fill("wrods https://teh.org ")
    desk.wait(lambda: desk.marked == ["wrods"])


def test_f7_goes_from_one_to_the_next_and_offers_suggestions(desk: Spelled) -> None:
    desk.fill("right\n" * 200 + "teh end\nwrods")
    desk.key(Qt.Key.Key_Home, CTRL)
    desk.key(Qt.Key.Key_F7)
    menu = desk.popup()
    assert "“teh”: misspelling 1 of" in menu.actions()[0].text()
    desk.entry(menu, "the")
    assert desk.window.editor.textCursor().selectedText() == "teh"
    desk.bot.keyClick(menu, Qt.Key.Key_Escape)
    desk.wait(lambda: QApplication.activePopupWidget() is None)
    desk.key(Qt.Key.Key_F7)
    menu = desk.popup()
    assert "“wrods”: misspelling 2 of 2" in menu.actions()[0].text()
    menu.setActiveAction(desk.entry(menu, "words"))
    desk.bot.keyClick(menu, Qt.Key.Key_Return)
    assert desk.text.endswith("teh end\nwords")


def test_f7_says_when_there_is_nothing(desk: Spelled) -> None:
    desk.fill("all right")
    desk.wait(lambda: desk.window.spelling.language == "en_US")
    desk.key(Qt.Key.Key_F7)
    desk.wait(lambda: desk.window.statusBar().currentMessage() == "No misspelled words.")


def test_off_is_off(desk: Spelled) -> None:
    desk.fill("teh")
    desk.wait(lambda: desk.marked == ["teh"])
    check = desk.window.actions_.view.spelling.check
    check.trigger()
    assert desk.marked == []
    assert not desk.window.settings.check_spelling
    check.trigger()
    desk.wait(lambda: desk.marked == ["teh"])


def test_what_is_missing_for_a_language_is_said(
    desk: Spelled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.spelling.spelling.language_of", lambda *_: "cy_GB")
    desk.fill("teh")
    desk.window.spelling.restart()
    check = desk.window.actions_.view.spelling.check
    desk.wait(lambda: "no dictionary: Cymraeg" in check.text())
    assert "hunspell-cy" in check.statusTip()
    assert desk.marked == []


def test_a_document_may_have_each_language_that_there_is_a_dictionary_for(desk: Spelled) -> None:
    desk.fill("colour")
    languages = desk.window.actions_.edit.languages
    desk.wait(lambda: "en-US" in languages)
    assert languages["en-US"].isEnabled()
    languages["en-US"].trigger()
    desk.wait(lambda: desk.marked == ["colour"])
    assert languages["en-US"].isChecked()
    assert not languages[None].isChecked()
    assert desk.window.opened is not None
    assert desk.window.opened.document.language == "en-US"


def test_a_key_stops_what_is_being_checked(desk: Spelled) -> None:
    spelling = desk.window.spelling
    desk.wait(lambda: spelling.language is not None)
    desk.fill("".join(f"{number} wrods of a long book, in paragraphs\n" for number in range(6_000)))
    desk.wait(lambda: spelling.count > 0)
    desk.type("a")
    desk.wait(lambda: spelling._asked is None)
    assert spelling.count < 6_000  # the rest waits for the end of the typing
    desk.wait(lambda: spelling.count == 6_000)


def test_others_who_never_rest_do_not_keep_it_from_checking(desk: Spelled) -> None:
    desk.wait(lambda: desk.window.spelling.language is not None)
    desk.fill("wrods\n")
    assert desk.window.opened is not None
    document = desk.window.opened.document
    timer = QTimer()
    timer.timeout.connect(lambda: document.apply(insert(document.length - 1, "x "), Origin.COMMAND))
    timer.start(20)
    desk.wait(lambda: desk.marked == ["wrods"])
    timer.stop()
