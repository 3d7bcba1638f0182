"""One open document: who is in it, and its state for those who join.

Updates pass through as they came. They are decoded only when somebody joins,
into a document that stays cached, so 200 joins cost one decoding.
"""

from __future__ import annotations

import asyncio
from typing import Protocol

from sync.document.document import Document
from sync.document.updates import read_header
from sync.errors import InvalidUpdate
from sync.protocol import messages as m
from sync.protocol.awareness import GONE, ClientState, decode_awareness, encode_awareness
from sync.relay.storage.base import UpdateLog
from sync.types import DocumentId

IDLE_SECONDS = 60.0
"""How long a room without members keeps its document in memory."""

MOST_STATES = 1_000
"""Awareness states that a room keeps."""


class Member(Protocol):
    """A connection, as a room sees it."""

    def send(self, address: str, message: m.Message) -> None:
        """Send a message about an address, soon."""


class Room:
    """Belongs to the event loop."""

    def __init__(self, document_id: DocumentId, log: UpdateLog) -> None:
        self.document_id = document_id
        self._log = log
        self.members: dict[tuple[Member, str], set[int]] = {}
        """Members with the awareness clients that each has spoken for."""
        self._states: dict[int, ClientState] = {}
        self._document: Document | None = None
        self._loading: asyncio.Task[None] | None = None
        self._tail: list[bytes] = []
        """Updates that came since the document was loaded, or began to be."""
        self._step2: dict[bytes, bytes] = {}
        """The answer to each state vector, until the next update."""
        self.idle_since: float | None = None

    # Members

    def join(self, member: Member, address: str) -> None:
        """Take a member in."""
        self.members[(member, address)] = set()

    def leave(self, member: Member, address: str) -> None:
        """Let a member go, and tell the others that its carets are gone."""
        clients = self.members.pop((member, address), set())
        gone = [
            ClientState(client, state.clock + 1, GONE)
            for client in clients
            if (state := self._states.pop(client, None)) is not None
        ]
        if gone:
            self._broadcast(m.Awareness(encode_awareness(gone)))

    def _broadcast(self, message: m.Message, but: tuple[Member, str] | None = None) -> None:
        for key in self.members:
            if key != but:
                key[0].send(key[1], message)

    # Updates

    def take(self, member: Member, address: str, update: bytes) -> None:
        """Pass an update on. Raises `InvalidUpdate` if it is none: nobody gets to see it."""
        read_header(update)
        self._tail.append(update)
        self._step2.clear()
        self._broadcast(m.SyncUpdate(update), but=(member, address))

    async def document(self) -> Document:
        """Return the document as it is now."""
        if self._document is None:
            if self._loading is None:
                self._loading = asyncio.create_task(self._load())
            await self._loading
        assert self._document is not None
        for update in self._tail:
            _apply(self._document, update)
        self._tail.clear()
        return self._document

    async def _load(self) -> None:
        try:
            stored = await asyncio.to_thread(self._log.load, self.document_id)
        finally:
            self._loading = None
        # pycrdt's documents belong to the thread that makes them: this one.
        document = Document()
        for update in [stored.snapshot, *stored.updates]:
            if update is not None:
                _apply(document, update)
        self._document = document

    async def step2(self, state_vector: bytes) -> bytes:
        """Return all that a document at `state_vector` lacks. Raises `InvalidUpdate`."""
        document = await self.document()
        answer = self._step2.get(state_vector)
        if answer is None:
            answer = self._step2[state_vector] = document.update_since(state_vector)
        return answer

    async def adds_nothing(self, update: bytes) -> bool:
        """Whether the document has all of an update already."""
        document = await self.document()
        copy = Document.load(document.encode_state())
        before = (copy.state_vector(), copy.contents())
        try:
            copy.apply_update(update)
        except InvalidUpdate:
            return False
        return not copy.missing and (copy.state_vector(), copy.contents()) == before

    # Awareness

    def take_awareness(self, member: Member, address: str, payload: bytes) -> None:
        """Note and pass on who is here. Raises `ProtocolError` if it is no awareness update."""
        clients = self.members.get((member, address))
        if clients is None:
            return
        for state in decode_awareness(payload):
            known = self._states.get(state.client)
            if known is not None and known.clock > state.clock:
                continue
            if state.state == GONE:
                self._states.pop(state.client, None)
                clients.discard(state.client)
            elif known is not None or len(self._states) < MOST_STATES:
                self._states[state.client] = state
                clients.add(state.client)
        self._broadcast(m.Awareness(payload), but=(member, address))

    def awareness(self) -> m.Awareness | None:
        """Return who is here; None if nobody has said so."""
        if not self._states:
            return None
        return m.Awareness(encode_awareness(self._states.values()))


class Rooms:
    """All open documents."""

    def __init__(self, log: UpdateLog) -> None:
        self._log = log
        self._rooms: dict[DocumentId, Room] = {}

    def open(self, document_id: DocumentId) -> Room:
        """Return the room of a document."""
        room = self._rooms.get(document_id)
        if room is None:
            room = self._rooms[document_id] = Room(document_id, self._log)
        room.idle_since = None
        return room

    def unload_idle(self, now: float) -> None:
        """Forget rooms that nobody has been in for `IDLE_SECONDS`; call it now and then."""
        for document_id, room in list(self._rooms.items()):
            if room.members:
                room.idle_since = None
            elif room.idle_since is None:
                room.idle_since = now
            elif now - room.idle_since > IDLE_SECONDS:
                del self._rooms[document_id]


def _apply(document: Document, update: bytes) -> None:
    """Apply what is in the log; one that cannot be read must not keep everybody out."""
    try:
        document.apply_update(update)
    except InvalidUpdate:
        return
