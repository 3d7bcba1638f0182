"""A person's device on the virtual network: store, engine, and windows in which they type."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import defaultdict, deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from sync.client.backoff import Backoff
from sync.client.credentials import Keeping, Stored
from sync.client.engine import SyncEngine
from sync.client.events import (
    ConnectionChanged,
    DocumentChanged,
    Event,
    InStep,
    Online,
    RemoteUpdate,
    SignedOut,
)
from sync.document.comments import Comments
from sync.document.delta import insert
from sync.document.document import Document
from sync.document.library import Library
from sync.errors import InkstandError, StoreError, UnknownDocument
from sync.replica import Replica
from sync.status import DocumentFacts, Status, document_status
from sync.store.store import Store
from sync.types import DocumentId, Origin, commented_id, library_id
from tests.sync.simulator.network import Cable, Network
from tests.sync.simulator.processes import Machine, Process
from tests.sync.simulator.views import content_of

ADDRESS = "ws://127.0.0.1:8040"


class Keyring:
    """Keeps the sign-in as a keyring does, also while the machine is off."""

    def __init__(self) -> None:
        self._secrets: dict[str, str] = {}

    def save(self, key: str, secret: str) -> Keeping:
        self._secrets[key] = secret
        return Stored()

    def load(self, key: str) -> str | None:
        return self._secrets.get(key)

    def delete(self, key: str) -> None:
        self._secrets.pop(key, None)


@dataclass(slots=True)
class Edit:
    """One change that a person made, by the tokens that it put in and took out."""

    update: bytes
    inserted: frozenset[str]
    deleted: frozenset[str]


@dataclass(slots=True)
class Deeds:
    """What was ever done to a document on one device, whether or not it came to the disk."""

    inserted: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    revived: set[str] = field(default_factory=set)
    """What was taken out and brought back by undo."""


class Window:
    """An open document. Notes what is done in it."""

    replica: Replica

    def __init__(self, document: Document | Comments | Library, deeds: Deeds) -> None:
        self.document = document
        self.unsaved: deque[Edit] = deque()
        """What the replica has not said to be on disk."""
        self._deeds = deeds
        self._tokens = frozenset[str]()
        document.on_update(self._note)

    def do(self, work: Callable[[], object]) -> None:
        """Change the document."""
        self.look()
        work()

    def look(self) -> None:
        """See what is there now: what changes is about to be done here."""
        self._tokens = frozenset(content_of(self.document).tokens)

    def _note(self, update: bytes, _: Origin) -> None:
        before, self._tokens = self._tokens, frozenset(content_of(self.document).tokens)
        new, gone = self._tokens - before, before - self._tokens
        self._deeds.revived |= new & (self._deeds.inserted | self._deeds.deleted)
        self._deeds.inserted |= new
        self._deeds.deleted |= gone
        self.unsaved.append(Edit(update, new, gone))


class SimulatedDevice:
    """One device of one user."""

    def __init__(
        self,
        machine: Machine,
        user: str,
        network: Network,
        heard: Callable[[SimulatedDevice, Event], None],
        crashed: Callable[[SimulatedDevice], None],
    ) -> None:
        self.machine = machine
        self.user = user
        self._network = network
        self._heard = heard
        self._crashed = crashed
        self._keyring = Keyring()
        self.process: Process | None = None
        self.store: Store
        self.engine: SyncEngine
        self.undoes = False
        """Whether who sits here undoes. They delete only what they wrote here: what others'
        words are worth that they took out and brought back is another question."""
        self.windows: dict[DocumentId, Window] = {}
        self.deeds: dict[DocumentId, Deeds] = defaultdict(Deeds)
        self.on_disk: dict[DocumentId, dict[str, bool]] = defaultdict(dict)
        """What the edits say that were made here and not lost in a crash: whether each token that
        they put in or took out is to be there."""
        self.trusts_relay = True
        """Whether it has been in step since the relay last lost something that it had."""

    @property
    def name(self) -> str:
        return self.machine.name

    @property
    def cable(self) -> Cable:
        return self._network.cables[self.name]

    @property
    def database(self) -> Path:
        return self.machine.disk.path / "inkstand.db"

    # Starting and ending

    def start(self) -> bool:
        """Start the program; whether that is possible."""
        process = Process(self.machine, self._network, self._power_failed)
        try:
            opened = process.blocking(lambda: self._open(process))
        except (StoreError, InkstandError):
            process.die(silently=False)
            return False
        if opened is None:
            return False
        self.process = process
        self.store, self.engine = opened
        process.run(self.engine.start)
        return True

    def _open(self, process: Process) -> tuple[Store, SyncEngine]:
        store = Store.open(self.machine.disk.path, threads=process.threads)
        engine = SyncEngine(
            store,
            self._keyring,  # type: ignore[arg-type]
            lambda event: self._hear(process, event),
            asyncio.get_running_loop(),
            Backoff(self.machine.rng),
        )
        return store, engine

    def kill(self, *, silently: bool) -> None:
        """End the process, or switch the machine off."""
        if self.process is not None:
            self.process.die(silently=silently)
            self._settle_what_was_unsaved()

    def _power_failed(self) -> None:
        self._settle_what_was_unsaved()
        self._crashed(self)

    def _settle_what_was_unsaved(self) -> None:
        """See which changes had reached the disk though nobody was told; the others are lost."""
        self.process = None
        windows, self.windows = self.windows, {}
        for document_id, window in windows.items():
            lost = window.unsaved
            reached = self._last_updates(document_id, len(lost)) if lost else set()
            while lost and lost[0].update in reached:
                self._reached_disk(document_id, lost.popleft())
            assert not any(edit.update in reached for edit in lost), "the disk has holes"

    def _reached_disk(self, document_id: DocumentId, edit: Edit) -> None:
        here = self.on_disk[document_id]
        here |= dict.fromkeys(edit.inserted, True) | dict.fromkeys(edit.deleted, False)

    def _last_updates(self, document_id: DocumentId, count: int) -> set[bytes]:
        connection = sqlite3.connect(self.database)
        rows = connection.execute(
            "SELECT bytes FROM updates JOIN documents ON document = number WHERE id = ?"
            " AND origin != 'remote' ORDER BY sequence DESC LIMIT ?",
            [document_id, count],
        ).fetchall()
        connection.close()
        return {data for (data,) in rows}

    # What the engine says

    def _hear(self, process: Process, event: Event) -> None:
        if not process.alive or process is not self.process:
            return
        if isinstance(event, RemoteUpdate) and event.document_id in self.windows:
            self.windows[event.document_id].replica.receive(event.update)
        elif isinstance(event, InStep):
            # Who may only read cannot bring back what the relay has lost, and has no word for it.
            self.trusts_relay = self.trusts_relay or all(
                record.role is not None and record.role.may_write_content
                for record in self.store.documents()
            )
        elif isinstance(event, ConnectionChanged) and isinstance(event.state, SignedOut):
            process.threads.schedule(2.0, self.sign_in)
        if isinstance(event, DocumentChanged | InStep | ConnectionChanged):
            self._heard(self, event)

    def sign_in(self) -> None:
        """Sign in, and again until it works."""
        if self.process is None:
            return
        process = self.process
        future = process.run(self.engine.sign_in, ADDRESS, self.user, "correct horse")
        future.add_done_callback(
            lambda done: process.threads.schedule(5.0, self.sign_in) if done.exception() else None
        )

    # What the person does

    def create(self, document_id: DocumentId, client_id: int, made: Callable[[], None]) -> None:
        """Make a document; call `made` once it is on the disk."""
        document = Document(client_id=client_id, author=self.user)
        updates: list[tuple[bytes, Origin]] = []
        document.on_update(lambda update, origin: updates.append((update, origin)))
        document.apply(insert(0, "\n"), Origin.COMMAND)
        self._create(document_id, updates, made)

    def _create(
        self,
        document_id: DocumentId,
        updates: list[tuple[bytes, Origin]],
        made: Callable[[], None] = lambda: None,
    ) -> None:
        assert self.process is not None
        store, engine = self.store, self.engine
        created = self.process.run(
            store.create_document, document_id, document_id, updates, self.user
        )

        def tell(done: Future[None]) -> None:
            if done.exception() is None:
                engine.notify_saved(document_id)
                made()

        created.add_done_callback(tell)

    def knows(self, document_id: DocumentId) -> bool:
        """Whether the document is on this device's disk."""
        with suppress(UnknownDocument):
            self.store.last_sequence(document_id)
            return True
        return False

    @property
    def user_id(self) -> str | None:
        """What the relay calls the person; None while nobody is signed in."""
        account = self.store.account()
        return None if account is None else account.user_id

    def library(self, client_id: int) -> Window | None:
        """Open the person's library; None if that is for later."""
        user_id = self.user_id
        return None if user_id is None else self.beside(library_id(user_id), client_id)

    def beside(self, document_id: DocumentId, client_id: int) -> Window | None:
        """Open comments or a library, which come into being by it; None if that is for later."""
        if self.user_id is None:
            return None
        window = self.windows.get(document_id)
        if window is None and self.knows(document_id):
            return self.open(document_id, client_id)
        if window is None:
            self._create(document_id, [])
        return window

    def open(self, document_id: DocumentId, client_id: int) -> Window:
        """Open a window."""
        assert self.process is not None
        process, document = self.process, self._load(document_id, client_id)
        window = self.windows[document_id] = Window(document, self.deeds[document_id])
        window.replica = process.run(
            lambda: Replica(
                document,
                self.store,
                document_id,
                self.user,
                lambda _: self._saved(process, document_id),
                lambda _: None,
            )
        )
        return window

    def _load(self, document_id: DocumentId, client_id: int) -> Document | Comments | Library:
        stored = self.store.load(document_id)
        if commented_id(document_id) is not None:
            assert self.user_id is not None
            comments = Comments(self.user_id, client_id=client_id)
            for update in (stored.snapshot, *stored.updates):
                if update is not None:
                    comments.apply_update(update)
            return comments
        if document_id.startswith("library."):
            library = Library.load(stored.snapshot, stored.updates, client_id=client_id)
            library.set_known([record.id for record in self.store.documents()])
            return library
        return Document.load(stored.snapshot, stored.updates, client_id=client_id, author=self.user)

    def close(self, document_id: DocumentId) -> None:
        """Close a window, if nothing in it waits for the disk."""
        window = self.windows[document_id]
        if not window.replica.unsaved:
            window.replica.close(0.0)
            del self.windows[document_id]

    def do(self, window: Window, work: Callable[[], object]) -> None:
        """Change what a window shows."""
        assert self.process is not None
        self.process.run(window.do, work)

    def _saved(self, process: Process, document_id: DocumentId) -> None:
        if not process.alive:
            return
        window = self.windows.get(document_id)
        if window is not None:
            while len(window.unsaved) > window.replica.unsaved:
                self._reached_disk(document_id, window.unsaved.popleft())
        self.engine.notify_saved(document_id)

    # What the window says

    def status(self, document_id: DocumentId) -> Status:
        """Return what the status line shows."""
        record = self.store.document(document_id)
        window = self.windows.get(document_id)
        error = window.replica.error if window else None
        facts = DocumentFacts(
            window.replica.unsaved if window else 0,
            record.waiting,
            record.refused,
            record.refused_reason,
            None if error is None else str(error),
            record.on_relay,
        )
        return document_status(facts, self.engine.state)

    def at_rest(self, document_id: DocumentId) -> bool:
        """Whether nothing of a document is under way here."""
        window = self.windows.get(document_id)
        record = self.store.document(document_id)
        return (
            not (window and window.replica.unsaved)
            and record.on_relay
            and not record.waiting
            and not record.refused
            and record.role is not None
        )

    @property
    def online(self) -> bool:
        return self.process is not None and self.engine.state == Online()
