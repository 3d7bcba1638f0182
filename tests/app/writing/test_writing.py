"""Words, goal, focus mode and typewriter scrolling, by keys and clicks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QApplication, QCheckBox, QDialogButtonBox
from pytestqt.qtbot import QtBot

from app.dialogs.page import PageDialog
from app.settings import Settings
from app.writing.goal import DayGoal
from app.writing.word_label import WordLabel
from app.writing.word_popup import WordPopup
from sync.document.delta import insert
from sync.document.document import Document
from sync.types import Origin
from tests.end_to_end.desk import Desk

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(qtbot, tmp_path)
    desk.focus()
    yield desk
    desk.close()


def label(desk: Desk) -> WordLabel:
    found = desk.window.findChild(WordLabel)
    assert isinstance(found, WordLabel)
    return found


def words(desk: Desk, text: str) -> None:
    desk.wait(lambda: label(desk).button.text() == text)


def receive(desk: Desk, text: str) -> None:
    """Somebody else writes at the start of the open document."""
    opened = desk.window.opened
    assert opened is not None
    other = Document.load(opened.document.encode_state())
    updates: list[bytes] = []
    other.on_update(lambda update, _: updates.append(update))
    other.apply(insert(0, text), Origin.COMMAND)
    for update in updates:
        opened.live.receive(update)


def test_words_of_document_and_selection(desk: Desk) -> None:
    words(desk, "0 words")
    desk.type("one")
    words(desk, "1 word")
    desk.type(" two three")
    words(desk, "3 words")
    desk.key(Qt.Key.Key_Left, CTRL | SHIFT)
    words(desk, "1 of 3 words")
    desk.key(Qt.Key.Key_Right)
    words(desk, "3 words")


def test_only_own_words_count_for_the_day(desk: Desk) -> None:
    desk.type("two words")
    words(desk, "2 words")
    receive(desk, "three more words ")
    words(desk, "5 words")
    counter = desk.window.words
    assert (counter.session, counter.goal.written) == (2, 2)
    desk.key(Qt.Key.Key_End, CTRL)
    desk.type(" six")
    receive(desk, "seven ")  # while the last ones are not counted yet
    words(desk, "7 words")
    assert (counter.session, counter.goal.written) == (3, 3)
    desk.key(Qt.Key.Key_N, CTRL)
    words(desk, "0 words")
    desk.type("elsewhere")
    words(desk, "1 word")
    assert (counter.session, counter.goal.written) == (4, 4)


def test_a_goal_is_set_in_the_popup_and_fills_a_bar(desk: Desk) -> None:
    bar = label(desk).bar
    assert not bar.isVisible()
    desk.bot.mouseClick(label(desk).button, Qt.MouseButton.LeftButton)
    popup = QApplication.activePopupWidget()
    assert isinstance(popup, WordPopup)
    popup.goal.selectAll()
    desk.bot.keyClicks(popup.goal, "4")
    desk.bot.keyClick(popup, Qt.Key.Key_Escape)
    desk.wait(bar.isVisible)
    desk.focus()
    desk.type("one two")
    desk.wait(lambda: bar.value() == 2)
    assert "2 of 4" in bar.toolTip()
    desk.type(" three four five")
    desk.wait(lambda: "reached" in bar.toolTip())
    assert bar.value() == bar.maximum() == 4


def test_a_new_day_begins_at_nothing(qapp: QApplication, tmp_path: Path) -> None:
    day = [date(2026, 11, 25)]
    goal = DayGoal(Settings(tmp_path), lambda: day[0])
    goal.add(5)
    goal.add(-7)
    assert goal.written == 0
    goal.add(12)
    again = DayGoal(Settings(tmp_path), lambda: day[0])
    assert again.written == 12
    day[0] = date(2026, 11, 26)
    assert again.written == 0


def test_focus_mode_leaves_only_the_page(desk: Desk) -> None:
    desk.type("first\nsecond\nthird")
    desk.key(Qt.Key.Key_Up)
    around = (
        desk.window.menuBar(),
        desk.window.toolbar,
        desk.window.sidebar,
        desk.window.statusBar(),
    )
    desk.key(Qt.Key.Key_F11)
    assert desk.window.isFullScreen()
    assert not any(widget.isVisible() for widget in around)
    dimmed = [
        (one.cursor.selectionStart(), one.cursor.selectionEnd())
        for one in desk.window.editor.extraSelections()
    ]
    assert dimmed == [(0, 6), (12, 18)]
    desk.key(Qt.Key.Key_B, CTRL)  # shortcuts work without the menus
    assert desk.window.actions_.format.marks["bold"].isChecked()
    desk.key(Qt.Key.Key_Escape)
    assert not desk.window.isFullScreen()
    assert all(widget.isVisible() for widget in around)
    assert not desk.window.outline.isVisible()
    assert not desk.window.editor.extraSelections()


def test_a_typewriter_keeps_its_line_in_the_middle(desk: Desk) -> None:
    desk.key(Qt.Key.Key_T, CTRL | SHIFT)
    desk.type("\n".join(f"line {number}" for number in range(40)))
    editor = desk.window.editor

    def off_centre() -> int:
        return abs(editor.cursorRect().center().y() - editor.viewport().height() // 2)

    desk.wait(lambda: off_centre() <= 2)
    desk.key(Qt.Key.Key_T, CTRL | SHIFT)
    desk.key(Qt.Key.Key_Home, CTRL)
    desk.type("x")
    assert off_centre() > 50


def test_the_page_changes_while_it_is_chosen(desk: Desk) -> None:
    desk.type("Some words.")
    editor, settings = desk.window.editor, desk.window.settings
    before = editor.binding.style if editor.binding else None
    desk.window.actions_.view.page.trigger()
    dialog = desk.window.findChild(PageDialog)
    assert isinstance(dialog, PageDialog)
    desk.bot.keyClick(dialog.form.line_height, Qt.Key.Key_PageUp)
    assert editor.binding is not None
    assert before is not None
    assert editor.binding.style.line_height == before.line_height + 10
    desk.bot.keyClick(dialog, Qt.Key.Key_Escape)
    assert editor.binding.style == before
    desk.window.actions_.view.page.trigger()
    dialog = next(d for d in desk.window.findChildren(PageDialog) if d.isVisible())
    box = dialog.findChild(QCheckBox)
    assert box is not None
    desk.bot.keyClick(box, Qt.Key.Key_Space)
    desk.bot.keyClick(dialog.form.page_width, Qt.Key.Key_PageUp)
    buttons = dialog.findChild(QDialogButtonBox)
    assert isinstance(buttons, QDialogButtonBox)
    ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
    desk.bot.mouseClick(ok, Qt.MouseButton.LeftButton)
    assert settings.page_width == 52
    assert settings.family
    assert desk.text == "Some words."


def test_focus_mode_dims_what_stands_before_lists(desk: Desk) -> None:
    desk.type("- one\n")
    desk.key(Qt.Key.Key_Return)
    desk.type("two")
    editor = desk.window.editor
    theme = desk.window.appearance.theme

    def darkest() -> int:
        """The darkest pixel of the bullet."""
        cursor = editor.textCursor()
        cursor.setPosition(0)
        text = editor.cursorRect(cursor)
        image = (
            editor.viewport().grab(QRect(0, text.top(), text.left() - 2, text.height())).toImage()
        )
        return min(
            image.pixelColor(x, y).lightness()
            for x in range(image.width())
            for y in range(image.height())
        )

    desk.wait(lambda: darkest() < theme.faded.lightness() - 20)
    desk.window.focus_mode.toggle()
    desk.wait(lambda: abs(darkest() - theme.faded.lightness()) < 10)
