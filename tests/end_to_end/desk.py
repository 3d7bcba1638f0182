"""A real window on a profile of its own, and the hands that use it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from app.dialogs.sign_in import SignInDialog
from app.library.nodes import Kind, Section
from app.main_window import MainWindow
from app.network import Network
from app.program import Program
from app.settings import Settings
from app.theme import LIGHT
from app.translation import speak
from sync.client.credentials import Credentials
from sync.store.store import Store

PATIENCE = 60_000
"""Milliseconds; reached only when something is broken."""


def titles(window: MainWindow) -> list[str]:
    """What the root of a window's library shows, folders too."""
    model = window.sidebar.model
    root = model.section(Section.DOCUMENTS)
    return [model.index(row, 0, root).data() for row in range(model.rowCount(root))]


class Desk:
    """Opens the window as `app.gui` does. `close` ends it."""

    def __init__(
        self, bot: QtBot, data_dir: Path, language: str = "en", *, welcome: bool = False
    ) -> None:
        self.bot = bot
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.setStyle("Fusion")
        self.speak(language)
        self.store = Store.open(data_dir)
        self.network = Network(self.store, Credentials(self.store.profile_id))
        settings = Settings(data_dir)
        settings.theme = LIGHT.name
        self.program = Program(self.store, self.network, settings)
        self.program.begin(welcome=welcome)
        assert self.program.front is not None
        self.window = self.program.front
        # Not the window: the program deletes one that was closed.
        self._guard = QWidget()
        bot.addWidget(self._guard, before_close_func=lambda _: self.program.quit())
        self.network.start()
        bot.waitExposed(self.window)
        self.seen: list[str] = []
        """Every text that the status line has shown, once in a row."""
        self.note_status()

    def speak(self, language: str) -> None:
        """Choose the language, before the window is there."""
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        speak(application, language)

    def close(self) -> None:
        self.program.quit()
        self.network.stop()
        self.program.relay_here.close()
        self.store.close()

    # Looking

    @property
    def status(self) -> str:
        return self.window.status_line.text

    def note_status(self) -> None:
        if not self.seen or self.seen[-1] != self.status:
            self.seen.append(self.status)

    def wait(self, condition: object) -> None:
        assert callable(condition)

        def check() -> bool:
            self.note_status()
            return bool(condition())

        self.bot.waitUntil(check, timeout=PATIENCE)

    def wait_status(self, *parts: str) -> None:
        self.wait(lambda: all(part in self.status for part in parts))

    @property
    def text(self) -> str:
        """What the page shows."""
        return self.window.editor.toPlainText()

    @property
    def titles(self) -> list[str]:
        """See `titles`."""
        return titles(self.window)

    # Doing

    def focus(self) -> None:
        self.window.activateWindow()
        self.bot.waitUntil(self.window.isActiveWindow, timeout=PATIENCE)
        self.bot.mouseClick(self.window.editor.viewport(), Qt.MouseButton.LeftButton)

    def key(
        self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        self.bot.keyClick(self.window.editor, key, modifier)

    def type(self, text: str) -> None:
        for number, line in enumerate(text.split("\n")):
            if number:
                self.key(Qt.Key.Key_Return)
            self.bot.keyClicks(self.window.editor, line)

    def open(self, document_id: str) -> None:
        """Choose a document in the list by a click."""
        self.click_row(Kind.DOCUMENT, document_id)
        assert self.window.opened is not None
        assert self.window.opened.document_id == document_id

    def click_row(
        self,
        kind: Kind,
        item_id: str,
        modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
        section: Section | None = None,
    ) -> None:
        """Click a row of the library."""
        tree = self.window.sidebar.tree
        self.wait(lambda: self.window.sidebar.model.find(kind, item_id, section).isValid())
        index = self.window.sidebar.model.find(kind, item_id, section)
        tree.scrollTo(index)
        at = tree.visualRect(index).center()
        self.bot.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, modifier, at)

    def answer(self, button: str) -> None:
        """Click a button of the question that is about to be asked."""

        def look() -> None:
            box = QApplication.activeModalWidget()
            if not isinstance(box, QMessageBox):
                QTimer.singleShot(50, look)
                return
            chosen = next(b for b in box.buttons() if b.text().replace("&", "") == button)
            self.bot.mouseClick(chosen, Qt.MouseButton.LeftButton)

        QTimer.singleShot(0, look)

    def sign_in(self, url: str, name: str, password: str) -> SignInDialog:
        """Fill in the dialog and press Enter; return it."""
        dialog = self.fill_in_sign_in(url, name, password)
        self.bot.keyClick(dialog.password, Qt.Key.Key_Return)
        return dialog

    def fill_in_sign_in(self, url: str, name: str, password: str) -> SignInDialog:
        """Open the dialog and fill it in."""
        self.window.actions_.account.sign_in.trigger()
        dialogs = self.window.findChildren(SignInDialog)
        dialog = next(dialog for dialog in dialogs if dialog.isVisible())
        for field, text in (
            (dialog.address, url),
            (dialog.name, name),
            (dialog.password, password),
        ):
            field.clear()
            self.bot.keyClicks(field, text)
        return dialog
