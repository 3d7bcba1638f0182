"""The settings by keys: what is chosen acts at once, in all windows, and at the next start."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from app import gui
from app.actions.shortcuts import Command
from app.main_window import MainWindow
from app.preferences.account import AccountPage
from app.preferences.appearance import AppearancePage
from app.preferences.dialog import SettingsDialog
from app.preferences.editor import EditorPage
from app.preferences.language import LanguagePage
from app.preferences.page import Page
from app.preferences.shortcuts import ShortcutsPage
from app.preferences.spelling import SpellingPage
from app.preferences.storage import StoragePage
from app.settings import Settings
from app.spelling.word_list import FILE
from sync.document import transfer
from sync.document.delta import Insert
from sync.store import backup
from sync.store.compaction import build_document
from sync.store.store import Store
from sync.types import new_document_id
from tests.end_to_end.desk import PATIENCE, Desk

P = TypeVar("P", bound=Page)

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(qtbot, tmp_path)
    desk.focus()
    yield desk
    desk.close()


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key where a person's key would go."""
    QTest.keyClick(focus(), key, modifier)


def focus() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def open_page(desk: Desk, kind: type[P]) -> P:
    """Open the settings by their keys and go down to a page."""
    desk.window.activateWindow()
    desk.wait(desk.window.isActiveWindow)
    desk.window.editor.setFocus()
    press(Qt.Key.Key_Comma, CTRL)
    dialog = desk.window.findChild(SettingsDialog)
    assert isinstance(dialog, SettingsDialog)
    desk.wait(dialog.isActiveWindow)
    desk.wait(dialog.names.hasFocus)
    press(Qt.Key.Key_Home)
    while not isinstance(dialog.page, kind):
        press(Qt.Key.Key_Down)
    return dialog.page


def test_choices_act_at_once_in_all_windows(desk: Desk) -> None:
    other = desk.program.new_window()
    page = open_page(desk, EditorPage)
    for box in page.findChildren(QCheckBox):
        box.setFocus()
        press(Qt.Key.Key_Space)
    for window in (desk.window, other):
        assert not window.as_you_type.markdown
        assert not window.as_you_type.smart_punctuation
        assert window.typewriter.on
        assert not window.actions_.edit.markdown.isChecked()
        assert window.actions_.view.typewriter.isChecked()
    other.actions_.edit.markdown.trigger()
    assert page.findChildren(QCheckBox)[0].isChecked(), "it follows the menu"
    page.goal.setFocus()
    press(Qt.Key.Key_Up)
    assert desk.window.words.goal.goal == 50
    press(Qt.Key.Key_Escape)
    assert desk.window.findChild(SettingsDialog) is None or not page.isVisible()


def test_the_look_of_windows_and_page(desk: Desk) -> None:
    page = open_page(desk, AppearancePage)
    page.theme.setFocus()
    press(Qt.Key.Key_End)
    assert desk.window.appearance.theme.name == "sepia"
    page.zoom.setFocus()
    press(Qt.Key.Key_Up)
    assert desk.window.opened is not None
    style = desk.window.opened.binding.style
    assert style.size == pytest.approx(13 * 1.1)
    desk.window.actions_.view.zoom_in.trigger()
    assert page.zoom.value() == 120
    page.page.line_height.setFocus()
    press(Qt.Key.Key_Home)
    assert desk.window.opened.binding.style.line_height == 100


