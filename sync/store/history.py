"""Versions, what changed while the person was away, and who did it: what a window asks for.

Nothing here is for the thread of the window: what blocks says so, and takes up to seconds for
a megabyte of text. Changes and texts come as plain values; their places are UTF-16 units.
"""

from __future__ import annotations

import sqlite3
import threading
import time
import zlib
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace

import pycrdt

from sync.document.comparison import Change, Kind, compare
from sync.document.deletions import Removers
from sync.document.delta import Delta, Insert
from sync.document.document import Document
from sync.document.restoring import restoring
from sync.document.updates import guarded, read_state_vector
from sync.errors import DocumentError, InvalidChange, StoreError
from sync.store import log, removals, seen, versions
from sync.store.compaction import Settle, build_document
from sync.store.database import Database
from sync.store.moments import Moments
from sync.store.versions import Version
from sync.types import DocumentId, Sequence

MAX_NAME = 200
"""Characters of a version's name."""

JUMP_SECONDS = 3600.0
"""By which the clock may be set while the program runs, before nothing is thinned any more."""


def _since_boot() -> float:
    """Return seconds by a clock that nobody sets, and that goes on while the machine sleeps."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


@dataclass(frozen=True, slots=True)
class News:
    """What others changed in a document since the person saw it last."""

    sequence: Sequence
    """Of the last update in the text that the places are in: what `mark_seen` is to be given."""
    changes: list[Change]
    """What came and went, to the character; no formats. What the person wrote or removed
    is not among it, on whichever device they wrote it."""


class History:
    """The history of the documents of one profile; `Store.history`.

    Raises what reading the store raises, `UnknownDocument` and `UnknownVersion`.
    """

    def __init__(
        self,
        database: Database,
        compacting: threading.Lock,
        wall: Callable[[], float] = time.time,
        elapsed: Callable[[], float] = _since_boot,
    ) -> None:
        """Take the clock on the wall (Unix seconds), and one that nobody sets (seconds)."""
        self._database = database
        # While it is held no snapshot takes the place of the log.
        self._compacting = compacting
        self._wall, self._elapsed = wall, elapsed
        self._started = wall(), elapsed()
        self.moments = Moments(self._make_due)

    def close(self) -> None:
        """End the thread that makes versions."""
        self.moments.stop()

    # Versions

    def versions(self, document_id: DocumentId) -> list[Version]:
        """Return the versions of a document, newest first."""
        with self._database.reading() as connection:
            return versions.versions(connection, document_id)

    def contents_at(self, document_id: DocumentId, number: int) -> list[Insert]:
        """Return what a document said in one version. Blocks."""
        return Document.load(self._state(document_id, number)).contents()

    def keep(self, document_id: DocumentId, name: str | None = None) -> Version | None:
        """Keep a document as it is on disk now; None if nothing has changed since the last one.

        With a name it is kept for ever, changed or not; without, until it is thinned out.
        Blocks. Raises `InvalidChange` for a name that is none, `CannotSave`.
        """
        checked = None if name is None else _checked(name)
        with self._compacting:
            self._make(document_id, self.moments.due_before(document_id))
            return self._keep(document_id, None, checked)

    def rename(self, document_id: DocumentId, number: int, name: str) -> Future[None]:
        """Give a version a name: from then on it is kept for ever. Raises `InvalidChange`."""
        checked = _checked(name)
        return self._database.submit(
            lambda writer: versions.rename(writer, document_id, number, checked)
        )

    def delete(self, document_id: DocumentId, number: int) -> Future[None]:
        """Let go of a version with a name; those without go by themselves."""
        return self._database.submit(lambda writer: versions.delete(writer, document_id, number))

    def difference(
        self, document_id: DocumentId, older: int, newer: int | None = None
    ) -> list[Change]:
        """Return what changed, in words, from one version to another, None: to now.

        Blocks. Who removed something is known only for this device.
        """
        before = self._state(document_id, older)
        with self._database.reading() as connection:
            known = removals.known(connection, document_id)
            stored = log.load(connection, document_id)
        known.pop(removals.NOBODY, None)
        if newer is None:
            after = build_document(stored)[0].encode_state()
        else:
            after = self._state(document_id, newer)
        return compare(before, after, Removers(known))

    def restoring(self, document_id: DocumentId, number: int, current: bytes) -> Delta:
        """Return the change that brings a version's text back; what is now is kept before.

        `current` is the state of the open document, which must not change until the delta
        was applied; how that is done says `sync.document.restoring`. Blocks.
        """
        version = self._state(document_id, number)
        self.keep(document_id)
        return restoring(current, version)

    # What changed while the person was away

    def mark_seen(self, document_id: DocumentId, up_to: Sequence | None = None) -> Future[None]:
        """Note that the person has seen a document up to a sequence, None: all that is on disk.

        Before the first time nothing counts as news. What was seen stays seen.
        """
        return self._database.submit(lambda writer: seen.mark(writer, document_id, up_to))

    def with_news(self) -> list[DocumentId]:
        """Return the documents to which something came since they were seen; one short query.

        It may be the person's own, from another device: `changes_since_seen` knows.
        """
        with self._database.reading() as connection:
            return seen.with_news(connection)

    def changes_since_seen(self, document_id: DocumentId, reader: str | None) -> News | None:
        """Return what others changed since `reader` (a user id) saw a document last.

        None if it was never marked as seen. With no `reader`, because nobody is signed in,
        all that came since counts. Blocks.
        """
        mine = removals.NOBODY if reader is None else reader
        with self._compacting, self._database.reading() as connection:
            if seen.read(connection, document_id) is None:
                return None
            base = seen.base(connection, document_id)
            stored = log.load(connection, document_id)
            known = removals.known(connection, document_id, nobody=mine)
        if base is None:
            return News(stored.last_sequence, [])
        before, after = (build_document(some)[0].encode_state() for some in (base, stored))
        changes = compare(before, after, Removers(known), words=False)
        return News(
            stored.last_sequence,
            [
                change
                for change in changes
                if (change.kind is Kind.INSERTED and (reader is None or change.by != (reader,)))
                or (change.kind is Kind.REMOVED and change.by != (mine,))
            ],
        )

    # For the store

    def follow(
        self,
        appended: Future[Sequence],
        document_id: DocumentId,
        updates: list[bytes],
        *,
        ours: bool,
    ) -> None:
        """Take note of updates once they are on the disk; `appended` has the last sequence."""
        count, size = len(updates), sum(map(len, updates))

        def note(done: Future[Sequence]) -> None:
            if done.exception() is None:
                before = Sequence(done.result() - count)
                self.moments.note(document_id, before, size, ours=ours)

        appended.add_done_callback(note)

    def before_snapshot(self, document_id: DocumentId, up_to: Sequence) -> Settle:
        """Save what a snapshot of everything up to a sequence would make forgotten.

        Returns what is to be written in the transaction of the snapshot. Blocks; the caller
        holds the lock of the snapshots.
        """
        self._make(document_id, self.moments.due_before(document_id))
        with self._database.reading() as connection:
            settle_seen = seen.prepare(connection, document_id, up_to)
            found = removals.in_log(connection, document_id, up_to)

        def settle(writer: sqlite3.Connection) -> None:
            settle_seen(writer)
            removals.keep(writer, document_id, found)

        return settle

    # Inside

    def _state(self, document_id: DocumentId, number: int) -> bytes:
        with self._database.reading() as connection:
            return versions.state(connection, document_id, number)

    def _make_due(self, document_id: DocumentId, moments: list[Sequence | None]) -> None:
        # What the disk does not take now it takes later: the next change asks for it again.
        with suppress(StoreError, DocumentError), self._compacting:
            self._make(document_id, moments)

    def _make(self, document_id: DocumentId, moments: Iterable[Sequence | None]) -> None:
        for moment in moments:
            self._keep(document_id, moment, None)

    def _keep(
        self, document_id: DocumentId, moment: Sequence | None, name: str | None
    ) -> Version | None:
        """Keep what the document was at a moment, None: now; None if that cannot or need not be."""
        with self._database.reading() as connection:
            stored = log.load(connection, document_id, moment)
            last = versions.newest(connection, document_id)
            previous, since = None, Sequence(0)
            if last is not None:
                previous = versions.state(connection, document_id, last.number)
                since = last.sequence
            writers = removals.writers(connection, document_id, since, stored.last_sequence)
        if moment is not None and stored.last_sequence != moment:
            return None  # a snapshot has gone beyond
        if last is not None and last.sequence >= stored.last_sequence:
            if name is None:
                return None
            if last.name is None:
                self.rename(document_id, last.number, name).result()
                return replace(last, name=name)
        document, _ = build_document(stored)
        state = document.encode_state()
        if name is None and (state == previous or _is_blank(document)):
            return None
        authors = _writers_since(document, previous) | writers
        compressed = zlib.compress(state)
        now, thins = self._wall(), self._is_steady()

        def write(writer: sqlite3.Connection) -> Version:
            version = versions.add(
                writer, document_id, stored.last_sequence, int(now), name, authors, compressed
            )
            if thins:
                versions.thin(writer, document_id, now)
            return version

        return self._database.submit(write).result()

    def _is_steady(self) -> bool:
        """Whether the wall clock has gone on as another one has, since the start."""
        jumped = (self._wall() - self._started[0]) - (self._elapsed() - self._started[1])
        return abs(jumped) < JUMP_SECONDS


def _checked(name: str) -> str:
    name = name.strip()
    if not 0 < len(name) <= MAX_NAME:
        raise InvalidChange(f"the name of a version has 1 to {MAX_NAME} characters")
    return name


def _is_blank(document: Document) -> bool:
    return all(
        isinstance(part.content, str) and not part.content.strip() for part in document.contents()
    )


def _writers_since(document: Document, previous: bytes | None) -> set[str | None]:
    """Return who wrote something that an older state lacks; None: somebody unknown."""
    reached = {} if previous is None else read_state_vector(guarded(pycrdt.get_state, previous))
    names = document.authors()
    return {
        names.get(client)
        for client, clock in read_state_vector(document.state_vector()).items()
        if clock > reached.get(client, 0)
    }
