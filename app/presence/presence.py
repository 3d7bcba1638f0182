"""Presence in one window: brings room, page, bar and network together."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from app.documents import Documents
from app.editor.editor import Editor
from app.open_document import OpenDocument
from app.presence.carets import Carets
from app.presence.following import Following
from app.presence.palette import letter_colour, person_colour, selection_colour
from app.presence.people_bar import PeopleBar, Person
from app.presence.room import Guest, Room
from app.presence.rooms import Rooms
from app.settings import Settings
from app.theme import Theme


class Presence(QObject):
    """Follows what the window's `documents` open. What it shows is in `bar` and on the page."""

    def __init__(
        self,
        rooms: Rooms,
        documents: Documents,
        editor: Editor,
        settings: Settings,
        theme: Callable[[], Theme],
    ) -> None:
        super().__init__(editor)
        self._rooms = rooms
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
        editor.selection_changed.connect(self.tell_caret)
        documents.opened_changed.connect(self._show_opened)
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
        self.room = self._rooms.enter(opened.live)
        self.room.people_changed.connect(self._show_people)
        self.following.show_room(self.room)
        self.show_carets()
        self.tell_caret()
        self._show_people()

    def close(self) -> None:
        """Leave the document that is open."""
        opened, self._opened = self._opened, None
        room, self.room = self.room, None
        self.following.show_room(None)
        self.carets.show(None, None)
        if room is not None and opened is not None:
            room.people_changed.disconnect(self._show_people)
            self._rooms.leave(opened.document_id)
        self._show_people()

    def show_carets(self) -> None:
        """Show others' carets on the page, if the settings say so."""
        shown = self._opened if self._settings.others_carets else None
        self.carets.show(shown.binding if shown else None, self.room if shown else None)

    # The caret here

    def tell_caret(self) -> None:
        """Tell the others where the caret is, or what is selected."""
        room, opened = self.room, self._opened
        if room is None or opened is None:
            return
        # Of several windows on one document the others see the one that the person is at.
        if self._editor.isActiveWindow() or self._rooms.windows(opened.document_id) == 1:
            cursor = self._editor.textCursor()
            room.select(cursor.anchor(), cursor.position())

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
