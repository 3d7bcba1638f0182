"""Presence in one window: brings room, page, bar and network together."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from app.documents import Documents
from app.editor.editor import Editor
from app.network import Network
from app.open_document import OpenDocument
from app.presence.carets import Carets
from app.presence.following import Following
from app.presence.palette import letter_colour, person_colour, selection_colour
from app.presence.people_bar import PeopleBar, Person
from app.presence.room import Guest, Room
from app.settings import Settings
from app.theme import Theme
from sync.client.events import Online
from sync.store.store import Store
from sync.types import DocumentId


class Presence(QObject):
    """Follows what the window's `documents` open. What it shows is in `bar` and on the page."""

    def __init__(
        self,
        store: Store,
        network: Network,
        documents: Documents,
        editor: Editor,
        settings: Settings,
        theme: Callable[[], Theme],
    ) -> None:
        super().__init__(editor)
        self._store = store
        self._network = network
        self._documents = documents
        self._editor = editor
        self._settings = settings
        self._theme = theme
        self._opened: OpenDocument | None = None
        self.room: Room | None = None
        """Who is in the document that is open."""
        self.bar = PeopleBar()
        self.carets = Carets(
            editor,
            self.name_of,
            lambda place: person_colour(theme(), place),
            lambda: letter_colour(theme()),
            lambda place: selection_colour(theme(), place),
        )
        self.following = Following(editor)
        self.following.changed.connect(self._show_people)
        self.following.ended.connect(self._say_ended)
        self.bar.go_wanted.connect(self.go_to)
        self.bar.follow_wanted.connect(self.following.follow)
        editor.selection_changed.connect(self._select)
        documents.opened_changed.connect(self._show_opened)
        network.awareness_received.connect(self._receive)
        network.connection_changed.connect(self._connection_changed)
        self._show_opened()

    def name_of(self, guest: Guest) -> str:
        """Return what somebody is called here."""
        return guest.name or self.tr("Somebody")

    # What is open

    def _show_opened(self) -> None:
        opened = self._documents.opened
        if opened is self._opened:
            return
        self.close()
        self._opened = opened
        if opened is None:
            return
        self.room = Room(opened.document, self)
        self.room.people_changed.connect(self._show_people)
        self.room.to_say.connect(self._say)
        self._network.join(opened.document_id, opened.document.client_id)
        self._introduce()
        self.following.show_room(self.room)
        self.show_carets()
        self._select()
        self._show_people()

    def close(self) -> None:
        """Leave the document that is open."""
        opened, self._opened = self._opened, None
        room, self.room = self.room, None
        self.following.show_room(None)
        self.carets.show(None, None)
        if room is not None and opened is not None:
            gone = room.close()
            self._network.leave(opened.document_id, opened.document.client_id, gone)
            room.deleteLater()
        self._show_people()

    def show_carets(self) -> None:
        """Show others' carets on the page, if the settings say so."""
        shown = self._opened if self._settings.others_carets else None
        self.carets.show(shown.binding if shown else None, self.room if shown else None)

    # The others

    def _receive(self, document_id: str, payload: bytes) -> None:
        if self._opened is not None and self._opened.document_id == document_id and self.room:
            self.room.receive(payload)

    def _say(self, payload: bytes) -> None:
        if self._opened is not None:
            document_id: DocumentId = self._opened.document_id
            self._network.send_awareness(document_id, self._opened.document.client_id, payload)

    def _connection_changed(self) -> None:
        if self.room is None or self._opened is None:
            return
        self._introduce()
        if isinstance(self._network.connection, Online):
            opened = self._opened  # anew: the engine may be another one
            self._network.join(opened.document_id, opened.document.client_id)
            self.room.say_again()
        else:
            self.room.forget_others()

    def _introduce(self) -> None:
        account = self._store.account()
        if self.room is None:
            return
        if account is None:
            self.room.introduce(None)
        else:
            self.room.introduce(account.name, account.user_id)

    def _select(self) -> None:
        if self.room is not None:
            cursor = self._editor.textCursor()
            self.room.select(cursor.anchor(), cursor.position())

    # Showing

    def refresh(self) -> None:
        """Show everything in the colours of the theme of the moment."""
        self._show_people()
        self._editor.viewport().update()

    def _show_people(self) -> None:
        theme = self._theme()
        guests = [] if self.room is None else self.room.guests
        self.bar.show_people(
            [
                Person(
                    guest.client,
                    self.name_of(guest),
                    person_colour(theme, guest.colour),
                    letter_colour(theme),
                    guest.client == self.following.client,
                )
                for guest in guests
            ]
        )

    def go_to(self, client: int) -> None:
        """Scroll to somebody's caret and show whose it is."""
        guest = None if self.room is None else self.room.guest(client)
        if guest is None:
            return
        if self.following.go_to(guest):
            self.carets.show_name(client)
        else:
            sentence = self.tr("%1 has no caret in this text at the moment")
            self.bar.say(sentence.replace("%1", self.name_of(guest)))

    def _say_ended(self, guest: Guest) -> None:
        sentence = self.tr("No longer following %1")
        self.bar.say(sentence.replace("%1", self.name_of(guest)))
