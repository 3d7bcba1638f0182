"""Undo and redo: own steps only, and what was selected around each."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.editor import commands
from sync.document.delta import Insert
from tests.app.editor.desk import CTRL, SHIFT, Desk
from tests.app.editor.pages import Page


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    desk = Desk(qtbot)
    desk.put(Insert("one two three\n"))
    desk.caret(0)
    return desk


def undo(desk: Desk) -> None:
    desk.key(Qt.Key.Key_Z, CTRL)


def redo(desk: Desk) -> None:
    desk.key(Qt.Key.Key_Z, CTRL | SHIFT)


class TestSelection:
    def test_a_format_gives_the_selection_back(self, desk: Desk) -> None:
        desk.caret(7, 4)
        desk.editor.toggle_mark("bold")
        desk.caret(0)
        undo(desk)
        assert desk.selected == (4, 7)
        desk.caret(0)
        redo(desk)
        assert desk.selected == (4, 7)

    def test_a_selection_that_was_typed_over_comes_back_selected(self, desk: Desk) -> None:
        desk.caret(4, 7)  # backwards
        desk.type("2")
        assert desk.text == "one 2 three\n"
        undo(desk)
        assert desk.text == "one two three\n"
        assert desk.selected == (7, 4)
        redo(desk)
        assert desk.text == "one 2 three\n"
        assert desk.selected == (5, 5)

    def test_what_was_typed_over_with_its_own_first_letter_too(self, desk: Desk) -> None:
        desk.caret(7, 4)
        desk.type("t")
        undo(desk)
        assert desk.selected == (4, 7)

    def test_deleted_letters_come_back_before_the_caret(self, desk: Desk) -> None:
        desk.caret(7)
        for _ in range(3):
            desk.key(Qt.Key.Key_Backspace)
        desk.caret(0)
        undo(desk)
        assert desk.text == "one two three\n"
        assert desk.selected == (7, 7)
        redo(desk)
        assert desk.selected == (4, 4)

    def test_a_list_step_leaves_the_caret_in_its_word(self, desk: Desk) -> None:
        desk.caret(5)
        desk.editor.run(lambda chosen: commands.toggle_list(chosen, "bullet"))
        desk.caret(0)
        undo(desk)
        assert desk.selected == (5, 5)

    def test_steps_deep_down(self, desk: Desk) -> None:
        desk.caret(7, 4)
        desk.editor.toggle_mark("bold")
        desk.caret(13, 8)
        desk.key(Qt.Key.Key_Delete)
        desk.caret(3, 0)
        desk.editor.toggle_mark("italic")
        for selected in ((0, 3), (8, 13), (4, 7)):
            undo(desk)
            assert desk.selected == selected
        assert desk.contents == [Insert("one two three\n")]
        for selected in ((4, 7), (8, 8), (0, 3)):
            redo(desk)
            assert desk.selected == selected

    def test_among_others_edits(self, desk: Desk) -> None:
        desk.caret(7, 4)
        desk.type("2")
        desk.remote(0, ">> ")
        desk.remote(7, "é😀")
        undo(desk)
        assert desk.text.startswith(">> one ")
        assert desk.editor.textCursor().selectedText() == "two"
        desk.remote(0, "!")
        redo(desk)
        anchor, position = desk.selected
        assert anchor == position
        assert desk.page.qt.characterAt(position - 1) == "2"

    def test_others_words_inside_the_selection_stay_inside(self, desk: Desk) -> None:
        desk.caret(13, 4)
        desk.editor.toggle_mark("bold")
        desk.remote(6, "XX")
        desk.caret(0)
        undo(desk)
        assert desk.editor.textCursor().selectedText() == "twXXo three"

    def test_a_move_goes_back_and_is_selected_there(self, desk: Desk) -> None:
        desk.caret(7, 3)
        desk.editor._move_selection(0)
        assert desk.text == " twoone three\n"
        assert desk.selected == (0, 4)
        undo(desk)
        assert desk.text == "one two three\n"
        assert desk.selected == (3, 7)

    def test_a_step_that_others_have_deleted_is_passed_over(self, desk: Desk) -> None:
        desk.caret(5, 4)
        desk.editor.toggle_mark("bold")
        desk.caret(13)
        desk.type("!")
        other = Page(state=desk.page.document.encode_state())
        other.cursor(14, 13).removeSelectedText()
        desk.page.document.apply_update(other.document.encode_state())
        undo(desk)
        assert desk.contents == [Insert("one two three\n")]
        assert desk.selected == (4, 5)


class TestSteps:
    def test_one_paste_is_one_step(self, desk: Desk) -> None:
        QGuiApplication.clipboard().setText("a\nb\nc")
        desk.caret(13)
        desk.type("!")
        desk.key(Qt.Key.Key_V, CTRL)
        desk.type("!")
        undo(desk)
        assert desk.text == "one two three!a\nb\nc\n"
        undo(desk)
        assert desk.text == "one two three!\n"
        undo(desk)
        assert desk.text == "one two three\n"

    def test_a_new_edit_forgets_what_was_undone(self, desk: Desk) -> None:
        desk.type("a")
        undo(desk)
        desk.caret(13)
        desk.type("b")
        redo(desk)
        assert desk.text == "one two threeb\n"
        undo(desk)
        assert desk.text == "one two three\n"
        assert desk.selected == (13, 13)

    def test_undo_and_redo_again_and_again(self, desk: Desk) -> None:
        desk.caret(7, 4)
        desk.type("2")
        for _ in range(5):
            undo(desk)
            assert (desk.text, desk.selected) == ("one two three\n", (4, 7))
            redo(desk)
            assert (desk.text, desk.selected) == ("one 2 three\n", (5, 5))

    def test_another_document_in_between_keeps_the_history(self, qtbot: QtBot, desk: Desk) -> None:
        desk.caret(7, 4)
        desk.editor.toggle_mark("bold")
        binding = desk.page.binding
        desk.editor.show_binding(None)
        desk.remote(0, "> ")
        desk.editor.show_binding(binding)
        undo(desk)
        assert desk.selected == (6, 9)


def test_one_history_for_two_windows(qtbot: QtBot) -> None:
    first = Desk(qtbot)
    second = Desk(qtbot, beside=first.page)
    first.type("one")
    second.caret(0)
    second.type("two ")
    first.key(Qt.Key.Key_End)
    first.caret(7)
    assert first.text == second.text == "two one\n"
    first.editor.undo()  # what was typed last, in the other window
    assert first.text == second.text == "one\n"
    assert first.selected == (0, 0), "where it was done"
    second.caret(3)
    first.editor.undo()
    assert first.text == second.text == "\n"
    second.editor.redo()
    second.editor.redo()
    assert first.text == second.text == "two one\n"
    assert second.selected == (4, 4)
    assert not second.page.document.undo_history.can_redo


def test_the_caret_of_the_other_window_stays_with_its_words(qtbot: QtBot) -> None:
    first = Desk(qtbot, "some words of a text")
    second = Desk(qtbot, beside=first.page)
    second.caret(5, 10)
    first.caret(0)
    first.type("Now ")
    assert second.selected == (14, 9)
    first.caret(0, 4)
    first.editor.toggle_mark("bold")
    assert second.selected == (14, 9)
    first.editor.undo()
    first.editor.undo()
    assert second.selected == (10, 5)
    second.editor.toggle_mark("bold")  # its own command leaves its own selection
    assert (first.selected, second.selected) == ((0, 0), (10, 5))
