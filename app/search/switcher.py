"""The quick switcher: to a document by some letters of its title."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.search import fuzzy
from app.search.fuzzy import Title
from app.search.library_index import LibraryIndex
from app.search.overlay import Overlay
from app.search.places import Places
from app.search.rows import Row
from app.tasks import Task, Tasks
from sync.errors import StoreError
from sync.store.store import Store
from sync.types import DocumentId

SHOWN = 200
"""Titles that are listed at most: who wants another one types another letter."""


class Switcher(Overlay):
    """Lists documents by title: those opened last first, until something is typed."""

    def __init__(self, window: QWidget, index: LibraryIndex) -> None:
        super().__init__(window, (560, 440), snippets=False)
        self.set_name(self.tr("Go to document"))
        self._index = index
        self._tasks = Tasks("inkstand-switcher", parent=self)
        self._task: Task | None = None
        self._titles: dict[DocumentId, Title] = {}
        """Made ready at an earlier time."""
        self._listed: list[Title] = []
        """All that can be switched to, in the order in which they are shown."""
        self.open_now: DocumentId | None = None
        """What is open in this window: the last place for what somebody wants to switch to."""

    def open(self) -> None:
        """Show the documents that were opened last, ready to type."""
        self.field.clear()
        super().open()
        untitled = self.tr("Untitled")
        places, store, known = self._index.places, self._index.store, self._titles
        now = self.open_now

        def load(_: Task) -> tuple[list[Title], list[Title]]:
            titles = _titles(store, known, untitled)
            return titles, _in_order(titles, places, now)

        def listed(loaded: tuple[list[Title], list[Title]]) -> None:
            titles, self._listed = loaded
            self._titles = {title.document_id: title for title in titles}
            self._changed()

        self._tasks.run(load, listed)

    def close_for_good(self) -> None:
        """End the thread."""
        self._tasks.close()

    def _changed(self) -> None:
        if self._task is not None:
            self._task.cancel()
        text, listed = self.field.text(), self._listed

        def find(task: Task) -> list[fuzzy.Match]:
            return fuzzy.best(text, listed, task.cancelled)[:SHOWN]

        self._task = self._tasks.run(find, self._found)

    def _found(self, found: list[fuzzy.Match]) -> None:
        places = self._index.places
        rows = [
            Row(
                fits.title.document_id,
                fits.title.text,
                fits.title.ranges(fits.places),
                places.path(fits.title.document_id),
            )
            for fits in found
        ]
        self.list.setCurrentIndex(self.rows.index(-1))  # the best one is chosen, not the last one
        self.show_rows(rows, self.tr("No document has such a title.") if not rows else "")


def _in_order(titles: list[Title], places: Places, now: DocumentId | None) -> list[Title]:
    """Return what can be switched to: what was opened last first, what is open last."""
    ranks = {document: rank for rank, document in enumerate(places.recent)}
    last = len(ranks)

    def rank(title: Title) -> tuple[bool, int]:
        return title.document_id == now, ranks.get(title.document_id, last)

    shown = (title for title in titles if title.document_id not in places.hidden)
    return sorted(shown, key=rank)


def _titles(store: Store, known: dict[DocumentId, Title], untitled: str) -> list[Title]:
    """Return the titles of all documents, the newest first; on a thread."""
    try:
        records = store.documents()
    except StoreError:  # the window says so elsewhere
        return list(known.values())
    titles = []
    for record in reversed(records):
        text = record.title or untitled
        title = known.get(record.id)
        if title is None or title.text != text:
            title = Title(record.id, text)
        _ = title.words  # made on this thread, and kept
        titles.append(title)
    return titles
