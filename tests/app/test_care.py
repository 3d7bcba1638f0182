"""The window on a database that is really damaged: it says what was lost, once, and goes on."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QMessageBox
from pytestqt.qtbot import QtBot

from app.dialogs.salvage import SalvageDialog
from app.library.nodes import Kind
from app.start import open_profile
from app.translation import speak
from sync.store import backup
from sync.store.compaction import build_document
from sync.store.migrations import DATABASE
from sync.store.store import Store
from sync.types import DocumentId
from tests.end_to_end.desk import Desk
from tests.sync.store.library import PAGE, fill

PAPER = DocumentId("document-0001")


def library(profile: Path, documents: int = 20) -> None:
    with Store.open(profile) as store:
        fill(store, documents)


def break_updates(profile: Path) -> None:
    """Overwrite the leaf in the middle of the log, where no start looks."""
    path = profile / DATABASE
    data = bytearray(path.read_bytes())
    leaves = [
        at
        for at in range(0, len(data), PAGE)
        if data[at] == 10 and b"viewu1" in data[at : at + PAGE]
    ]
    middle = leaves[len(leaves) // 2]
    data[middle : middle + PAGE] = os.urandom(PAGE)
    path.write_bytes(data)


def salvaged_in_use(qtbot: QtBot, profile: Path) -> Desk:
    desk = Desk(qtbot, profile)
    for record in desk.store.documents():
        desk.click_row(Kind.DOCUMENT, record.id)  # a damaged one does not open
        if list(profile.glob("damaged-*")):
            break
        qtbot.wait(1)
    desk.wait(lambda: desk.window.findChild(SalvageDialog) is not None)
    return desk


def test_damage_that_is_met_in_use(qtbot: QtBot, tmp_path: Path) -> None:
    library(tmp_path)
    break_updates(tmp_path)
    desk = salvaged_in_use(qtbot, tmp_path)
    dialog = desk.window.findChild(SalvageDialog)
    assert dialog is not None
    assert "changes, from " in dialog.details.toPlainText()
    assert len(list(tmp_path.glob("damaged-*"))) == 1
    # Writing goes on, on the new database.
    button = dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Close)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    desk.wait(lambda: desk.store.salvage_report() is None)
    desk.focus()
    qtbot.keyClicks(desk.window.editor, "still here")
    opened = desk.window.opened
    assert opened is not None
    desk.wait(lambda: opened.replica.unsaved == 0)
    shown = opened.document.text()
    opened_id = opened.document_id
    desk.close()
    again = Desk(qtbot, tmp_path)
    document, left_out = build_document(again.store.load(opened_id))
    assert document.text() == shown
    assert "still here" in shown
    assert not left_out
    assert again.window.findChild(SalvageDialog) is None
    again.close()


def test_what_is_open_is_kept_when_the_disk_lost_it(qtbot: QtBot, tmp_path: Path) -> None:
    library(tmp_path, 3)
    desk = Desk(qtbot, tmp_path)
    desk.open(PAPER)
    opened = desk.window.opened
    assert opened is not None
    text = opened.document.text()

    def lose(writer: object) -> None:
        writer.execute("DELETE FROM outbox")  # type: ignore[attr-defined]
        writer.execute("UPDATE updates SET bytes = x'00'")  # type: ignore[attr-defined]

    desk.store.database.submit(lose).result()
    desk.program.care._damaged.emit()
    desk.wait(lambda: desk.window.findChild(SalvageDialog) is not None)
    desk.wait(lambda: build_document(desk.store.load(PAPER))[0].text() == text)
    assert desk.store.document(PAPER).waiting > 0
    desk.window.findChild(SalvageDialog).close()
    desk.close()


def test_a_start_salvages_and_says_so_in_german(qtbot: QtBot, tmp_path: Path) -> None:
    library(tmp_path)
    path = tmp_path / DATABASE
    path.write_bytes(path.read_bytes()[: -9 * PAGE])
    store = open_profile(tmp_path)
    assert store is not None
    store.close()
    desk = Desk(qtbot, tmp_path, "de")
    desk.wait(lambda: desk.window.findChild(SalvageDialog) is not None)
    dialog = desk.window.findChild(SalvageDialog)
    assert dialog.windowTitle() == "Beschädigte Datenbank"
    assert "Was nicht lesbar war" in dialog.details.toPlainText()
    dialog.close()
    desk.close()
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    speak(application, "en")


def press(text: str) -> Callable[[], None]:
    def press_it() -> None:
        box = QApplication.activeModalWidget()
        if not isinstance(box, QMessageBox):
            QTimer.singleShot(10, press_it)
            return
        next(one for one in box.buttons() if text in one.text()).click()

    return press_it


@pytest.mark.parametrize("answer", ["Go Back", "Begin Anew", "Quit"])
def test_nothing_can_be_read(qtbot: QtBot, tmp_path: Path, answer: str) -> None:
    library(tmp_path, 3)
    backup.back_up_daily(tmp_path)
    garbage = os.urandom(50_000)
    (tmp_path / DATABASE).write_bytes(garbage)
    QTimer.singleShot(0, press(answer))
    store = open_profile(tmp_path)
    assert (store is None) == (answer == "Quit")
    if store is None:
        assert (tmp_path / DATABASE).read_bytes() == garbage
        return
    assert len(store.documents()) == (3 if answer == "Go Back" else 0)
    store.close()
    (kept,) = tmp_path.glob(f"*-*Z/{DATABASE}")
    assert kept.read_bytes() == garbage


def test_the_days_backup_is_made_while_nobody_writes(qtbot: QtBot, tmp_path: Path) -> None:
    library(tmp_path, 3)
    desk = Desk(qtbot, tmp_path)
    care = desk.program.care
    desk.wait(lambda: not desk.window.opened.replica.unsaved)
    care.look()
    assert not backup.made(tmp_path / backup.BACKUPS)
    desk.store.rename_document(PAPER, "Busy").result()
    care.look()
    assert not care._backing_up
    care.look()
    desk.wait(lambda: len(backup.made(tmp_path / backup.BACKUPS)) == 1)
    desk.wait(lambda: not care._backing_up)
    care.look()
    care.look()
    assert len(backup.made(tmp_path / backup.BACKUPS)) == 1
    desk.close()


def test_a_backup_that_fails_is_said_once(qtbot: QtBot, tmp_path: Path) -> None:
    library(tmp_path, 3)
    (tmp_path / backup.BACKUPS).write_text("in the way")
    desk = Desk(qtbot, tmp_path)
    care = desk.program.care
    said: list[str] = []
    care.problem.connect(said.append)
    for _ in range(4):
        care.look()
        desk.wait(lambda: not care._backing_up)
    assert len(said) == 1
    assert "Cannot make a backup" in desk.window.banner.text
    desk.close()
    shutil.rmtree(tmp_path)
