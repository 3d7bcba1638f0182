"""Documents decoded for those who join, in a process of their own beside the relay.

pycrdt takes a hundred thousand small items in with Python's lock held all the while: on
any thread of the relay's, everybody's keystroke would wait for it (docs/decisions/0013).
Here is what asks the process (`decoded`), on a thread, so that nobody waits for a pipe.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from sync.errors import AdministrationError, InvalidUpdate
from sync.relay.beside import Beside, Died, Message
from sync.relay.storage.base import UpdateLog
from sync.types import DocumentId, Role

T = TypeVar("T")

ANSWERS_KEPT = 4
"""Step2s of one state that are kept: many who join at once stand at the same place."""

DECODE_SECONDS = 120.0
"""For one question. A log of 256 MiB takes a fraction; a fault of pycrdt's may take for ever."""

TRIES = 3
"""Of a question: one whose every answer ends the process gets none."""

PROCESS = "sync.relay.decoded"

_log = logging.getLogger(__name__)


class Forgotten(Exception):
    """The process has died, and with it what it was given: give what is not on disk again."""


@dataclass(frozen=True, slots=True)
class News:
    """What was appended to a document and may not have been taken in, on disk or not.

    Many who join at once give the same news; only the first of them changes anything,
    and so costs an encoding.
    """

    life: int
    """The `Decoder.life` since which none was left out."""
    first: int
    """How many came before the first of them, in this room."""
    updates: list[bytes]

    @property
    def end(self) -> int:
        """How many have come, in this room."""
        return self.first + len(self.updates)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a join is answered with."""

    state_vector: bytes
    """How far the relay has come: for its own Step1."""
    step2: bytes
    """All that the client lacks."""


@dataclass(slots=True)
class _Known:
    """What the process has of a document, and what it has answered since that last changed."""

    taken_in: int = 0
    """How much of the room's news; none if it has read the log since."""
    answers: OrderedDict[bytes, Answer] = field(default_factory=OrderedDict)


class Decoder:
    """The decoded documents. All methods are called on the event loop."""

    def __init__(self, log: UpdateLog) -> None:
        self._url = log.url
        self.encodings = 0
        """How many Step2s were made; all others were kept ones. Written on the thread only."""
        self._known: dict[DocumentId, _Known] = {}  # touched on the thread only
        self._known_life = 0
        self._documents = Beside(PROCESS, DECODE_SECONDS)
        self._thread = ThreadPoolExecutor(1, "relay-decoder")
        # Of its own, so that nobody's join waits for somebody's large update to be read. It is
        # started by the first of them.
        self._headers = Beside(PROCESS, DECODE_SECONDS)
        self._reader = ThreadPoolExecutor(1, "relay-reader")
        self._documents.start()

    @property
    def life(self) -> int:
        """Which process it is: each has been given only what came in its own life."""
        return self._documents.life

    async def answer(self, document_id: DocumentId, news: News, state_vector: bytes) -> Answer:
        """Take `news` in, then return what a client at `state_vector` lacks.

        `news` is all that was appended and never given before, whether it is on
        disk or not. If this raises or is cancelled, give it again. Raises
        `InvalidUpdate` if that is no state vector, `AdministrationError` if the log
        cannot be read, and `Forgotten`.
        """

        def work() -> Answer:
            known = self._known_of(document_id)
            kept = known.answers.get(state_vector)
            if kept is None or known.taken_in < news.end:
                _, parts = self._ask("answer", document_id, news, state_vector)
                self.encodings += 1
                kept = Answer(*parts)
                known.answers[state_vector] = kept
                while len(known.answers) > ANSWERS_KEPT:
                    known.answers.popitem(last=False)
            return kept

        return await self._run(work)

    async def adds_nothing(self, document_id: DocumentId, news: News, update: bytes) -> bool:
        """Take `news` in, then return whether the document has all of `update` already.

        Raises what `answer` does.
        """
        answer, _ = await self._run(lambda: self._ask("compare", document_id, news, update))
        return bool(answer["has"])

    async def judge_comment(
        self, document_id: DocumentId, news: News, update: bytes, user_id: str, role: Role
    ) -> tuple[str | None, bytes | None]:
        """Take `news` in, then return why a user may not change the comments so; None if so.

        If not, also what of it they may. Raises what `answer` does.
        """
        answer, parts = await self._run(
            lambda: self._ask("judge", document_id, news, update, user=user_id, role=role.value)
        )
        refused: str | None = answer["refused"]
        return refused, parts[0] if parts else None

    async def is_empty(self, update: bytes) -> bool:
        """Read a long update, and return whether it says nothing.

        Raises `InvalidUpdate` if it is none, or if reading it ends the process.
        """

        def work() -> bool:
            for _ in range(TRIES):
                with contextlib.suppress(Died):
                    answer, _parts = self._headers.ask({"do": "read"}, update)
                    return bool(answer["empty"])
            raise InvalidUpdate("reading it takes more than the relay has")

        return await asyncio.get_running_loop().run_in_executor(self._reader, work)

    def take_in(self, document_id: DocumentId, news: News) -> None:
        """Take `news` in without asking anything, so that it need not be kept elsewhere."""

        def work() -> None:
            try:
                self._ask("take_in", document_id, news, b"")
            except (AdministrationError, Forgotten):
                return  # the next join reads it all
            except Exception:  # nobody waits for the result  # noqa: BLE001
                _log.exception("A mistake of the relay's own")

        self._thread.submit(work)

    def forget(self, document_id: DocumentId) -> None:
        """Let go of a document: the next call reads it from the log again."""

        def work() -> None:
            self._known.pop(document_id, None)
            # A process that has died has forgotten it.
            with contextlib.suppress(Died, AdministrationError):
                self._documents.ask({"do": "forget", "document": document_id}, life=self.life)

        self._thread.submit(work)

    def close(self) -> None:
        """End the processes; nothing may follow."""
        for process, thread in (
            (self._documents, self._thread),
            (self._headers, self._reader),
        ):
            process.interrupt()
            thread.shutdown(cancel_futures=True)
            process.rest()

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _known_of(self, document_id: DocumentId) -> _Known:
        if self._known_life != self.life:
            self._known_life = self.life
            self._known.clear()
        return self._known.setdefault(document_id, _Known())

    def _ask(
        self, do: str, document_id: DocumentId, news: News, given: bytes, **more: str
    ) -> Message:
        known = self._known_of(document_id)
        lacks = news.updates[max(0, known.taken_in - news.first) :]
        head = {"do": do, "log": self._url, "document": document_id, **more}
        try:
            message = self._documents.ask(head, given, *lacks, life=news.life)
        except Died:
            self._bury()
            raise Forgotten from None
        if lacks:
            known.answers.clear()
            known.taken_in = news.end
        for reason in message[0]["left_out"]:
            _log.warning("An update in the log was left out", extra={"reason": reason})
        return message

    def _bury(self) -> None:
        """Start another process at once if this one died; who asks next gives it all again."""
        life = self.life
        self._documents.start()
        if self.life != life:
            _log.warning("The process that reads documents died, another one was started")
