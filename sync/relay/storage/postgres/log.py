"""The update log on PostgreSQL: one thread writes, one commit covers all that waits for it.

Any number of nodes append to one document. Each locks the row where the document's log
ends, in the order of the documents' keys, so that none waits for another in a circle; a
sequence is given while the lock is held, which ends with the commit.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import TypeVar

import psycopg

from sync.errors import AdministrationError
from sync.relay.storage.base import NO_SEQUENCE, NO_SUCH_DOCUMENT, Settled, Settlement
from sync.relay.storage.postgres import connecting
from sync.relay.storage.postgres.pool import Pool
from sync.relay.storage.sql import compaction, database, reading
from sync.relay.storage.sql.documents import implied_key
from sync.relay.storage.sql.log import Append, Head, SqlLog
from sync.threads import THREADS, Threads
from sync.types import DocumentId, Sequence, is_implied

T = TypeVar("T")

BATCH_BYTES = 32 * 1024 * 1024
"""Of updates in one transaction, about; a flood is several."""

_HEADS_KEPT = 100_000
"""Documents whose key is remembered."""

_COMPACTING = 0x1A2B
"""The first key of the advisory locks on documents that are compacted."""

_LOCK = (
    b"SELECT document, sequence FROM heads WHERE document = ANY(%s)"
    b" ORDER BY document FOR NO KEY UPDATE"
)
_APPEND = (
    b"WITH ended AS (UPDATE heads SET sequence = ends.sequence"
    b" FROM unnest(%b::bigint[], %b::bigint[]) AS ends (document, sequence)"
    b" WHERE heads.document = ends.document)"
    b" INSERT INTO updates (document, sequence, author, received, data, checksum)"
    b" SELECT * FROM"
    b" unnest(%b::bigint[], %b::bigint[], %b::text[], %b::bigint[], %b::bytea[], %b::bigint[])"
)

_log = logging.getLogger(__name__)


class PostgresLog(SqlLog):
    """See `UpdateLog`."""

    def __init__(
        self,
        url: str,
        settled: Settled,
        long: Callable[[DocumentId], None] = lambda _: None,
        long_updates: int = 0,
        committed: Callable[[float], object] = lambda _: None,
        threads: Threads = THREADS,
    ) -> None:
        """See `SqlLog`; the tables must be there (`schema.prepare`)."""
        self._url = url
        self._heads: dict[DocumentId, Head] = {}
        self._connection: connecting.Connection | None = None
        self._readers = Pool(url, read_only=True)
        self._writers = Pool(url, read_only=False)
        super().__init__(settled, long, long_updates, committed, threads)

    @property
    def url(self) -> str:
        """See `UpdateLog.url`."""
        return self._url

    @property
    def _place(self) -> str:
        return connecting.shown(self._url)

    def probe(self) -> bool:
        """See `UpdateLog.probe`."""
        try:
            self.write(lambda writer: writer.execute("UPDATE probe SET value = value + 1"))
        except AdministrationError:
            return False
        return True

    def reading(self) -> AbstractContextManager[database.Connection]:
        """See `SqlLog.reading`."""
        return self._readers.connection()

    def write(self, work: Callable[[database.Connection], T]) -> T:
        """See `SqlLog.write`."""
        with self._writers.transaction() as connection:
            return work(connection)

    def close(self) -> None:
        """See `SqlLog.close`."""
        super().close()
        self._hang_up()
        self._readers.close()
        self._writers.close()

    def last_sequences(self, document_ids: Collection[DocumentId]) -> dict[DocumentId, Sequence]:
        """See `UpdateLog.last_sequences`: each join asks, and `heads` says it without the log."""
        with self.reading() as connection:
            rows = connection.execute(
                "SELECT id, sequence FROM documents JOIN heads ON document = key WHERE id = ANY(?)",
                [list(document_ids)],
            )
            return {DocumentId(row[0]): Sequence(row[1]) for row in rows}

    @contextmanager
    def _compacting(self, document_id: DocumentId, /) -> Iterator[bool]:
        # The lock ends with the connection: a node that dies while it compacts holds up nobody.
        name = [_COMPACTING, document_id]
        with self._writers.connection() as connection:
            [mine] = connection.execute(
                "SELECT pg_try_advisory_lock(?, hashtext(?))", name
            ).fetchone()
            try:
                yield mine
            finally:
                if mine:
                    with suppress(psycopg.Error):
                        connection.execute("SELECT pg_advisory_unlock(?, hashtext(?))", name)

    # On the log's thread

    def _handle(self, batch: list[Append]) -> None:
        some: list[Append] = []
        size = 0
        for entry in batch:
            some.append(entry)
            size += len(entry[1]) if isinstance(entry[1], bytes) else 0
            if size > BATCH_BYTES:
                self._settled(self._commit(some))
                some, size = [], 0
        if some:
            self._settled(self._commit(some))

    def _commit(self, appends: list[Append]) -> list[Settlement]:
        """Put a batch on disk; return what became of each, in order."""
        began = time.perf_counter()
        try:
            sequences = self._write_all(appends)
        except Exception as error:  # if this thread ended, all would wait for ever  # noqa: BLE001
            # Also if the connection ended in the middle of the commit, so that it may have
            # happened: who is told that it failed sends it again, which changes no document.
            self._heads.clear()
            self._hang_up()
            if not isinstance(error, (psycopg.Error, AdministrationError)):
                _log.exception("A mistake of the relay's own in the log")
            why = connecting.reason(error)
            return [Settlement(ticket, why, NO_SEQUENCE) for _, _, _, ticket in appends]
        self._committed(time.perf_counter() - began)
        return [
            Settlement(
                ticket, NO_SUCH_DOCUMENT if update is not None and not given else None, given
            )
            for (_, update, _, ticket), given in zip(appends, sequences, strict=True)
        ]

    def _write_all(self, appends: list[Append]) -> list[Sequence]:
        """Return the sequence of each; `NO_SEQUENCE` of what there is no document for."""
        if self._connection is None:
            self._connection = connecting.connect(self._url)
        raw = self._connection.raw
        updates = [entry for entry in appends if entry[1] is not None]
        heads = self._find(self._connection, {document_id for document_id, *_ in updates})
        if not heads:
            return [NO_SEQUENCE] * len(appends)
        keys = sorted(head.key for head in heads.values())
        with raw.pipeline():
            raw.execute(b"BEGIN")
            ends = dict(raw.execute(_LOCK, [keys]).fetchall())
            before = dict(ends)
            columns: tuple[list[int], list[int], list[str], list[int], list[bytes], list[int]]
            columns = ([], [], [], [], [], [])
            now = int(time.time() * 1000)
            sequences = []
            for document_id, update, author, _ in appends:
                head = heads.get(document_id)
                if update is None or head is None or head.key not in ends:
                    sequences.append(NO_SEQUENCE)
                    continue
                sequence = ends[head.key] = ends[head.key] + 1
                sequences.append(Sequence(sequence))
                row = head.key, sequence, author, now, update, reading.checksum(sequence, update)
                for column, value in zip(columns, row, strict=True):
                    column.append(value)  # type: ignore[attr-defined]
                head.grown += len(update)
            raw.execute(_APPEND, [list(ends), list(ends.values()), *columns])
            done = raw.execute(b"COMMIT")
        if done.statusmessage != "COMMIT":
            raise AdministrationError("PostgreSQL did not commit.")
        for document_id, head in heads.items():
            if head.key in ends:
                self._notice(document_id, head, before[head.key], ends[head.key])
        return sequences

    def _find(
        self, connection: connecting.Connection, document_ids: set[DocumentId]
    ) -> dict[DocumentId, Head]:
        """Return the heads of those documents that there are."""
        unknown = [one for one in document_ids if one not in self._heads]
        if unknown:
            if len(self._heads) > _HEADS_KEPT:
                self._heads.clear()
                unknown = list(document_ids)
            rows = connection.execute(
                "SELECT id, key, coalesce("
                "(SELECT sequence FROM snapshots WHERE document = key), 0)"
                " FROM documents WHERE id = ANY(?)",
                [unknown],
            )
            self._heads.update({DocumentId(row[0]): Head(row[1], row[2]) for row in rows})
            for document_id in unknown:
                if document_id not in self._heads and is_implied(document_id):
                    # In a transaction of its own: two nodes that add several would each wait for
                    # the other's.
                    key = implied_key(connection, document_id)
                    if key is not None:
                        self._heads[document_id] = Head(key, 0)
        return {one: self._heads[one] for one in document_ids if one in self._heads}

    def _notice(self, document_id: DocumentId, head: Head, before: int, last: int) -> None:
        """Say that a log has become long."""
        if self._long_updates and (
            (before - head.covered) // self._long_updates
            < (last - head.covered) // self._long_updates
            or head.grown > compaction.LONG_BYTES
        ):
            head.grown = 0
            self._long(document_id)

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
