"""A profile with its engine, and everything that the engine said."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keyring.backends.fail
from keyring.backend import KeyringBackend

from sync.client.credentials import Credentials
from sync.client.engine import SyncEngine
from sync.client.events import ConnectionChanged, Event, Problem, RemoteUpdate
from sync.document.delta import insert
from sync.document.document import Document
from sync.replica import Replica
from sync.store.compaction import build_document
from sync.store.store import Store
from sync.types import DocumentId, Origin

DEADLINE = 60.0
"""Seconds: only a broken test waits as long."""


class Device:
    """One person's device: a store, an engine without a keyring, open documents."""

    def __init__(self, data_dir: Path, backend: KeyringBackend | None = None) -> None:
        self.store = Store.open(data_dir)
        self.events: list[Event] = []
        self._heard = threading.Condition()
        self.replicas: dict[DocumentId, Replica] = {}
        self.credentials = Credentials(
            self.store.profile_id, backend or keyring.backends.fail.Keyring()
        )
        self.engine = SyncEngine(self.store, self.credentials, self._hear)

    def __enter__(self) -> Device:
        return self

    def __exit__(self, *_: object) -> None:
        for replica in self.replicas.values():
            replica.close()
        self.engine.stop()
        self.store.close()

    def _hear(self, event: Event) -> None:
        with self._heard:
            self.events.append(event)
            self._heard.notify_all()

    def wait_for(self, condition: Callable[[], Any]) -> None:
        """Wait until `condition` holds; looks again at each event, and now and then."""
        with self._heard:
            for _ in range(int(DEADLINE / 0.05)):
                if condition():
                    return
                self._heard.wait(0.05)
        raise AssertionError(f"in vain; {self.events[-20:]}")

    def wait_for_event(self, wanted: Event | type) -> None:
        self.wait_for(
            lambda: any(
                isinstance(event, wanted) if isinstance(wanted, type) else event == wanted
                for event in self.events
            )
        )

    @property
    def problems(self) -> list[str]:
        return [event.sentence for event in self.events if isinstance(event, Problem)]

    @property
    def states(self) -> list[Any]:
        return [event.state for event in self.events if isinstance(event, ConnectionChanged)]

    # Writing

    def open(self, document_id: DocumentId) -> Document:
        """Open a document for writing, as the window does."""
        document, _ = build_document(self.store.load(document_id))
        self.replicas[document_id] = Replica(
            document,
            self.store,
            document_id,
            "me",
            lambda _: self.engine.notify_saved(document_id),
            lambda error: self._hear(Problem(str(error))),
        )
        return document

    def receive(self) -> None:
        """Bring to the open documents what has come, as the window's event loop does."""
        for event in tuple(self.events):
            if isinstance(event, RemoteUpdate) and event.document_id in self.replicas:
                self.replicas[event.document_id].receive(event.update)

    def text_on_disk(self, document_id: DocumentId) -> str:
        document, left_out = build_document(self.store.load(document_id))
        assert not left_out
        assert not document.missing
        return document.text()

    def has_nothing_unsaved(self) -> bool:
        return not any(replica.unsaved for replica in self.replicas.values())

    def in_step(self, document_id: DocumentId) -> bool:
        """Whether the relay has acknowledged everything on this device's disk."""
        record = self.store.document(document_id)
        return record.on_relay and not record.waiting and not record.refused


def new_document(device: Device, document_id: DocumentId, text: str) -> None:
    """Make a document with some text on a device."""
    document = Document()
    updates: list[tuple[bytes, Origin]] = []
    document.on_update(lambda update, origin: updates.append((update, origin)))
    document.apply(insert(0, text), Origin.COMMAND)
    device.store.create_document(document_id, document_id, updates, "me").result()
    device.engine.notify_saved(document_id)
