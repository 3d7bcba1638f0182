"""A document that is open in one window or several: its CRDT and its place on disk."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from app.editor.pages import Pages
from sync.document.document import Document
from sync.errors import CannotSave, DocumentError
from sync.replica import Replica
from sync.status import DocumentFacts
from sync.store.documents import DocumentRecord
from sync.store.store import Store
from sync.types import DocumentId, Sequence

PREPARE_FIRST = 50
"""Milliseconds after opening until `Document.prepare` begins: soon, because until it is done the
first keys in a large text take the slow way. It may come before the first paint, for one turn."""

PREPARE_AFTER = 500
"""Milliseconds after a change until there is time for it again."""

PREPARE_PAUSE = 25
"""Milliseconds that it rests after a change, so that this is painted first."""

PREPARE_SECONDS = 0.004
"""At a time: a key that is pressed meanwhile waits no longer."""


class LiveDocument(QObject):
    """Made on the GUI thread and lives there; the store's threads reach it by signals only."""

    saved = Signal(int)
    """Everything up to this sequence is on disk."""

    save_failed = Signal(object)
    """A `StoreError`: a change is only in memory, and is tried again."""

    unreadable = Signal(object)
    """A `DocumentError`: an update of others was left out."""

    language_changed = Signal()
    """The language of the text may be another one."""

    def __init__(self, store: Store, document_id: DocumentId, author: str | None) -> None:
        """Load from the store. Raises `UnknownDocument`, `InvalidUpdate` or another StoreError."""
        super().__init__()
        self.document_id = document_id
        self._store = store
        stored = store.load(document_id)
        self.document = Document.load(stored.snapshot, stored.updates, author=author)
        self.replica = Replica(
            self.document,
            store,
            document_id,
            author,
            on_saved=self._on_saved,
            on_error=self.save_failed.emit,
        )
        self.pages = Pages(self.document)
        self._held: list[bytes] | None = None
        self._preparing = QTimer(self)
        self._preparing.timeout.connect(self._prepare)
        self._stop_listening = self.document.on_change(self._prepare_later)
        self._preparing.start(PREPARE_FIRST)

    def close(self) -> int:
        """Write what is left and let go; return how many changes could not be saved."""
        self._stop_listening()
        self._preparing.stop()
        self.let_in()
        return self.replica.close()

    @property
    def composing(self) -> bool:
        """Whether an input method is in the middle of a word on one of the pages."""
        return any(page.composing for page in self.pages)

    def let_in(self) -> None:
        """Show the updates that have waited for the end of a composition."""
        held, self._held = self._held, None
        for update in held or ():
            self._receive(update)

    def receive(self, update: bytes) -> None:
        """Show an update of others, once nobody composes; the store has it already."""
        if self.composing:
            self._held = self._held or []
        if self._held is not None:
            self._held.append(update)
        else:
            self._receive(update)

    def _receive(self, update: bytes) -> None:
        language = self.document.language
        try:
            self.replica.receive(update)
        except DocumentError as error:
            self.unreadable.emit(error)
        if self.document.language != language:
            self.language_changed.emit()

    def set_language(self, language: str | None) -> None:
        """Say which language the text is in (BCP 47); None: each device's own."""
        if self.document.language != language:
            self.document.set_language(language)
            self.language_changed.emit()

    def facts(self) -> DocumentFacts:
        """Return what is known about how safe the text is.

        While something is only in memory nothing else counts, and the disk is not
        asked: that is so after each keystroke.
        """
        unsaved = self.replica.unsaved
        if not unsaved:
            return facts_of(self._store.document(self.document_id))
        error = self.replica.error
        reason = error.detail if isinstance(error, CannotSave) else str(error)
        return DocumentFacts(unsaved=unsaved, save_error=None if error is None else reason)

    def _prepare(self) -> None:
        """Do some of what makes edits quick in a long text, between what the writer does."""
        if self.document.prepare(PREPARE_SECONDS):
            self._preparing.stop()
        else:
            self._preparing.setInterval(0)

    def _prepare_later(self, *_: object) -> None:
        if not self._preparing.isActive():
            self._preparing.start(PREPARE_AFTER)
        elif self._preparing.interval() < PREPARE_PAUSE:
            self._preparing.start(PREPARE_PAUSE)

    def _on_saved(self, sequence: Sequence) -> None:
        self.saved.emit(sequence)


def facts_of(record: DocumentRecord) -> DocumentFacts:
    """Return what the store knows about how safe a document is."""
    return DocumentFacts(
        waiting=record.waiting,
        refused=record.refused,
        refused_reason=record.refused_reason,
        on_relay=record.on_relay,
        lost=record.lost,
        elsewhere=record.elsewhere,
    )