def test_words_of_ones_own_are_seen_added_and_removed(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("# mine\nzwo\nalpha\n")
    page = open_page(desk, SpellingPage)

    def shown() -> list[str]:
        return [page.list.item(row).text() for row in range(page.list.count())]

    desk.wait(lambda: shown() == ["alpha", "zwo"])
    page.field.setFocus()
    QTest.keyClicks(page.field, "Inkstand")
    press(Qt.Key.Key_Return)
    desk.wait(lambda: shown() == ["alpha", "Inkstand", "zwo"])
    page.list.setFocus()
    press(Qt.Key.Key_Home)
    press(Qt.Key.Key_Down, SHIFT)
    press(Qt.Key.Key_Delete)
    desk.wait(lambda: shown() == ["zwo"])
    assert (tmp_path / FILE).read_text() == "# mine\nzwo\n"
    tag = page.language.itemData(page.language.count() - 1)
    page.language.setFocus()
    press(Qt.Key.Key_End)
    assert desk.window.documents.language == tag


def choose(desk: Desk, page: ShortcutsPage, name: str, words: str) -> Command:
    page.search.setFocus()
    page.search.clear()
    QTest.keyClicks(page.search, words)
    command = page.command
    assert command is not None
    assert command.name == name
    press(Qt.Key.Key_Tab)
    press(Qt.Key.Key_Return)
    desk.wait(page.field.hasFocus)
    return command


def test_keys_are_recorded_conflicts_named_and_all_is_put_back(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    page = open_page(desk, ShortcutsPage)
    bold = choose(desk, page, "format.marks.bold", "bold")
    press(Qt.Key.Key_Y, ALT | SHIFT)
    assert bold.keys == "Alt+Shift+Y"
    assert "Alt+Shift+Y" in desk.window.toolbar.actions()[2].toolTip()
    # A letter alone would write nothing any more.
    press(Qt.Key.Key_Y)
    assert bold.keys == "Alt+Shift+Y"
    assert page.said.text() == "Y is needed for writing. Press it with Ctrl or Alt."
    # What another command has is only taken from it when the person says so.
    press(Qt.Key.Key_I, CTRL)
    assert page.said.text() == "Ctrl+I belongs to “Italic” (Format)."
    assert bold.keys == "Alt+Shift+Y"
    press(Qt.Key.Key_Tab)
    assert focus() is page.take
    press(Qt.Key.Key_Space)
    assert bold.keys == "Ctrl+I"
    assert desk.window.actions_.format.marks["italic"].shortcuts() == []
    undo = choose(desk, page, "edit.undo", "ctrl+z undo")
    press(Qt.Key.Key_Backspace)
    assert undo.keys == ""
    press(Qt.Key.Key_Escape)
    assert page.list.hasFocus()
    page.window().close()
    desk.focus()
    desk.key(Qt.Key.Key_I, CTRL)
    desk.type("x")
    assert desk.window.opened is not None
    assert desk.window.opened.document.contents()[0] == Insert("x", {"bold": True})
    desk.close()

    again = Desk(qtbot, tmp_path)
    again.focus()
    page = open_page(again, ShortcutsPage)
    bold = choose(again, page, "format.marks.bold", "bold")
    assert (bold.keys, page.field.text()) == ("Ctrl+I", "Ctrl+I")
    page.reset.setFocus()
    press(Qt.Key.Key_Space)
    assert bold.keys == "Ctrl+B"
    assert again.window.actions_.format.marks["italic"].shortcuts() == []
    page.reset_all.setFocus()
    press(Qt.Key.Key_Space)
    assert again.window.settings.shortcuts == {}
    assert again.window.actions_.format.marks["italic"].shortcut().toString() == "Ctrl+I"
    assert again.window.actions_.edit.undo.shortcut().toString() == "Ctrl+Z"
    again.close()


def test_each_entry_of_a_menu_has_a_name_of_its_own_for_its_keys(desk: Desk) -> None:
    commands = desk.window.shortcuts.commands
    names = [command.name for command in commands]
    assert len(set(names)) == len(names)
    known = {command.action for command in commands}
    left = [
        action.text()
        for action in desk.window.actions()
        if action.shortcuts() and action not in known
    ]
    assert left == []


def test_stored_nonsense_for_keys_gives_the_usual_ones(qtbot: QtBot, tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    settings.shortcuts = {"format.marks.bold": "gibberish", "edit.redo": "y", "gone.action": "F2"}
    settings.save()
    desk = Desk(qtbot, tmp_path)
    assert desk.window.actions_.format.marks["bold"].shortcut().toString() == "Ctrl+B"
    assert desk.window.actions_.edit.redo.shortcut().toString() == "Ctrl+Shift+Z"
    desk.close()


def test_account_and_language(desk: Desk) -> None:
    page = open_page(desk, AccountPage)
    assert page.who.text().startswith("Nobody is signed in.")
    assert page.sign_in.isVisible()
    assert not page.sign_out.isVisible()
    page.window().close()
    language = open_page(desk, LanguagePage)
    language.language.setFocus()
    press(Qt.Key.Key_End)
    assert language.settings.language == "de"
    assert language.later.isVisible()


def test_storage(desk: Desk, tmp_path: Path) -> None:
    desk.type("kept")
    assert desk.window.opened is not None
    opened = desk.window.opened
    desk.wait(lambda: not opened.replica.unsaved)
    page = open_page(desk, StoragePage)
    desk.wait(lambda: page._sizes["total"].text() not in ("…", "0 bytes"))
    page.back_up.setFocus()
    press(Qt.Key.Key_Space)
    desk.wait(lambda: not page.busy)
    assert page.said.text().startswith("The backup is made")
    assert page.backups.count() == len(backup.made(tmp_path / backup.BACKUPS)) == 1
    page.check.setFocus()
    press(Qt.Key.Key_Space)
    assert page.cancel.hasFocus()
    desk.wait(lambda: not page.busy)
    assert page.said.text() == "Everything can be read."
    folder = tmp_path / "out"
    page.export_to(folder)
    desk.wait(lambda: not page.busy)
    assert page.said.text() == f"1 document is in {folder}."
    assert (folder / "Untitled.md").read_text() == "kept\n"
    # A second one writes over nothing that is cancelled at once.
    page.export_to(tmp_path / "never")
    press(Qt.Key.Key_Space)
    assert page.said.text() == "Cancelled."
    assert page.backups.hasFocus()


def test_going_back_to_a_backup(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> None:
    """The very program: its windows close, the backup takes the place, they open again."""
    document = new_document_id()
    with Store.open(tmp_path) as store:
        updates = transfer.new_document("Paper", None, [Insert("then\n")])
        store.create_document(document, "Paper", updates).result()
        store.back_up_daily()
    seen: list[str] = []

    def window() -> MainWindow:
        shown = [w for w in qapp.topLevelWidgets() if isinstance(w, MainWindow) and w.isVisible()]
        return shown[0]

    def confirm() -> None:
        box = QApplication.activeModalWidget()
        if not isinstance(box, QMessageBox):
            QTimer.singleShot(20, confirm)
            return
        next(button for button in box.buttons() if button.text() == "Go Back").click()

    def write_and_go_back() -> None:
        main = window()
        QTest.keyClicks(main.editor, "now and ")
        seen.append(main.editor.toPlainText())
        main.actions_.edit.settings.trigger()
        dialog = main.findChild(SettingsDialog)
        dialog.go_to(StoragePage)
        QTimer.singleShot(0, confirm)
        QTimer.singleShot(0, dialog.page.restore.click)
        QTimer.singleShot(100, look)

    def look() -> None:
        again = [w for w in qapp.topLevelWidgets() if isinstance(w, MainWindow) and w.isVisible()]
        if not again or again[0].editor.toPlainText() != "then":
            QTimer.singleShot(50, look)
            return
        seen.append(again[0].editor.toPlainText())
        again[0].program.quit()

    QTimer.singleShot(PATIENCE, qapp.quit)
    QTimer.singleShot(100, write_and_go_back)
    try:
        assert gui.run_program(qapp, tmp_path, Settings(tmp_path)) == 0
    finally:
        gc.disable()  # as for all tests
    assert seen == ["now and then", "then"]
    (aside,) = tmp_path.glob("replaced-*")
    with Store.open(tmp_path) as store:
        assert build_document(store.load(document))[0].text() == "then\n"
    assert list(aside.iterdir())
