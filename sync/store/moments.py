"""When versions are made by themselves: a thread that waits for the right moment.

Made are: a version every ten minutes while a document changes; what it was before its first
change since the program started, that is, at the end of the last session; and what it was
before much came from others at once. The last two can be made later, because the log still
says what was before, as long as no snapshot has gone beyond (`due_before`).

Building a document's state holds up the other threads (0.1 s for 1 MB of text), so it is put
off until nobody has written for a few seconds. While nothing changes nothing is woken.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sync.types import DocumentId, Sequence, is_implied
from sync.versions import VERSION_SECONDS

QUIET_SECONDS = 5.0
"""Without a change, until it is a good moment."""

PATIENCE_SECONDS = 120.0
"""After which a moment that is not good must do."""

LARGE_MERGE = 64 * 1024
"""Bytes of others' updates at once, before which a version is made."""

MOST_MOMENTS = 8
"""Of one document that wait; further large merges get no version."""


@dataclass(slots=True)
class _Changed:
    first: float
    last: float
    """When it changed (`time.monotonic`), since its newest version."""
    moments: list[Sequence] = field(default_factory=list)
    """After which updates there is to be a version."""


class Moments:
    """Calls `make(document_id, sequences)` on a thread of its own when versions are due.

    The sequences are the moments to make one of, oldest first; None is for as it is now.
    """

    def __init__(
        self,
        make: Callable[[DocumentId, list[Sequence | None]], object],
        every: float = VERSION_SECONDS,
        quiet: float = QUIET_SECONDS,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        """Take seconds: between versions, without a change before one, and at most to wait."""
        self._make = make
        self._every, self._quiet, self._patience = every, quiet, patience
        self._wake = threading.Condition()
        self._changed: dict[DocumentId, _Changed] = {}
        self._known: set[DocumentId] = set()
        self._thread: threading.Thread | None = None
        self._stopped = False

    def note(self, document_id: DocumentId, before: Sequence, size: int, *, ours: bool) -> None:
        """Hear that updates of so many bytes were logged after the one at `before`.

        Any thread; returns at once. What a document is when it comes from the relay for
        the first time is no change.
        """
        if is_implied(document_id) or not (ours or before):
            return
        now = time.monotonic()
        with self._wake:
            changed = self._changed.get(document_id)
            if changed is None:
                changed = self._changed[document_id] = _Changed(now, now)
                self._wake.notify()
            changed.last = now
            first = document_id not in self._known
            self._known.add(document_id)
            large = not ours and size >= LARGE_MERGE
            if before and (first or large) and len(changed.moments) < MOST_MOMENTS:
                changed.moments.append(before)
            if self._thread is None and not self._stopped:
                self._thread = threading.Thread(
                    target=self._run, name="inkstand-versions", daemon=True
                )
                self._thread.start()

    def due_before(self, document_id: DocumentId) -> list[Sequence]:
        """Return and forget the moments that must be seen to before a snapshot is taken."""
        with self._wake:
            changed = self._changed.get(document_id)
            if changed is None:
                return []
            moments, changed.moments = changed.moments, []
            return moments

    def stop(self) -> None:
        """End; what was due is made when the document changes again after the next start."""
        with self._wake:
            self._stopped = True
            self._wake.notify()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def _run(self) -> None:
        while (document_id := self._next()) is not None:
            moments: list[Sequence | None] = [*self.due_before(document_id), None]
            with self._wake:
                self._changed.pop(document_id, None)
            self._make(document_id, moments)

    def _next(self) -> DocumentId | None:
        """Wait for a document's moment; None if this is to end."""
        with self._wake:
            while not self._stopped:
                now = time.monotonic()
                due, document_id = min(
                    ((self._due(changed), name) for name, changed in self._changed.items()),
                    default=(None, None),
                )
                if due is not None and due <= now:
                    return document_id
                self._wake.wait(None if due is None else due - now)
        return None

    def _due(self, changed: _Changed) -> float:
        at = changed.first + self._every
        return min(max(at, changed.last + self._quiet), at + self._patience)
