"""Documents decoded for those who join, all on one thread of their own.

pycrdt's documents belong to the thread that made them, and reading a long log
takes seconds: on the event loop everybody else would wait for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Any, ParamSpec, TypeVar

import pycrdt

from sync.document.document import UPDATES_AT_A_TIME
from sync.document.structs import UpdateHeader
from sync.document.updates import CausalBuffer, guarded, read_header, read_state_vector
from sync.errors import AdministrationError, InvalidUpdate, ProtocolError
from sync.protocol.messages import Reader
from sync.relay.storage.base import UpdateLog
from sync.types import DocumentId

P = ParamSpec("P")
T = TypeVar("T")

ANSWERS_KEPT = 4
"""Step2s of one state that are kept: many who join at once stand at the same place."""

MOST_PARENTS = 500_000
"""Shared types with content in one document, see `sync.document.updates.MAX_PARENTS`."""
_STACK_BYTES = 256 * 1024 * 1024
"""Of the decoder's thread: twice what so many, nested in each other, take to delete.

Only what is used is ever real memory.
"""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a join is answered with."""

    state_vector: bytes
    """How far the relay has come: for its own Step1."""
    step2: bytes
    """All that the client lacks."""


class Decoder:
    """The decoded documents. All methods are called on the event loop."""

    def __init__(self, log: UpdateLog) -> None:
        self._log = log
        self._documents: dict[DocumentId, _Decoded] = {}  # touched on the thread only
        self._thread = _deep_thread("relay-decoder")
        # Of its own, so that nobody's join waits for somebody's large update to be read.
        self._reader = ThreadPoolExecutor(1, "relay-reader")

    async def answer(
        self, document_id: DocumentId, news: list[bytes], state_vector: bytes
    ) -> Answer:
        """Take `news` in, then return what a client at `state_vector` lacks.

        `news` is all that was appended and never given before, whether it is on
        disk or not; what was given before does no harm. If this raises or is
        cancelled, give it again. Raises `InvalidUpdate` if that is no state
        vector, and `AdministrationError` if the log cannot be read.
        """

        def work() -> Answer:
            document = self._current(document_id, news)
            return Answer(document.state_vector(), document.step2(state_vector))

        return await self._run(work)

    async def adds_nothing(self, document_id: DocumentId, news: list[bytes], update: bytes) -> bool:
        """Take `news` in, then return whether the document has all of `update` already.

        Raises what `answer` does.
        """
        return await self._run(lambda: self._current(document_id, news).has(update))

    async def read_header(self, update: bytes) -> UpdateHeader:
        """Read a long update's header. Raises `InvalidUpdate`."""
        return await asyncio.get_running_loop().run_in_executor(self._reader, read_header, update)

    def take_in(self, document_id: DocumentId, news: list[bytes]) -> None:
        """Take `news` in without asking anything, so that it need not be kept elsewhere."""

        def work() -> None:
            # If the log cannot be read now, the next join reads it all.
            with contextlib.suppress(AdministrationError):
                self._current(document_id, news)

        self._thread.submit(work)

    def forget(self, document_id: DocumentId) -> None:
        """Let go of a document: the next call reads it from the log again."""
        self._thread.submit(lambda: self._documents.pop(document_id, None))

    def close(self) -> None:
        """End the thread once it has finished what it does."""
        # pycrdt's documents must be dropped where they were made.
        self._thread.submit(self._documents.clear)
        self._thread.shutdown()
        self._reader.shutdown()

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _current(self, document_id: DocumentId, news: list[bytes]) -> _Decoded:
        document = self._documents.get(document_id)
        if document is None:
            stored = self._log.load(document_id)
            document = _Decoded()
            if stored.snapshot is not None:
                document.apply([stored.snapshot])
            document.apply(stored.updates)
            self._documents[document_id] = document
        document.apply(news)
        return document


class _Decoded:
    """One document, of which only the state counts: nothing here reads its content."""

    def __init__(self) -> None:
        self._doc: pycrdt.Doc[Any] = pycrdt.Doc()
        self._buffer = CausalBuffer(self._doc.get_state, MOST_PARENTS)
        self._answers: OrderedDict[bytes, bytes] = OrderedDict()

    def apply(self, updates: Iterable[bytes]) -> None:
        """Take updates in, in any order; what cannot be read is left out, or nobody could join."""
        everything = iter(updates)
        while some := list(islice(everything, UPDATES_AT_A_TIME)):
            self._answers.clear()
            with self._doc.transaction():
                for update in some:
                    self._apply(update)

    def _apply(self, update: bytes) -> None:
        try:
            for ready in self._buffer.admit(update):
                guarded(self._doc.apply_update, ready)
        except InvalidUpdate as error:
            _log.warning("An update in the log was left out", extra={"reason": error.detail})

    def state_vector(self) -> bytes:
        return self._doc.get_state()

    def step2(self, state_vector: bytes) -> bytes:
        answer = self._answers.get(state_vector)
        if answer is None:
            read_state_vector(state_vector)
            answer = guarded(self._doc.get_update, state_vector)
            self._answers[state_vector] = answer
            while len(self._answers) > ANSWERS_KEPT:
                self._answers.popitem(last=False)
        return answer

    def has(self, update: bytes) -> bool:
        """Whether `update` says nothing new: no struct and no deletion.

        Raises `InvalidUpdate` if it is none.
        """
        ends = read_header(update).ends
        clocks = read_state_vector(self._doc.get_state())
        if any(end > clocks.get(client, 0) for client, end in ends.items()):
            return False
        here = self._doc.get_state()
        # Beyond what the document has there are no structs: deletions are all that is left.
        theirs = _deletions(guarded(pycrdt.get_update, update, here))
        ours = _deletions(self._doc.get_update(here))
        return all(
            any(start >= first and end <= last for first, last in ours.get(client, ()))
            for client, ranges in theirs.items()
            for start, end in ranges
        )


def _deep_thread(name: str) -> ThreadPoolExecutor:
    """Return a thread whose stack no document that is let through can overflow."""
    before = threading.stack_size(_STACK_BYTES)
    try:
        executor = ThreadPoolExecutor(1, name)
        executor.submit(int).result()  # the thread starts with its first task
    finally:
        threading.stack_size(before)
    return executor


def _deletions(update: bytes) -> dict[int, list[tuple[int, int]]]:
    """Return the deleted clocks (first, end) by client id of an update without structs.

    Neighbouring ranges are joined, because two documents may have cut them differently.
    Layout: yjs `DeleteSet.js`, `writeDeleteSet`. Raises `InvalidUpdate`.
    """
    reader = Reader(update)
    found: dict[int, list[tuple[int, int]]] = {}
    try:
        if reader.varuint() != 0:
            raise InvalidUpdate("there are structs where only deletions should be")
        for _ in range(reader.varuint()):
            ranges = found.setdefault(reader.varuint(), [])
            for _ in range(reader.varuint()):
                start = reader.varuint()
                ranges.append((start, start + reader.varuint()))
    except ProtocolError as error:
        raise InvalidUpdate(error.detail) from None
    return {client: _joined(ranges) for client, ranges in found.items()}


def _joined(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
