"""The profile's documents as one window uses them: open one, make, rename, bring in, let go."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from app.editor.formats import Style
from app.errors import said
from app.languages import language_of
from app.live_document import facts_of
from app.live_documents import FLUSH_SECONDS, LiveDocuments, may_write
from app.network import Network
from app.open_document import OpenDocument
from app.settings import Settings
from app.translation import spoken
from app.welcome import read_welcome
from sync.client.events import Online
from sync.document import transfer
from sync.document.delta import Insert
from sync.errors import InkstandError, StoreError
from sync.status import (
    LibraryFacts,
    Status,
    document_status,
    library_status,
)
from sync.store.documents import DocumentRecord
from sync.store.store import Store
from sync.types import DocumentId, Role, new_document_id


class Documents(QObject):
    """At most one document is open here. What goes wrong is said by `problem`."""

    opened_changed = Signal()
    """Another document is open, or none."""

    changed = Signal()
    """The text of the open document is another one: typed, commanded or from elsewhere."""

    status_changed = Signal()
    """Where the changes of the open document are, may be another place now."""

    listing_changed = Signal()
    """Documents came, went or have other titles."""

    language_changed = Signal()
    """The language of the open document may be another one."""

    cannot_save = Signal(str)
    """A sentence: what is open is only in memory, because the disk does not take it."""

    saves_again = Signal()
    """The disk has taken what `cannot_save` was about."""

    problem = Signal(str)
    """A sentence for the person."""

    def __init__(
        self,
        store: Store,
        network: Network,
        settings: Settings,
        live: LiveDocuments,
        style: Callable[[], Style],
    ) -> None:
        super().__init__()
        self._settings = settings
        self._store = store
        self._network = network
        self.live = live
        """What is open in any window."""
        self._style = style
        self.opened: OpenDocument | None = None
        self._failing = False
        """Whether the last attempt to save failed."""
        self._replaced: DocumentId | None = None
        """Closed until the relay's text has come."""
        live.add_window(self)
        live.listing_changed.connect(self.listing_changed)
        network.document_replaced.connect(self._show_replaced)

    def leave(self) -> None:
        """Be no window of the program any more; the document is closed already."""
        self.live.remove_window(self)

    # Reading

    def status(self, document_id: str | None = None) -> Status | None:
        """Return where a document's changes are; None: of the open one, if there is one."""
        opened = self.opened.document_id if self.opened is not None else None
        document_id = document_id or opened
        if document_id is None:
            return None
        live = self.live.get(document_id)
        if live is not None:
            return document_status(live.facts(), self._network.connection)
        return self._status_of(self._store.document(DocumentId(document_id)))

    def overall(self) -> Status:
        """Return where the changes of all documents are."""
        totals = self._store.totals()
        errors = (live.facts().save_error for live in self.live)
        facts = LibraryFacts(
            save_error=next((error for error in errors if error is not None), None),
            waiting=totals.waiting,
            documents_waiting=totals.documents_waiting,
            documents_refused=totals.documents_refused,
            all_on_relay=totals.all_on_relay,
        )
        return library_status(facts, self._network.connection)

    def _status_of(self, record: DocumentRecord) -> Status:
        return document_status(facts_of(record), self._network.connection)

    @property
    def title(self) -> str:
        """The open document's title; empty if none is open."""
        if self.opened is None:
            return ""
        return self._store.document(self.opened.document_id).title or self.untitled

    @property
    def untitled(self) -> str:
        """What a document without a title is called."""
        return self.tr("Untitled")

    @property
    def language(self) -> str:
        """The language of the open document (BCP 47): its own, else what this person writes in."""
        usual = self._settings.writing_language
        return language_of(self.opened.document if self.opened else None, usual)

    @property
    def role(self) -> Role | None:
        """This person's role in the open document; None if no relay has given one."""
        if self.opened is None:
            return None
        return self._store.document(self.opened.document_id).role

    @property
    def may_write(self) -> bool:
        """Whether this person may change the open document."""
        return self.opened is not None and may_write(self.role)

    # Doing

    def new(self, title: str = "", contents: list[Insert] | None = None) -> DocumentId | None:
        """Make a document, empty or with `contents`; return its id, or None if that failed."""
        title = title or self.untitled
        return self._create(title, transfer.new_document(title, self.live.author, contents))

    def welcome(self) -> DocumentId | None:
        """Make the document that the first start shows; return its id, or None if that failed."""
        title, contents, language = read_welcome(spoken())
        return self._create(
            title, transfer.new_document(title, self.live.author, contents, language)
        )

    def _create(self, title: str, updates: transfer.Updates) -> DocumentId | None:
        document_id = new_document_id()
        try:
            self._store.create_document(document_id, title, updates, self.live.author).result()
        except StoreError as error:
            self.problem.emit(said(error))
            return None
        self.tell_made(document_id)
        return document_id

    def tell_made(self, document_id: DocumentId) -> None:
        """Tell windows and relay of a document that was made on this device."""
        self.live.listing_changed.emit()
        self._network.notify_saved(document_id)

    def open(self, document_id: str) -> None:
        """Open a document; the one that was open is written out and let go."""
        if self.opened is not None and self.opened.document_id == document_id:
            return
        try:
            live = self.live.take(DocumentId(document_id))
        except InkstandError as error:
            self.problem.emit(said(error))
            return
        if not self.close():
            self.live.give_back(live)
            return
        opened = self.opened = OpenDocument(live, self._style())
        opened.binding.typed.connect(self._changed)
        opened.binding.patched.connect(self._changed)
        live.saved.connect(self._saved)
        live.save_failed.connect(self._save_failed)
        live.language_changed.connect(self.language_changed)
        self.opened_changed.emit()

    def close(self) -> bool:
        """Let go of the open document; False if it must stay because it cannot be saved."""
        if self.opened is None:
            return True
        if not self.live.may_be_left(self.opened.live):
            self.say_it_stays()
            return False
        opened, self.opened = self.opened, None
        self.opened_changed.emit()  # nobody shows it any more when it is let go
        opened.live.saved.disconnect(self._saved)
        opened.live.save_failed.disconnect(self._save_failed)
        opened.live.language_changed.disconnect(self.language_changed)
        opened.close()
        self.live.give_back(opened.live)
        opened.deleteLater()
        return True

    def say_it_stays(self) -> None:
        """Tell why the document that is open here cannot be left."""
        self.problem.emit(
            self.tr(
                "“%1” cannot be saved on this device right now and stays open. "
                "Use File › Export to keep a copy elsewhere."
            ).replace("%1", self.title)
        )

    @property
    def refused(self) -> bool:
        """Whether the relay refused changes of the open document, which others have a text of."""
        if self.opened is None:
            return False
        record = self._store.document(self.opened.document_id)
        return bool(record.refused) and record.role is not None

    @property
    def may_discard(self) -> bool:
        """Whether they can be given up now: the relay must be there to be asked for the text."""
        return isinstance(self._network.connection, Online) and self.refused

    def discard_changes(self) -> None:
        """Give up what the relay has not taken of the open document; its text comes instead."""
        if self.opened is None:
            return
        document_id = self.opened.document_id
        windows = self.live.close_everywhere(document_id)
        if windows is None:
            self.say_it_stays()
            return
        try:
            self._network.discard_changes(document_id).result(FLUSH_SECONDS)
        except (InkstandError, TimeoutError) as error:
            self.problem.emit(said(error))
            for window in windows:
                window.open(document_id)
        else:
            for window in windows:
                window._replaced = document_id

    def _show_replaced(self, document_id: str) -> None:
        """Show again what `discard_changes` has closed, unless something else is shown now."""
        if document_id == self._replaced:
            self._replaced = None
            if self.opened is None:
                self.open(document_id)

    def rename(self, document_id: str, title: str) -> None:
        """Give a document another title; an empty one counts as none."""
        title = title or self.untitled
        record = self._store.document(DocumentId(document_id))
        if title != record.title and not may_write(record.role):
            self.problem.emit(self.tr("You may read this document, not give it another title."))
        elif title != record.title:
            live = self.live.get(document_id)
            if live is not None:
                live.document.set_title(title)
            try:
                self._store.rename_document(DocumentId(document_id), title).result()
            except StoreError as error:
                self.problem.emit(said(error))
        self.live.listing_changed.emit()  # also where an emptied title is shown as it was

    def set_language(self, language: str | None) -> None:
        """Say which language the open document is in (BCP 47); None: each device's own."""
        if self.opened is not None:
            self.opened.live.set_language(language)

    def let_in(self) -> None:
        """Show the updates of others that were held back."""
        if self.opened is not None:
            self.opened.live.let_in()

    # Inside

    def _changed(self) -> None:
        self.status_changed.emit()
        self.changed.emit()

    def _save_failed(self, error: StoreError) -> None:
        if not self._failing:  # once, not at each attempt
            self._failing = True
            self.cannot_save.emit(said(error))
        self.status_changed.emit()

    def _saved(self) -> None:
        if self._failing:
            self._failing = False
            self.saves_again.emit()
        self.status_changed.emit()
