"""What is open in any window: each document once, however many windows show it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.live_document import LiveDocument
from app.network import Network
from sync.errors import InkstandError, StoreError
from sync.store.store import Store
from sync.types import DocumentId, Origin, Role

if TYPE_CHECKING:
    from app.documents import Documents

FLUSH_SECONDS = 5.0
"""For what is only in memory to reach the disk, before something else is done with it."""


class LiveDocuments(QObject):
    """One for the program. What others write goes from here to whoever shows the document."""

    listing_changed = Signal()
    """Documents came, went or have other titles."""

    problem = Signal(str)
    """A sentence for the person."""

    def __init__(self, store: Store, network: Network) -> None:
        super().__init__()
        self._store = store
        self._network = network
        self._live: dict[DocumentId, LiveDocument] = {}
        self._windows: list[Documents] = []
        network.remote_update.connect(self._receive)

    def add_window(self, window: Documents) -> None:
        """Know a window that may show documents."""
        self._windows.append(window)

    def remove_window(self, window: Documents) -> None:
        """Forget a window that shows none any more."""
        self._windows.remove(window)

    def __iter__(self) -> Iterator[LiveDocument]:
        return iter(tuple(self._live.values()))

    def showing(self, document_id: DocumentId) -> list[Documents]:
        """Return the windows that show a document."""
        return [
            window
            for window in self._windows
            if window.opened is not None and window.opened.document_id == document_id
        ]

    def get(self, document_id: str) -> LiveDocument | None:
        """Return a document if it is open somewhere."""
        return self._live.get(DocumentId(document_id))

    def take(self, document_id: DocumentId) -> LiveDocument:
        """Return a document for a window to show, loaded if no other shows it.

        Raises `UnknownDocument`, `InvalidUpdate` or another StoreError.
        """
        live = self._live.get(document_id)
        if live is None:
            self._network.watch(document_id)
            try:
                live = LiveDocument(self._store, document_id, self.author)
            except InkstandError:
                self._network.unwatch(document_id)
                raise
            live.unreadable.connect(self._say)
            live.saved.connect(lambda _: self._network.notify_saved(document_id))
            self._live[document_id] = live
            self._network.open_first(document_id)
        return live

    def give_back(self, live: LiveDocument) -> None:
        """Let go of a document, once it is on disk, unless another window shows it."""
        if any(True for _ in live.pages):
            if not live.composing:  # it may have been composed on the page that has gone
                live.let_in()
        else:
            del self._live[live.document_id]
            self._network.unwatch(live.document_id)
            live.close()
            live.deleteLater()

    def may_be_left(self, live: LiveDocument) -> bool:
        """Whether a window may show something else: all is on disk, or another window shows it."""
        return len(self.showing(live.document_id)) > 1 or live.replica.flush(FLUSH_SECONDS)

    def close_everywhere(self, document_id: DocumentId) -> list[Documents] | None:
        """Let go of a document; return the windows that showed it, None if it cannot be saved."""
        live = self._live.get(document_id)
        windows = self.showing(document_id)
        if live is not None and not live.replica.flush(FLUSH_SECONDS):
            return None
        for window in windows:
            window.close()
        return windows

    @property
    def author(self) -> str | None:
        """User id of who is signed in."""
        account = self._store.account()
        return account.user_id if account else None

    def attribute_to(self, user_id: str) -> None:
        """Attribute what is written from now on to somebody who has signed in."""
        for live in self:
            live.document.author = user_id

    def keep_all(self) -> None:
        """Write all that is open to a database that may hold less of it than the windows.

        What it lacks is only in memory then, and nothing else would write it again.
        """
        records = {record.id: record for record in self._store.documents()}
        for live in self:
            state = live.document.encode_state()
            record = records.get(live.document_id)
            if record is None:
                title = live.document.title or self.tr("Untitled")
                changes = [(state, Origin.COMMAND)]
                self._store.create_document(live.document_id, title, changes, self.author)
            elif may_write(record.role):
                self._store.append_local(live.document_id, state, Origin.COMMAND, self.author)
            else:
                self._store.append_remote(live.document_id, state)
            live.replica.retry_now()

    # Inside

    def _say(self, error: object) -> None:
        self.problem.emit(str(error))

    def _receive(self, document_id: str, update: bytes) -> None:
        live = self.get(document_id)
        if live is None:
            return
        live.receive(update)
        if live.document.collided:  # it gets another Yjs client id
            for window in self.close_everywhere(live.document_id) or ():
                window.open(document_id)
            return
        self._take_title(live)

    def _take_title(self, live: LiveDocument) -> None:
        """Follow a title that somebody else has given."""
        title = live.document.title
        if title and title != self._store.document(live.document_id).title:
            try:
                self._store.rename_document(live.document_id, title).result()
            except StoreError as error:
                self.problem.emit(str(error))
            self.listing_changed.emit()


def may_write(role: Role | None) -> bool:
    """Whether somebody with this role may change a document; None: it is on no relay."""
    return role not in (Role.VIEWER, Role.COMMENTER)
