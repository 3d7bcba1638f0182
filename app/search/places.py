"""Where documents are in the person's library, for lists of them that are in another order."""

from __future__ import annotations

from collections.abc import Iterable

from sync.document.library.view import LibraryView
from sync.types import DocumentId

SEPARATOR = " › "


class Places:
    """One view of a library, looked up by document; without a view nothing is known."""

    def __init__(self, view: LibraryView | None) -> None:
        self._view = view
        self.recent: tuple[DocumentId, ...] = () if view is None else view.recent
        """The document opened last comes first."""
        self.hidden: frozenset[DocumentId] = frozenset()
        """In the trash, or thrown out of it."""
        self._folders: dict[DocumentId, str] = {}
        if view is not None:
            self.hidden = frozenset((*(one.document for one in view.trash), *view.emptied))
            for folder in view.folders.values():
                for document in folder.documents:
                    self._folders[document] = folder.id

    def path(self, document_id: DocumentId) -> str:
        """Return the folders that a document is in, from outside in; empty for none."""
        return SEPARATOR.join(reversed(list(self._names(document_id))))

    def _names(self, document_id: DocumentId) -> Iterable[str]:
        if self._view is None:
            return
        folder_id: str | None = self._folders.get(document_id)
        while folder_id:
            folder = self._view.folders[folder_id]
            yield folder.name
            folder_id = folder.parent
