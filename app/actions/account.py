"""The Account menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QAction

from app.actions.base import Menu
from sync.client.address import parse_address
from sync.client.credentials import SessionOnly
from sync.client.events import Online, SignedOut

if TYPE_CHECKING:
    from app.main_window import MainWindow


class AccountActions(Menu):
    """Signing in and out, invites, relays, and trying to connect."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        invitations = window.invitations
        self.who = self.add("", None, lambda: None)
        self.who.setEnabled(False)
        self.sign_in: QAction = self.add(
            self.tr("&Sign in to a relay…"),
            None,
            lambda: invitations.sign_in(window.store.account()),
        )
        self.sign_out: QAction = self.add(self.tr("Sign &out"), None, invitations.sign_out)
        self.password = self.add(self.tr("&Change password…"), None, invitations.change_password)
        self.relays = self.add(self.tr("Re&lays and accounts…"), None, invitations.relays)
        self.join = self.add(self.tr("&Join by invite…"), "Ctrl+Alt+J", invitations.join)
        self.host = self.add(self.tr("Share on this &network…"), None, invitations.host)
        self.retry = self.add(self.tr("&Retry now"), "F5", window.network.retry_now)
        self.details = self.add(
            self.tr("Saving and connec&tion"), "Shift+F5", window.status_line.details.click
        )
        self.title = self.tr("&Account")
        self.entries = [
            *(self.who, self.sign_in, self.sign_out, self.password, self.relays, None),
            *(self.join, self.host, None, self.retry, self.details),
        ]

    def refresh(self) -> None:
        """Offer what makes sense with this connection."""
        connection = self.window.network.connection
        account = self.window.store.account()
        signed_in = account is not None and not isinstance(connection, SignedOut)
        self.who.setVisible(signed_in)
        if account is not None:
            text = self.tr("%1 at %2").replace("%1", account.name)
            text = text.replace("%2", parse_address(account.relay_url).host)
            if isinstance(self.window.network.keeping, SessionOnly):
                text = self.tr("%1 (only until Inkstand closes)").replace("%1", text)
            self.who.setText(text.replace("&", "&&"))
        self.sign_in.setVisible(not signed_in)
        self.sign_out.setVisible(signed_in)
        self.password.setVisible(signed_in)
        self.password.setEnabled(isinstance(connection, Online))
        self.relays.setVisible(account is not None)
        self.retry.setEnabled(signed_in and not isinstance(connection, Online))
