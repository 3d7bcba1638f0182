"""Threads for searching: one that keeps the index up, and one for a search while typing."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from concurrent.futures import Future

from sync.errors import StoreError
from sync.store.database import Database
from sync.store.search.results import Results
from sync.store.search.schedule import IDLE, Schedule
from sync.store.search.search import PAGE, Search, SearchGivenUp
from sync.types import DocumentId

RETRY = 60.0
"""Seconds until the index is tried again after the disk did not take it."""

AT_ONCE = 200
"""Documents that are indexed before it is looked again which come first."""

REST_AFTER = 120.0
"""Seconds without a change after which the memory that indexing needs is given back."""

_REST = 1.0
"""Indexing rests for as long as it works, unless somebody waits: half a processor at most."""


class Indexer:
    """Indexes what has changed, from when it is made until `close`.

    It sleeps until something is committed, and looks again only while a document waits. What
    was written can be found within twice `schedule.IDLE` seconds after the last change, and
    while a document keeps changing every `schedule.LONGEST` seconds, or less often if it is
    long; with `hurry` at once. Close it before the store.
    """

    def __init__(
        self,
        search: Search,
        profile: Database,
        on_indexed: Callable[[], None] = lambda: None,
    ) -> None:
        """Start. `on_indexed()` is called on its thread when something new can be found."""
        self.progress = (0, 0)
        """How many documents are indexed as they are now, and of how many."""
        self._search = search
        self._profile = profile
        self._on_indexed = on_indexed
        self._schedule = Schedule()
        self._committed = threading.Event()
        self._stop = threading.Event()
        self._hurry = threading.Event()
        profile.after_commit = self._committed.set
        self._thread = threading.Thread(target=self._run, name="inkstand-indexer", daemon=True)
        self._thread.start()

    def hurry(self) -> None:
        """Index what waits now: somebody is about to search."""
        self._hurry.set()
        self._committed.set()

    def close(self) -> None:
        """Stop; waits for the document that is being read here, not in another process."""
        self._profile.after_commit = None
        self._stop.set()
        self._hurry.set()
        self._committed.set()
        self._search.interrupt()
        self._thread.join()

    def _run(self) -> None:
        pause: float | None = IDLE
        while True:
            if not self._committed.wait(REST_AFTER if pause is None else pause) and pause is None:
                self._search.rest()
                self._committed.wait()
            if self._stop.is_set():
                return
            self._committed.clear()
            pause, more = self._look()
            if not more:
                self._hurry.wait(IDLE)

    def _look(self) -> tuple[float | None, bool]:
        """Index some of what is due.

        Return the seconds until the next look (None: at the next commit), and whether more is
        due.
        """
        hurried = self._hurry.is_set()
        self._hurry.clear()
        try:
            self._search.agree()
            stale = self._search.stale()
            due = self._schedule.due(stale, time.monotonic())
            if hurried:
                due = stale
            total = self._search.documents()
            self.progress = (total - len(stale), total)
            if due:
                rest = 0.0 if hurried else _REST
                self._search.index(due[:AT_ONCE], self._stop, self._schedule.done, rest)
                self.progress = (total - len(stale) + len(due[:AT_ONCE]), total)
                self._on_indexed()
        except StoreError:
            return RETRY, False  # the disk is full, or the profile was closed: nothing is lost
        more = len(due) > AT_ONCE
        if more and hurried:
            self._hurry.set()
        return 0.0 if more or self._schedule.waiting else None, more


class LiveSearch:
    """Searches while somebody types, on a thread of its own; only the newest query matters."""

    def __init__(self, search: Search) -> None:
        self._search = search
        self._changed = threading.Condition()
        self._wanted: tuple[Callable[[], Results], threading.Event, Future[Results]] | None = None
        self._given_up = threading.Event()
        self._future: Future[Results] | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="inkstand-search", daemon=True)
        self._thread.start()

    def search(
        self,
        text: str,
        *,
        limit: int = PAGE,
        offset: int = 0,
        without: Collection[DocumentId] = (),
    ) -> Future[Results]:
        """Search as `Search.search` does; an earlier one that has not ended is cancelled.

        The future's callbacks run on the search's thread, those of a cancelled one on the
        caller's.
        """
        future: Future[Results] = Future()
        given_up = threading.Event()

        def search() -> Results:
            return self._search.search(
                text, limit=limit, offset=offset, without=without, given_up=given_up
            )

        self._replace((search, given_up, future))
        return future

    def cancel(self) -> None:
        """Give up the search that has not ended."""
        self._replace(None)

    def close(self) -> None:
        """Give up, and end the thread."""
        self._closed = True
        self._replace(None)
        self._thread.join()

    def _replace(
        self, wanted: tuple[Callable[[], Results], threading.Event, Future[Results]] | None
    ) -> None:
        with self._changed:
            self._given_up.set()
            before = self._future
            self._wanted = wanted
            if wanted is not None:
                _, self._given_up, self._future = wanted
            self._changed.notify()
        if before is not None:
            before.cancel()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._wanted is not None or self._closed)
                if self._wanted is None:
                    return
                (search, _, future), self._wanted = self._wanted, None
            try:
                results = search()
            except SearchGivenUp:
                future.cancel()
            except Exception as error:  # noqa: BLE001  # it belongs to whoever searches
                if future.set_running_or_notify_cancel():
                    future.set_exception(error)
            else:
                if future.set_running_or_notify_cancel():
                    future.set_result(results)
