"""Opens the profile before there is a window, whatever state the database is in."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QApplication, QMessageBox, QProgressDialog

from sync.errors import NothingReadable
from sync.store.restore import begin_anew, restore
from sync.store.store import Store

translate = QCoreApplication.translate

_SHOW_EVERY = 0.05
"""Seconds between two paints of the progress."""


def open_profile(data_dir: Path) -> Store | None:
    """Open the profile, salvaging a damaged database; None if the person would rather not.

    Raises `StoreError`.
    """
    while True:
        progress = _Progress()
        try:
            return Store.open(data_dir, salvaging=progress.show)
        except NothingReadable as error:
            progress.close()
            print(f"inkstand: {error}", file=sys.stderr)  # noqa: T201
            if not _go_on(error, data_dir):
                return None
        finally:
            progress.close()


def _go_on(error: NothingReadable, data_dir: Path) -> bool:
    """Ask what to do when nothing can be read, and do it; False to end. Raises `StoreError`."""
    box = QMessageBox(
        QMessageBox.Icon.Warning,
        "Inkstand",
        translate(
            "Start", "The database on this device is damaged, and nothing in it can be read."
        ),
    )
    box.setInformativeText(translate("Start", "The damaged file is kept in any case."))
    back = None
    if error.backup is not None:
        text = translate("Start", "Go Back to the Backup of %1").replace(
            "%1", error.backup.name[:10]
        )
        back = box.addButton(text, QMessageBox.ButtonRole.AcceptRole)
    anew = box.addButton(translate("Start", "Begin Anew"), QMessageBox.ButtonRole.DestructiveRole)
    end = box.addButton(translate("Start", "Quit"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(back or end)
    box.exec()
    if back is not None and box.clickedButton() is back:
        assert error.backup is not None
        restore(error.backup, data_dir)
        return True
    if box.clickedButton() is anew:
        begin_anew(data_dir)
        return True
    return False


class _Progress:
    """A window that says how far a salvage is; there is none until it has begun."""

    def __init__(self) -> None:
        self._window: QProgressDialog | None = None
        self._painted = 0.0

    def show(self, done: int, total: int) -> None:
        """Say how much is done, and of how much."""
        now = time.monotonic()
        if now - self._painted < _SHOW_EVERY:
            return
        self._painted = now
        if self._window is None:
            text = translate(
                "Start", "The database on this device is damaged. Reading what is left of it…"
            )
            self._window = QProgressDialog(text, "", 0, total)
            self._window.setCancelButton(None)
            self._window.setWindowModality(Qt.WindowModality.ApplicationModal)
            self._window.setAutoReset(False)
            self._window.show()
        self._window.setMaximum(total)
        self._window.setValue(done)
        QApplication.processEvents()

    def close(self) -> None:
        """Take the window away."""
        if self._window is not None:
            self._window.close()
            self._window = None
