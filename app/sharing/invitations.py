"""What a window does about sharing and accounts: its dialogs, invites, a sign-in that has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QDialog

from app.account.password import PasswordDialog
from app.account.relays import RelaysDialog
from app.dialogs.sign_in import SignInDialog, session_only_sentence
from app.sharing.dialog import ShareDialog
from app.sharing.hosting import HostingDialog
from app.sharing.inviting import Inviting
from app.sharing.joining import JoinDialog
from app.sharing.relay_here import RelayHere
from app.sharing.sharing import Sharing
from sync.client.events import SignedOut
from sync.client.session import SignedIn
from sync.errors import UnknownDocument
from sync.store.accounts import Account
from sync.types import DocumentId

if TYPE_CHECKING:
    from app.main_window import MainWindow


class Invitations(QObject):
    """Belongs to one window; the relay on this computer is the program's."""

    def __init__(self, window: MainWindow, relay: RelayHere) -> None:
        super().__init__(window)
        self._window = window
        self._relay = relay
        self._awaited: DocumentId | None = None
        """A document that was joined, to be opened when it is here."""
        network = window.network
        network.library_changed.connect(self._look_soon)
        network.document_changed.connect(self._look_soon)
        network.remote_update.connect(self._look_soon)
        network.progress.connect(self._progressed)
        network.connection_changed.connect(self._follow_connection)
        relay.failed.connect(window.banner.say)
        relay.signed_in.connect(self._signed_in)

    # Dialogs

    def share(self) -> None:
        """Show who has access to the open document."""
        window = self._window
        opened = window.documents.opened
        if opened is None:
            return
        sharing = Sharing(window.store, window.network, opened.document_id)
        inviting = Inviting(lambda: self._relay.reached_at(sharing.relay_url))
        inviting.wanted.connect(sharing.invite)
        inviting.revoked.connect(sharing.revoke)
        dialog = ShareDialog(sharing, window.documents.title, inviting, window)
        dialog.sign_in_wanted.connect(lambda: self.sign_in(window.store.account()))
        dialog.host_wanted.connect(self.host)
        self._open(dialog)

    def join(self, invite: str = "") -> None:
        """Ask about an invite: a link, a code, or one that is to be pasted."""
        dialog = JoinDialog(self._window.store, self._window.network, invite, self._window)
        dialog.finished.connect(lambda: self._joined(dialog))
        self._open(dialog)

    def host(self) -> None:
        """Let this computer be a relay, or stop that."""
        account = self._window.store.account()
        dialog = HostingDialog(
            self._relay,
            account.name if account else "",
            self._window.documents.title,
            self._window,
        )
        dialog.invite_wanted.connect(self.share)
        self._open(dialog)

    def relays(self) -> None:
        """Show all accounts and what belongs to them."""
        dialog = RelaysDialog(self._window.store, self._window.network, self._window)
        dialog.sign_in_wanted.connect(self.sign_in)
        self._open(dialog)

    def change_password(self) -> None:
        """Ask for another password."""
        self._open(PasswordDialog(self._window.network, self._window))

    def sign_in(self, account: Account | None) -> None:
        """Ask for a sign-in, with what is known of an account."""
        dialog = SignInDialog(
            self._window.network,
            account.relay_url if account else "",
            account.name if account else "",
            self._window,
        )
        dialog.finished.connect(
            lambda: None if dialog.signed_in is None else self._signed_in(dialog.signed_in)
        )
        self._open(dialog)

    def sign_out(self) -> None:
        """Forget the sign-in; documents and unsent changes stay on this device."""
        self._window.settings.signed_out = True
        self._window.network.sign_out()

    def _open(self, dialog: QDialog) -> None:
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    # What comes of them

    def _signed_in(self, signed_in: SignedIn) -> None:
        window = self._window
        window.settings.signed_out = False
        window.banner.hide()
        sentence = session_only_sentence(signed_in)
        if sentence:
            window.banner.say(sentence)
        window.documents.live.attribute_to(signed_in.user_id)
        window.actions_.account.refresh()

    def _joined(self, dialog: JoinDialog) -> None:
        if dialog.signed_in is not None:
            self._signed_in(dialog.signed_in)
        if dialog.document is not None:
            self._awaited = dialog.document.id
            # Its text comes as updates, and may come after all else that is told of it.
            self._window.network.watch(self._awaited)
            self._look_for_joined()

    def _look_soon(self, document_id: str | None = None) -> None:
        """Look, once the list knows of it; a first sync tells of each document."""
        if self._awaited is not None and document_id in (None, self._awaited):
            QTimer.singleShot(0, self, self._look_for_joined)

    def _progressed(self, _: int, total: int) -> None:
        if not total:
            self._look_for_joined(in_step=True)

    def _look_for_joined(self, *, in_step: bool = False) -> None:
        """Open what was joined as soon as something of it is here, or there is nothing in it."""
        awaited = self._awaited
        if awaited is None:
            return
        try:
            here = self._window.store.last_sequence(awaited)
        except UnknownDocument:
            return
        if here or in_step:
            self._awaited = None
            self._window.show_new(awaited)
            self._window.editor.setFocus()

    def _follow_connection(self) -> None:
        """Say that a sign-in has ended, with the way back; writing goes on."""
        window = self._window
        state, account = window.network.connection, window.store.account()
        if not isinstance(state, SignedOut) or account is None:
            return
        reason = state.reason
        # Nothing has happened just now: what is said already may matter more.
        if reason is None and not window.settings.signed_out and window.banner.isHidden():
            reason = self.tr(
                "Not signed in to the relay: what is written stays on this device until then."
            )
        if reason:
            window.banner.say(reason, (self.tr("Sign in again"), lambda: self.sign_in(account)))
