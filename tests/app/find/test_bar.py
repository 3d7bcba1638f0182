"""Find and replace by keys and clicks in a real window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from app.find import replacer
from sync.document.delta import Insert, insert
from sync.types import Origin
from tests.end_to_end.desk import Desk

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier


class Finding(Desk):
    """A window, and hands at its find bar."""

    @property
    def bar(self):
        return self.window.find_bar

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
        """A key to whoever has the focus."""
        widget = QApplication.focusWidget()
        assert widget is not None
        self.bot.keyClick(widget, key, modifier)

    def look_for(self, text: str) -> None:
        self.press(Qt.Key.Key_F, CTRL)
        self.wait(self.bar.field.hasFocus)
        self.bot.keyClicks(self.bar.field, text)
        self.settle()

    def settle(self) -> None:
        finder = self.bar.finder
        self.wait(lambda: not finder.searching and not self.bar.replacer.running)

    def click(self, button: QAbstractButton) -> None:
        self.bot.mouseClick(button, Qt.MouseButton.LeftButton)
        self.settle()

    @property
    def selected(self) -> tuple[int, int]:
        cursor = self.window.editor.textCursor()
        return cursor.selectionStart(), cursor.selectionEnd()

    @property
    def said(self) -> str:
        return self.bar.count.text()

    def fill(self, text: str) -> None:
        assert self.window.opened is not None
        self.window.opened.document.apply(insert(0, text), Origin.COMMAND)
        self.key(Qt.Key.Key_Home, CTRL)

    @property
    def marked(self) -> list[str]:
        editor = self.window.editor
        return [mark.cursor.selectedText() for mark in editor.extraSelections()]


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Finding]:
    desk = Finding(qtbot, tmp_path)
    desk.focus()
    yield desk
    desk.close()


def test_from_hit_to_hit_and_back_to_the_text(desk: Finding) -> None:
    desk.fill("😀 one two\none two one")
    desk.look_for("one")
    assert desk.said == "1 of 3"
    assert desk.selected == (3, 6)
    assert desk.marked == ["one"] * 3
    desk.press(Qt.Key.Key_Return)
    desk.press(Qt.Key.Key_Return)
    assert (desk.said, desk.selected) == ("3 of 3", (19, 22))
    desk.press(Qt.Key.Key_Return)
    assert (desk.said, desk.selected) == ("1 of 3 · from the top", (3, 6))
    desk.press(Qt.Key.Key_Return, SHIFT)
    assert desk.said == "3 of 3 · from the end"
    desk.press(Qt.Key.Key_Escape)
    assert not desk.bar.isVisible()
    assert desk.window.editor.hasFocus()
    assert desk.marked == []
    desk.type("1")
    assert desk.text == "😀 one two\none two 1"
    desk.press(Qt.Key.Key_F3)
    desk.settle()
    assert desk.said == "1 of 2 · from the top"


def test_hits_follow_what_is_typed(desk: Finding) -> None:
    desk.fill("one")
    desk.look_for("one")
    desk.window.editor.setFocus()
    desk.key(Qt.Key.Key_End)
    desk.type(" none")
    desk.wait(lambda: len(desk.bar.finder.hits) == 2)
    assert desk.said == "2 found"
    assert desk.marked == ["one", "one"]


def test_toggles_and_what_is_wrong_is_said(desk: Finding) -> None:
    desk.fill("The other (then)")
    desk.look_for("the")
    assert desk.said == "1 of 3"
    desk.click(desk.bar.case)
    assert desk.said == "1 of 2"
    desk.click(desk.bar.word)
    assert desk.said == "Not found"
    desk.click(desk.bar.word)
    desk.click(desk.bar.regex)
    desk.bot.keyClicks(desk.bar.field, "(")
    desk.settle()
    assert desk.said == "Not an expression: missing ), at character 5"
    desk.bot.keyClicks(desk.bar.field, "n)")
    desk.settle()
    assert desk.said == "1 of 1"
    desk.bar.field.clear()
    desk.settle()
    assert desk.said == ""


def test_a_pattern_without_end_leaves_the_window_alive(desk: Finding) -> None:
    desk.fill("a" * 60 + "!")
    desk.look_for("")
    desk.click(desk.bar.regex)
    desk.bot.keyClicks(desk.bar.field, "(a+)+$|(a|aa)+$")
    desk.window.editor.setFocus()
    desk.type("b")  # while it is at it
    assert desk.text.startswith("b")
    desk.wait(lambda: "too long" in desk.said)


def test_replace_one_and_all(desk: Finding) -> None:
    desk.fill("one two one two one")
    desk.press(Qt.Key.Key_H, CTRL)
    desk.wait(desk.bar.field.hasFocus)
    desk.bot.keyClicks(desk.bar.field, "one")
    desk.settle()
    desk.bot.keyClicks(desk.bar.replacement, "1")
    desk.bot.keyClick(desk.bar.replacement, Qt.Key.Key_Return)
    desk.wait(lambda: desk.text == "1 two one two one")
    desk.wait(lambda: desk.selected == (6, 9))
    desk.click(desk.bar.replace_all)
    desk.wait(lambda: desk.text == "1 two 1 two 1")
    assert desk.said == "2 replaced"
    desk.press(Qt.Key.Key_Escape)
    desk.key(Qt.Key.Key_Z, CTRL)
    assert desk.text == "1 two one two one"
    desk.key(Qt.Key.Key_Z, CTRL)
    assert desk.text == "one two one two one"


def test_many_are_replaced_in_slices_as_one_step(desk: Finding) -> None:
    count = 3 * replacer.AT_ONCE
    desk.fill("\n".join(["one 😀 one"] * count))
    desk.press(Qt.Key.Key_H, CTRL)
    desk.bot.keyClicks(desk.bar.field, "one")
    desk.settle()
    desk.bot.keyClicks(desk.bar.replacement, "eleven")
    desk.bot.mouseClick(desk.bar.replace_all, Qt.MouseButton.LeftButton)
    desk.wait(lambda: "Replacing" in desk.said)
    assert desk.window.opened is not None
    # Somebody writes at the very top meanwhile.
    desk.window.opened.document.apply(insert(0, "meanwhile "), Origin.COMMAND)
    desk.settle()
    assert desk.text == "meanwhile " + "\n".join(["eleven 😀 eleven"] * count)
    assert desk.said == f"{2 * count:,} replaced"


def test_one_undo_takes_all_slices_back(desk: Finding) -> None:
    text = "\n".join(["one 😀 one"] * replacer.AT_ONCE)
    desk.fill(text)
    desk.press(Qt.Key.Key_H, CTRL)
    desk.bot.keyClicks(desk.bar.field, "one")
    desk.settle()
    desk.bot.keyClicks(desk.bar.replacement, "eleven")
    desk.click(desk.bar.replace_all)
    assert "one" not in desk.text
    desk.press(Qt.Key.Key_Escape)
    desk.key(Qt.Key.Key_Z, CTRL)
    assert desk.text == text
    desk.key(Qt.Key.Key_Y, CTRL)
    desk.key(Qt.Key.Key_Z, CTRL | SHIFT)
    assert desk.text == text.replace("one", "eleven")


def test_only_in_what_is_selected(desk: Finding) -> None:
    desk.fill("one\none\none one\none")
    desk.key(Qt.Key.Key_Down)
    for _ in range(2):
        desk.key(Qt.Key.Key_Down, SHIFT)
    desk.look_for("one")
    assert desk.bar.selected.isChecked()
    assert desk.said == "1 of 3"
    desk.press(Qt.Key.Key_H, CTRL)
    desk.bot.keyClicks(desk.bar.replacement, "1")
    desk.click(desk.bar.replace_all)
    assert desk.text == "one\n1\n1 1\none"


def test_what_is_selected_is_looked_for(desk: Finding) -> None:
    desk.fill("word and word")
    desk.key(Qt.Key.Key_Right, CTRL | SHIFT)
    desk.key(Qt.Key.Key_Left, SHIFT)
    desk.press(Qt.Key.Key_F, CTRL)
    desk.settle()
    assert desk.bar.field.text() == "word"
    assert desk.said == "1 of 2"


def test_marks_of_what_is_replaced_stay(desk: Finding) -> None:
    desk.key(Qt.Key.Key_B, CTRL)
    desk.type("bold")
    desk.key(Qt.Key.Key_B, CTRL)
    desk.type(" plain")
    desk.press(Qt.Key.Key_H, CTRL)
    desk.click(desk.bar.regex)
    desk.bot.keyClicks(desk.bar.field, r"(\w)(\w+)")
    desk.settle()
    desk.bot.keyClicks(desk.bar.replacement, "$2$1")
    desk.click(desk.bar.replace_all)
    assert desk.window.opened is not None
    assert desk.window.opened.document.contents() == [
        Insert("oldb", {"bold": True}),
        Insert(" lainp\n"),
    ]


def test_who_may_only_read_may_find(desk: Finding) -> None:
    desk.fill("one")
    desk.window.editor.setReadOnly(True)
    desk.look_for("one")
    assert desk.said == "1 of 1"
    assert not desk.bar.replace_all.isEnabled()
    assert not desk.bar.replace_one.isEnabled()
