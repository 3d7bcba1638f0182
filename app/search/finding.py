"""Finding documents from one window: the quick switcher, the search, and what comes of them."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.editor.editor import Editor
from app.search.found_marks import FoundMarks
from app.search.library_index import LibraryIndex
from app.search.library_search import LibrarySearch
from app.search.rows import Row
from app.search.switcher import Switcher
from app.theme import Theme
from sync.store.search.results import Range
from sync.types import DocumentId


class Finding(QObject):
    """A window's. It opens nothing itself: whoever has the documents hears `open_requested`."""

    open_requested = Signal(str, bool, object)
    """(document id, whether beside what is open: in a window of its own, what `show_hit` there is
    to be given once it is open; None: nothing)."""

    def __init__(self, window: QWidget, editor: Editor, index: LibraryIndex) -> None:
        super().__init__(window)
        self.switcher = Switcher(window, index)
        self.search = LibrarySearch(window, index)
        self.marks = FoundMarks(editor)
        self._editor = editor
        self.switcher.chosen.connect(self._go)
        self.search.chosen.connect(self._go_to_hit)

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of another theme from now on."""
        self.switcher.set_theme(theme)
        self.search.set_theme(theme)
        self.marks.set_theme(theme)

    def show_open(self, document_id: DocumentId | None) -> None:
        """Note which document is open in this window; None: none."""
        self.switcher.open_now = document_id
        self.marks.clear()

    def show_hit(self, query: str, places: tuple[Range, ...]) -> None:
        """Show what a query finds in the document that is open now; see `FoundMarks.show`."""
        self._editor.setFocus()
        self.marks.show(query, places)

    def close_for_good(self) -> None:
        """End the threads."""
        self.switcher.close_for_good()
        self.search.close_for_good()
        self.marks.close_for_good()

    def _go(self, row: Row, beside: bool) -> None:  # a signal's
        self.open_requested.emit(row.document_id, beside, None)

    def _go_to_hit(self, row: Row, beside: bool) -> None:  # a signal's
        query, found = self.search.query, self.search.found(row.document_id)
        hit = None if found is None else (query, found.places)
        self.open_requested.emit(row.document_id, beside, hit)
