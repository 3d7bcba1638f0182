"""Files go in and out beside the window, which goes on answering meanwhile."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QFileDialog, QLineEdit

from tests.end_to_end.desk import Desk, titles

needs_a_pipe = pytest.mark.skipif(
    not hasattr(os, "mkfifo"), reason="a file that is slow for as long as one likes"
)

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def choose_file(desk: Desk, key: Qt.Key, modifier: Qt.KeyboardModifier, path: Path) -> None:
    """Press keys that ask for a file, and type its name."""
    asked: list[bool] = []

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, QFileDialog) or not dialog.isActiveWindow():
            return
        timer.stop()
        timer.timeout.disconnect()  # or the two would keep the window for ever
        asked.append(True)
        field = dialog.findChild(QLineEdit, "fileNameEdit")
        assert isinstance(field, QLineEdit)
        field.selectAll()
        desk.bot.keyClicks(field, str(path))
        completer = field.completer()
        if completer is not None:
            completer.popup().hide()
        buttons = dialog.findChild(QDialogButtonBox)
        assert isinstance(buttons, QDialogButtonBox)
        [button] = [
            one
            for one in buttons.buttons()
            if buttons.buttonRole(one) is QDialogButtonBox.ButtonRole.AcceptRole
        ]
        desk.bot.mouseClick(button, Qt.MouseButton.LeftButton)

    timer = QTimer(interval=10)
    timer.timeout.connect(answer)
    timer.start()
    desk.focus()
    desk.key(key, modifier)
    desk.wait(lambda: bool(asked))


def test_a_document_goes_out_and_comes_in_again(
    make_desk: Callable[[str], Desk], tmp_path: Path
) -> None:
    desk = make_desk("a")
    desk.focus()
    desk.type("Call me Ishmael")
    out = tmp_path / "Loomings.md"
    choose_file(desk, Qt.Key.Key_E, CTRL | SHIFT, out)
    desk.wait(out.exists)
    assert out.read_text() == "Call me Ishmael\n"
    choose_file(desk, Qt.Key.Key_O, CTRL, out)
    desk.wait(lambda: desk.window.documents.title == "Loomings")
    assert desk.text == "Call me Ishmael"
    assert not desk.window.files.line.isVisible()


@needs_a_pipe
def test_one_writes_on_while_a_file_is_read_and_may_call_it_off(
    make_desk: Callable[[str], Desk], tmp_path: Path
) -> None:
    desk = make_desk("a")
    before = titles(desk.window)
    slow, line = tmp_path / "slow.txt", desk.window.files.line
    os.mkfifo(slow)
    QTimer.singleShot(0, lambda: desk.program.take_over(slow.as_uri()))
    desk.wait(line.isVisible)
    assert line.words.text() == "Importing “slow.txt”…"
    desk.focus()
    desk.type("meanwhile")
    assert desk.text == "meanwhile"
    desk.bot.mouseClick(line.cancel, Qt.MouseButton.LeftButton)
    assert not line.isVisible()
    slow.write_text("too late")  # returns when the other end reads
    desk.key(Qt.Key.Key_End)
    (tmp_path / "next.txt").write_text("in time")
    QTimer.singleShot(0, lambda: desk.program.take_over((tmp_path / "next.txt").as_uri()))
    desk.wait(lambda: desk.text == "in time")
    assert set(titles(desk.window)) == {*before, "next"}


def test_what_cannot_be_written_is_said(
    make_desk: Callable[[str], Desk], tmp_path: Path, small_disk: Path
) -> None:
    desk = make_desk("a")
    desk.focus()
    desk.type("Words of now")
    old = small_disk / "old.txt"
    old.write_text("Words of then\n")
    filler = small_disk / "filler"
    with pytest.raises(OSError, match="No space"):
        filler.write_bytes(bytes(2 * 1024 * 1024))
    # No dialog: it would ask whether the old file may go.
    desk.window.files.write_out(old)
    desk.wait(lambda: "old.txt" in desk.window.banner.text)
    assert old.read_text() == "Words of then\n"
    assert {path.name for path in small_disk.iterdir()} == {"old.txt", "filler"}


@needs_a_pipe
def test_a_window_closes_while_a_file_is_slow(
    make_desk: Callable[[str], Desk], tmp_path: Path
) -> None:
    desk = make_desk("a")
    slow, window = tmp_path / "slow.txt", desk.window
    os.mkfifo(slow)
    QTimer.singleShot(0, lambda: desk.program.take_over(slow.as_uri()))
    desk.wait(window.files.line.isVisible)
    window.close()
    assert not window.isVisible()
    slow.write_text("too late")
