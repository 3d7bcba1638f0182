"""Signing in: the relay's address, a name, a password."""

from __future__ import annotations

from concurrent.futures import Future

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.dialogs import parts
from app.errors import said
from app.network import Network
from sync.client.credentials import SessionOnly
from sync.client.session import SignedIn


class SignInDialog(QDialog):
    """Stays open until the relay has said yes; what went wrong is said in it."""

    def __init__(self, network: Network, relay_url: str, name: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._network = network
        self._future: Future[SignedIn] | None = None
        self.signed_in: SignedIn | None = None
        """The result, once the dialog was accepted."""
        self.setWindowTitle(self.tr("Sign in to a relay"))
        self.setMinimumWidth(420)

        intro = QLabel(
            self.tr("A relay keeps your documents in step with your team and your other devices.")
        )
        intro.setWordWrap(True)
        intro.setObjectName("quiet")
        self.address = QLineEdit(relay_url)
        self.address.setPlaceholderText("wss://relay.example.org")
        self.name = QLineEdit(name)
        self.password = QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        form = parts.form()
        form.addRow(self.tr("&Relay"), self.address)
        form.addRow(self.tr("&Name"), self.name)
        form.addRow(self.tr("&Password"), self.password)
        for field, label in (
            (self.address, self.tr("Relay")),
            (self.name, self.tr("Name")),
            (self.password, self.tr("Password")),
        ):
            field.setAccessibleName(label)
            field.textChanged.connect(self._check)

        self.message = parts.roomy_message()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.button: QPushButton = buttons.addButton(
            self.tr("Sign in"), QDialogButtonBox.ButtonRole.AcceptRole
        )
        self.button.setDefault(True)
        cancel = buttons.button(QDialogButtonBox.StandardButton.Cancel)
        cancel.setIcon(QIcon())  # Fusion's is loud
        # While the relay is asked the focus goes there, and Return must not mean it.
        cancel.setAutoDefault(False)
        buttons.accepted.connect(self._start)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 18)
        layout.setSpacing(14)
        layout.addWidget(intro)
        layout.addLayout(form)
        layout.addWidget(self.message)
        layout.addWidget(buttons)
        # Queued: an address where nothing listens answers before `sign_in` has returned.
        network.sign_in_ended.connect(self._ended, Qt.ConnectionType.QueuedConnection)
        self._check()
        first = self.address if not relay_url else self.password if name else self.name
        first.setFocus()

    def _check(self) -> None:
        filled = all(field.text().strip() for field in (self.address, self.name, self.password))
        self.button.setEnabled(filled and self._future is None)

    def _start(self) -> None:
        self.message.setText(self.tr("Signing in…"))
        self._future = self._network.sign_in(
            self.address.text().strip(), self.name.text().strip(), self.password.text()
        )
        self._check()

    def _ended(self, future: Future[SignedIn]) -> None:
        if future is not self._future:
            return
        self._future = None
        error = future.exception()
        if error is None:
            self.signed_in = future.result()
            self.accept()
            return
        self.message.setText(said(error))
        self._check()
        self.password.selectAll()
        self.password.setFocus()


def session_only_sentence(signed_in: SignedIn) -> str | None:
    """Return what to tell a person whose sign-in could not be kept; None if it was."""
    if isinstance(signed_in.keeping, SessionOnly):
        return signed_in.keeping.sentence
    return None
