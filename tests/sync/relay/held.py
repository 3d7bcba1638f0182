"""A log on a real file that settles what is appended when the test says so."""

from __future__ import annotations

from pathlib import Path
from queue import SimpleQueue

from sync.relay.rooms import Ticket
from sync.relay.storage.base import NO_SEQUENCE
from sync.relay.storage.sqlite.log import SqliteLog
from sync.relay.storage.sqlite.schema import FILE_NAME
from sync.relay.storage.sqlite.storage import SqliteStorage
from sync.types import DocumentId
from tests.sync.relay.peer import PATIENCE

DOC = DocumentId("doc")


class Log(SqliteLog):
    """Keeps what is appended until the test says what became of it."""

    def __init__(self, folder: Path) -> None:
        storage = SqliteStorage(folder)
        user = storage.accounts.add_user("ada", "hash")
        storage.accounts.create_document(DOC, "Book", user.id)
        storage.close()
        self._on_disk: SimpleQueue[object] = SimpleQueue()
        super().__init__(folder / FILE_NAME, self._on_disk.put)
        self.waiting: list[Ticket] = []

    def append(self, _: DocumentId, update: bytes | None, author: str, ticket: object) -> None:
        assert isinstance(ticket, Ticket)
        self.waiting.append(ticket)

    def settle(self, reason: str | None = None) -> None:
        """Settle the oldest."""
        ticket = self.waiting.pop(0)
        if reason is None and ticket.update is not None:
            self.store(ticket.update)
        ticket.room.settled(ticket, reason, NO_SEQUENCE)

    def store(self, update: bytes) -> None:
        """Put an update on disk, and wait until it is there."""
        super().append(DOC, update, "ada", None)
        self._on_disk.get(timeout=PATIENCE)
