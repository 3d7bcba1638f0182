"""Who is in the documents that are open, once for each document, however many windows show it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject

from app.live_document import LiveDocument
from app.network import Network
from app.presence.room import Room
from sync.client.events import Online
from sync.store.store import Store
from sync.types import DocumentId


@dataclass(slots=True)
class _Entered:
    room: Room
    client: int
    """The Yjs client id under which this device is there."""
    windows: int = 1


class Rooms(QObject):
    """One for the program: to the others its windows on a document are one client."""

    def __init__(self, store: Store, network: Network) -> None:
        super().__init__()
        self._store = store
        self._network = network
        self._entered: dict[DocumentId, _Entered] = {}
        network.awareness_received.connect(self._receive)
        network.connection_changed.connect(self._connection_changed)

    def enter(self, live: LiveDocument) -> Room:
        """Return a document's room for a window; `leave` it as often."""
        entered = self._entered.get(live.document_id)
        if entered is not None:
            entered.windows += 1
            return entered.room
        document_id, client = live.document_id, live.document.client_id
        room = Room(live.document, self)
        room.to_say.connect(
            lambda payload: self._network.send_awareness(document_id, client, payload)
        )
        self._entered[document_id] = _Entered(room, client)
        self._network.join(document_id, client)
        self._introduce(room)
        return room

    def windows(self, document_id: DocumentId) -> int:
        """Return how many windows are in a room."""
        return self._entered[document_id].windows

    def leave(self, document_id: DocumentId) -> None:
        """Leave a room; the last window tells the others."""
        entered = self._entered[document_id]
        entered.windows -= 1
        if entered.windows == 0:
            del self._entered[document_id]
            self._network.leave(document_id, entered.client, entered.room.close())
            entered.room.deleteLater()

    def _receive(self, document_id: str, payload: bytes) -> None:
        entered = self._entered.get(DocumentId(document_id))
        if entered is not None:
            entered.room.receive(payload)

    def _connection_changed(self) -> None:
        online = isinstance(self._network.connection, Online)
        for document_id, entered in self._entered.items():
            self._introduce(entered.room)
            if online:
                self._network.join(document_id, entered.client)  # the engine may be another one
                entered.room.say_again()
            else:
                entered.room.forget_others()

    def _introduce(self, room: Room) -> None:
        account = self._store.account()
        if account is None:
            room.introduce(None)
        else:
            room.introduce(account.name, account.user_id)
