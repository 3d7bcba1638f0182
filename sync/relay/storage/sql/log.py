"""The update log as far as the back ends share it: all but how a batch is put on disk."""

from __future__ import annotations

import time
import zlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from sync.errors import AdministrationError
from sync.relay.storage.base import Settled, StoredLog, Version
from sync.relay.storage.sql import compaction, reading
from sync.relay.storage.sql.compaction import Fold
from sync.relay.storage.sql.database import Connection
from sync.threads import Threads
from sync.types import DocumentId, Sequence
from sync.versions import VERSION_SECONDS

T = TypeVar("T")


Append: TypeAlias = tuple[DocumentId, bytes | None, str, object]
"""What `UpdateLog.append` was given."""


@dataclass(slots=True)
class Head:
    """What is known of a document's log on the thread that writes it."""

    key: int
    covered: int
    """Last sequence in the snapshot when that was looked at, 0 if there was none."""
    grown: int = 0
    """Bytes that came since the log was last said to be long."""


class SqlLog(ABC):
    """See `UpdateLog`. Any thread; one of its own writes."""

    _heads: Mapping[DocumentId, Head]
    """By document id; forgotten when a commit fails."""

    def __init__(
        self,
        settled: Settled,
        long: Callable[[DocumentId], None],
        long_updates: int,
        committed: Callable[[float], object],
        threads: Threads,
    ) -> None:
        """Begin to write: all that `_handle` needs is there.

        `long` is called on the log's thread when a log has become `long_updates` longer, or
        `LONG_BYTES`; what a snapshot covers does not count, and 0 means never. `committed` is
        called there with the seconds that each commit of updates took.
        """
        self._settled = settled
        self._long = long
        self._long_updates = long_updates
        self._committed = committed
        self._worker = threads.worker("relay-log", self._handle)

    @abstractmethod
    def _handle(self, batch: list[Any]) -> None:
        """Write what was put to the worker meanwhile: each an `Append`, or a back end's own."""

    @property
    @abstractmethod
    def url(self) -> str:
        """See `UpdateLog.url`."""

    @property
    @abstractmethod
    def _place(self) -> str:
        """Name the database for people; nothing secret is in it."""

    @abstractmethod
    def reading(self) -> AbstractContextManager[Connection]:
        """Give a connection that cannot write. Raises `AdministrationError`, inside too."""

    @abstractmethod
    def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction of its own, and wait for its result.

        Raises `AdministrationError`.
        """

    @abstractmethod
    def probe(self) -> bool:
        """See `UpdateLog.probe`."""

    def close(self) -> None:
        """Settle what was appended and end the thread. Idempotent; nothing may follow."""
        self._worker.end(wait=True)

    @abstractmethod
    def _compacting(self, document_id: DocumentId, /) -> AbstractContextManager[bool]:
        """Say whether this may compact a document now: false if another process does already."""

    def append(
        self, document_id: DocumentId, update: bytes | None, author: str, ticket: object
    ) -> None:
        """See `UpdateLog.append`."""
        entry: Append = (document_id, update, author, ticket)
        self._worker.put(entry)

    def _folded(self, document_id: DocumentId, sequence: Sequence) -> None:
        """A document's snapshot has all up to `sequence`."""
        head = self._heads.get(document_id)
        if head is not None:
            head.covered = max(head.covered, sequence)

    def load(self, document_id: DocumentId) -> StoredLog:
        """See `UpdateLog.load`."""
        with self.reading() as connection:
            return reading.load(connection, document_id)

    def since(self, document_id: DocumentId, sequence: Sequence) -> StoredLog:
        """See `UpdateLog.since`."""
        with self.reading() as connection:
            return reading.load(connection, document_id, sequence)

    def last_sequences(self, document_ids: Collection[DocumentId]) -> dict[DocumentId, Sequence]:
        """See `UpdateLog.last_sequences`."""
        with self.reading() as connection:
            return reading.last_sequences(connection, document_ids)

    def knows(self, document_id: DocumentId) -> bool:
        """See `UpdateLog.knows`."""
        with self.reading() as connection:
            return reading.knows(connection, document_id)

    def size(self, document_id: DocumentId) -> int:
        """See `UpdateLog.size`."""
        with self.reading() as connection:
            return reading.size(connection, document_id)

    def compact(
        self,
        document_id: DocumentId,
        fold: Fold = compaction.fold_here,
        version_seconds: float = VERSION_SECONDS,
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        """See `UpdateLog.compact`.

        `fold` does what takes long; a version is kept if the last is `version_seconds`
        old. Once `stopped` says so, what is left is left to the next time.
        """
        with self._compacting(document_id) as mine:
            if mine:
                self._compact(document_id, fold, version_seconds, stopped)

    def _compact(
        self,
        document_id: DocumentId,
        fold: Fold,
        version_seconds: float,
        stopped: Callable[[], bool],
    ) -> None:
        snapshot = fold(self.url, document_id)
        if snapshot is None:
            return
        with self.reading() as connection:
            previous = reading.snapshot(connection, document_id)
        self.write(lambda writer: compaction.save(writer, document_id, snapshot))
        with self.reading() as connection:
            sound = reading.snapshot(connection, document_id) == snapshot
            due = compaction.version_due(connection, document_id, time.time(), version_seconds)
        if not sound:
            self.write(lambda writer: compaction.take_back(writer, document_id, previous))
            raise AdministrationError(
                f"{self._place} does not read as it was written. Look at the machine's disk."
            )
        self._folded(document_id, snapshot.sequence)
        if due:
            state = zlib.compress(snapshot.state)
            self.write(
                lambda writer: compaction.save_version(
                    writer, document_id, snapshot.sequence, int(time.time()), state
                )
            )
        while not stopped() and self.write(lambda writer: compaction.prune(writer, document_id)):
            pass

    def versions(self, document_id: DocumentId) -> list[Version]:
        """See `UpdateLog.versions`."""
        with self.reading() as connection:
            return reading.versions(connection, document_id)

    def version(self, document_id: DocumentId, sequence: Sequence) -> bytes | None:
        """See `UpdateLog.version`."""
        with self.reading() as connection:
            compressed = reading.version(connection, document_id, sequence)
        try:
            return None if compressed is None else zlib.decompress(compressed)
        except zlib.error as error:
            raise AdministrationError(
                f"Version {sequence} of {document_id!r} is damaged ({error}). Choose another, or "
                "restore a backup."
            ) from None
