"""What all windows of the program share for finding: the index, and what the library says."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from app.search.places import Places
from sync.document.library.view import LibraryView
from sync.store.search.background import Indexer
from sync.store.store import Store

START_AFTER = 2_000
"""Milliseconds from the start of the program until it begins to index: its window comes first."""


class LibraryIndex(QObject):
    """Keeps the index of a profile up, in a process of its own. `close` it before the store."""

    indexed = Signal()
    """Something new can be found."""

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.store = store
        self.library: Callable[[], LibraryView | None] = lambda: None
        """Returns the person's library as it is now; None where there is none."""
        self._view: LibraryView | None = None
        self._places = Places(None)
        self._indexer: Indexer | None = None
        self._closed = False
        store.search.index_beside()
        self._start = QTimer(self, singleShot=True)
        self._start.timeout.connect(self._begin)
        self._start.start(START_AFTER)

    @property
    def places(self) -> Places:
        """Where documents are in the library now."""
        view = self.library()
        if view is not self._view:
            self._view, self._places = view, Places(view)
        return self._places

    @property
    def progress(self) -> tuple[int, int]:
        """How many documents can be found as they are now, and of how many."""
        return (0, 0) if self._indexer is None else self._indexer.progress

    def hurry(self) -> None:
        """Index what waits now: somebody is about to search."""
        self._begin()
        if self._indexer is not None:
            self._indexer.hurry()

    def close(self) -> None:
        """End the indexing, and its process."""
        self._closed = True
        self._start.stop()
        if self._indexer is not None:
            self._indexer.close()
            self._indexer = None

    def _begin(self) -> None:
        if self._indexer is None and not self._closed:
            self._indexer = Indexer(self.store.search, self.store.database, self.indexed.emit)
