"""A device and a person elsewhere who write to one document, as the program does it."""

from __future__ import annotations

from sync.document.delta import Delta
from sync.document.document import Document
from sync.store.compaction import build_document
from sync.store.store import Store
from sync.types import DocumentId, Origin

ME = "ada"


class Desk:
    """The open document of this device: what is typed goes to the store at once."""

    def __init__(self, store: Store, document_id: DocumentId, client: int = 1) -> None:
        self.store, self.id = store, document_id
        self.document, _ = build_document(store.load(document_id))
        self.document = Document.load(self.document.encode_state(), client_id=client, author=ME)
        self.document.on_update(self._log)

    def type(self, *deltas: Delta, origin: Origin = Origin.VIEW) -> None:
        for delta in deltas:
            self.document.apply(delta, origin)

    def _log(self, update: bytes, origin: Origin) -> None:
        self.store.append_local(self.id, update, origin, self.document.author).result()

    def sync(self, *others: Elsewhere) -> None:
        """Exchange everything with others, as the relay would bring it."""
        for other in others:
            theirs = other.document.update_since(self.document.state_vector())
            other.document.apply_update(self.document.update_since(other.document.state_vector()))
            if theirs != b"\0\0":
                self.store.append_remote(self.id, theirs).result()
                self.document.apply_update(theirs)


class Elsewhere:
    """Somebody at another device, or the same person there."""

    def __init__(self, desk: Desk, client: int, author: str | None) -> None:
        state = desk.document.encode_state()
        self.document = Document.load(state, client_id=client, author=author)

    def type(self, *deltas: Delta) -> None:
        for delta in deltas:
            self.document.apply(delta, Origin.VIEW)
