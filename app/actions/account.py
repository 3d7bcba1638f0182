"""The Account menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QAction

from app.actions.base import Menu
from app.dialogs.sign_in import SignInDialog, session_only_sentence
from sync.client.events import Online, SignedOut

if TYPE_CHECKING:
    from app.main_window import MainWindow


class AccountActions(Menu):
    """Signing in and out, and trying to connect."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.sign_in: QAction = self.add(self.tr("&Sign in to a relay…"), None, self._sign_in)
        # Documents and unsent changes stay on this device.
        self.sign_out: QAction = self.add(self.tr("Sign &out"), None, window.network.sign_out)
        self.retry = self.add(self.tr("&Retry now"), "F5", window.network.retry_now)
        self.details = self.add(
            self.tr("Saving and &connection"), "Shift+F5", window.status_line.details.click
        )
        self.title = self.tr("&Account")
        self.entries = [self.sign_in, self.sign_out, None, self.retry, self.details]

    def refresh(self) -> None:
        """Offer what makes sense with this connection."""
        connection = self.window.network.connection
        account = self.window.store.account()
        signed_in = account is not None and not isinstance(connection, SignedOut)
        self.sign_in.setVisible(not signed_in)
        self.sign_out.setVisible(signed_in)
        self.retry.setEnabled(signed_in and not isinstance(connection, Online))

    def _sign_in(self) -> None:
        """Ask for a relay and a sign-in."""
        account = self.window.store.account()
        dialog = SignInDialog(
            self.window.network,
            account.relay_url if account else "",
            account.name if account else "",
            self.window,
        )
        dialog.finished.connect(lambda: self._signed_in(dialog))
        dialog.open()

    def _signed_in(self, dialog: SignInDialog) -> None:
        if dialog.signed_in is not None:
            self.window.banner.hide()
            sentence = session_only_sentence(dialog.signed_in)
            if sentence:
                self.window.banner.say(sentence)
            self.window.documents.live.attribute_to(dialog.signed_in.user_id)
        dialog.deleteLater()
        self.refresh()
