"""Settings: who is signed in, and where."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton

from app.preferences.page import Page, quiet
from sync.client.events import SignedOut
from sync.status import connection_status

if TYPE_CHECKING:
    from app.main_window import MainWindow


class AccountPage(Page):
    """The sign-in of this profile."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.who = QLabel()
        self.who.setWordWrap(True)
        self.who.setTextFormat(Qt.TextFormat.PlainText)
        self.state = quiet("")
        self.sign_in = QPushButton(self.tr("&Sign in…"))
        self.sign_in.clicked.connect(window.actions_.account.sign_in.trigger)
        self.sign_out = QPushButton(self.tr("Sign &out"))
        self.sign_out.clicked.connect(window.actions_.account.sign_out.trigger)
        row = QHBoxLayout()
        row.addWidget(self.sign_in)
        row.addWidget(self.sign_out)
        row.addStretch()
        self.column.addWidget(self.who)
        self.column.addWidget(self.state)
        self.column.addLayout(row)
        self.column.addStretch()
        window.network.connection_changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        account = self.main.store.account()
        connection = self.main.network.connection
        signed_in = account is not None and not isinstance(connection, SignedOut)
        self.sign_in.setVisible(not signed_in)
        self.sign_out.setVisible(signed_in)
        if account is None or not signed_in:
            self.who.setText(self.tr("Nobody is signed in. Everything is on this device alone."))
            self.state.setText(
                self.tr(
                    "A relay keeps documents in step with others and with more devices. Signing "
                    "out leaves all documents here."
                )
            )
            return
        self.who.setText(
            self.tr("%1 at %2").replace("%1", account.name).replace("%2", account.relay_url)
        )
        self.state.setText(connection_status(connection, time.time()).text)
