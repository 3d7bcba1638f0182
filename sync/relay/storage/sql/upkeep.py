"""What a serving relay does to its log by itself: compact long logs, thin versions."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from functools import partial

from sync.errors import AdministrationError
from sync.relay.settings import Settings
from sync.relay.storage.replay import CannotFold
from sync.relay.storage.sql import compaction, reading
from sync.relay.storage.sql.folding import FoldingProcess
from sync.relay.storage.sql.log import SqlLog
from sync.types import DocumentId
from sync.versions import superseded

REST_SECONDS = 30.0
"""Without work, after which the folding process ends."""

MOST_PUT_OFF_SECONDS = 3600.0
"""Between two tries of a document that cannot be folded."""

_log = logging.getLogger(__name__)


class Upkeep:
    """A thread that sees to the documents that `notice` names, and now and then to all."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._folding = FoldingProcess()
        self._wake = threading.Condition()
        self._long: dict[DocumentId, None] = {}  # a set in order
        self._stopped = False
        self._put_off: dict[DocumentId, tuple[float, float]] = {}
        """When to try a document again that could not be folded (`time.monotonic`), and how
        long to wait if it fails once more: each try may take minutes of a processor."""
        self._said: set[tuple[str, type[Exception]]] = set()
        """Failures that are in the log already, and have not ended since."""
        self._thread: threading.Thread | None = None

    def start(self, log: SqlLog) -> None:
        """Begin, with a look at all documents."""
        self._thread = threading.Thread(
            target=self._run, args=[log], name="relay-upkeep", daemon=True
        )
        self._thread.start()

    def notice(self, document_id: DocumentId) -> None:
        """A document's log has become long. Any thread; returns at once."""
        with self._wake:
            self._long[document_id] = None
            self._wake.notify()

    def stop(self) -> None:
        """End, leaving what is half done to the next start. The log must still work."""
        with self._wake:
            self._stopped = True
            self._wake.notify()
        self._folding.interrupt()
        if self._thread is not None:
            self._thread.join()
        self._folding.rest()

    def _run(self, log: SqlLog) -> None:
        sweep_at = 0.0
        while not self._stopped:
            if time.monotonic() >= sweep_at:
                self._try("all documents", lambda: self._sweep(log))
                sweep_at = time.monotonic() + self._settings.sweep_seconds
            document_id = self._next(sweep_at)
            if document_id is not None:
                self._compact(log, document_id)

    def _next(self, until: float) -> DocumentId | None:
        """Wait for a document; None when there is none until then, or this is to end."""
        with self._wake:
            if not self._ready(min(REST_SECONDS, until - time.monotonic())):
                self._folding.rest()
                self._ready(until - time.monotonic())
            if self._stopped or not self._long:
                return None
            document_id = next(iter(self._long))
            del self._long[document_id]
            return document_id

    def _ready(self, seconds: float) -> bool:
        return self._wake.wait_for(lambda: self._stopped or bool(self._long), max(0.0, seconds))

    def _compact(self, log: SqlLog, document_id: DocumentId) -> None:
        at, wait = self._put_off.get(document_id, (0.0, self._settings.sweep_seconds))
        if time.monotonic() < at:
            return

        def work() -> None:
            try:
                log.compact(
                    document_id,
                    self._folding.fold,
                    self._settings.version_seconds,
                    lambda: self._stopped,
                )
            except CannotFold:
                again = time.monotonic() + wait
                self._put_off[document_id] = again, min(2 * wait, MOST_PUT_OFF_SECONDS)
                raise
            self._put_off.pop(document_id, None)

        self._try(document_id, work)

    def _sweep(self, log: SqlLog) -> None:
        """Find the documents that nobody opens, and those that could not be compacted."""
        with log.reading() as connection:
            found = compaction.due(
                connection,
                self._settings.compact_updates,
                time.time() - self._settings.version_seconds,
            )
            versioned = compaction.versioned(connection)
        for document_id in found:
            self.notice(document_id)
        now = time.time()
        for document_id in versioned:
            if self._stopped:
                return
            with log.reading() as connection:
                due = superseded(reading.versions(connection, document_id), now)
            if due:
                log.write(partial(compaction.thin, document_id=document_id, now=now))

    def _try(self, what: str, work: Callable[[], None]) -> None:
        """Do it; if that fails, say so once: the next sweep tries again."""
        try:
            work()
        except (CannotFold, AdministrationError) as error:
            if not self._stopped and (what, type(error)) not in self._said:
                self._said.add((what, type(error)))
                _log.warning("Upkeep of %s is put off, nothing is lost: %s", what, error)
        except Exception:  # one document must not end the upkeep of all others  # noqa: BLE001
            _log.exception("A mistake of the relay's own in the upkeep of %s", what)
        else:
            self._said -= {(what, CannotFold), (what, AdministrationError)}
