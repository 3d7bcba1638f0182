"""What a Yjs document of flat maps needs, whatever it says: a document's companion.

Entries are plain values, never shared types: one changes as a whole, and the last change
wins. They are mirrored in dictionaries, because pycrdt reads a map's entry in about 10 µs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from typing import Any, NamedTuple, Self

import pycrdt

from sync.document.document import UPDATES_AT_A_TIME
from sync.document.updates import CausalBuffer, guarded
from sync.errors import InvalidUpdate
from sync.types import LOCAL_ORIGINS, Origin

UpdateListener = Callable[[bytes, Origin], None]


class Key(NamedTuple):
    """Names one entry."""

    root: str
    """Name of the map."""
    key: str


class Companion:
    """A Yjs document of the maps `roots`. Belongs to one thread."""

    roots: tuple[str, ...] = ()

    def __init__(self, *, client_id: int | None = None) -> None:
        self._doc: pycrdt.Doc[Any] = pycrdt.Doc(client_id=client_id)
        self._maps: dict[str, pycrdt.Map[Any]] = {
            root: self._doc.get(root, type=pycrdt.Map) for root in self.roots
        }
        self._values: dict[str, dict[str, Any]] = {root: {} for root in self.roots}
        self._buffer = CausalBuffer(self._doc.get_state)
        self._listeners: list[UpdateListener] = []

    @classmethod
    def load(
        cls, snapshot: bytes | None, updates: Iterable[bytes] = (), *, client_id: int | None = None
    ) -> Self:
        """Return what a snapshot and the updates after it make.

        The snapshot must be a state that `encode_state` returned on this device: it is
        taken in as it is. Raises `InvalidUpdate` if one of them is none.
        """
        companion = cls(client_id=client_id)
        doc, buffer = companion._doc, companion._buffer
        if snapshot is not None:
            with doc.transaction(origin=Origin.LOAD):
                guarded(doc.apply_update, snapshot)
            buffer.resume(doc.get_update)
        rest = iter(updates)
        while some := list(islice(rest, UPDATES_AT_A_TIME)):
            with doc.transaction(origin=Origin.LOAD):
                for update in some:
                    for ready in buffer.admit(update):
                        guarded(doc.apply_update, ready)
        for root, shared in companion._maps.items():
            companion._values[root] = {key: _plain(value) for key, value in shared.items()}
        companion._loaded()
        return companion

    @property
    def client_id(self) -> int:
        """The Yjs client id of what is written here."""
        return self._doc.client_id

    @property
    def missing(self) -> bool:
        """Whether updates wait for one that has not come: a sync step 2 would bring it."""
        return self._buffer.missing

    @property
    def values(self) -> Mapping[str, Mapping[str, Any]]:
        """All entries as they are, by map and key; nobody has looked whether they are valid."""
        return self._values

    def value(self, key: Key) -> Any:
        """Return one entry as it is; None if there is none."""
        return self._values[key.root].get(key.key)

    def state_vector(self) -> bytes:
        """Return how far this copy has come, as a Yjs state vector."""
        return self._doc.get_state()

    def encode_state(self) -> bytes:
        """Return the whole state as one Yjs update."""
        return self._doc.get_update()

    def update_since(self, state_vector: bytes) -> bytes:
        """Return all that a copy at `state_vector` lacks, as one Yjs update.

        Raises `InvalidUpdate` if it is no state vector.
        """
        try:
            return self._doc.get_update(state_vector)
        except ValueError as error:
            raise InvalidUpdate(str(error)) from None

    def apply_update(self, update: bytes, origin: Origin = Origin.REMOTE) -> None:
        """Take in an update from elsewhere; one that leaves a gap waits (`missing`).

        Raises `InvalidUpdate` if it is none.
        """
        assert origin not in LOCAL_ORIGINS
        ready = self._buffer.admit(update)
        changed: set[Key] = set()
        try:
            with self._observed(changed), self._doc.transaction(origin=origin):
                for one in ready:
                    guarded(self._doc.apply_update, one)
        finally:
            if changed:
                self._changed(changed, origin)

    def on_update(self, listener: UpdateListener) -> Callable[[], None]:
        """Call `listener(update, origin)` after each local change; return how to stop it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def put(self, entries: Mapping[Key, Any], origin: Origin) -> None:
        """Write entries, in one transaction; None removes one."""
        assert origin in LOCAL_ORIGINS
        changed = {key: value for key, value in entries.items() if self.value(key) != value}
        if not changed:
            return
        updates: list[bytes] = []
        subscription = self._doc.observe(lambda event: updates.append(event.update))
        try:
            with self._doc.transaction(origin=origin):
                for (root, key), value in changed.items():
                    if value is None:
                        del self._maps[root][key]
                        del self._values[root][key]
                    else:
                        self._maps[root][key] = value
                        self._values[root][key] = value
        finally:
            self._doc.unobserve(subscription)
        for listener in tuple(self._listeners):
            for update in updates:
                listener(update, origin)
        self._changed(changed.keys(), origin)

    def _loaded(self) -> None:
        """Make the best of what `load` has found."""

    def _changed(self, keys: Iterable[Key], origin: Origin) -> None:
        """Follow a change of these entries."""

    @contextmanager
    def _observed(self, changed: set[Key]) -> Iterator[None]:
        """Bring the mirror in step with what pycrdt says has changed, and note where."""

        def listening(root: str) -> Callable[[pycrdt.MapEvent], None]:
            values = self._values[root]

            def note(event: pycrdt.MapEvent) -> None:
                for key, change in event.keys.items():  # type: ignore[attr-defined]  # a slot
                    if change["action"] == "delete":
                        values.pop(key, None)
                    else:
                        values[key] = _plain(change["newValue"])
                    changed.add(Key(root, key))

            return note

        subscriptions = [
            (shared, shared.observe(listening(root))) for root, shared in self._maps.items()
        ]
        try:
            yield
        finally:
            for shared, subscription in subscriptions:
                shared.unobserve(subscription)


def _plain(value: Any) -> Any:
    """Return a value as it is mirrored; a shared type is nothing that an entry may be."""
    return value if isinstance(value, str | int | float | dict | list) else False
