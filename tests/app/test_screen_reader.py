"""What Inkstand tells a screen reader about itself, and when."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QTextCursor
from PySide6.QtWidgets import QComboBox, QPushButton
from pytestqt.qtbot import QtBot

from sync.client.events import Connecting, Offline, Online, SignedOut
from sync.document.delta import Insert
from sync.status import Level, Status
from sync.types import Origin
from tests.app import windows
from tests.app.screen_reader import ScreenReader, interface, name, screen_reader, text_of, walk
from tests.end_to_end.desk import Desk

CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
Event = QAccessible.Event
Role = QAccessible.Role


@pytest.fixture
def reader() -> Iterator[ScreenReader]:
    with screen_reader() as reader:
        yield reader


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path, reader: ScreenReader) -> Iterator[Desk]:
    desk = Desk(qtbot, tmp_path)
    desk.focus()
    yield desk
    desk.close()


def test_the_page_answers(desk: Desk) -> None:
    editor = desk.window.editor
    desk.type("first line\nsecond")
    page, text = interface(editor), text_of(editor)
    assert page.role() is Role.EditableText
    assert name(editor) == "Text"
    state = page.state()
    assert state.editable
    assert state.multiLine
    assert state.focused
    assert not state.readOnly
    assert text.characterCount() == len("first line\nsecond")
    assert text.text(0, 5) == "first"
    assert text.text(6, 17) == "line\nsecond"
    assert text.cursorPosition() == 17
    text.setCursorPosition(3)
    assert editor.textCursor().position() == 3
    text.setSelection(0, 6, 10)
    assert editor.textCursor().selectedText() == "line"
    assert text.selectionCount() == 1
    caret = editor.cursorRect()
    rect = text.characterRect(10)
    place = editor.viewport().mapToGlobal(caret.topLeft())
    assert (rect.topLeft() - place).manhattanLength() < 4
    assert rect.height() > 8
    second = text.characterRect(12)
    assert second.top() > rect.top()
    assert text.offsetAtPoint(second.center()) in (12, 13)
    editor.setReadOnly(True)
    assert interface(editor).state().readOnly


def test_typing_and_moving_is_told(desk: Desk, reader: ScreenReader) -> None:
    editor = desk.window.editor
    reader.told.clear()
    desk.type("ab")
    said = [told.said for told in reader.of(Event.TextInserted, Event.TextUpdated)]
    assert said == ["a", "b"]
    desk.key(Qt.Key.Key_Left)
    assert reader.of(Event.TextCaretMoved)[-1].position == 1
    assert reader.of(Event.TextCaretMoved)[-1].object is editor
    desk.key(Qt.Key.Key_Backspace)
    # Qt no longer knows the letter by then, and gives as many blanks.
    assert [(told.said, told.position) for told in reader.of(Event.TextRemoved)] == [(" ", 0)]
    desk.key(Qt.Key.Key_A, CTRL)
    assert reader.of(Event.TextSelectionChanged)
    assert desk.text == "b"


def test_commands_undo_and_others_edits_are_told(desk: Desk, reader: ScreenReader) -> None:
    editor = desk.window.editor
    desk.type("words")
    reader.told.clear()
    editor.insertPlainText(" more")
    opened = desk.window.opened
    assert opened is not None
    desk.key(Qt.Key.Key_Return)
    changes = (Event.TextInserted, Event.TextRemoved, Event.TextUpdated)
    assert len(reader.of(*changes)) >= 2
    reader.told.clear()
    editor.undo()
    assert reader.of(*changes)
    reader.told.clear()
    opened.document.apply([Insert("theirs ")], Origin.COMMAND)
    assert "theirs " in [told.said for told in reader.of(Event.TextInserted, Event.TextUpdated)]
    assert text_of(editor).text(0, 6) == "theirs"


def test_a_long_book_answers_where_nobody_has_looked_yet(desk: Desk) -> None:
    editor = desk.window.editor
    editor.insertPlainText("\n".join(f"paragraph {number} with words" for number in range(2000)))
    editor.moveCursor(QTextCursor.MoveOperation.Start)
    text = text_of(editor)
    last = text.characterCount() - 1
    assert text.text(last - 4, last + 1) == "words"
    text.setCursorPosition(last)  # Qt's own scrollToSubstring does nothing in 6.11
    rect = text.characterRect(last)
    assert rect.height() > 8
    shown = editor.viewport().rect().translated(editor.viewport().mapToGlobal(QPoint(0, 0)))
    assert shown.intersects(rect)


def test_formats_and_kinds_of_paragraphs_are_told(desk: Desk, reader: ScreenReader) -> None:
    desk.key(Qt.Key.Key_2, CTRL | ALT)
    assert reader.announced[-1] == "Heading 2"
    desk.type("title\nbody")
    assert reader.announced[-1] == "Body text"
    desk.key(Qt.Key.Key_8, CTRL | Qt.KeyboardModifier.ShiftModifier)
    assert reader.announced[-1] == "Bullet list"
    count = len(reader.announced)
    desk.type(" more")
    assert len(reader.announced) == count, "not with each letter"
    desk.key(Qt.Key.Key_Up)
    assert reader.announced[-1] == "Heading 2"
    style = desk.window.toolbar.findChild(QComboBox)
    assert style is not None
    assert interface(style).text(QAccessible.Text.Value) == "Heading 2"
    bold = desk.window.toolbar.widgetForAction(desk.window.actions_.format.marks["bold"])
    assert interface(bold).state().checkable
    desk.key(Qt.Key.Key_B, CTRL)
    assert interface(bold).state().checked


def test_documents_say_their_name_and_where_they_are_saved(desk: Desk) -> None:
    desk.type("words")
    desk.wait_status("Saved on this device")
    listing = interface(desk.window.sidebar.tree)
    assert listing.role() is Role.Tree
    assert name(listing) == "Library"
    assert name(listing.child(1)) == "Documents"  # child 0 is the header, which is hidden
    item = listing.child(2)
    assert item.role() is Role.TreeItem
    desk.wait(lambda: name(listing.child(2)) == "Untitled, Saved on this device")
    assert item.state().selected
    desk.window.documents.rename(desk.window.opened.document_id, "A title")  # type: ignore[union-attr]
    desk.wait(lambda: name(listing.child(2)) == "A title, Saved on this device")


def test_the_status_line_says_what_it_shows(desk: Desk) -> None:
    desk.type("words")
    desk.wait_status("Saved on this device")
    line = desk.window.status_line
    assert interface(line).role() is Role.StatusBar
    assert name(line.saved) == "Where the text is saved: Saved on this device"
    assert name(line.connection) == "Connection: Signed out"
    words = line.findChild(QPushButton, "plain")
    assert words is not None
    desk.wait(lambda: name(words).startswith("1 word."))


def test_the_outline_says_the_level_of_each_heading(desk: Desk) -> None:
    desk.key(Qt.Key.Key_2, CTRL | ALT)
    desk.type("A chapter")
    desk.window.actions_.view.outline.trigger()
    desk.wait(desk.window.outline.tree.isVisible)
    tree = interface(desk.window.outline.tree)
    assert tree.role() is Role.Tree
    assert name(tree) == "Outline"
    assert name(tree.child(1)) == "A chapter, heading 2"


def test_saving_and_connection_are_announced_once_and_politely(
    desk: Desk, reader: ScreenReader
) -> None:
    line = desk.window.status_line
    desk.wait_status("Saved on this device")
    reader.told.clear()
    good, waiting = Status("Saved on the relay", Level.GOOD), Status("Offline: 3", Level.WAITING)
    bad = Status("Refused: you may only read", Level.BAD)
    line.show_status(good)
    desk.wait(lambda: reader.announced == ["Saved on the relay"])
    for _ in range(3):  # a burst of typing
        for status in (Status("Saving…", Level.BUSY), waiting, good):
            line.show_status(status)
    line.show_status(bad)
    assert reader.announced == ["Saved on the relay", bad.text], "what is bad is said at once"
    line.show_status(waiting)
    desk.wait(lambda: reader.announced[-1] == waiting.text)
    assert len(reader.announced) == 3

    reader.told.clear()
    line.show_connection(Online())
    line.show_connection(Connecting(1e10, "The relay is restarting."))
    line.show_connection(Connecting(None, "The relay is restarting."))
    line.show_connection(Connecting(1e11, "The relay is restarting."))
    line.show_connection(Online())
    line.show_connection(SignedOut("Your sign-in has ended."))
    line.show_connection(Offline())
    assert reader.announced == [
        *("Online", "The relay is restarting.", "Online", "Your sign-in has ended.", "Offline")
    ]


def test_what_the_banner_and_the_find_bar_say_is_announced(
    desk: Desk, reader: ScreenReader
) -> None:
    desk.window.banner.say("A sentence for the person.")
    assert reader.announced[-1] == "A sentence for the person."
    desk.type("one two one")
    desk.window.find_bar.open()
    desk.bot.keyClicks(desk.window.find_bar.field, "one")
    desk.wait(lambda: reader.announced[-1] == "1 of 2 · from the top")
    desk.bot.keyClicks(desk.window.find_bar.field, "x")
    desk.wait(lambda: reader.announced[-1] == "Not found")


_NAMED = {
    *(Role.Button, Role.CheckBox, Role.ComboBox, Role.EditableText, Role.List, Role.ListItem),
    *(Role.MenuItem, Role.PushButton, Role.Slider, Role.SpinBox, Role.Tree, Role.TreeItem),
    *(Role.ButtonMenu, Role.ProgressBar, Role.Link),
}
"""What a person acts on, or reads a value from."""


@pytest.fixture
def silent_desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    """Nobody listens: to wrap the event of each object that comes and goes breaks PySide's own."""
    desk = Desk(qtbot, tmp_path)
    desk.focus()
    yield desk
    desk.close()


