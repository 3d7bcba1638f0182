"""What the updates in a log make, and the snapshot that may take their place.

Nothing here knows a back end. A `Replay` belongs to the thread that made it.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any, Self, TypeVar

import pycrdt

from sync.document import schema
from sync.document.deletions import Ranges, read_deletions
from sync.document.document import UPDATES_AT_A_TIME
from sync.document.updates import CausalBuffer, guarded, read_state_vector
from sync.errors import InkstandError, InvalidUpdate
from sync.relay.storage.base import StoredLog

MOST_PARENTS = 500_000
"""Shared types with content in one document, see `sync.document.updates.MAX_PARENTS`."""
_STACK_BYTES = 256 * 1024 * 1024
"""Of a thread that has replays: twice what so many, nested in each other, take to delete.

Only what is used is ever real memory.
"""

T = TypeVar("T")

_XML = (pycrdt.XmlElement, pycrdt.XmlText, pycrdt.XmlFragment)


class CannotFold(InkstandError):
    """A log that no snapshot may take the place of; it stays as it is."""

    def __init__(self, detail: str) -> None:
        self.detail = detail

    def __str__(self) -> str:
        return f"The log cannot become a snapshot: {self.detail}."


class Replay:
    """A document of which only the state counts, made of what a log holds."""

    def __init__(self) -> None:
        # Deleted content is collected, as every Yjs peer does. It loses nothing that a client
        # could need: an item's id, length and neighbours stay, so what a device wrote offline
        # next to a deleted word still finds its place; inside a deleted shared type even those
        # may go, because what arrives there is deleted on arrival. A device that undoes its own
        # deletion writes anew from its own copy, and versions are whole states.
        self._doc: pycrdt.Doc[Any] = pycrdt.Doc()
        self._buffer = CausalBuffer(self._doc.get_state, MOST_PARENTS)
        self._given = 0
        self._taken = 0
        self.unreadable: list[InvalidUpdate] = []
        """Why each update that was left out was left out."""

    @classmethod
    def of(cls, stored: StoredLog) -> Self:
        """Return what a log makes."""
        replay = cls()
        if stored.snapshot is not None:
            replay.apply([stored.snapshot])
        replay.apply(stored.updates)
        return replay

    @classmethod
    def of_state(cls, state: bytes) -> Self:
        """Return what one update makes, for example a version."""
        return cls.of(StoredLog(state, []))

    def apply(self, updates: Iterable[bytes]) -> None:
        """Take updates in, in any order; what cannot be read is left out, or nobody could join."""
        everything = iter(updates)
        while some := list(islice(everything, UPDATES_AT_A_TIME)):
            with self._doc.transaction():
                for update in some:
                    self._apply(update)

    def _apply(self, update: bytes) -> None:
        self._given += 1
        try:
            for ready in self._buffer.admit(update):
                guarded(self._doc.apply_update, ready)
                self._taken += 1
        except InvalidUpdate as error:
            self.unreadable.append(error)

    @property
    def waiting(self) -> int:
        """How many updates wait for one that has not come, or were given up for it."""
        return self._given - self._taken - len(self.unreadable)

    @property
    def incomplete(self) -> bool:
        """Whether it lacks anything that it was given."""
        return bool(self.unreadable or self.waiting)

    def state_vector(self) -> bytes:
        """Return how far it has come."""
        return self._doc.get_state()

    def clocks(self) -> dict[int, int]:
        """Return how far it has come, by client id."""
        return read_state_vector(self._doc.get_state())

    def state(self) -> bytes:
        """Return all that it has as one update; without what waits."""
        return self._doc.get_update()

    def since(self, state_vector: bytes) -> bytes:
        """Return all that a document at `state_vector` lacks, as one update.

        Raises `InvalidUpdate` if that is no state vector.
        """
        read_state_vector(state_vector)
        return guarded(self._doc.get_update, state_vector)

    def deletions(self) -> Ranges:
        """Return all that is deleted."""
        return read_deletions(self._doc.get_update(self._doc.get_state()))

    def text(self) -> str:
        """Return Inkstand's content without attributes and embeds."""
        return str(self._doc.get(schema.CONTENT, type=pycrdt.Text))

    def view(self) -> str:
        """Return all that a reader could see, of whatever shared types, in a form to compare.

        A root's kind is not in the bytes, so each is read as every kind there is.
        """
        return repr([(key, self._root(key)) for key in sorted(self._doc.keys())])

    def _root(self, key: str) -> list[Any]:
        # As a text for text and all shared types, as an array for all other values in a row.
        parts = self._doc.get(key, type=pycrdt.Text).diff()
        views = [_plain(parts), _plain(self._doc.get(key, type=pycrdt.Map))]
        # Of a text with an emoji pycrdt 0.14.13 never ends to make an array.
        if not any(isinstance(part, (str, *_XML)) for part, _ in parts):
            views.append(_plain(self._doc.get(key, type=pycrdt.Array)))
        return views


