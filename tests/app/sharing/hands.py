"""What a person does in the dialogs about sharing."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QMessageBox, QPushButton, QWidget

from app.sharing.dialog import ShareDialog
from tests.end_to_end.desk import Desk

Dialog = TypeVar("Dialog", bound=QDialog)


def shown(desk: Desk, kind: type[Dialog]) -> Dialog:
    """Return the dialog of that kind that is open."""
    desk.wait(lambda: any(d.isVisible() for d in desk.window.findChildren(kind)))
    return next(d for d in desk.window.findChildren(kind) if d.isVisible())


def share(desk: Desk) -> ShareDialog:
    """Open the Share dialog by its keys."""
    desk.focus()
    desk.key(Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    return shown(desk, ShareDialog)


def people(dialog: ShareDialog) -> list[tuple[str, str]]:
    rows = [dialog.list.topLevelItem(n) for n in range(dialog.list.topLevelItemCount())]
    return [(row.text(0), row.text(1)) for row in rows if row is not None]


def click(desk: Desk, widget: QWidget) -> None:
    desk.wait(lambda: widget.isVisible() and widget.isEnabled())
    desk.bot.mouseClick(widget, Qt.MouseButton.LeftButton)


def fill(desk: Desk, field: QWidget, text: str) -> None:
    field.setFocus()
    desk.bot.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    desk.bot.keyClicks(field, text)


def choose(desk: Desk, box: QComboBox, index: int) -> None:
    """Choose an entry with the keyboard."""
    box.setFocus()
    desk.bot.keyClick(box, Qt.Key.Key_Home)
    for _ in range(index):
        desk.bot.keyClick(box, Qt.Key.Key_Down)
    assert box.currentIndex() == index


def change(desk: Desk, dialog: ShareDialog, row: int, entry: str, answer: str = "") -> None:
    """Choose what becomes of a member from the menu, and answer what is asked."""
    item = dialog.list.topLevelItem(row)
    assert item is not None
    at = dialog.list.visualItemRect(item).center()
    desk.bot.mouseClick(dialog.list.viewport(), Qt.MouseButton.LeftButton, pos=at)
    desk.wait(dialog.change.isEnabled)
    action = next(a for a in dialog.change.menu().actions() if entry in a.text())
    if answer:
        reply(answer)
    action.trigger()


def reply(button: str) -> None:
    """Press a button of the question that is about to be asked."""

    def press() -> None:
        box = QApplication.activeModalWidget()
        if not isinstance(box, QMessageBox):
            QTimer.singleShot(10, press)
            return
        found = next(b for b in box.buttons() if b.text().replace("&", "") == button)
        assert isinstance(found, QPushButton)
        found.click()

    QTimer.singleShot(0, press)
