"""The pages that show one document: in one window or several, with one undo history."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.editor.carets import CaretHistory
from sync.document.document import Document

if TYPE_CHECKING:
    from app.editor.binding import Binding


class Pages:
    """Knows which page leads: the one that the person is at.

    Whatever is done here to the document as a whole (a command, undo) is that page's doing: its
    caret goes where it was done. On the other pages it is like somebody else's change.
    """

    def __init__(self, document: Document) -> None:
        self._history = document.undo_history
        self.carets = CaretHistory(document)
        """What was selected around each step, on whichever page it was made."""
        self._pages: list[Binding] = []
        """The one that leads last."""

    def __iter__(self) -> Iterator[Binding]:
        return iter(tuple(self._pages))

    def add(self, page: Binding) -> None:
        """Take a page in; it leads."""
        self._pages.append(page)
        self._history.end_typing()

    def remove(self, page: Binding) -> None:
        """Let a page go; the one that led before it leads again."""
        self._pages.remove(page)
        if not self._pages:
            self.carets.close()

    def lead(self, page: Binding) -> None:
        """Let a page lead from now on."""
        if self._pages[-1] is not page:
            self._pages.remove(page)
            self._pages.append(page)
            self._history.end_typing()  # no step in two windows

    def leads(self, page: Binding) -> bool:
        """Whether it is the page that the person is at."""
        return self._pages[-1] is page
