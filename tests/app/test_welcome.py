"""The first start, and a window without a document."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.translation import LANGUAGES
from app.welcome import read_welcome
from sync.document.delta import Insert
from sync.store.migrations import DATABASE
from tests.end_to_end.desk import Desk

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def contents(desk: Desk) -> list[Insert]:
    assert desk.window.opened is not None
    return desk.window.opened.document.contents()


def test_the_welcome_does_what_it_says(qtbot: QtBot, tmp_path: Path) -> None:
    desk = Desk(qtbot, tmp_path, welcome=True)
    desk.focus()
    window = desk.window
    assert window.windowTitle() == "Welcome to Inkstand — Inkstand"
    assert window.documents.language == "en-US"
    boxes = [part for part in contents(desk) if part.attributes.get("list") == "unchecked"]
    assert len(boxes) == 5
    # A box is ticked by Ctrl+Enter.
    place = window.editor.toPlainText().index("Tick this")
    window.editor.select(place, place)
    desk.key(Qt.Key.Key_Return, CTRL)
    boxes = [part for part in contents(desk) if part.attributes.get("list") == "unchecked"]
    assert len(boxes) == 4
    # There is a word to mend.
    desk.wait(lambda: window.spelling.count > 0 or window.spelling.language is None)
    if window.spelling.language is not None:
        start = window.editor.toPlainText().index("mispeled")
        desk.wait(lambda: window.spelling.at(start + 2) is not None)
    # A line becomes a heading.
    place = window.editor.toPlainText().index("This line would")
    window.editor.select(place, place)
    desk.type("## ")
    line = next(n for n, part in enumerate(contents(desk)) if "This line would" in str(part))
    assert contents(desk)[line + 1].attributes == {"header": 2}
    # It does not come back, not even when it was the only one.
    desk.close()
    (tmp_path / DATABASE).unlink()
    again = Desk(qtbot, tmp_path, welcome=True)
    assert again.window.opened is None
    assert len(again.titles) == 0
    again.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_is_one_in_each_language(language: str) -> None:
    title, parts, tag = read_welcome(language)
    assert tag.startswith(language)
    assert parts[0] == Insert(title)
    kinds = [next(iter(part.attributes), None) for part in parts]
    english = [next(iter(part.attributes), None) for part in read_welcome("en")[1]]
    assert kinds == english


def test_a_window_without_a_document(qtbot: QtBot, tmp_path: Path) -> None:
    desk = Desk(qtbot, tmp_path)
    desk.focus()
    desk.key(Qt.Key.Key_N, CTRL | SHIFT)
    window = desk.program.windows[-1]
    desk.wait(window.isActiveWindow)
    desk.wait(lambda: window.empty is not None)
    assert window.empty is not None
    assert window.empty.isVisible()
    assert not window.editor.isVisible()
    desk.wait(window.empty.has_focus)
    assert [button.text() for button in window.empty.buttons] == [
        *("New document", "Go to document", "Import", "Keyboard shortcuts")
    ]
    assert window.empty.buttons[0].accessibleDescription() == "Ctrl+N"
    # Esc comes back here from the other parts of the window.
    window.sidebar.new_button.setFocus()
    assert not window.empty.has_focus()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert window.empty.has_focus()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    desk.wait(window.editor.hasFocus)
    assert not window.empty.isVisible()
    QTest.keyClicks(QApplication.focusWidget(), "begun")
    assert window.editor.toPlainText() == "begun"
    desk.close()
