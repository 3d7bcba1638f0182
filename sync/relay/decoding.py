"""Documents decoded for those who join, all on one thread of their own.

pycrdt's documents belong to the thread that made them, and reading a long log
takes seconds: on the event loop everybody else would wait for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import pycrdt

from sync.document.deletions import includes, read_deletions
from sync.document.structs import UpdateHeader
from sync.document.updates import guarded, read_header
from sync.errors import AdministrationError
from sync.relay.comments import Refused, judge
from sync.relay.storage.base import UpdateLog
from sync.relay.storage.replay import Replay, deep_thread
from sync.types import DocumentId, Role

T = TypeVar("T")

ANSWERS_KEPT = 4
"""Step2s of one state that are kept: many who join at once stand at the same place."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class News:
    """What was appended to a document and may not have been taken in, on disk or not.

    Many who join at once give the same news; only the first of them changes anything,
    and so costs an encoding.
    """

    first: int
    """How many came before the first of them, in this room."""
    updates: list[bytes]


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
        self.encodings = 0
        """How many Step2s were made; all others were kept ones. Written on the thread only."""
        self._documents: dict[DocumentId, _Decoded] = {}  # touched on the thread only
        self._thread = deep_thread("relay-decoder")
        # Of its own, so that nobody's join waits for somebody's large update to be read.
        self._reader = ThreadPoolExecutor(1, "relay-reader")

    async def answer(self, document_id: DocumentId, news: News, state_vector: bytes) -> Answer:
        """Take `news` in, then return what a client at `state_vector` lacks.

        `news` is all that was appended and never given before, whether it is on
        disk or not. If this raises or is cancelled, give it again. Raises
        `InvalidUpdate` if that is no state vector, and `AdministrationError` if
        the log cannot be read.
        """

        def work() -> Answer:
            document = self._current(document_id, news)
            kept = document.kept(state_vector)
            if kept is None:
                self.encodings += 1
                kept = document.encode(state_vector)
            return Answer(document.state_vector(), kept)

        return await self._run(work)

    async def adds_nothing(self, document_id: DocumentId, news: News, update: bytes) -> bool:
        """Take `news` in, then return whether the document has all of `update` already.

        Raises what `answer` does.
        """
        return await self._run(lambda: self._current(document_id, news).has(update))

    async def judge_comment(
        self, document_id: DocumentId, news: News, update: bytes, user_id: str, role: Role
    ) -> str | None:
        """Take `news` in, then return why a user may not change the comments so; None if so.

        Raises what `answer` does.
        """

        def work() -> str | None:
            try:
                judge(self._current(document_id, news).state(), update, user_id, role)
            except Refused as error:
                return str(error)
            return None

        return await self._run(work)

    async def read_header(self, update: bytes) -> UpdateHeader:
        """Read a long update's header. Raises `InvalidUpdate`."""
        return await asyncio.get_running_loop().run_in_executor(self._reader, read_header, update)

    def take_in(self, document_id: DocumentId, news: News) -> None:
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

    def _current(self, document_id: DocumentId, news: News) -> _Decoded:
        document = self._documents.get(document_id)
        if document is None:
            stored = self._log.load(document_id)
            document = self._documents[document_id] = _Decoded.of(stored)
        document.take_in(news)
        return document


class _Decoded(Replay):
    """A document with the answers that it gave since it last changed."""

    def __init__(self) -> None:
        super().__init__()
        self._answers: OrderedDict[bytes, bytes] = OrderedDict()
        self._taken_in = 0
        """How much of the room's news it has; none if it was read from the log since."""

    def take_in(self, news: News) -> None:
        """Apply what is new of the news."""
        self.apply(news.updates[max(0, self._taken_in - news.first) :])
        self._taken_in = max(self._taken_in, news.first + len(news.updates))

    def apply(self, updates: Iterable[bytes]) -> None:
        """See `Replay.apply`."""
        updates = list(updates)
        if not updates:
            return
        self._answers.clear()
        super().apply(updates)
        for error in self.unreadable:
            _log.warning("An update in the log was left out", extra={"reason": error.detail})
        self.unreadable.clear()

    def kept(self, state_vector: bytes) -> bytes | None:
        """Return the Step2 that was made before for such a client, if it is still right."""
        return self._answers.get(state_vector)

    def encode(self, state_vector: bytes) -> bytes:
        """Make the Step2 for a client. Raises `InvalidUpdate` if that is no state vector."""
        answer = self._answers[state_vector] = self.since(state_vector)
        while len(self._answers) > ANSWERS_KEPT:
            self._answers.popitem(last=False)
        return answer

    def has(self, update: bytes) -> bool:
        """Whether `update` says nothing new: no struct and no deletion.

        Raises `InvalidUpdate` if it is none.
        """
        ends = read_header(update).ends
        clocks = self.clocks()
        if any(end > clocks.get(client, 0) for client, end in ends.items()):
            return False
        # Beyond what the document has there are no structs: deletions are all that is left.
        theirs = read_deletions(guarded(pycrdt.get_update, update, self.state_vector()))
        return includes(self.deletions(), theirs)
