"""Changing the password at the relay."""

from __future__ import annotations

from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from app.account.asking import Asking
from app.dialogs import parts
from app.network import Network
from sync.errors import InkstandError


class PasswordDialog(QDialog):
    """Stays open until the relay has taken the new password; what went wrong is said in it."""

    def __init__(self, network: Network, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._network = network
        self._asking = Asking(self)
        self._asking.busy_changed.connect(self._check)
        self.finished.connect(self._asking.close)
        self.setWindowTitle(self.tr("Change password"))
        self.setMinimumWidth(420)
        intro = QLabel(self.tr("Other devices have to sign in again with the new password."))
        intro.setObjectName("quiet")
        intro.setWordWrap(True)
        self.old, self.new, self.again = QLineEdit(), QLineEdit(), QLineEdit()
        form = parts.form()
        for field, label, name in (
            (self.old, self.tr("&Old password"), self.tr("Old password")),
            (self.new, self.tr("&New password"), self.tr("New password")),
            (self.again, self.tr("New password &again"), self.tr("New password again")),
        ):
            field.setEchoMode(QLineEdit.EchoMode.Password)
            field.setAccessibleName(name)
            field.textChanged.connect(self._check)
            form.addRow(label, field)
        self.message = parts.roomy_message()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.button = buttons.addButton(
            self.tr("&Change password"), QDialogButtonBox.ButtonRole.AcceptRole
        )
        self.button.setDefault(True)
        # While the relay is asked the focus goes there, and Return must not mean it.
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setAutoDefault(False)
        buttons.accepted.connect(self._start)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 18)
        column.setSpacing(14)
        column.addWidget(intro)
        column.addLayout(form)
        column.addWidget(self.message)
        column.addWidget(buttons)
        self._check()
        self.old.setFocus()

    def _check(self) -> None:
        filled = all(field.text() for field in (self.old, self.new, self.again))
        self.button.setEnabled(filled and not self._asking.busy)

    def _start(self) -> None:
        if self.new.text() != self.again.text():
            self.message.setText(self.tr("The new password was not typed twice in the same way."))
            self.again.selectAll()
            self.again.setFocus()
            return
        self.message.setText(self.tr("Asking the relay…"))
        future = self._network.change_password(self.old.text(), self.new.text())
        self._asking.wait_for(future, lambda _: self.accept(), self._fail)

    def _fail(self, error: InkstandError) -> None:
        self.message.setText(str(error))
        self._check()
        self.old.selectAll()
        self.old.setFocus()
