"""What is said of an image: asked, kept, taken back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from app.dialogs.image import ImageDialog, edit_image, has_image, offer_image
from sync.document.delta import Embed, Insert
from tests.app.editor.desk import CTRL, Desk

IMAGE = Embed({"image": "sha256:" + 64 * "a"})


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    desk = Desk(qtbot)
    desk.put(Insert("ab"), Insert(IMAGE, {"alt": "old", "height": 5}), Insert("c\n"))
    return desk


def with_dialog(act: Callable[[ImageDialog], None], run: Callable[[], object]) -> None:
    """Run something that opens the dialog, and act in it once it is there."""
    acted: list[bool] = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, ImageDialog):
            act(dialog)
            acted.append(True)
        else:
            QTimer.singleShot(10, look)

    QTimer.singleShot(0, look)
    run()
    assert acted


def describe(dialog: ImageDialog) -> None:
    assert dialog.alt.text() == "old"
    dialog.alt.selectAll()
    QTest.keyClicks(dialog.alt, "A hill")
    dialog.width_box.selectAll()
    QTest.keyClicks(dialog.width_box, "300")
    QTest.keyClick(dialog.alt, Qt.Key.Key_Return)


def test_words_and_width_are_one_step(desk: Desk) -> None:
    desk.caret(3)  # behind the image
    with_dialog(describe, lambda: edit_image(desk.editor))
    assert desk.contents[1] == Insert(IMAGE, {"alt": "A hill", "width": 300})
    desk.key(Qt.Key.Key_Z, CTRL)
    assert desk.contents[1] == Insert(IMAGE, {"alt": "old", "height": 5})


def test_cancel_changes_nothing(desk: Desk) -> None:
    before = desk.page.document.encode_state()
    desk.caret(2)
    with_dialog(ImageDialog.reject, lambda: edit_image(desk.editor))
    assert desk.page.document.encode_state() == before


def test_it_follows_its_image_while_others_write(desk: Desk) -> None:
    desk.caret(2)

    def act(dialog: ImageDialog) -> None:
        desk.remote(0, "they ")
        describe(dialog)

    with_dialog(act, lambda: edit_image(desk.editor))
    assert desk.contents == [
        Insert("they ab"),
        Insert(IMAGE, {"alt": "A hill", "width": 300}),
        Insert("c\n"),
    ]


@pytest.mark.parametrize(("caret", "there"), [(0, False), (1, False), (2, True), (4, False)])
def test_only_where_there_is_one(desk: Desk, caret: int, there: bool) -> None:
    desk.caret(caret)
    assert has_image(desk.editor) == there


def test_the_context_menu_offers_it(desk: Desk) -> None:
    offer_image(desk.editor)
    (extend,) = desk.editor.menu_extensions
    there, elsewhere = QMenu(), QMenu()
    extend(there, 2)
    extend(elsewhere, 0)
    assert [action.text() for action in there.actions()][-1] == "Image…"
    assert elsewhere.actions() == []
    with_dialog(describe, there.actions()[-1].trigger)
    assert desk.contents[1].attributes["alt"] == "A hill"
