"""Indexing in a process of its own, so that a window never waits for Python's lock.

The process is given what the log holds of documents, and writes the index, which nobody else
writes meanwhile. It does not open the profile's database: that stays with the process that has
the profile, which may put another file in its place (`Database.alone`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from sync.beside import Beside, Died, Message, by_name, serve
from sync.errors import CannotSave
from sync.phrases import phrase
from sync.store.database import Database
from sync.store.log import StoredDocument
from sync.store.search.index import IndexDamaged, join_index
from sync.store.search.intake import Failure, Given, IntakeHere, says_damaged
from sync.types import DocumentId
from sync.types import Sequence as LogSequence

SECONDS = 300.0
"""For one batch. It takes one; a fault of pycrdt's may take for ever."""

_ERRORS = by_name((IndexDamaged, CannotSave))


class IntakeBeside:
    """Starts the process when there is something to do, and again if it died; see `Intake`."""

    def __init__(self, path: Path) -> None:
        """`path` is where the index is."""
        self._path = str(path.absolute())
        self._beside = Beside(__name__, SECONDS, _ERRORS)
        self._closed = False
        self.release = self._beside.rest

    def put(self, documents: Sequence[Given]) -> None:
        """Take documents in. Of one that kills the process only the title will be found."""
        try:
            self._put(documents)
        except Died:
            for one in documents:
                self._put_alone(one)

    def _put_alone(self, document: Given) -> None:
        for attempt in (document, replace(document, stored=_NOTHING)):
            with suppress(Died):
                self._put([attempt])
                return
        raise CannotSave(self._why())

    def _put(self, documents: Sequence[Given]) -> None:
        head = [
            (
                *(one.number, one.id, one.token, one.title),
                *(one.stored.snapshot is not None, len(one.stored.updates)),
            )
            for one in documents
        ]
        parts: list[bytes] = []
        for one in documents:
            parts += [one.stored.snapshot or b"", *one.stored.updates]
        self._ask({"documents": head}, *parts)

    def remove(self, numbers: Sequence[int]) -> None:
        """Take documents out."""
        try:
            self._ask({"remove": list(numbers)})
        except Died:
            raise CannotSave(self._why()) from None

    def interrupt(self) -> None:
        """End the process, and start it no more: it is done with whatever it was about to do."""
        self._closed = True
        self._beside.interrupt()

    def _ask(self, head: dict[str, Any], *parts: bytes) -> None:
        try:
            self._beside.ask({"index": self._path, **head}, *parts)
        except OSError:  # there is no memory for another process, say
            raise Died from None

    def _why(self) -> str:
        if self._closed:
            return phrase("this profile was closed")
        return phrase("the process that searches documents for words does not start")


_NOTHING = StoredDocument(None, [], LogSequence(0))


class _Process:
    """What the process knows."""

    def __init__(self) -> None:
        self._path = ""
        self._index: Database | None = None
        self._intake = IntakeHere(self._opened)

    def answer(self, head: dict[str, Any], parts: list[bytes]) -> Message:
        """Do what a message of `IntakeBeside` says. Raises what `_ERRORS` has."""
        self._path = head["index"]
        try:
            if "remove" in head:
                self._intake.remove(head["remove"])
            else:
                self._intake.put(_given(head["documents"], parts))
        except (*Failure, sqlite3.Error) as error:
            if says_damaged(error):
                raise IndexDamaged from error
            raise CannotSave(str(getattr(error, "detail", error))) from error
        return {}, []

    def _opened(self) -> Database:
        if self._index is None:
            self._index = join_index(Path(self._path))
        return self._index


def _given(documents: list[Any], parts: list[bytes]) -> list[Given]:
    given = []
    waiting = iter(parts)
    for number, document_id, token, title, has_snapshot, updates in documents:
        snapshot = next(waiting)
        stored = StoredDocument(
            snapshot if has_snapshot else None,
            [next(waiting) for _ in range(updates)],
            LogSequence(0),
        )
        given.append(Given(number, DocumentId(document_id), token, title, stored))
    return given


if __name__ == "__main__":
    serve(_Process().answer, _ERRORS)
