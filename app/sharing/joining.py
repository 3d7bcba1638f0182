"""“Join by invite…”: shows whose relay an invite leads to, signs in or up there, and accepts it."""

from __future__ import annotations

from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from app.account.asking import Asking
from app.dialogs import parts
from app.network import Network
from sync.client import invites
from sync.client.account import RelayDocument
from sync.client.address import RelayAddress, parse_address
from sync.client.events import SignedOut
from sync.client.invite_link import InviteLink, parse_invite
from sync.client.session import SignedIn
from sync.errors import InkstandError
from sync.store.store import Store


class JoinDialog(QDialog):
    """Stays open until the relay has let the person in; what went wrong is said in it."""

    def __init__(self, store: Store, network: Network, invite: str, parent: QWidget | None) -> None:
        """`invite` is a link or a code; empty if the person is to paste one."""
        super().__init__(parent)
        self._store = store
        self._network = network
        self._asking = Asking(self)
        self._asking.busy_changed.connect(self._check)
        self.finished.connect(self._asking.close)
        self._account = store.account()
        self._has_own_documents = None in store.homes()
        self.signed_in: SignedIn | None = None
        """What a sign-in on the way gave."""
        self.document: RelayDocument | None = None
        """What this person may read now, once the dialog was accepted."""
        self.setWindowTitle(self.tr("Join by invite"))
        self.setMinimumWidth(500)
        self.invite = QLineEdit(invite)
        self.invite.setPlaceholderText("inkstand://join?…")
        self.invite.setAccessibleName(self.tr("Invite link or code"))
        self.address = QLineEdit(self._account.relay_url if self._account else "")
        self.address.setPlaceholderText("wss://relay.example.org")
        self.address.setAccessibleName(self.tr("Relay"))
        self._form = form = parts.form()
        form.addRow(self.tr("&Invite"), self.invite)
        form.addRow(self.tr("&Relay"), self.address)
        self.where = parts.message()
        self.where.setAccessibleName(self.tr("Where the invite leads"))
        self.who = self._who_part()
        self.send = QCheckBox(self.tr("&Also send what is only on this device to this relay"))
        self.message = parts.message()
        self.message.setAccessibleName(self.tr("What went wrong"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.button = buttons.addButton(self.tr("&Join"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.button.setDefault(True)
        # While the relay is asked the focus goes there, and Return must not mean it.
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setAutoDefault(False)
        buttons.accepted.connect(self._start)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 18)
        column.setSpacing(14)
        column.addLayout(form)
        for part in (self.where, self.who, self.send, self.message, buttons):
            column.addWidget(part)
        for field in (self.invite, self.address):
            field.textChanged.connect(self._look)
        self._look()
        first = self.name if invite else self.invite
        (self.button if self.button.isEnabled() else first).setFocus()

    def _who_part(self) -> QWidget:
        part = QWidget()
        form = parts.form(part)
        self.known = QCheckBox(self.tr("&Use an account that is there already"))
        self.name, self.password = QLineEdit(), QLineEdit()
        self.name.setAccessibleName(self.tr("Name"))
        self.password.setAccessibleName(self.tr("Password"))
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        form.addRow(self.tr("Na&me"), self.name)
        form.addRow(self.tr("&Password"), self.password)
        form.addRow(self.known)
        for field in (self.name, self.password):
            field.textChanged.connect(self._check)
        return part

    # What the invite is

    def _read(self) -> tuple[InviteLink, RelayAddress] | None:
        """Return the invite and its relay; None, and why in `message`, if it is none."""
        if not self.invite.text().strip():
            self.message.clear()
            return None
        try:
            link = parse_invite(self.invite.text())
            relay = link.relay or parse_address(self.address.text())
        except InkstandError as error:
            # Nothing is wrong with an address that is still to be typed.
            self.message.setText(str(error) if self.address.text() or not self._is_code() else "")
            return None
        self.message.clear()
        return link, relay

    def _is_code(self) -> bool:
        try:
            return parse_invite(self.invite.text()).relay is None
        except InkstandError:
            return False

    def _is_own(self, relay: RelayAddress) -> bool:
        """Whether nobody needs to sign in: it is the relay of who is signed in."""
        signed_in = self._account is not None and not isinstance(
            self._network.connection, SignedOut
        )
        return signed_in and self._account is not None and self._account.relay_url == relay.url

    def _look(self) -> None:
        """Say where the invite leads, and ask what is needed there."""
        read = self._read()
        self._form.setRowVisible(self.address, read is None or read[0].relay is None)
        self.where.setVisible(read is not None)
        own = read is not None and self._is_own(read[1])
        self.who.setVisible(read is not None and not own)
        self.send.setVisible(read is not None and not own and self._has_own_documents)
        if read is not None:
            self._say_where(read[1], own=own)
            known = next((a for a in self._store.accounts() if a.relay_url == read[1].url), None)
            if known is not None and not self.name.text():
                self.known.setChecked(True)
                self.name.setText(known.name)
        self._check()

    def _say_where(self, relay: RelayAddress, *, own: bool) -> None:
        if own:
            assert self._account is not None
            text = self.tr("Join as %1 at %2, the relay of this profile.")
            self.where.setText(text.replace("%1", self._account.name).replace("%2", relay.host))
            return
        parts = [
            self.tr(
                "This invite leads to the relay at %1. Whoever runs it can read what is kept in "
                "step there. Join only if the invite comes from somebody trusted."
            ).replace("%1", relay.host)
        ]
        if self._account is not None and self._account.relay_url != relay.url:
            parts.append(
                self.tr(
                    "It is another one than this profile’s, %1. Documents of that one stay on "
                    "this device and are not sent to the new one; Account › Relays and accounts "
                    "switches back."
                ).replace("%1", parse_address(self._account.relay_url).host)
            )
        if not relay.secure and not relay.is_loopback:
            parts.append(
                self.tr(
                    "The connection is not encrypted: whoever can listen in on the network can "
                    "read along."
                )
            )
        self.where.setText("\n\n".join(parts))

    def _check(self) -> None:
        filled = bool(self.name.text().strip() and self.password.text())
        ready = not self.where.isHidden() and (self.who.isHidden() or filled)
        self.button.setEnabled(ready and not self._asking.busy)

    # Joining

    def _start(self) -> None:
        read = self._read()
        if read is None or not self.button.isEnabled():
            return
        self.message.setText(self.tr("Asking the relay…"))
        link, relay = read
        name, password = self.name.text().strip(), self.password.text()
        keep_here = not self.send.isChecked()
        if self._is_own(relay) or self.signed_in is not None:
            self._accept(link)
        elif not self.known.isChecked():
            future = self._network.sign_up(
                relay.url, link.code, name, password, keep_here=keep_here
            )
            self._asking.wait_for(future, self._signed_up, self._fail)
        else:
            signing_in = self._network.sign_in(relay.url, name, password, keep_here=keep_here)
            self._asking.wait_for(
                signing_in, lambda signed_in: self._signed_in(signed_in, link), self._fail
            )

    def _signed_up(self, answer: tuple[SignedIn, RelayDocument]) -> None:
        self.signed_in, self.document = answer
        self.accept()

    def _signed_in(self, signed_in: SignedIn, link: InviteLink) -> None:
        self.signed_in = signed_in
        self._accept(link)

    def _accept(self, link: InviteLink) -> None:
        code = link.code
        question = self._network.call(lambda relay, token: invites.accept(relay, token, code))
        self._asking.wait_for(question, self._joined, self._fail)

    def _joined(self, document: RelayDocument) -> None:
        self.document = document
        self._network.retry_now()
        self.accept()

    def _fail(self, error: InkstandError) -> None:
        self.message.setText(str(error))
        self._check()
