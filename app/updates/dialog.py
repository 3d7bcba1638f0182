"""Help › Check for updates…: whether there is a newer version, and what is new in it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QIcon
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.announce import announce
from app.dialogs import parts
from app.errors import said
from app.translation import spoken
from app.updates.problems import UpdateProblem
from app.updates.updates import Answer, Newer, Updates
from sync import __version__


class UpdateDialog(QDialog):
    """Looks as it opens. It leads to the page of a newer version; it fetches nothing from there."""

    def __init__(
        self,
        updates: Updates,
        parent: QWidget | None,
        open_url: Callable[[QUrl], object] = QDesktopServices.openUrl,
    ) -> None:
        super().__init__(parent)
        self._updates = updates
        self._open_url = open_url
        self._page = ""
        self._cancel: Callable[[], None] = lambda: None
        self.setWindowTitle(self.tr("Check for updates"))
        self.setMinimumWidth(460)
        self.resize(460, 100)
        self.message = parts.message()
        self.notes = QPlainTextEdit()
        self.notes.setReadOnly(True)
        self.notes.setTabChangesFocus(True)
        self.notes.setMinimumHeight(180)
        self.notes.setAccessibleName(self.tr("What is new"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.close_button = buttons.button(QDialogButtonBox.StandardButton.Close)
        self.close_button.setIcon(QIcon())  # Fusion's is loud
        role = QDialogButtonBox.ButtonRole.ActionRole
        self.again: QPushButton = buttons.addButton(self.tr("Try &again"), role)
        self.again.clicked.connect(self._look)
        self.go: QPushButton = buttons.addButton(self.tr("Open the &download page"), role)
        self.go.clicked.connect(self._go)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 18)
        column.setSpacing(14)
        column.addWidget(self.message)
        column.addWidget(self.notes, 1)
        column.addWidget(buttons)
        self.finished.connect(lambda _: self._cancel())
        self._look()

    def _look(self) -> None:
        self.message.setText(self.tr("Looking for a newer version…"))
        for widget in (self.notes, self.again, self.go):
            widget.hide()
        self.close_button.setFocus()
        self._fit()
        self._cancel()
        self._cancel = self._updates.ask(self.show_answer)

    def show_answer(self, answer: Answer) -> None:
        """Say what came of looking, and offer what can be done about it."""
        if isinstance(answer, UpdateProblem):
            text = said(answer)
            self.again.show()
            self.again.setFocus()
        elif isinstance(answer, Newer):
            text = self.tr("There is a newer version: Inkstand %1. This is %2.")
            text = text.replace("%1", answer.index.version).replace("%2", __version__)
            self._page = answer.index.page
            self.notes.setPlainText(answer.index.notes_in(spoken()))
            self.notes.setVisible(bool(self.notes.toPlainText()))
            self.go.show()
            self.go.setDefault(True)
            self.go.setFocus()
        else:
            text = self.tr("This is the newest version: Inkstand %1.").replace("%1", __version__)
        self.message.setText(text)
        self._fit()
        announce(self.message, text)

    def _fit(self) -> None:
        """Grow to what is shown: a window does not by itself where lines wrap."""
        layout = self.layout()
        assert layout is not None
        layout.activate()
        height = layout.totalHeightForWidth(self.width())
        self.resize(self.width(), max(self.height() if self.notes.isVisible() else 0, height))

    def _go(self) -> None:
        self._open_url(QUrl(self._page))
        self.accept()
