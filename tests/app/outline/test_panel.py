"""The outline panel, by keys, clicks and a drag."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QTreeWidgetItem
from pytestqt.qtbot import QtBot

from tests.app.dragging import drag
from tests.end_to_end.desk import Desk

CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(qtbot, tmp_path)
    desk.focus()
    desk.key(Qt.Key.Key_O, CTRL | SHIFT)
    yield desk
    desk.close()


def heading(desk: Desk, level: int, text: str, body: str = "") -> None:
    desk.key(Qt.Key(Qt.Key.Key_0 + level), CTRL | ALT)
    desk.type(f"{text}\n")
    if body:
        desk.type(f"{body}\n")


def shown(desk: Desk) -> list[tuple[str, list[str]]]:
    tree = desk.window.outline.tree

    def name(item: QTreeWidgetItem) -> tuple[str, list[str]]:
        return item.text(0), [item.child(n).text(0) for n in range(item.childCount())]

    return [name(tree.topLevelItem(n)) for n in range(tree.topLevelItemCount())]


def three_parts(desk: Desk) -> None:
    heading(desk, 1, "One", "first")
    heading(desk, 2, "Deeper", "below")
    heading(desk, 1, "Two", "second")
    heading(desk, 1, "Three", "third")
    desk.wait(lambda: shown(desk) == [("One", ["Deeper"]), ("Two", []), ("Three", [])])


def item(desk: Desk, text: str) -> QTreeWidgetItem:
    return desk.window.outline.tree.findItems(
        text, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive
    )[0]


def middle(desk: Desk, text: str) -> QPoint:
    return desk.window.outline.tree.visualItemRect(item(desk, text)).center()


def click(desk: Desk, text: str) -> None:
    viewport = desk.window.outline.tree.viewport()
    desk.bot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=middle(desk, text))


def test_without_headings_it_says_how_to_make_one(desk: Desk) -> None:
    assert desk.window.outline.empty.isVisible()
    heading(desk, 1, "One")
    desk.wait(lambda: not desk.window.outline.empty.isVisible())
    assert shown(desk) == [("One", [])]


def test_a_click_goes_there_and_the_caret_is_followed(desk: Desk) -> None:
    three_parts(desk)
    click(desk, "Two")
    assert desk.window.editor.textCursor().block().text() == "Two"
    assert desk.window.editor.hasFocus()
    desk.type("Now ")
    desk.wait(lambda: shown(desk)[1][0] == "Now Two")
    desk.key(Qt.Key.Key_Home, CTRL)
    current = desk.window.outline.tree.currentItem()
    assert current is not None
    assert current.text(0) == "One"


def test_a_section_moves_by_keys_as_one_step(desk: Desk) -> None:
    three_parts(desk)
    before = desk.text
    tree = desk.window.outline.tree
    click(desk, "One")
    tree.setFocus()
    desk.bot.keyClick(tree, Qt.Key.Key_Down, ALT)
    assert shown(desk) == [("Two", []), ("One", ["Deeper"]), ("Three", [])]
    assert desk.text.startswith("Two\nsecond\nOne\nfirst\nDeeper\nbelow\nThree")
    desk.bot.keyClick(tree, Qt.Key.Key_Down, ALT)
    assert [name for name, _ in shown(desk)] == ["Two", "Three", "One"]
    desk.bot.keyClick(tree, Qt.Key.Key_Up, ALT)
    desk.bot.keyClick(tree, Qt.Key.Key_Up, ALT)
    assert desk.text == before
    for _ in range(4):
        desk.window.editor.setFocus()
        desk.key(Qt.Key.Key_Z, CTRL)
    assert desk.text == before


def test_a_section_moves_by_a_drop(desk: Desk) -> None:
    three_parts(desk)
    tree = desk.window.outline.tree
    click(desk, "Three")
    tree.setFocus()
    rect = tree.visualItemRect(item(desk, "One"))
    end = QPoint(rect.center().x(), rect.top() + 1)
    drag(desk.bot, tree.viewport(), middle(desk, "Three"), end)
    assert desk.text.startswith("Three\nthird\n")
    desk.window.editor.setFocus()
    desk.key(Qt.Key.Key_Z, CTRL)
    assert desk.text.startswith("One\nfirst\n")


def test_a_reader_moves_nothing(desk: Desk) -> None:
    three_parts(desk)
    before = desk.text
    desk.window.editor.setReadOnly(True)
    click(desk, "One")
    desk.bot.keyClick(desk.window.outline.tree, Qt.Key.Key_Down, ALT)
    assert desk.text == before


def test_what_is_chosen_is_shown_in_one_piece(desk: Desk) -> None:
    heading(desk, 1, "One")
    heading(desk, 2, "Two")
    tree = desk.window.outline.tree
    desk.wait(lambda: tree.currentItem() is not None and tree.currentItem().text(0) == "Two")
    item = tree.visualItemRect(tree.currentItem())
    image = tree.viewport().grab().toImage()
    # Below the upper edge, where no letter is and each piece would begin with a round corner.
    colours = {image.pixelColor(x, item.top() + 1).name() for x in range(8, item.right() - 8)}
    assert colours == {desk.window.appearance.theme.selected}
