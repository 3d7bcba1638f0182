"""Everything can be reached and done with the keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.dialogs.shortcuts import ShortcutsDialog
from tests.app import windows
from tests.end_to_end.desk import Desk

SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(qtbot, tmp_path)
    desk.focus()
    yield desk
    desk.close()


def focus() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key where a person's key would go."""
    QTest.keyClick(focus(), key, modifier)


def pane(desk: Desk) -> str:
    """The part of the window that the focus is in."""
    window = desk.window
    parts: dict[str, QWidget] = {
        "sidebar": window.sidebar,
        "toolbar": window.toolbar,
        "banner": window.banner,
        "page": window.editor,
        "find": window.find_bar,
        "outline": window.outline,
        "status": window.status_line,
    }
    now = focus()
    return next(name for name, part in parts.items() if part is now or part.isAncestorOf(now))


def test_f6_goes_round_the_window(desk: Desk) -> None:
    def round_trip(modifier: Qt.KeyboardModifier) -> list[str]:
        visited = []
        while not visited or pane(desk) != visited[0]:
            visited.append(pane(desk))
            press(Qt.Key.Key_F6, modifier)
        return visited

    assert round_trip(Qt.KeyboardModifier.NoModifier) == ["page", "status", "sidebar", "toolbar"]
    windows.show_everything(desk)
    desk.type("# a heading\nwords")
    desk.key(Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    desk.wait(desk.window.outline.tree.isVisible)
    desk.window.editor.setFocus()
    everything = ["page", "find", "outline", "status", "sidebar", "toolbar", "banner"]
    assert round_trip(Qt.KeyboardModifier.NoModifier) == everything
    assert round_trip(SHIFT) == [everything[0], *reversed(everything[1:])]


def test_f6_comes_back_to_what_had_the_focus_in_a_part(desk: Desk) -> None:
    press(Qt.Key.Key_F6, SHIFT)
    press(Qt.Key.Key_Tab)
    there = focus()
    press(Qt.Key.Key_F6)
    assert pane(desk) == "page"
    press(Qt.Key.Key_F6, SHIFT)
    assert focus() is there


def test_every_control_of_the_window_is_reached(desk: Desk) -> None:
    desk.type("a heading")
    desk.key(Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    windows.show_everything(desk)
    desk.wait(desk.window.outline.tree.isVisible)
    desk.window.find_bar.field.setText("heading")
    desk.wait(lambda: desk.window.find_bar.replace_all.isEnabled())
    reached = set()
    desk.window.editor.setFocus()
    for _ in range(7):
        press(Qt.Key.Key_F6)
        here = pane(desk)
        if here == "page":  # Tab writes there
            reached.add(focus())
            continue
        start = focus()
        while pane(desk) == here:
            reached.add(focus())
            press(Qt.Key.Key_Tab)
            if focus() is start:
                break
        start.setFocus()
    missed = [control for control in windows.controls(desk.window) if control not in reached]
    assert [(type(c).__name__, c.accessibleName()) for c in missed] == []
    assert len(reached) > 20


def test_every_control_of_a_dialog_is_reached(desk: Desk) -> None:
    count = 0
    for dialog in windows.dialogs(desk):
        desk.wait(lambda shown=dialog: shown.isAncestorOf(focus()))
        reached: set[QWidget] = set()
        while focus() not in reached:
            reached.add(focus())
            press(Qt.Key.Key_Tab)
            proxied = [w for w in dialog.findChildren(QWidget) if w.focusProxy() is focus()]
            reached.update(proxied)
        missed = [control for control in windows.controls(dialog) if control not in reached]
        assert [(type(c).__name__, c.accessibleName()) for c in missed] == [], dialog
        count += 1
        press(Qt.Key.Key_Escape)
        assert not dialog.isVisible(), "Esc closes it"
    assert count >= 7


def test_esc_comes_back_to_the_page_from_everywhere(desk: Desk) -> None:
    desk.type("a heading")
    desk.key(Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    windows.show_everything(desk)
    desk.wait(desk.window.outline.tree.isVisible)
    desk.window.editor.setFocus()
    for control in windows.controls(desk.window):
        if not control.isVisible() or desk.window.find_bar.isAncestorOf(control):
            continue  # there it closes the bar
        control.setFocus()
        if QApplication.focusWidget() is not control:
            continue
        press(Qt.Key.Key_Escape)
        assert focus() is desk.window.editor, (type(control).__name__, control.accessibleName())
    desk.window.find_bar.field.setFocus()
    press(Qt.Key.Key_Escape)
    assert focus() is desk.window.editor
    assert not desk.window.find_bar.isVisible()


def test_closing_the_banner_leads_back_to_the_page(desk: Desk) -> None:
    desk.window.banner.say("Something happened.")
    desk.window.banner.findChild(QPushButton).setFocus()
    press(Qt.Key.Key_Space)
    assert not desk.window.banner.isVisible()
    assert focus() is desk.window.editor


def test_menus_open_by_their_letters(desk: Desk) -> None:
    press(Qt.Key.Key_V, Qt.KeyboardModifier.AltModifier)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    QTest.keyClick(menu, Qt.Key.Key_D)
    assert not desk.window.settings.outline  # no entry has that letter
    QTest.keyClick(menu, Qt.Key.Key_O)
    assert desk.window.settings.outline


CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.mark.parametrize(
    ("more", "less", "back"),
    [
        (Qt.Key.Key_BracketRight, Qt.Key.Key_BracketLeft, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_M, Qt.Key.Key_M, SHIFT),  # a German keyboard has no brackets without AltGr
    ],
)
def test_indenting_by_keys_of_every_keyboard(
    desk: Desk, more: Qt.Key, less: Qt.Key, back: Qt.KeyboardModifier
) -> None:
    desk.type("text")
    assert desk.window.opened is not None
    document = desk.window.opened.document

    def indent() -> object:
        return (document.contents()[-1].attributes or {}).get("indent")

    press(more, CTRL)
    press(more, CTRL)
    assert indent() == 2
    press(less, CTRL | back)
    assert indent() == 1


def test_formats_are_cleared_by_keys_of_every_keyboard(desk: Desk) -> None:
    assert desk.window.opened is not None
    for key in (Qt.Key.Key_Backslash, Qt.Key.Key_Space):
        press(Qt.Key.Key_B, CTRL)
        desk.type("bold")
        press(Qt.Key.Key_A, CTRL)
        press(key, CTRL)
        assert not any(piece.attributes for piece in desk.window.opened.document.contents())
        press(Qt.Key.Key_Delete)


def test_documents_are_opened_and_renamed_by_keys(desk: Desk) -> None:
    desk.type("first")
    desk.key(Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    desk.type("second")
    press(Qt.Key.Key_F6, SHIFT)
    press(Qt.Key.Key_F6, SHIFT)
    assert pane(desk) == "sidebar"
    press(Qt.Key.Key_Down)
    assert desk.text == "first"
    press(Qt.Key.Key_Escape)
    desk.type(" again")  # where the caret was
    assert desk.text == "first again"


def test_the_shortcuts_are_those_of_the_menus_and_can_be_searched(desk: Desk) -> None:
    press(Qt.Key.Key_F1)
    dialog = desk.window.findChild(ShortcutsDialog)
    shown = {
        item.text(1): item.text(0)
        for head in (
            dialog.list.topLevelItem(row) for row in range(dialog.list.topLevelItemCount())
        )
        for item in (head.child(row) for row in range(head.childCount()))
    }
    native = QKeySequence.SequenceFormat.NativeText
    for action in desk.window.actions():
        if action.shortcuts():
            keys = ", ".join(key.toString(native) for key in action.shortcuts())
            assert keys in shown, action.text()
    assert shown["Ctrl+B"] == "Bold"
    desk.wait(dialog.field.hasFocus)
    QTest.keyClicks(dialog.field, "ctrl+alt head")
    visible = [
        item.text(0)
        for head in (
            dialog.list.topLevelItem(row) for row in range(dialog.list.topLevelItemCount())
        )
        for item in (head.child(row) for row in range(head.childCount()))
        if not item.isHidden() and not head.isHidden()
    ]
    assert visible == [f"Heading {level}" for level in range(1, 7)]
    QTest.keyClicks(dialog.field, " nothing like it")
    assert dialog.nothing.isVisible()
    press(Qt.Key.Key_Escape)
    assert not dialog.isVisible()
