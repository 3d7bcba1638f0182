"""“Share on this network…”: says what it does before it lets this computer be a relay."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.dialogs import parts
from app.sharing.addresses import private_places
from app.sharing.relay_here import RelayHere
from app.sharing.relay_process import can_host

PORT = 8100
"""TCP port on offer at first: the relay's own default."""

SHORTEST_PASSWORD = 8
"""Characters that a relay asks for."""


class HostingDialog(QDialog):
    """Starts and stops the relay on this computer, and shows its address."""

    invite_wanted = Signal()
    """The person wants to invite somebody to the open document."""

    def __init__(self, relay: RelayHere, name: str, title: str, parent: QWidget | None) -> None:
        """`name` is on offer for the owner; `title` is the open document's, empty if none is."""
        super().__init__(parent)
        self._relay = relay
        self.setWindowTitle(self.tr("Share on this network"))
        self.setMinimumWidth(520)
        self.intro = self._text(
            self.tr(
                "This computer becomes a relay: others in the same network can be invited, and "
                "documents stay in step without any server. The relay runs while Inkstand is "
                "open, and keeps its data in this profile."
            )
        )
        self.warning = self._text(
            self.tr(
                "The connection is not encrypted: whoever can listen in on this network can read "
                "along. It is meant for a network at home or at work, not for a public one. Only "
                "computers in the network chosen here can connect."
            )
        )
        self.asked = self._form(name)
        self.running = self._running_part(title)
        self.message = self._text("")
        self.message.setObjectName("")
        self.message.setAccessibleName(self.tr("What happens"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.button = buttons.addButton(
            self.tr("&Start sharing"), QDialogButtonBox.ButtonRole.AcceptRole
        )
        self.stop = buttons.addButton(
            self.tr("St&op sharing"), QDialogButtonBox.ButtonRole.ActionRole
        )
        self.stop.clicked.connect(relay.stop)
        buttons.accepted.connect(self._start)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 18)
        column.setSpacing(14)
        for part in (self.intro, self.warning, self.asked, self.running, self.message, buttons):
            column.addWidget(part)
        relay.changed.connect(self._show)
        relay.failed.connect(self.message.setText)
        if not can_host():
            self.message.setText(
                self.tr(
                    "This installation of Inkstand comes without a relay. A relay on another "
                    "computer does the same: see docs/relay.md."
                )
            )
        elif not self.place.count():
            self.message.setText(
                self.tr("This computer is in no local network. Connect to one, then try again.")
            )
        self._show()

    def _text(self, text: str) -> QLabel:
        label = QLabel(text)
        label.setObjectName("quiet")
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        return label

    def _form(self, name: str) -> QWidget:
        part = QWidget()
        form = parts.form(part)
        self.name, self.password = QLineEdit(name), QLineEdit()
        self.name.setAccessibleName(self.tr("Name that others see"))
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.setAccessibleName(self.tr("Password for other devices"))
        self.password.setPlaceholderText(
            self.tr("At least %1 characters").replace("%1", str(SHORTEST_PASSWORD))
        )
        self.place = QComboBox()
        self.place.setAccessibleName(self.tr("Network"))
        for place in private_places():
            self.place.addItem(f"{place.address} ({place.interface})", place)
        self.port = QSpinBox()
        self.port.setRange(1024, 65_535)
        self.port.setValue(PORT)
        self.port.setAccessibleName(self.tr("Port"))
        rows = [
            (self.tr("&Name"), self.name),
            (self.tr("&Password"), self.password),
            (self.tr("N&etwork"), self.place),
            (self.tr("Po&rt"), self.port),
        ]
        for label, field in rows[2:] if self._relay.exists else rows:
            form.addRow(label, field)
        if self._relay.exists:
            form.setRowVisible(self.port, False)
        for field in (self.name, self.password):
            field.textChanged.connect(self._show)
        return part

    def _running_part(self, title: str) -> QWidget:
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        row = QHBoxLayout()
        self.address = QLineEdit()
        self.address.setReadOnly(True)
        self.address.setAccessibleName(self.tr("Address of the relay on this computer"))
        copy = QPushButton(self.tr("&Copy address"))
        copy.setAutoDefault(False)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.address.text()))
        row.addWidget(self.address, 1)
        row.addWidget(copy)
        self.invite = QPushButton(self.tr("&Invite to “%1”…").replace("%1", title))
        self.invite.setVisible(bool(title))
        self.invite.setAutoDefault(False)
        self.invite.clicked.connect(self._invite)
        below = QHBoxLayout()
        below.addWidget(self.invite)
        below.addStretch()
        column.addWidget(QLabel(self.tr("This computer is a relay now. Its address:")))
        column.addLayout(row)
        column.addLayout(below)
        return part

    def _show(self) -> None:
        running, busy = self._relay.running, self._relay.busy
        self.asked.setVisible(not running)
        self.running.setVisible(running)
        self.address.setText(self._relay.address)
        self.stop.setVisible(running)
        self.button.setVisible(not running)
        new = not self._relay.exists
        filled = bool(self.name.text().strip()) and len(self.password.text()) >= SHORTEST_PASSWORD
        possible = can_host() and self.place.count() > 0
        self.button.setEnabled(possible and not busy and (filled or not new))
        if busy:
            self.message.setText(self.tr("Starting…"))
        elif running:
            self.message.setText("")

    def _start(self) -> None:
        if not self.button.isEnabled():
            return
        place = self.place.currentData()
        if self._relay.exists:
            self._relay.start(place)
        else:
            self._relay.begin(
                self.name.text().strip(), self.password.text(), place, self.port.value()
            )
            self.password.clear()

    def _invite(self) -> None:
        self.accept()
        self.invite_wanted.emit()
