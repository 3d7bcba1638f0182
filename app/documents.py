"""The profile's documents as a window uses them: open one, make, rename, bring in, let go."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.editor.formats import Style
from app.errors import said
from app.languages import language_of
from app.network import Network
from app.open_document import OpenDocument, facts_of
from sync.client.events import Online
from sync.document import transfer
from sync.errors import InkstandError, StoreError
from sync.status import (
    DocumentFacts,
    LibraryFacts,
    Status,
    document_status,
    library_status,
)
from sync.store.copying import copy_document
from sync.store.documents import DocumentRecord
from sync.store.store import Store
from sync.types import DocumentId, Origin, Role, new_document_id

FLUSH_SECONDS = 5.0
"""For what is only in memory to reach the disk, before something else is done with it."""


class Documents(QObject):
    """At most one document is open. What goes wrong is said by `problem`."""

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

    def __init__(self, store: Store, network: Network, style: Callable[[], Style]) -> None:
        super().__init__()
        self._store = store
        self._network = network
        self._style = style
        self.opened: OpenDocument | None = None
        self._failing = False
        """Whether the last attempt to save failed."""
        self._replaced: DocumentId | None = None
        """Closed until the relay's text has come."""
        network.document_replaced.connect(self._show_replaced)

    # Reading

    def listing(self) -> list[tuple[DocumentRecord, Status]]:
        """Return all documents, the oldest first, and where their changes are."""
        return [(record, self._status_of(record)) for record in self._store.documents()]

    def status(self, document_id: str | None = None) -> Status | None:
        """Return where a document's changes are; None: of the open one, if there is one."""
        opened = self.opened
        if opened is not None and document_id in (None, opened.document_id):
            return document_status(opened.facts(), self._network.connection)
        if document_id is None:
            return None
        return self._status_of(self._store.document(DocumentId(document_id)))

    def overall(self) -> Status:
        """Return where the changes of all documents are."""
        totals = self._store.totals()
        opened = self.opened.facts() if self.opened is not None else DocumentFacts()
        facts = LibraryFacts(
            save_error=opened.save_error,
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
        """The language of the open document (BCP 47): its own, else this system's."""
        return language_of(self.opened.document if self.opened else None)

    @property
    def role(self) -> Role | None:
        """This person's role in the open document; None if no relay has given one."""
        if self.opened is None:
            return None
        return self._store.document(self.opened.document_id).role

    @property
    def may_write(self) -> bool:
        """Whether this person may change the open document."""
        return self.opened is not None and _may_write(self.role)

    # Doing

    def new(self) -> DocumentId | None:
        """Make an empty document; return its id, or None if that failed."""
        return self._create(self.untitled, transfer.new_document(self.untitled, self._author()))

    def import_file(self, path: Path) -> DocumentId | None:
        """Make a document of a file; return its id, or None if that failed."""
        try:
            imported = transfer.read_file(
                path, self._author(), add_image=self._store.add_attachment
            )
        except InkstandError as error:
            self.problem.emit(said(error))
            return None
        return self._create(imported.title, imported.updates)

    def export_file(self, path: Path) -> None:
        """Write the open document to a file, in the format that its name asks for."""
        if self.opened is None:
            return
        try:
            transfer.write_file(self.opened.document, path, self._store.attachment)
        except InkstandError as error:
            self.problem.emit(said(error))

    def _create(self, title: str, updates: transfer.Updates) -> DocumentId | None:
        document_id = new_document_id()
        try:
            self._store.create_document(document_id, title, updates, self._author()).result()
        except StoreError as error:
            self.problem.emit(said(error))
            return None
        self.listing_changed.emit()
        self._network.notify_saved(document_id)
        return document_id

    def open(self, document_id: str) -> None:
        """Open a document; the one that was open is written out and let go."""
        if self.opened is not None and self.opened.document_id == document_id:
            return
        try:
            opened = OpenDocument(
                self._store, DocumentId(document_id), self._style(), self._author()
            )
        except InkstandError as error:
            self.problem.emit(said(error))
            return
        if not self.close():
            opened.close()
            opened.deleteLater()
            return
        self.opened = opened
        opened.binding.typed.connect(self._changed)
        opened.binding.patched.connect(self._changed)
        opened.saved.connect(self._saved)
        opened.save_failed.connect(self._save_failed)
        opened.unreadable.connect(lambda error: self.problem.emit(said(error)))
        self._network.open_first(opened.document_id)
        self.opened_changed.emit()

    def close(self) -> bool:
        """Let go of the open document; False if it must stay because it cannot be saved."""
        if self.opened is None:
            return True
        if not self.opened.replica.flush(FLUSH_SECONDS):
            self.problem.emit(
                self.tr(
                    "“%1” cannot be saved on this device right now and stays open. "
                    "Use File › Export to keep a copy elsewhere."
                ).replace("%1", self.title)
            )
            return False
        opened, self.opened = self.opened, None
        self.opened_changed.emit()  # nobody shows it any more when it is let go
        opened.close()
        opened.deleteLater()
        return True

    def duplicate(self) -> DocumentId | None:
        """Make a copy of the open document, with what the relay refused; None if that failed."""
        if self.opened is None or not self.opened.replica.flush(FLUSH_SECONDS):
            return None
        title = self.tr("%1 (copy)").replace("%1", self.title)
        try:
            copy = copy_document(self._store, self.opened.document_id, title, self._author())
        except StoreError as error:
            self.problem.emit(said(error))
            return None
        self.listing_changed.emit()
        self._network.notify_saved(copy)
        return copy

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
        if not self.close():
            return
        try:
            self._network.discard_changes(document_id).result(FLUSH_SECONDS)
        except (InkstandError, TimeoutError) as error:
            self.problem.emit(said(error))
            self.open(document_id)
        else:
            self._replaced = document_id

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
        if title != record.title and not _may_write(record.role):
            self.problem.emit(self.tr("You may read this document, not give it another title."))
        elif title != record.title:
            if self.opened is not None and self.opened.document_id == document_id:
                self.opened.document.set_title(title)
            try:
                self._store.rename_document(DocumentId(document_id), title).result()
            except StoreError as error:
                self.problem.emit(said(error))
        self.listing_changed.emit()  # also where an emptied title is shown as it was

    def set_language(self, language: str | None) -> None:
        """Say which language the open document is in (BCP 47); None: each device's own."""
        if self.opened is not None and self.opened.document.language != language:
            self.opened.document.set_language(language)
            self.language_changed.emit()

    def receive(self, document_id: str, update: bytes, *, hold: bool) -> None:
        """Show an update of others, or keep it while `hold`; the store has it already."""
        if self.opened is None or self.opened.document_id != document_id:
            return
        if hold:
            self.opened.hold(on=True)
        language = self.language
        self.opened.receive(update)
        if self.opened.document.collided and self.close():
            self.open(document_id)  # with another Yjs client id
            return
        self._take_title()
        if self.language != language:
            self.language_changed.emit()

    def let_in(self) -> None:
        """Show the updates of others that were held back."""
        if self.opened is not None:
            self.opened.hold(on=False)

    def keep_all(self) -> None:
        """Write all of the open document to a database that may hold less of it than the window.

        What it lacks is only in memory then, and nothing else would write it again.
        """
        opened = self.opened
        if opened is None:
            return
        state = opened.document.encode_state()
        known = {record.id for record in self._store.documents()}
        if opened.document_id not in known:
            title = opened.document.title or self.untitled
            changes = [(state, Origin.COMMAND)]
            self._store.create_document(opened.document_id, title, changes, self._author())
        elif self.may_write:
            self._store.append_local(opened.document_id, state, Origin.COMMAND, self._author())
        else:
            self._store.append_remote(opened.document_id, state)
        opened.replica.retry_now()

    def attribute_to(self, user_id: str) -> None:
        """Attribute what is written from now on to somebody who has signed in."""
        if self.opened is not None:
            self.opened.document.author = user_id

    # Inside

    def _author(self) -> str | None:
        account = self._store.account()
        return account.user_id if account else None

    def _take_title(self) -> None:
        """Follow a title that somebody else has given."""
        assert self.opened is not None
        title = self.opened.document.title
        if title and title != self._store.document(self.opened.document_id).title:
            self._store.rename_document(self.opened.document_id, title).result()
            self.listing_changed.emit()

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
        if self.opened is not None:
            self._network.notify_saved(self.opened.document_id)
        self.status_changed.emit()


def _may_write(role: Role | None) -> bool:
    return role is None or role.may_write_content
