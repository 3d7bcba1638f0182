"""Searching all documents for words, as one types."""

from __future__ import annotations

from concurrent.futures import CancelledError, Future

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from app.search.library_index import LibraryIndex
from app.search.overlay import Overlay
from app.search.rows import Row
from app.translation import number
from sync.errors import StoreError
from sync.store.search.background import LiveSearch
from sync.store.search.results import MOST_HITS, Found, Results

PAGE = 30
"""Documents that are asked for at a time."""

HURRY_EVERY = 1_000
"""Milliseconds between two looks at what was written meanwhile, while the card is open."""


class LibrarySearch(Overlay):
    """Lists documents by what is in them, each with a line around what was found."""

    _ended = Signal(object)

    def __init__(self, window: QWidget, index: LibraryIndex) -> None:
        super().__init__(window, (760, 620), snippets=True)
        self.set_name(self.tr("Search in the library"))
        self._index = index
        self._live: LiveSearch | None = None
        self._found: dict[str, Found] = {}
        self._total = 0
        self._offset = 0
        """Documents before those that were asked for last."""
        self._asked: Future[Results] | None = None
        self._hurrying = QTimer(self)
        self._hurrying.setInterval(HURRY_EVERY)
        self._hurrying.timeout.connect(self._hurry)
        self._commits = -1
        self._ended.connect(self._take, Qt.ConnectionType.QueuedConnection)
        index.indexed.connect(self._again, Qt.ConnectionType.QueuedConnection)
        bar = self.list.verticalScrollBar()
        bar.valueChanged.connect(self._want_more)

    def open(self) -> None:
        """Show it, with what was found the last time; what was just written is indexed now."""
        super().open()
        self._hurry()
        self._hurrying.start()
        self._changed()

    def dismiss(self) -> None:
        """Hide it, and look for nothing any more."""
        self._hurrying.stop()
        if self._live is not None:
            self._live.cancel()
        super().dismiss()

    def close_for_good(self) -> None:
        """End the thread."""
        self._hurrying.stop()
        if self._live is not None:
            self._live.close()
            self._live = None

    @property
    def query(self) -> str:
        """What is looked for."""
        return self.field.text()

    def found(self, document_id: str) -> Found | None:
        """Return what was found in a document that is listed."""
        return self._found.get(document_id)

    # Asking

    def _hurry(self) -> None:
        """Have what was written since the last time indexed at once: somebody is looking."""
        commits = self._index.store.database.commits
        if commits != self._commits:
            self._commits = commits
            self._index.hurry()

    def _changed(self) -> None:
        self._ask(0)

    def _again(self) -> None:
        """Ask again when something new can be found."""
        if self.isVisible():
            self._ask(0)

    def _want_more(self) -> None:
        bar = self.list.verticalScrollBar()
        rows = len(self.rows.rows)
        if bar.value() == bar.maximum() and 0 < rows < self._total and self._asked is None:
            self._ask(rows)

    def _ask(self, offset: int) -> None:
        if self._live is None:
            self._live = LiveSearch(self._index.store.search)
        self._offset = offset
        self._asked = None
        if not self.query.strip():
            self._live.cancel()
            self.show_rows([], self._hint(), self._progress())
            return
        hidden = self._index.places.hidden
        limit = PAGE if offset else max(PAGE, min(len(self.rows.rows), 4 * PAGE))
        self._asked = self._live.search(self.query, limit=limit, offset=offset, without=hidden)
        self._asked.add_done_callback(self._ended.emit)

    # Showing

    def _take(self, future: Future[Results]) -> None:
        if future is not self._asked:
            return
        self._asked = None
        try:
            results = future.result()
        except CancelledError:
            return
        except StoreError as error:
            self.show_rows([], str(error))
            return
        self._total = results.total
        rows = [self._row(found) for found in results.found]
        if self._offset:
            self._found.update((found.document_id, found) for found in results.found)
            self.rows.add([row for row in rows if row not in self.rows.rows])
            return
        self._found = {found.document_id: found for found in results.found}
        status = self.tr("%Ln documents", "", results.total) if rows else ""
        indexing = self._indexing(results.unindexed)
        message = "" if rows else self.tr("No document has these words.")
        self.show_rows(rows, message, "  ·  ".join(part for part in (status, indexing) if part))

    def _row(self, found: Found) -> Row:
        hits = number(found.hits) + ("+" if found.hits >= MOST_HITS else "")
        return Row(
            found.document_id,
            found.title or self.tr("Untitled"),
            found.title_hits,
            self._index.places.path(found.document_id),
            found.snippet.strip("\n"),
            found.snippet_hits,
            f"{hits}×" if found.hits > 1 else "",
        )

    def _hint(self) -> str:
        return self.tr(
            "Looks through all documents.\n\n"
            "“Words in quotes” must follow each other.\n"
            "A minus before a word leaves out the documents that have it."
        )

    def _progress(self) -> str:
        done, total = self._index.progress
        return self._indexing(total - done)

    def _indexing(self, left: int) -> str:
        """Say how far the index is, if it lacks more than what is being written just now."""
        _, total = self._index.progress
        if left < 2 or total < left:
            return ""
        text = self.tr("still reading: %1 of %2 documents can be found")
        return text.replace("%1", number(total - left)).replace("%2", number(total))