def fold(stored: StoredLog) -> bytes:
    """Return one update that may take the place of a whole log, proved equal to the replay.

    May take long. Raises `CannotFold`.
    """
    if stored.damaged:
        raise CannotFold(f"{_counted(len(stored.damaged))} are not as they were written")
    replay = Replay.of(stored)
    if replay.unreadable:
        raise CannotFold(f"{_counted(len(replay.unreadable))} cannot be read")
    if replay.waiting:
        raise CannotFold(f"{_counted(replay.waiting)} built on changes that are not there")
    state = replay.state()
    again = _loaded(state)
    if again.state() != state:
        # Runs may be cut differently after the first loading, never after the second.
        state = again.state()
        again = _loaded(state)
        if again.state() != state:
            raise CannotFold("loading the snapshot changes it")
    for what, one, other in (
        ("state vector", replay.clocks(), again.clocks()),
        ("deletions", replay.deletions(), again.deletions()),
        ("content", _view(replay), _view(again)),
    ):
        if one != other:
            raise CannotFold(f"the snapshot has another {what} than the replay")
    return state


def _loaded(state: bytes) -> Replay:
    replay = Replay.of_state(state)
    if replay.incomplete:
        raise CannotFold("the snapshot cannot be loaded")
    return replay


def _view(replay: Replay) -> str:
    try:
        return guarded(replay.view)
    except InvalidUpdate as error:  # nested too deeply to be looked at
        raise CannotFold(f"its content cannot be read ({error.detail})") from None


def _counted(number: int) -> str:
    return "1 update" if number == 1 else f"{number:,} updates"


def deeply(work: Callable[[], T]) -> T:
    """Do what has to do with replays, and lets go of them, on such a thread; return its result."""
    with deep_thread("replay") as thread:
        return thread.submit(work).result()


def deep_thread(name: str) -> ThreadPoolExecutor:
    """Return a thread whose stack no document that is let through can overflow."""
    before = threading.stack_size(_STACK_BYTES)
    try:
        executor = ThreadPoolExecutor(1, name)
        executor.submit(int).result()  # the thread starts with its first task
    finally:
        threading.stack_size(before)
    return executor


def _attributes(element: Any) -> list[tuple[str, str]]:
    return sorted(element.attributes)  # pycrdt gives its iterator no type


def _plain(value: Any) -> Any:
    """Return a shared value as plain ones, in one order."""
    match value:
        case pycrdt.Text():
            return [(_plain(part), _plain(attributes)) for part, attributes in value.diff()]
        case pycrdt.Map():
            return _plain(dict(value.items()))
        case pycrdt.Array():
            # Entry by entry pycrdt walks from the start each time. Its objects have no order.
            return _plain(json.loads(str(value)))
        case pycrdt.XmlElement():
            children = [_plain(child) for child in value.children]
            return (value.tag, _attributes(value), children)
        case pycrdt.XmlText():
            return (_attributes(value), _plain(value.diff()))
        case pycrdt.XmlFragment():
            return [_plain(child) for child in value.children]
        case pycrdt.Doc():
            return ("document", value.guid)
        case dict():
            return sorted((key, _plain(entry)) for key, entry in value.items())
        case list() | tuple():
            return [_plain(entry) for entry in value]
    return value
