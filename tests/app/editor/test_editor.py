"""The writing surface under keys and mouse, as a hand uses it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, Qt, QTimer
from PySide6.QtGui import (
    QContextMenuEvent,
    QGuiApplication,
    QInputMethodEvent,
    QKeyEvent,
)
from PySide6.QtWidgets import QApplication, QMenu, QTextEdit
from pytestqt.qtbot import QtBot

from app.editor.place import moved
from sync.document.delta import Delete, Embed, Insert, Retain, insert
from sync.types import Origin
from tests.app.editor.desk import CTRL, SHIFT, Desk
from tests.app.editor.pages import Page


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def test_typing_and_paragraphs(desk: Desk) -> None:
    desk.type("Hello")
    desk.key(Qt.Key.Key_Return)
    desk.type("world")
    assert desk.text == "Hello\nworld\n"
    assert desk.editor.textCursor().position() == 11


def test_a_mark_turned_on_holds_for_what_is_typed_next(desk: Desk) -> None:
    desk.type("a ")
    desk.editor.toggle_mark("bold")
    assert desk.editor.mark_is_on("bold")
    desk.type("b")
    desk.editor.toggle_mark("bold")
    desk.type(" c")
    assert desk.contents == [Insert("a "), Insert("b", {"bold": True}), Insert(" c\n")]


def test_a_mark_on_a_selection_keeps_the_selection(desk: Desk) -> None:
    desk.type("some words")
    desk.caret(10, 5)
    desk.editor.toggle_mark("italic")
    cursor = desk.editor.textCursor()
    assert (cursor.anchor(), cursor.position()) == (5, 10)
    assert desk.editor.mark_is_on("italic")
    assert desk.contents == [Insert("some "), Insert("words", {"italic": True}), Insert("\n")]


def test_a_new_paragraph_keeps_the_marks(desk: Desk) -> None:
    desk.editor.toggle_mark("bold")
    desk.type("a")
    desk.key(Qt.Key.Key_Return)
    desk.type("b")
    assert [part for part in desk.contents if part.content in ("a", "b")] == [
        Insert("a", {"bold": True}),
        Insert("b", {"bold": True}),
    ]


class TestHeadings:
    def test_body_text_follows_a_heading(self, desk: Desk) -> None:
        desk.page.document.apply(insert(0, "\n", {"header": 1}), Origin.COMMAND)
        desk.caret(0)
        desk.type("Title")
        desk.key(Qt.Key.Key_Return)
        desk.type("body")
        assert desk.contents == [Insert("Title"), Insert("\n", {"header": 1}), Insert("body\n")]

    def test_enter_inside_a_heading_makes_two(self, qtbot: QtBot) -> None:
        desk = Desk(qtbot)
        desk.page.document.apply([Insert("ab"), Insert("\n", {"header": 2})], Origin.COMMAND)
        desk.caret(1)
        desk.key(Qt.Key.Key_Return)
        assert desk.contents == [
            Insert("a"),
            Insert("\n", {"header": 2}),
            Insert("b"),
            Insert("\n", {"header": 2}),
        ]


class TestLists:
    @pytest.fixture
    def desk(self, qtbot: QtBot) -> Desk:
        desk = Desk(qtbot)
        desk.page.document.apply([Insert("one"), Insert("\n", {"list": "bullet"})], Origin.COMMAND)
        desk.caret(3)
        return desk

    def test_enter_goes_on_with_the_list(self, desk: Desk) -> None:
        desk.key(Qt.Key.Key_Return)
        desk.type("two")
        assert desk.text == "one\ntwo\n"
        assert len(desk.contents) == 4

    def test_enter_on_an_empty_item_leaves_the_list(self, desk: Desk) -> None:
        desk.key(Qt.Key.Key_Return)
        desk.key(Qt.Key.Key_Return)
        desk.type("text")
        assert desk.contents[-1] == Insert("text\n")

    def test_tab_and_backtab_change_the_level(self, desk: Desk) -> None:
        desk.key(Qt.Key.Key_Tab)
        assert desk.contents[-1].attributes == {"list": "bullet", "indent": 1}
        desk.key(Qt.Key.Key_Backtab)
        assert desk.contents[-1].attributes == {"list": "bullet"}

    def test_backspace_at_the_start_goes_out_step_by_step(self, desk: Desk) -> None:
        desk.key(Qt.Key.Key_Tab)
        desk.caret(0)
        desk.key(Qt.Key.Key_Backspace)
        assert desk.contents[-1].attributes == {"list": "bullet"}
        desk.key(Qt.Key.Key_Backspace)
        assert desk.contents == [Insert("one\n")]


class TestUndo:
    def test_a_burst_of_typing_is_one_step(self, desk: Desk) -> None:
        desk.type("word")
        desk.key(Qt.Key.Key_Z, CTRL)
        assert desk.text.strip() == ""
        desk.key(Qt.Key.Key_Z, CTRL | SHIFT)
        assert desk.text == "word\n"
        assert desk.editor.textCursor().position() == 4

    def test_others_keep_their_words(self, desk: Desk) -> None:
        other = Page(state=desk.page.document.encode_state())
        desk.type("mine ")
        other.document.apply_update(desk.page.document.encode_state())
        other.cursor(0).insertText("theirs ")
        desk.page.document.apply_update(other.document.encode_state())
        desk.key(Qt.Key.Key_Z, CTRL)
        assert desk.text.strip() == "theirs"


class TestRemoteEdits:
    @pytest.mark.parametrize(("index", "shift"), [(0, 3), (4, 0), (5, 0)])
    def test_the_caret_stays_with_its_text(self, qtbot: QtBot, index: int, shift: int) -> None:
        desk = Desk(qtbot, "some words\n")
        desk.caret(4)
        desk.remote(index, "abc")
        assert desk.editor.textCursor().position() == 4 + shift

    def test_a_selection_stays_with_its_text(self, qtbot: QtBot) -> None:
        desk = Desk(qtbot, "some words\n")
        desk.caret(10, 5)
        desk.remote(7, "é😀")
        desk.remote(0, "> ")
        assert desk.editor.textCursor().selectedText() == "woé😀rds"

    def test_the_reader_sees_the_same_lines(self, qtbot: QtBot) -> None:
        desk = Desk(qtbot, "".join(f"Paragraph {number}\n" for number in range(200)))
        bar = desk.editor.verticalScrollBar()
        qtbot.waitUntil(lambda: bar.maximum() > 1000)
        bar.setValue(1000)
        top = desk.editor.cursorForPosition(desk.editor.viewport().rect().topLeft())
        seen, height = top.block().text(), desk.editor.cursorRect(top).top()
        desk.remote(0, "New\nlines\nabove\n")
        QApplication.processEvents()
        top = desk.editor.cursorForPosition(desk.editor.viewport().rect().topLeft())
        assert top.block().text() == seen
        assert desk.editor.cursorRect(top).top() == height


class TestClipboard:
    def test_structure_survives_copy_and_paste(self, qtbot: QtBot) -> None:
        desk = Desk(qtbot)
        desk.page.document.apply(
            [Insert("a", {"bold": True}), Insert("\n", {"list": "bullet"}), Insert("b\n")],
            Origin.COMMAND,
        )
        desk.caret(2, 0)
        desk.key(Qt.Key.Key_C, CTRL)
        desk.caret(3)
        desk.key(Qt.Key.Key_V, CTRL)
        assert desk.text == "a\nba\n\n"
        assert Insert("a", {"bold": True}) in desk.contents[2:]

    def test_paste_is_one_step_and_cleans_what_comes(self, desk: Desk) -> None:
        QGuiApplication.clipboard().setText("one\r\ntwo\0 ")
        desk.type("> ")
        desk.key(Qt.Key.Key_V, CTRL)
        assert desk.text == "> one\ntwo \n"
        desk.key(Qt.Key.Key_Z, CTRL)
        assert desk.text == "> \n"

    def test_a_hostile_payload_falls_back_to_its_text(self, desk: Desk) -> None:
        mime = QMimeData()
        mime.setText("plain")
        mime.setData("application/x-inkstand-delta+json", b'{"not": "a delta"}')
        QGuiApplication.clipboard().setMimeData(mime)
        desk.key(Qt.Key.Key_V, CTRL)
        assert desk.text == "plain\n"

    def test_cut_takes_away(self, desk: Desk) -> None:
        desk.type("abc")
        desk.caret(2, 1)
        desk.key(Qt.Key.Key_X, CTRL)
        assert desk.text == "ac\n"
        assert QGuiApplication.clipboard().text() == "b"


def test_an_input_method_writes_when_it_commits(desk: Desk) -> None:
    QApplication.sendEvent(desk.editor, QInputMethodEvent("に", []))
    assert desk.editor.composing
    assert desk.page.document.text() == ""
    done = QInputMethodEvent("", [])
    done.setCommitString("日本")
    with desk.bot.waitSignal(desk.editor.composition_ended):
        QApplication.sendEvent(desk.editor, done)
    assert desk.text == "日本\n"


@pytest.mark.parametrize(
    ("anchor", "committed", "text"),
    [(0, "日本", "日本above\nbelow\n"), (None, "x\ny", "above\nbelowx\ny\n")],
    ids=["the caret was put elsewhere", "a newline in its midst"],
)
def test_a_composition_leaves_nothing_where_the_caret_was(
    desk: Desk, anchor: int | None, committed: str, text: str
) -> None:
    desk.type("above")
    desk.key(Qt.Key.Key_Return)
    desk.type("below")
    QApplication.sendEvent(desk.editor, QInputMethodEvent("にほ", []))
    if anchor is not None:  # as a command from elsewhere does
        cursor = desk.editor.textCursor()
        cursor.setPosition(anchor)
        desk.editor.setTextCursor(cursor)
    done = QInputMethodEvent("", [])
    done.setCommitString(committed)
    QApplication.sendEvent(desk.editor, done)
    assert desk.text == text
    assert not any(block.layout().preeditAreaText() for block in desk.page.blocks())


def test_letting_go_of_a_document_changes_nothing_in_it(desk: Desk) -> None:
    desk.type("kept")
    before = desk.page.document.encode_state()
    desk.editor.show_binding(None)
    QApplication.processEvents()
    assert desk.editor.toPlainText() == ""
    assert desk.page.document.encode_state() == before
    assert desk.page.qt.toPlainText() == "kept"
    desk.editor.show_binding(desk.page.binding)
    desk.type("still ")
    assert desk.text == "still kept\n"


def test_a_reader_cannot_type(desk: Desk) -> None:
    desk.editor.setReadOnly(True)
    desk.type("x")
    desk.editor.toggle_mark("bold")
    desk.key(Qt.Key.Key_Return)
    assert desk.page.document.text() == ""


@pytest.mark.parametrize(
    ("place", "delta", "expected"),
    [
        (5, [Insert("ab")], 7),
        (5, [Retain(5), Insert("ab")], 5),
        (5, [Retain(2), Delete(2)], 3),
        (5, [Retain(4), Delete(9)], 4),
        (5, [Retain(6), Delete(1)], 5),
        (5, [Delete(1), Insert("xyz"), Retain(2), Delete(1)], 6),
    ],
)
def test_positions_are_mapped(place: int, delta: list, expected: int) -> None:
    assert moved(place, delta) == expected


class TestHooks:
    def test_a_filter_sees_a_key_first_and_may_keep_it(self, desk: Desk) -> None:
        seen: list[str] = []

        def keep_x(event: QKeyEvent) -> bool:
            seen.append(event.text())
            return event.text() == "x"

        desk.editor.input_filters.append(keep_x)
        desk.type("axb")
        assert seen == ["a", "x", "b"]
        assert desk.text == "ab\n"

    def test_typed_text_is_told_when_the_crdt_has_it(self, desk: Desk) -> None:
        told: list[tuple[str, str]] = []
        desk.editor.typed_text.connect(lambda text: told.append((text, desk.page.document.text())))
        desk.type("a")
        desk.key(Qt.Key.Key_Return)
        done = QInputMethodEvent("", [])
        done.setCommitString("日本")
        QApplication.sendEvent(desk.editor, done)
        assert told == [("a", "a\n"), ("日本", "a\n日本\n")]

    def test_layers_are_shown_together_and_go_one_by_one(self, desk: Desk) -> None:
        desk.type("abc")

        def mark(position: int) -> QTextEdit.ExtraSelection:
            selection = QTextEdit.ExtraSelection()
            selection.cursor = desk.page.cursor(position)  # type: ignore[attr-defined]
            return selection

        desk.editor.set_layer("find", [mark(1), mark(2)])
        desk.editor.set_layer("spelling", [mark(3)])
        places = [one.cursor.position() for one in desk.editor.extraSelections()]
        assert places == [1, 2, 3]
        desk.editor.set_layer("find", [])
        assert [one.cursor.position() for one in desk.editor.extraSelections()] == [3]

    def test_the_context_menu_takes_more_entries(self, desk: Desk) -> None:
        desk.type("abc")
        asked: list[int] = []

        def extend(menu: QMenu, position: int) -> None:
            asked.append(position)
            menu.addAction("More")
            QTimer.singleShot(0, menu.close)

        desk.editor.menu_extensions.append(extend)
        where = desk.editor.cursorRect(desk.page.cursor(2)).center()
        event = QContextMenuEvent(
            QContextMenuEvent.Reason.Mouse, where, desk.editor.viewport().mapToGlobal(where)
        )
        QApplication.sendEvent(desk.editor.viewport(), event)
        assert asked == [2]

    def test_a_link_is_found_by_position(self, desk: Desk) -> None:
        link = "https://example.org"
        desk.page.document.apply([Insert("a"), Insert("b", {"link": link})], Origin.COMMAND)
        assert [desk.editor.link_at(position) for position in (0, 1, 2)] == [None, link, None]

    def test_an_embed_takes_the_place_of_the_selection(self, desk: Desk) -> None:
        desk.type("abc")
        desk.caret(2, 1)
        assert desk.editor.insert_embed(Embed({"divider": True}))
        assert [part.content for part in desk.contents] == [
            "a",
            Embed({"divider": True}),
            "c\n",
        ]
