"""How documents get into the index: read from what the log holds, by this process or another."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from sync.errors import DatabaseDamaged, StoreError
from sync.store.compaction import build_document
from sync.store.database import Database, is_damage
from sync.store.log import StoredDocument
from sync.store.search import index
from sync.store.search.extract import extract
from sync.store.search.index import Entry, IndexDamaged
from sync.types import DocumentId


@dataclass(frozen=True, slots=True)
class Given:
    """A document to be indexed."""

    number: int
    id: DocumentId
    token: int
    title: str
    stored: StoredDocument

    @property
    def size(self) -> int:
        """Bytes that have to be read."""
        return len(self.stored.snapshot or b"") + sum(map(len, self.stored.updates))


class Intake(Protocol):
    """Takes documents into the index and out of it. One thread at a time; blocks.

    Raises `StoreError` if the disk fails, `IndexDamaged` (or a `StoreError` made of it).
    """

    def put(self, documents: Sequence[Given]) -> None:
        """Take documents in, in the place of what the index had of them."""

    def remove(self, numbers: Sequence[int]) -> None:
        """Take documents out."""

    def release(self) -> None:
        """Let go of memory, and of an index that is about to be deleted."""

    def interrupt(self) -> None:
        """End what is under way on another thread, if that can be, and begin nothing more."""


class IntakeHere:
    """Does it in this process: reading 1 MB holds Python's lock for 0.1 s, in one piece."""

    def __init__(self, opened: Callable[[], Database]) -> None:
        """`opened` returns the index."""
        self._opened = opened

    def put(self, documents: Sequence[Given]) -> None:
        """See `Intake`."""
        entries = [_read(document) for document in documents]
        self._opened().submit(lambda writer: index.put(writer, entries)).result()

    def remove(self, numbers: Sequence[int]) -> None:
        """See `Intake`."""
        self._opened().submit(lambda writer: index.remove(writer, numbers)).result()

    def release(self) -> None:
        """Nothing is held here."""

    def interrupt(self) -> None:
        """A document that is being read is read to its end."""


def _read(given: Given) -> Entry:
    document, _ = build_document(given.stored)
    return Entry(given.number, given.id, given.token, given.title, extract(document.contents()))


def says_damaged(error: BaseException | None) -> bool:
    """Whether an error, or what it was made of, means that the index is broken."""
    while error is not None:
        if isinstance(error, DatabaseDamaged | IndexDamaged):
            return True
        if isinstance(error, sqlite3.Error) and is_damage(error):
            return True
        error = error.__cause__
    return False


Failure = (StoreError, IndexDamaged)
"""What an intake raises."""
