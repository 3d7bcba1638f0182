"""Whatever is raised becomes a sentence that says what happened, and what to do."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.errors import explain, said
from sync.errors import CannotSave, ExportFailed, RelayUnreachable, SignInRefused
from tests.end_to_end.desk import Desk
from tests.sync.disks import fill


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (CannotSave("the disk is full"), "Make room on the disk"),
        (ExportFailed(Path("x.md"), "the disk is full"), "Choose another place"),
        (RelayUnreachable("wss://relay.example", "it does not answer"), "Check the address"),
        (OSError(errno.ENOSPC, "x"), "the disk is full"),
        (TimeoutError(), "Try again"),
        (sqlite3.OperationalError("disk I/O error at secret"), "The database"),
        (MemoryError(), "memory"),
        (ValueError("secret"), "Problem reports"),
    ],
)
def test_there_is_a_way_on(error: Exception, words: str) -> None:
    assert words in said(error)
    assert explain(error).what
    assert "secret" not in said(error)


def test_what_says_everything_by_itself_is_left_alone() -> None:
    assert said(SignInRefused("Wrong name or password.")) == "Wrong name or password."


def test_what_cannot_be_saved_here_is_loud_until_it_can(qtbot: QtBot, small_disk: Path) -> None:
    desk = Desk(qtbot, small_disk / "profile")
    desk.focus()
    desk.type("safe ")
    desk.wait_status("Saved on this device")
    quiet = desk.window.status_line.saved.styleSheet()
    filler = fill(small_disk)
    QApplication.clipboard().setText("words that need more room than there is. " * 200)
    desk.window.editor.paste()
    desk.wait(desk.window.banner.isVisible)
    assert "Make room on the disk" in desk.window.banner.text
    desk.wait_status("Cannot save")
    assert desk.window.status_line.saved.styleSheet() != quiet
    filler.unlink()
    desk.wait_status("Saved on this device")
    desk.wait(lambda: not desk.window.banner.isVisible())  # the library has room again, too
    assert desk.window.status_line.saved.styleSheet() == quiet
    desk.close()