def test_nothing_a_person_can_act_on_is_without_a_name(silent_desk: Desk) -> None:
    desk = silent_desk
    desk.key(Qt.Key.Key_1, CTRL | ALT)
    desk.type("A heading")
    windows.show_everything(desk)
    nameless: list[object] = []
    seen: list[Role] = []

    def visit(one: object) -> None:
        assert hasattr(one, "role")
        state = one.state()
        inner = one.object() is not None and one.object().objectName().startswith("qt_")
        if one.role() not in _NAMED or state.invisible or inner:
            return
        parent = one.parent()
        # The field in a spin box speaks through the box, the buttons of a scroll bar not at all.
        inside = (Role.SpinBox, Role.ComboBox, Role.ScrollBar, Role.EditableText)
        if parent is not None and parent.role() in inside:
            return
        seen.append(one.role())
        if not one.text(QAccessible.Text.Name).strip():
            nameless.append((one.role(), one.object()))

    walk(interface(desk.window), visit)
    for control in windows.controls(desk.window):
        assert name(control).strip(), control
    for dialog in windows.dialogs(desk):
        assert name(dialog), dialog
        walk(interface(dialog), visit)
        for control in windows.controls(dialog):
            assert name(control).strip(), (dialog, control)
    assert nameless == []
    assert len(seen) > 60
