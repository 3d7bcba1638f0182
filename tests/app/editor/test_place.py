"""What others write moves neither the reader nor the word being composed; drags by mouse."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.editor import commands
from sync.document.delta import Insert
from tests.app.dragging import drag
from tests.app.editor.desk import CTRL, Desk

MANY = "".join(f"Paragraph {number}\n" for number in range(200))


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


class TestScrolling:
    @pytest.fixture
    def desk(self, qtbot: QtBot) -> Desk:
        desk = Desk(qtbot, MANY)
        bar = desk.editor.verticalScrollBar()
        qtbot.waitUntil(lambda: bar.maximum() > 2000)
        return desk

    def top(self, desk: Desk) -> tuple[str, int]:
        """The line that is topmost, and how far down it begins."""
        top = desk.editor.cursorForPosition(desk.editor.viewport().rect().topLeft())
        return top.block().text(), desk.editor.cursorRect(top).top()

    def test_a_reader_far_from_the_caret_stays(self, desk: Desk) -> None:
        desk.editor.verticalScrollBar().setValue(1000)
        seen = self.top(desk)
        desk.remote(0, "New\nlines\nabove\n")
        QApplication.processEvents()
        assert self.top(desk) == seen

    def test_a_reader_at_the_very_top_stays(self, desk: Desk) -> None:
        desk.editor.verticalScrollBar().setValue(60)
        desk.editor.verticalScrollBar().setValue(0)
        desk.caret(30)
        place = desk.editor.cursorRect().top()
        desk.remote(0, "New\n")
        QApplication.processEvents()
        assert desk.editor.cursorRect().top() == place

    def test_a_writer_keeps_the_line_that_is_written(self, desk: Desk) -> None:
        desk.caret(1500)
        desk.editor.ensureCursorVisible()
        bar = desk.editor.verticalScrollBar()
        bar.setValue(bar.value() + 200)  # the caret in the middle of the window
        place = desk.editor.cursorRect().top()
        top = desk.editor.cursorForPosition(QPoint(0, 0)).position()
        desk.remote(top + 30, "words\nbetween the\ntop and the caret\n")
        QApplication.processEvents()
        assert desk.editor.cursorRect().top() == place

    def test_what_comes_in_below_moves_nothing(self, desk: Desk) -> None:
        desk.editor.verticalScrollBar().setValue(500)
        seen, value = self.top(desk), desk.editor.verticalScrollBar().value()
        desk.remote(len(MANY) - 10, "far\nbelow\n")
        QApplication.processEvents()
        assert (self.top(desk), desk.editor.verticalScrollBar().value()) == (seen, value)

    def test_typing_goes_on_where_it_was(self, desk: Desk) -> None:
        desk.caret(12)
        for letter in "abc":
            desk.type(letter)
            desk.remote(0, "é😀\n")
        assert "\nabcParagraph 1" in desk.text


class TestComposition:
    def test_an_update_that_waited_comes_behind_it(self, desk: Desk) -> None:
        desk.type("one two")
        waiting = [desk.update(0, "> ")]
        desk.editor.composition_ended.connect(
            lambda: desk.page.document.apply_update(waiting.pop())
        )
        desk.caret(3)
        desk.compose("に")
        desk.compose("日本")
        assert desk.page.document.text() == "one two\n"
        desk.compose("", "日本")
        assert desk.text == "> one日本 two\n"
        assert desk.selected == (7, 7)

    def test_one_that_did_not_wait_loses_nothing(self, desk: Desk) -> None:
        desk.type("one two")
        desk.caret(3)
        desk.compose("日本")
        desk.remote(0, "> ")
        assert desk.text == "> one日本 two\n"
        assert not desk.editor.composing
        desk.type("!")
        assert desk.text == "> one日本! two\n"

    def test_undo_commits_first(self, desk: Desk) -> None:
        desk.put(Insert("one\n"))
        desk.caret(3)
        desk.compose("日本")
        desk.key(Qt.Key.Key_Z, CTRL)
        assert not desk.editor.composing
        assert desk.text == "one\n"

    def test_a_command_commits_first(self, desk: Desk) -> None:
        desk.put(Insert("one\n"))
        desk.caret(3)
        desk.compose("日本")
        desk.editor.run(lambda chosen: commands.set_header(chosen, 1))
        assert desk.contents == [Insert("one日本"), Insert("\n", {"header": 1})]

    def test_going_away_commits(self, desk: Desk) -> None:
        desk.compose("日本")
        desk.editor.show_binding(None)
        QApplication.processEvents()
        assert desk.page.document.text() == "日本\n"

    def test_over_a_selection_it_replaces(self, desk: Desk) -> None:
        desk.type("one two")
        desk.caret(7, 4)
        desk.compose("に")
        desk.compose("", "日本")
        assert desk.text == "one 日本\n"

    def test_no_look_is_repaired_under_it(self, desk: Desk) -> None:
        desk.put(Insert("a"), Insert("\n", {"list": "ordered"}), Insert("b\n"))
        desk.caret(3)
        desk.page.cursor(1).insertBlock()  # notes a repair
        desk.compose("に")
        QApplication.processEvents()
        assert desk.editor.composing
        desk.compose("", "日")
        assert desk.page.numbering()[:2] == ["ListDecimal 1.", "ListDecimal 2."]
        assert desk.text == "a\n\nb日\n"


class TestDrag:
    def point(self, desk: Desk, position: int) -> QPoint:
        return desk.editor.cursorRect(desk.page.cursor(position)).center()

    def test_inside_the_document_it_moves_as_one_step(self, qtbot: QtBot, desk: Desk) -> None:
        bold = {"bold": True}
        desk.put(Insert("one "), Insert("two", bold), Insert("\nthree\nfour\n"))
        assert desk.text
        desk.caret(7, 4)
        viewport = desk.editor.viewport()
        drag(qtbot, viewport, self.point(desk, 6), self.point(desk, 13))
        assert desk.contents == [Insert("one \nthree"), Insert("two", bold), Insert("\nfour\n")]
        assert desk.editor.textCursor().selectedText() == "two"
        desk.key(Qt.Key.Key_Z, CTRL)
        assert desk.contents[:2] == [Insert("one "), Insert("two", bold)]
        assert desk.editor.textCursor().selectedText() == "two"

    def test_onto_itself_it_does_nothing(self, qtbot: QtBot, desk: Desk) -> None:
        desk.put(Insert("one\ntwo\nthree\n"))
        assert desk.text
        desk.caret(13, 0)
        state = desk.page.document.state_vector()
        drag(qtbot, desk.editor.viewport(), self.point(desk, 1), self.point(desk, 10))
        assert desk.page.document.state_vector() == state

    def test_between_windows_it_moves_from_one_to_the_other(self, qtbot: QtBot, desk: Desk) -> None:
        other = Desk(qtbot, "there\n")
        other.editor.move(0, 550)
        desk.put(Insert("one two\n"))
        assert desk.text
        desk.caret(7, 4)
        target = self.point(other, 5)
        drag(qtbot, desk.editor.viewport(), self.point(desk, 6), target, other.editor.viewport())
        qtbot.waitUntil(lambda: other.text == "theretwo\n")
        qtbot.waitUntil(lambda: desk.text == "one \n")


def test_what_replaces_a_selection_leaves_the_caret_behind_it(desk: Desk) -> None:
    desk.put(Insert("one two\n"))
    desk.caret(7, 0)
    assert desk.editor.replace_selection([Insert("one and two")])
    assert desk.selected == (11, 11)
    desk.caret(11, 8)
    assert not desk.editor.replace_selection([Insert("two")])  # it stands there already
    assert desk.selected == (11, 11)
