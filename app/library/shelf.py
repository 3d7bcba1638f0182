"""The library of who is at this device: documents, folders, tags, trash. One for the program."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.errors import said
from app.live_document import facts_of
from app.live_documents import FLUSH_SECONDS, LiveDocuments
from app.network import Network
from app.tasks import Task, Tasks
from sync.document.library import Action, Library, LibraryChange, LibraryView
from sync.errors import InkstandError, InvalidChange, InvalidUpdate, StoreError, UnknownDocument
from sync.replica import Replica
from sync.status import Status, document_status
from sync.store.copying import copy_document
from sync.store.documents import DocumentRecord
from sync.store.store import Store
from sync.types import LOCAL_LIBRARY, DocumentId, library_id, stays_here

_GATHER = 60
"""Milliseconds for which changes of the list are gathered: a first sync tells of each document."""

_GATHER_MANY = 400
"""The same while there are many: each time all rows in view are drawn again."""

_MANY = 20
"""Documents that change within `_GATHER`."""

_OPENED = 1500
"""Milliseconds that a document must be open to count among the recent ones."""


class Shelf(QObject):
    """Keeps the library in step with the disk, the relay and the list of documents.

    Its commands are those of `sync.document.library.Library`; what cannot be is said by
    `problem` and changes nothing.
    """

    arranged = Signal(object)
    """The library's view is another one: a `LibraryChange`; None: altogether another library."""

    records_changed = Signal(object)
    """What is known of these documents has changed: a set of ids; None: perhaps of all."""

    problem = Signal(str)
    """A sentence for the person."""

    cannot_save = Signal(str)
    """A sentence: what was arranged is only in memory, and is tried again."""

    saves_again = Signal()
    """It is on disk now."""

    def __init__(self, store: Store, network: Network, live: LiveDocuments) -> None:
        super().__init__()
        self._store = store
        self._network = network
        self._live = live
        self.tasks = Tasks("library", parent=self)
        self.records: dict[DocumentId, DocumentRecord] = {}
        """All documents of the list, the oldest first."""
        self._stale: set[DocumentId] | None = set()
        """What is to be read again; None: everything."""
        self._reading = False
        self._closed = False
        self._timer = QTimer(self, singleShot=True)
        self._gather = _GATHER
        self._timer.timeout.connect(self._read)
        self._opened: DocumentId | None = None
        self._opened_timer = QTimer(self, singleShot=True, interval=_OPENED)
        self._opened_timer.timeout.connect(self._note_opened)
        self._id = DocumentId("")
        self._library = Library()
        self._replica: Replica | None = None
        self._failing = False
        """Whether the last attempt to save failed."""
        self._take_records({record.id: record for record in store.documents()})
        self._choose_library()
        network.remote_update.connect(self._receive)
        network.document_changed.connect(self.look_at)
        network.library_changed.connect(self.look_at_all)
        network.connection_changed.connect(self._connection_changed)
        live.listing_changed.connect(self.look_at_all)

    # Reading

    @property
    def view(self) -> LibraryView:
        """The library as it is now."""
        return self._library.view()

    @property
    def undoable(self) -> Action | None:
        """What `undo` would take back; None if there is nothing."""
        return self._library.undoable

    @property
    def redoable(self) -> Action | None:
        """What `redo` would do again; None if there is nothing."""
        return self._library.redoable

    def folder_of(self, document_id: str) -> str:
        """Return the id of the folder in which a document is, or will be when restored."""
        return self._library.folder_of(DocumentId(document_id))

    def title(self, document_id: str) -> str:
        """Return what a document is called in lists."""
        record = self.records.get(DocumentId(document_id))
        return (record.title if record is not None else "") or self.tr("Untitled")

    def status(self, document_id: str) -> Status | None:
        """Return where a document's changes are; None if it is not here (any more)."""
        live = self._live.get(document_id)
        record = self.records.get(DocumentId(document_id))
        if live is None and record is None:
            return None
        facts = live.facts() if live is not None else facts_of(record) if record else None
        return document_status(facts, self._network.connection) if facts is not None else None

    def look_at(self, document_id: str) -> None:
        """Something about a document may have changed."""
        if self._stale is not None:
            self._stale.add(DocumentId(document_id))
        self._read_soon()

    def look_at_all(self) -> None:
        """The list of documents may have changed."""
        self._stale = None
        self._read_soon()

    def reload(self) -> None:
        """Begin again with what is on disk: it may be another database."""
        self.look_at_all()
        self._choose_library(again=True)

    # Commands

    def do(self, command: Callable[[Library], Any]) -> Any:
        """Run a command of the library; return what it does, None if it cannot be."""
        try:
            return command(self._library)
        except InvalidChange:
            self.problem.emit(
                self.tr(
                    "This cannot be done: another device has changed these folders meanwhile, or "
                    "there would be too many in one another."
                )
            )
            return None

    def add_document(self, document_id: DocumentId, folder: str) -> None:
        """Put a document that was just made into a folder."""
        self.records.setdefault(document_id, self._store.document(document_id))
        self._library.set_known(self.records)
        if folder:
            self.do(lambda library: library.move([document_id], folder))

    def note_opened(self, document_id: DocumentId) -> None:
        """A window shows a document; it counts as recent if it still does in a moment."""
        self._opened = document_id
        self._opened_timer.start()

    def duplicate(self, document_id: str, then: Callable[[DocumentId], None]) -> None:
        """Make a copy of a document, with what the relay refused; `then` gets its id."""
        live = self._live.get(document_id)
        if live is not None and not live.replica.flush(FLUSH_SECONDS):
            return
        title = self.tr("%1 (copy)").replace("%1", self.title(document_id))
        folder, author = self.folder_of(document_id), self._live.author

        def copy(_: Task) -> DocumentId | StoreError:
            try:
                return copy_document(self._store, DocumentId(document_id), title, author)
            except StoreError as error:
                return error

        def copied(made: DocumentId | StoreError) -> None:
            if isinstance(made, StoreError):
                self.problem.emit(said(made))
                return
            self.add_document(made, folder)
            self._network.notify_saved(made)
            self.look_at_all()
            then(made)

        self.tasks.run(copy, copied)

    def close(self) -> None:
        """Write what is not on disk yet, and stop."""
        self._closed = True
        self._timer.stop()
        self._opened_timer.stop()
        self.tasks.close()
        if self._replica is not None:
            self._replica.close()

    # The list of documents

    def _read_soon(self) -> None:
        if not (self._closed or self._reading or self._timer.isActive()):
            self._timer.start(self._gather)

    def _read(self) -> None:
        stale, self._stale = self._stale, set()
        self._gather = _GATHER if stale is not None and len(stale) < _MANY else _GATHER_MANY
        self._reading = True

        def read(_: Task) -> dict[DocumentId, DocumentRecord] | InkstandError:
            try:
                if stale is None:
                    return {record.id: record for record in self._store.documents()}
                return dict(self._known_records(stale))
            except StoreError as error:
                return error

        self.tasks.run(read, lambda found: self._have_read(found, whole=stale is None))

    def _known_records(
        self, wanted: Iterable[DocumentId]
    ) -> Iterable[tuple[DocumentId, DocumentRecord]]:
        for document_id in wanted:
            if document_id in self.records:
                try:
                    yield document_id, self._store.document(document_id)
                except UnknownDocument:
                    continue

    def _have_read(
        self, found: dict[DocumentId, DocumentRecord] | InkstandError, *, whole: bool
    ) -> None:
        self._reading = False
        if isinstance(found, InkstandError):
            self.problem.emit(said(found))
            return
        if whole and self._stale is None:
            pass  # it may lack what was made meanwhile, and is read again
        elif whole:
            self._take_records(found)
        else:
            self.records |= found
            self.records_changed.emit(set(found))
        if self._stale is None or self._stale:
            self._read_soon()

    def _take_records(self, records: dict[DocumentId, DocumentRecord]) -> None:
        before, self.records = self.records, records
        changed = {id_ for id_, record in records.items() if before.get(id_) != record}
        if before.keys() != records.keys():
            self._library.set_known(records)
        if changed:
            self.records_changed.emit(changed)

    def _connection_changed(self) -> None:
        self._choose_library()
        self.look_at_all()
        self.records_changed.emit(None)

    # The library document

    def _choose_library(self, *, again: bool = False) -> None:
        """Take the library of who is signed in, or the one that stays on this device."""
        account = self._store.account()
        wanted = LOCAL_LIBRARY if account is None else library_id(account.user_id)
        if wanted == self._id and not again:
            return
        if self._replica is not None:
            self._replica.close()
        self._network.unwatch(self._id)
        self._network.watch(wanted)
        self._id = wanted
        here = {record.id for record in self._store.documents(implied=True)}
        if wanted not in here:
            self._store.create_document(wanted, "")
            self._library = Library()
        else:
            stored = self._store.load(wanted)
            try:
                self._library = Library.load(stored.snapshot, stored.updates)
            except InvalidUpdate as error:
                self.problem.emit(said(error))
                self._library = Library()
        self._replica = Replica(
            self._library,
            self._store,
            wanted,
            account.user_id if account is not None else None,
            lambda _: self._saved(wanted),
            self._save_failed,
        )
        self._library.set_known(self.records)
        self._library.on_change(self._tell)
        self.arranged.emit(None)

    def _save_failed(self, error: StoreError) -> None:
        self._failing = True
        self.cannot_save.emit(said(error))

    def _saved(self, library: DocumentId) -> None:
        """Tell the relay, on the store's thread."""
        if self._failing:
            self._failing = False
            self.saves_again.emit()
        if not stays_here(library):
            self._network.notify_saved(library)

    def _tell(self, change: LibraryChange) -> None:
        self.arranged.emit(change)

    def _receive(self, document_id: str, update: bytes) -> None:
        if document_id == self._id:
            try:
                self._library.apply_update(update)
            except InvalidUpdate as error:
                self.problem.emit(said(error))

    def _note_opened(self) -> None:
        document_id, self._opened = self._opened, None
        recent = self.view.recent
        if document_id in self.records and (not recent or recent[0] != document_id):
            self.do(lambda library: library.opened(document_id))
