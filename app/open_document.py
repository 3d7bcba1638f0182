"""A document as one window shows it: its page, and what all windows share of it."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QTextDocument

from app.editor.binding import Binding
from app.editor.formats import Style
from app.live_document import LiveDocument
from sync.document.document import Document
from sync.replica import Replica
from sync.status import DocumentFacts
from sync.types import DocumentId


class OpenDocument(QObject):
    """A page of a live document."""

    def __init__(self, live: LiveDocument, style: Style) -> None:
        super().__init__()
        self.live = live
        self.qt = QTextDocument(self)
        self.binding = Binding(live.document, self.qt, style, self, live.pages)

    def close(self) -> None:
        """Take the page away; the live document is not touched."""
        self.binding.close()

    @property
    def document_id(self) -> DocumentId:
        """Which document it is."""
        return self.live.document_id

    @property
    def document(self) -> Document:
        """The CRDT, which all windows that show the document share."""
        return self.live.document

    @property
    def replica(self) -> Replica:
        """Its place on disk."""
        return self.live.replica

    def facts(self) -> DocumentFacts:
        """Return what is known about how safe the text is."""
        return self.live.facts()
