"""An open document and its place on disk: local changes go to the log, remote ones come from it.

A change is never given up: a write that fails stays in memory, in order, and
is tried again until it is on disk; later changes queue behind it.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol

from sync.document.document import UpdateListener
from sync.errors import CannotSave, StoreError
from sync.store.store import Store
from sync.types import DocumentId, Origin, Sequence

FIRST_RETRY = 0.25
"""Seconds from a failed write to the next attempt; doubles with each failure."""

LAST_RETRY = 5.0
"""Seconds between attempts at most: how late writing resumes after the disk has room again."""

MAX_BATCH_BYTES = 4 * 1024 * 1024
"""Bytes of updates in one write, so that a disk with little room still takes some."""


class Replicated(Protocol):
    """A document that a replica can carry: of text, or of entries (`sync.document.companion`)."""

    def on_update(self, listener: UpdateListener) -> Callable[[], None]:
        """Call `listener(update, origin)` after each local change; return how to stop it."""

    def apply_update(self, update: bytes, origin: Origin) -> None:
        """Take in an update from elsewhere. Raises `InvalidUpdate`."""


class Replica:
    """Carries a document's local updates to the store, from when it is made until `close`.

    `on_saved(sequence)` is called when everything up to `sequence` is on disk,
    `on_error(error)` when a write fails (once for each kind of failure until one
    succeeds). Both are called on the store's writer thread, or on a timer's, and
    must be quick. `receive` and the document's edits belong to the document's
    thread; the rest may be called from any.
    """

    def __init__(
        self,
        document: Replicated,
        store: Store,
        document_id: DocumentId,
        author: str | None,
        on_saved: Callable[[Sequence], None],
        on_error: Callable[[StoreError], None],
    ) -> None:
        self.document = document
        self.document_id = document_id
        self.author = author
        """User id of who edits here; None while nobody is signed in."""
        self._store = store
        self._on_saved = on_saved
        self._on_error = on_error
        self._changed = threading.Condition()
        # Not on disk yet, oldest first; the first `_writing` of them are under way.
        self._pending: deque[tuple[bytes, Origin]] = deque()
        self._writing = 0
        self._retry_delay = FIRST_RETRY
        self._call_off_retry: Callable[[], None] | None = None
        self._error: StoreError | None = None
        self._closed = False
        self._stop_listening = document.on_update(self._keep)

    @property
    def unsaved(self) -> int:
        """Changes that are only in memory."""
        return len(self._pending)

    @property
    def error(self) -> StoreError | None:
        """Why the last write failed; None while writing works."""
        return self._error

    def receive(self, update: bytes) -> None:
        """Take in an update of others that the store has already.

        Raises `InvalidUpdate`, with the document unchanged, if it is none.
        """
        self.document.apply_update(update, Origin.REMOTE)

    def retry_now(self) -> None:
        """Try a failed write again at once."""
        with self._changed:
            self._forget_retry()
            self._write()

    def flush(self, timeout: float) -> bool:
        """Wait up to `timeout` seconds until nothing is only in memory; whether it is so."""
        self.retry_now()
        with self._changed:
            return self._changed.wait_for(lambda: not self._pending, timeout)

    def close(self, timeout: float = 5.0) -> int:
        """Stop listening and flush; return how many changes could not be saved."""
        self._stop_listening()
        self.flush(timeout)
        with self._changed:
            self._closed = True
            self._forget_retry()
            return len(self._pending)

    def _forget_retry(self) -> None:
        if self._call_off_retry is not None:
            self._call_off_retry()
            self._call_off_retry = None

    def _keep(self, update: bytes, origin: Origin) -> None:
        with self._changed:
            self._pending.append((update, origin))
            if self._call_off_retry is None:
                self._write()

    def _write(self) -> None:
        """Hand everything to the store, unless a write is under way: then it follows that.

        One write at a time keeps the order when one fails, and costs nothing:
        what comes meanwhile shares the next commit.
        """
        if self._writing or not self._pending or self._closed:
            return
        batch: list[tuple[bytes, Origin]] = []
        size = 0
        for update, origin in self._pending:
            size += len(update)
            if batch and size > MAX_BATCH_BYTES:
                break
            batch.append((update, origin))
        self._writing = len(batch)
        future = self._store.append_local_all(self.document_id, batch, self.author)
        future.add_done_callback(self._written)

    def _written(self, future: Future[Sequence]) -> None:
        error = future.exception()
        if error is None:
            self._saved(future.result())
        else:
            self._failed(error if isinstance(error, StoreError) else CannotSave(str(error)))

    def _saved(self, sequence: Sequence) -> None:
        with self._changed:
            for _ in range(self._writing):
                self._pending.popleft()
            self._writing = 0
            self._retry_delay = FIRST_RETRY
            self._error = None
            self._write()
            self._changed.notify_all()
        self._on_saved(sequence)

    def _failed(self, error: StoreError) -> None:
        with self._changed:
            self._writing = 0
            news = str(error) != str(self._error)
            self._error = error
            if not self._closed:
                self._call_off_retry = self._store.threads.later(self._retry_delay, self.retry_now)
                self._retry_delay = min(2 * self._retry_delay, LAST_RETRY)
        if news:
            self._on_error(error)
