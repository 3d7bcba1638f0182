"""The sync engine as the GUI sees it: its thread's events arrive as signals."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from sync.client.account import RelayDocument
from sync.client.address import RelayAddress
from sync.client.credentials import Credentials, Keeping
from sync.client.engine import SyncEngine
from sync.client.events import (
    AwarenessReceived,
    Connecting,
    ConnectionChanged,
    ConnectionState,
    DocumentChanged,
    DocumentReplaced,
    Event,
    InStep,
    LibraryChanged,
    Problem,
    Progress,
    RemoteUpdate,
    SignedOut,
)
from sync.client.session import SignedIn
from sync.foreground import FOREGROUND
from sync.store.accounts import Account
from sync.store.store import Store
from sync.types import DocumentId

Result = TypeVar("Result")


class Network(QObject):
    """Owns the engine. Signals come on the GUI thread, in the engine's order."""

    remote_update = Signal(str, bytes)
    """(document id, update): logged already. Of documents that are watched only: a first sync
    brings megabytes that no window shows."""

    connection_changed = Signal()
    document_changed = Signal(str)
    document_replaced = Signal(str)
    """The relay's text of this document has taken the place of this device's, as was asked."""

    library_changed = Signal()
    progress = Signal(int, int)
    """(done, total) documents while several are brought in step; (0, 0) when all are."""

    awareness_received = Signal(str, bytes)
    """(document id, awareness payload): who is in a document that somebody has joined."""

    problem = Signal(str)
    """A sentence for the person."""

    sign_in_ended = Signal(object)
    """The `Future` of a sign-in that is done."""

    _event = Signal(object)

    def __init__(self, store: Store, credentials: Credentials) -> None:
        super().__init__()
        self.connection: ConnectionState = SignedOut() if store.account() is None else Connecting()
        """The engine's state, as far as it has told; what it will be first, until then."""
        # Disconnecting would not hold back what is in the event queue already.
        self._stopped = False
        self._event.connect(self._take)
        self._store = store
        self._credentials = credentials
        self._watched: set[DocumentId] = set()
        """Read on the engine's thread."""
        self._engine = SyncEngine(store, credentials, self._hear)

    def start(self) -> None:
        """Begin to connect, if somebody is signed in."""
        self._engine.start()

    def stop(self) -> None:
        """Close the socket and end the thread; no signal comes after this."""
        self._stopped = True
        self._engine.stop()

    def halt(self) -> Callable[[], None]:
        """Return what ends the engine, for a thread to call; `begin_again` makes a new one."""
        return self._engine.stop

    def begin_again(self) -> None:
        """Connect with an engine that remembers nothing of the database before this one."""
        self._engine = SyncEngine(self._store, self._credentials, self._hear)
        if not self._stopped:
            self._engine.start()

    def sign_in(
        self, url: str, name: str, password: str, *, keep_here: bool = False
    ) -> Future[SignedIn]:
        """Sign in without blocking; `sign_in_ended` tells when the future is done."""
        future = self._engine.sign_in(url, name, password, keep_here=keep_here)
        future.add_done_callback(self.sign_in_ended.emit)
        return future

    def sign_up(
        self, url: str, code: str, name: str, password: str, *, keep_here: bool = False
    ) -> Future[tuple[SignedIn, RelayDocument]]:
        """See `SyncEngine.sign_up`."""
        return self._engine.sign_up(url, code, name, password, keep_here=keep_here)

    def use_account(self, account: Account) -> Future[None]:
        """See `SyncEngine.use_account`."""
        return self._engine.use_account(account)

    def change_password(self, old: str, new: str) -> Future[None]:
        """See `SyncEngine.change_password`."""
        return self._engine.change_password(old, new)

    def call(self, function: Callable[[RelayAddress, str], Result]) -> Future[Result]:
        """Ask the relay something: see `SyncEngine.call`."""
        return self._engine.call(function)

    @property
    def keeping(self) -> Keeping:
        """Where the sign-in is kept."""
        return self._engine.keeping

    def sign_out(self) -> None:
        """Forget the sign-in; the documents stay."""
        self._engine.sign_out()

    def watch(self, document_id: DocumentId) -> None:
        """Tell of a document's updates from now on. Before it is loaded, so that none is missed."""
        self._watched.add(document_id)

    def unwatch(self, document_id: DocumentId) -> None:
        """Tell of them no more."""
        self._watched.discard(document_id)

    def retry_now(self) -> None:
        """Try to connect at once."""
        self._engine.retry_now()

    def notify_saved(self, document_id: DocumentId) -> None:
        """A local update of this document is on disk: it may be sent."""
        self._engine.notify_saved(document_id)

    def discard_changes(self, document_id: DocumentId) -> Future[None]:
        """See `SyncEngine.discard_changes`; `document_replaced` tells when it is done."""
        return self._engine.discard_changes(document_id)

    def open_first(self, document_id: DocumentId) -> None:
        """Bring this document in step before the others."""
        self._engine.open_first(document_id)

    def join(self, document_id: DocumentId, client: int) -> None:
        """See `SyncEngine.join`; `awareness_received` tells who else is there."""
        self._engine.join(document_id, client)

    def send_awareness(self, document_id: DocumentId, client: int, payload: bytes) -> None:
        """See `SyncEngine.send_awareness`."""
        self._engine.send_awareness(document_id, client, payload)

    def leave(self, document_id: DocumentId, client: int, payload: bytes) -> None:
        """See `SyncEngine.leave`."""
        self._engine.leave(document_id, client, payload)

    def _hear(self, event: Event) -> None:
        """Take an event on the engine's thread; `_take` gets it on this one."""
        if not isinstance(event, RemoteUpdate) or event.document_id in self._watched:
            self._event.emit(event)

    def _take(self, event: Event) -> None:
        if self._stopped:
            return
        with FOREGROUND:
            self._tell(event)

    def _tell(self, event: Event) -> None:
        match event:
            case ConnectionChanged(state):
                self.connection = state
                self.connection_changed.emit()
            case RemoteUpdate(document_id, update):
                self.remote_update.emit(document_id, update)
            case AwarenessReceived(document_id, payload):
                self.awareness_received.emit(document_id, payload)
            case DocumentChanged(document_id):
                self.document_changed.emit(document_id)
            case DocumentReplaced(document_id):
                self.document_replaced.emit(document_id)
            case Progress(done, total):
                self.progress.emit(done, total)
            case InStep():
                self.progress.emit(0, 0)
            case LibraryChanged():
                self.library_changed.emit()
            case Problem(sentence):
                self.problem.emit(sentence)
            case _:
                pass
