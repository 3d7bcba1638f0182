"""The window mirrored, as for Arabic and Hebrew."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QFormLayout, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from app.resources import icon
from app.status_details import StatusDetails
from app.writing.word_popup import WordPopup
from tests.app import windows
from tests.end_to_end.desk import Desk


class MirroredDesk(Desk):
    def speak(self, language: str) -> None:
        super().speak(language)
        QApplication.setLayoutDirection(Qt.LayoutDirection.RightToLeft)


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    desk = MirroredDesk(qtbot, tmp_path)
    desk.focus()
    yield desk
    desk.close()
    QApplication.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def left(widget: QWidget) -> int:
    return widget.mapToGlobal(QPoint(0, 0)).x()


def from_the_right(*widgets: QWidget) -> None:
    """Each of these is left of the one before, and none lies over another."""
    for first, second in pairwise(widgets):
        assert left(second) + second.width() <= left(first), (first, second)


def test_the_parts_stand_the_other_way_round(desk: Desk) -> None:
    windows.show_everything(desk)
    window = desk.window
    bar, find, status = window.toolbar, window.find_bar, window.status_line
    from_the_right(window.sidebar, window.editor, window.outline)
    buttons = [button for button in bar.findChildren(QToolButton) if button.isVisible()]
    assert len(buttons) > 5
    from_the_right(bar.style_box, *sorted(buttons, key=left, reverse=True))
    from_the_right(find.field, find.count, find.previous, find.next, find.case, find.close_button)
    from_the_right(find.replacement, find.replace_one, find.replace_all)
    words = status.findChild(QPushButton, "plain")
    assert isinstance(words, QPushButton)
    from_the_right(status.saved, status.connection, status.retry, words)
    from_the_right(window.banner.label, window.banner.findChild(QPushButton))
    # The scroll bar is at the outer edge, and so is the narrower margin.
    editor = window.editor
    desk.type("\n" * 60)
    from_the_right(editor.viewport(), editor.verticalScrollBar())


def test_dialogs_have_their_labels_at_the_right(desk: Desk) -> None:
    rows = 0
    for dialog in windows.dialogs(desk):
        assert dialog.layoutDirection() is Qt.LayoutDirection.RightToLeft
        for form in dialog.findChildren(QFormLayout):
            for row in range(form.rowCount()):
                label = form.itemAt(row, QFormLayout.ItemRole.LabelRole)
                field = form.itemAt(row, QFormLayout.ItemRole.FieldRole)
                if label is not None and field is not None and label.widget().isVisible():
                    from_the_right(label.widget(), field.widget())
                    rows += 1
        for control in windows.controls(dialog):
            at = control.mapTo(dialog, control.rect().topLeft())
            assert dialog.rect().contains(control.rect().translated(at)), control
    assert rows >= 7


def test_the_popup_of_the_words_opens_over_its_button(desk: Desk) -> None:
    words = desk.window.status_line.findChild(QPushButton, "plain")
    assert isinstance(words, QPushButton)
    popups = 0
    for popup in windows.dialogs(desk):
        if isinstance(popup, WordPopup):
            popups += 1
            assert abs(left(popup) - left(words)) < 40
        elif isinstance(popup, StatusDetails):  # the line begins at the right
            popups += 1
            edge = desk.window.status_line.mapToGlobal(QPoint(desk.window.width(), 0)).x()
            assert 0 <= edge - popup.geometry().right() < 40
    assert popups == 2


def test_icons_with_a_direction_are_other_pictures(desk: Desk) -> None:
    def picture(name: str) -> bytes:
        image = icon(name, desk.window.palette().windowText().color()).pixmap(60).toImage()
        return bytes(image.constBits())

    mirrored = {name: picture(name) for name in ("bullet", "ordered", "check-list", "quote")}
    bold = picture("bold")
    QApplication.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    for name, before in mirrored.items():
        assert picture(name) != before
    assert picture("bold") == bold


@pytest.mark.parametrize(
    ("text", "rtl"), [("שלום עולם", True), ("مرحبا", True), ("hello", False), ("123 שלום", True)]
)
@pytest.mark.parametrize("window", ["LeftToRight", "RightToLeft"])
def test_a_paragraph_runs_as_its_letters_do_in_either_window(
    qtbot: QtBot, tmp_path: Path, text: str, rtl: bool, window: str
) -> None:
    direction = Qt.LayoutDirection[window]
    desk = (MirroredDesk if direction is Qt.LayoutDirection.RightToLeft else Desk)(qtbot, tmp_path)
    desk.focus()
    desk.window.editor.insertPlainText(text)
    editor = desk.window.editor
    cursor = editor.textCursor()
    wanted = Qt.LayoutDirection.RightToLeft if rtl else Qt.LayoutDirection.LeftToRight
    assert cursor.block().textDirection() is wanted
    middle = editor.viewport().width() / 2
    cursor.setPosition(0)
    start = editor.cursorRect(cursor).center().x()
    assert (start > middle) == rtl, "it begins at its own edge of the page"
    desk.close()
    QApplication.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
