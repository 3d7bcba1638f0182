"""Who has which role in a document, and which invites are open, for a dialog."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QDateTime, QLocale, QObject, QTimer, Signal

from app.account.asking import Asking
from app.network import Network
from sync.client import invites, members
from sync.client.address import RelayAddress
from sync.client.events import Online, SignedOut
from sync.client.invites import Invite
from sync.errors import InkstandError
from sync.store.members import Member
from sync.store.store import Store
from sync.types import DocumentId, Role

LOOK_AGAIN = 10_000
"""Milliseconds between two looks at what others have changed."""


class Sharing(QObject):
    """One document's members and invites. `changed` tells whenever anything here is another."""

    changed = Signal()

    failed = Signal(str)
    """A sentence: what was asked for was not done."""

    left = Signal()
    """This person has left the document."""

    def __init__(
        self, store: Store, network: Network, document_id: DocumentId, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.document_id = document_id
        self._store = store
        self._network = network
        self._asking = Asking(self)
        self._asking.busy_changed.connect(self.changed)
        self.invites: list[Invite] = []
        """Open ones; empty for who may not see them."""
        self.made: Invite | None = None
        """The one that was made last, with its code."""
        self.members: tuple[Member, ...] = ()
        self.known: int | None = None
        """When the relay said so: Unix milliseconds; None if it never did."""
        self._recall()
        network.connection_changed.connect(self.refresh)
        network.document_changed.connect(self._follow)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_AGAIN)
        self._timer.timeout.connect(self.refresh)
        self._timer.start()

    def close(self) -> None:
        """Follow nothing any more."""
        self._asking.close()
        self._timer.stop()
        self._network.connection_changed.disconnect(self.refresh)
        self._network.document_changed.disconnect(self._follow)

    # Reading

    @property
    def busy(self) -> bool:
        """Whether the relay is being asked."""
        return self._asking.busy

    @property
    def me(self) -> str:
        """This person's user id; empty if there is none."""
        account = self._store.account()
        return account.user_id if account else ""

    @property
    def relay_url(self) -> str:
        """The address of this profile's relay; empty if there is none."""
        account = self._store.account()
        return account.relay_url if account else ""

    @property
    def role(self) -> Role | None:
        """This person's role in the document: what the list says, which comes first."""
        for member in self.members if self.reachable else ():
            if member.user_id == self.me:
                return member.role
        return self._store.document(self.document_id).role

    @property
    def others(self) -> list[Member]:
        """Everybody else."""
        return [member for member in self.members if member.user_id != self.me]

    @property
    def reachable(self) -> bool:
        """Whether the relay can be asked about the document."""
        record = self._store.document(self.document_id)
        online = isinstance(self._network.connection, Online)
        return online and record.on_relay and record.role is not None and record.elsewhere is None

    @property
    def may_change(self) -> bool:
        """Whether this person may change who does what, and can now."""
        return self.reachable and self.role is Role.OWNER

    @property
    def needs_relay(self) -> bool:
        """Whether there is nobody signed in whom anything could be shared with."""
        return self._store.account() is None or isinstance(self._network.connection, SignedOut)

    @property
    def why_not(self) -> str:
        """Why nothing can be changed, one sentence or two; empty if it can."""
        record = self._store.document(self.document_id)
        if self._store.account() is None:
            return self.tr(
                "Sharing needs a relay, which keeps documents in step. Sign in to one, or let this "
                "computer be one for the local network."
            )
        if record.elsewhere:
            return self.tr(
                "This document belongs to the relay at %1. It can be shared after switching back "
                "to it (Account › Relays and accounts)."
            ).replace("%1", record.elsewhere)
        if record.elsewhere is not None:
            return self.tr(
                "This document is kept on this device only. Account › Relays and accounts sends "
                "it to the relay."
            )
        if record.lost:
            return self.tr("This document is no longer shared with this account.")
        if not isinstance(self._network.connection, Online):
            return self._why_offline()
        if not record.on_relay:
            return self.tr("The document is on its way to the relay; then it can be shared.")
        if self.role is not Role.OWNER:
            return self.tr("Only owners invite people and change roles.")
        return ""

    def _why_offline(self) -> str:
        if self.known is None:
            return self.tr("Not connected to the relay: who has access is not known here yet.")
        when = QLocale().toString(
            QDateTime.fromMSecsSinceEpoch(self.known), QLocale.FormatType.ShortFormat
        )
        return self.tr(
            "Not connected to the relay, so nothing can be changed. The list is as of %1."
        ).replace("%1", when)

    # Asking

    def refresh(self) -> None:
        """Ask the relay again, if it can be asked."""
        if not self.reachable:
            self.invites = []
            self.changed.emit()
            return
        self._ask(partial(_ask_members, self.document_id), self._learn)
        if self.role is Role.OWNER:
            # Whose role has just been lowered is told nothing of what they no longer may see.
            question = self._network.call(partial(_ask_invites, self.document_id))
            known = self.made  # a list that was asked for before one was made lacks it
            self._asking.wait_for(
                question,
                lambda found: self._list_invites(found, known),
                lambda _: self._list_invites([], known),
            )
        else:
            self.invites = []

    def change_role(self, user_id: str, role: Role) -> None:
        """Give somebody another role."""
        self._ask(
            lambda relay, token: members.change_role(relay, token, self.document_id, user_id, role)
        )

    def remove(self, user_id: str) -> None:
        """Take somebody's access away."""
        self._ask(lambda relay, token: members.remove(relay, token, self.document_id, user_id))

    def transfer(self, user_id: str) -> None:
        """Make somebody the owner in this person's place."""
        self._ask(lambda relay, token: members.transfer(relay, token, self.document_id, user_id))

    def leave(self) -> None:
        """Give up one's own access."""
        me = self.me
        self._ask(
            lambda relay, token: members.remove(relay, token, self.document_id, me),
            lambda _: self._note_left(),
        )

    def invite(self, role: Role, hours: int) -> None:
        """Make an invite; `made` has it then."""
        self._ask(
            lambda relay, token: invites.create(relay, token, self.document_id, role, hours),
            self._note_made,
        )

    def revoke(self, invite_id: str) -> None:
        """Make an invite worthless."""
        if self.made is not None and self.made.id == invite_id:
            self.made = None
        self._ask(lambda relay, token: invites.revoke(relay, token, self.document_id, invite_id))

    # Inside

    def _ask(
        self,
        question: Callable[[RelayAddress, str], object],
        then: Callable[[object], object] | None = None,
    ) -> None:
        """Ask; what changes something is followed by a look at what has become of it."""
        self._asking.wait_for(
            self._network.call(question), then or (lambda _: self._look()), self._fail
        )

    def _look(self) -> None:
        # The relay tells this person's own role by itself, but later.
        self._network.retry_now()
        self.refresh()

    def _fail(self, error: InkstandError) -> None:
        self.failed.emit(str(error))
        self.changed.emit()

    def _learn(self, found: object) -> None:
        assert isinstance(found, list)
        self._store.remember_members(self.document_id, found)
        self.members = tuple(found)
        self.known = QDateTime.currentMSecsSinceEpoch()
        self.changed.emit()

    def _list_invites(self, found: list[Invite], known: Invite | None) -> None:
        self.invites = found
        made = self.made
        if made is not None and made is known and made.id not in {one.id for one in found}:
            self.made = None  # used, or revoked elsewhere
        self.changed.emit()

    def _note_made(self, made: object) -> None:
        assert isinstance(made, Invite)
        self.made = made
        self.refresh()

    def _note_left(self) -> None:
        self._network.retry_now()
        self.left.emit()

    def _recall(self) -> None:
        known = self._store.members(self.document_id)
        if known is not None:
            self.members, self.known = known.members, known.known

    def _follow(self, document_id: str) -> None:
        if document_id == self.document_id:
            self.refresh()


def _ask_members(document_id: DocumentId, relay: RelayAddress, token: str) -> list[Member]:
    return members.members(relay, token, document_id)


def _ask_invites(document_id: DocumentId, relay: RelayAddress, token: str) -> list[Invite]:
    return invites.invites(relay, token, document_id)
