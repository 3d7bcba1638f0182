"""The Format and Insert menus, by their shortcuts and entries."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from pytestqt.qtbot import QtBot

from app.actions.format import INKS, MARKERS
from app.dialogs.footnote import FootnoteDialog
from sync.document.delta import Embed, Insert
from tests.end_to_end.desk import Desk

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(qtbot, tmp_path)
    desk.focus()
    yield desk
    desk.close()


def contents(desk: Desk) -> list[Insert]:
    assert desk.window.opened is not None
    return desk.window.opened.document.contents()


@pytest.mark.parametrize(
    ("key", "modifiers", "attributes"),
    [
        (Qt.Key.Key_X, CTRL | SHIFT, {"strike": True}),
        (Qt.Key.Key_E, CTRL, {"code": True}),
        (Qt.Key.Key_Period, CTRL, {"script": "super"}),
        (Qt.Key.Key_B, CTRL | SHIFT, {"script": "sub"}),
    ],
)
def test_marks(
    desk: Desk, key: Qt.Key, modifiers: Qt.KeyboardModifier, attributes: dict[str, object]
) -> None:
    desk.type("words")
    desk.key(Qt.Key.Key_A, CTRL)
    desk.key(key, modifiers)
    assert contents(desk) == [Insert("words", attributes), Insert("\n")]
    desk.key(key, modifiers)
    assert contents(desk) == [Insert("words\n")]


@pytest.mark.parametrize(
    ("key", "modifiers", "attributes"),
    [
        (Qt.Key.Key_9, CTRL | SHIFT, {"list": "unchecked"}),
        (Qt.Key.Key_Period, CTRL | SHIFT, {"blockquote": True}),
        (Qt.Key.Key_C, CTRL | ALT, {"code-block": True}),
        (Qt.Key.Key_C, CTRL | SHIFT, {"align": "center"}),
        (Qt.Key.Key_R, CTRL | SHIFT, {"align": "right"}),
        (Qt.Key.Key_J, CTRL | SHIFT, {"align": "justify"}),
        (Qt.Key.Key_6, CTRL | ALT, {"header": 6}),
        (Qt.Key.Key_BracketRight, CTRL, {"indent": 1}),
    ],
)
def test_paragraphs(
    desk: Desk, key: Qt.Key, modifiers: Qt.KeyboardModifier, attributes: dict[str, object]
) -> None:
    desk.type("words")
    desk.key(key, modifiers)
    assert contents(desk) == [Insert("words"), Insert("\n", attributes)]
    desk.key(Qt.Key.Key_Z, CTRL)
    assert contents(desk) == [Insert("words\n")]


def test_colours_are_checked_and_taken_away(desk: Desk) -> None:
    formats = desk.window.actions_.format
    desk.type("words")
    desk.key(Qt.Key.Key_A, CTRL)
    formats.inks[INKS[0]].trigger()
    formats.markers[MARKERS[1]].trigger()
    both = {"color": INKS[0], "background": MARKERS[1]}
    assert contents(desk) == [Insert("words", both), Insert("\n")]
    assert formats.inks[INKS[0]].isChecked()
    assert formats.markers[MARKERS[1]].isChecked()
    formats.inks[None].trigger()
    assert formats.inks[None].isChecked()
    desk.key(Qt.Key.Key_Backslash, CTRL)
    assert contents(desk) == [Insert("words\n")]


def test_code_bears_no_marks(desk: Desk) -> None:
    desk.type("x = 1")
    desk.key(Qt.Key.Key_C, CTRL | ALT)
    formats, insert = desk.window.actions_.format, desk.window.actions_.insert
    assert formats.code_block.isChecked()
    assert not formats.marks["bold"].isEnabled()
    assert not insert.footnote.isEnabled()


def dialog(desk: Desk) -> FootnoteDialog:
    found = [d for d in desk.window.findChildren(FootnoteDialog) if d.isVisible()]
    assert len(found) == 1
    desk.wait(found[0].isActiveWindow)
    return found[0]


def test_a_footnote_is_written_changed_and_taken_away(desk: Desk) -> None:
    desk.type("words")
    desk.key(Qt.Key.Key_F, CTRL | ALT)
    desk.bot.keyClicks(dialog(desk).field, "See there.")
    desk.bot.keyClick(dialog(desk).field, Qt.Key.Key_Return, CTRL)
    note = [Insert("words"), Insert(Embed({"footnote": "See there."})), Insert("\n")]
    assert contents(desk) == note
    editor = desk.window.editor
    place = editor.cursorRect().center()
    place.setX(place.x() - 4)
    desk.bot.mouseDClick(editor.viewport(), Qt.MouseButton.LeftButton, NONE, place)
    field = dialog(desk).field
    assert field.toPlainText() == "See there."
    desk.bot.keyClicks(field, " And here.")
    desk.bot.keyClick(field, Qt.Key.Key_Return, CTRL)
    note[1] = Insert(Embed({"footnote": "See there. And here."}))
    assert contents(desk) == note
    desk.key(Qt.Key.Key_Z, CTRL)
    desk.key(Qt.Key.Key_Z, CTRL)
    assert contents(desk) == [Insert("words\n")]


def test_no_words_make_no_footnote(desk: Desk) -> None:
    desk.key(Qt.Key.Key_F, CTRL | ALT)
    desk.bot.keyClick(dialog(desk).field, Qt.Key.Key_Return, CTRL)
    assert dialog(desk).isVisible()
    desk.bot.keyClick(dialog(desk), Qt.Key.Key_Escape)
    assert contents(desk) == [Insert("\n")]


def test_a_divider(desk: Desk) -> None:
    desk.type("above")
    desk.window.actions_.insert.divider.trigger()
    desk.type("below")
    parts = [Insert("above\n"), Insert(Embed({"divider": True})), Insert("\nbelow\n")]
    assert contents(desk) == parts


def test_an_image_is_pasted_shown_and_described(desk: Desk, tmp_path: Path) -> None:
    picture = QImage(64, 48, QImage.Format.Format_RGB32)
    picture.fill(QColor("#2f7d4f"))
    QGuiApplication.clipboard().setImage(picture)
    insert = desk.window.actions_.insert
    assert not insert.image_text.isEnabled()
    desk.key(Qt.Key.Key_V, CTRL)
    desk.wait(lambda: "image" in str(contents(desk)))

    def is_painted() -> bool:
        page = desk.window.editor.viewport().grab().toImage()
        caret = desk.window.editor.cursorRect()
        return page.pixelColor(caret.left() - 20, caret.bottom() - 30) == QColor("#2f7d4f")

    desk.wait(is_painted)
    desk.key(Qt.Key.Key_Left)
    assert insert.image_text.isEnabled()
    desk.window.close()
    assert len(list((desk.store.data_dir / "attachments").rglob("*"))) >= 1
