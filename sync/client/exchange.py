"""One document on one connection: brings both sides in step, then keeps them so.

After the relay has opened the document: our Step1 with the state vector of what
is ON DISK; to the relay's Step1, a Step2 with all that the disk has beyond it;
then each new outbox row as it is, in order, many at a time. What comes is logged
before anybody hears of it.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import deque
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from sync.client.background import BackgroundThread
from sync.client.events import DocumentChanged, DocumentReplaced, Event, Problem, RemoteUpdate
from sync.client.events_on_disk import on_disk
from sync.client.gaps import LogClocks
from sync.document.deletions import includes, read_deletions
from sync.document.document import Document
from sync.document.updates import EMPTY_UPDATE, read_header
from sync.errors import InvalidUpdate, ProtocolError, StoreError
from sync.foreground import FOREGROUND
from sync.phrases import phrase_many
from sync.protocol.client import ClientProtocol
from sync.store.compaction import build_document
from sync.store.store import START, Store
from sync.types import DocumentId, Sequence

Result = TypeVar("Result")

MAX_IN_FLIGHT = 1_024
"""Updates sent and not acknowledged."""

MAX_IN_FLIGHT_BYTES = 1024 * 1024
"""Bytes of them; a larger update goes alone."""

ROWS_AT_A_TIME = 256
"""Outbox rows read in one query."""

LARGE = 64 * 1024
"""Bytes from which reading an update's header is left to the background thread."""

RESYNC_INTERVAL = 5.0
"""Seconds between two syncs for the sake of a gap, at least."""

REFUSED_INTERVAL = 30.0
"""Seconds until refused updates are offered again to a relay that said read-write."""

NOTHING = bytes(1)
"""The state vector of an empty document."""

COMPACT_AFTER = 5_000
"""Rows of log without a snapshot from which compaction is worth its time."""


class Host(Protocol):
    """What an exchange needs of the connection that it is on."""

    store: Store
    protocol: ClientProtocol
    background: BackgroundThread
    """Where documents are built: one at a time, off the event loop."""

    def flush(self) -> None:
        """Send what the protocol has queued."""

    def emit(self, event: Event) -> None:
        """Tell the rest of the program."""

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do `work` beside the rest; if it fails, the connection does."""

    def moved(self, document_id: DocumentId) -> None:
        """Look at `Exchange.caught_up` and `Exchange.in_step` again."""


@dataclass(slots=True)
class Known:
    """What need not be worked out again at the next connection, if the log is still there."""

    sequence: Sequence = START
    """Last in the log when the rest was true."""
    state_vector: bytes | None = None
    step2: bytes | None = None
    """Digest of the relay's last Step2, which brought nothing new."""


@dataclass(frozen=True, slots=True)
class _InFlight:
    """A Step2 or an update that the relay has not acknowledged."""

    up_to: Sequence
    size: int
    """Bytes."""
    whole: bool
    """It is a Step2: everything on this device up to `up_to`, not one update."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What the relay said about updates, on its way to the disk."""

    up_to: Sequence
    whole: bool
    """As in `_InFlight`."""
    refused: str | None = None
    """Why; None if it was acknowledged."""

    @property
    def is_refusal(self) -> bool:
        """Whether the relay did not take it."""
        return self.refused is not None


class Exchange:
    """Belongs to the event loop of its host."""

    def __init__(
        self,
        host: Host,
        document_id: DocumentId,
        token: str,
        known: Known,
        *,
        discard: bool = False,
    ) -> None:
        """`discard`: put what the relay has in the place of what is here, once it has come."""
        self.document_id = document_id
        self.token = token
        """The access token that the relay has for this document."""
        self.may_write = False
        self._host = host
        self._known = known
        self._discarding = discard
        self._closed = False
        self._clocks = LogClocks()
        # A document built from the disk up to `_built_up_to`, until both Step2s are done with.
        self._scratch: Document | None = None
        self._built_up_to = START
        self._has_long_tail = False
        self._their_vector: bytes | None = None
        self._has_vector = False
        self._answered = False
        self._relay_lacks_deletions = False
        self._has_sent_deletions = False
        self._refused_all = False
        """Whether a writer's Step2 was refused: it may have held what no outbox row tells of."""
        self._caught_up = False
        self._synced_at = -RESYNC_INTERVAL
        self._resync: asyncio.TimerHandle | None = None
        # Sending
        self._sent = START
        self._in_flight: deque[_InFlight] = deque()
        self._in_flight_bytes = 0
        self._drained = False
        # On the way to the disk
        self._incoming: deque[tuple[bytes, bool]] = deque()
        self._logging = False
        self._outcomes: deque[_Outcome] = deque()
        self._settling = False

    @property
    def in_step(self) -> bool:
        """Whether relay and disk hold the same, as far as both have said."""
        return (
            self._caught_up
            and self._drained
            and not self._refused_all
            and not (self._in_flight or self._incoming or self._logging)
            and not (self._outcomes or self._settling)
        )

    @property
    def caught_up(self) -> bool:
        """Whether the first Step2 of the relay is on disk and ours is sent."""
        return self._caught_up and self._answered

    # What the relay says

    def opened(self, scope: str) -> None:
        """The relay has accepted the token."""
        self.may_write = scope == "read-write"
        self._host.spawn(self._begin())

    def state_vector_received(self, state_vector: bytes) -> None:
        """The relay wants to know what it lacks."""
        self._their_vector = state_vector
        if self._has_vector:
            self._host.spawn(self._answer())

    def update_received(self, update: bytes, *, is_step2: bool) -> None:
        """The relay has brought other people's work."""
        self._incoming.append((update, is_step2))
        if not self._logging:
            self._logging = True
            self._host.spawn(self._log_incoming())

    def acknowledged(self, up_to: Sequence) -> None:
        """The relay has an update on its disk."""
        whole = self._landed().whole
        if whole:
            self._refused_all = False
        last = self._outcomes[-1] if self._outcomes else None
        if last is not None and not (last.whole or whole or last.is_refusal):
            self._outcomes.pop()  # the later acknowledgment says it as well
        self._settle_later(_Outcome(up_to, whole))

    def refused(self, up_to: Sequence, reason: str) -> None:
        """The relay has not taken an update, and takes none until the next sync."""
        whole = self._landed().whole
        self._settle_later(_Outcome(up_to, whole, reason))
        if self.may_write:
            self._refused_all = self._refused_all or whole
            self._resync_at(asyncio.get_running_loop().time() + REFUSED_INTERVAL)

    # What this device says

    def saved(self) -> None:
        """A local update is on disk."""
        self._drained = False
        self._drain()

    # Getting in step

    async def _begin(self) -> None:
        """Send our Step1, and answer the relay's if that is here already."""
        FOREGROUND.give_way()
        self._resync = None
        self._synced_at = asyncio.get_running_loop().time()
        self._has_vector = False
        sequence = self._host.store.last_sequence(self.document_id)
        if self._discarding:
            self._known.sequence, self._known.state_vector = sequence, NOTHING
        elif self._known.state_vector is None or self._known.sequence != sequence:
            await self._build()
        if self._closed:
            return
        assert self._known.state_vector is not None
        self._clocks.reach(self._known.state_vector)
        self._has_vector = True
        self._host.protocol.start_sync(self.document_id, self._known.state_vector)
        self._host.flush()
        if self._their_vector is not None:
            await self._answer()

    async def _build(self) -> Document:
        def build() -> tuple[Document, Sequence, int, int]:
            stored = self._host.store.load(self.document_id)
            document, left_out = build_document(stored)
            return document, stored.last_sequence, len(stored.updates), len(left_out)

        document, self._built_up_to, tail, left_out = await self._in_background(build)
        self._scratch = document
        self._known.sequence = self._built_up_to
        self._known.state_vector = document.state_vector()
        self._known.step2 = None
        self._has_long_tail = tail >= COMPACT_AFTER
        if left_out:
            sentence = phrase_many(
                "1 change on this device could not be read.",
                "{count} changes on this device could not be read.",
                left_out,
            )
            self._host.emit(Problem(sentence))
        return document

    async def _compact(self) -> None:
        try:
            await self._in_background(lambda: self._host.store.compact(self.document_id))
        except StoreError as error:
            self._host.emit(Problem(str(error)))

    async def _answer(self) -> None:
        """Send all that the disk has and the relay lacks."""
        if self._discarding or self._closed:
            return  # nothing of this device is wanted
        FOREGROUND.give_way()
        their_vector, self._their_vector = self._their_vector, None
        if their_vector is None:
            return
        record = self._host.store.document(self.document_id)
        up_to = self._known.sequence
        update = EMPTY_UPDATE
        # A deletion does not show in a state vector; but if the outbox is empty, all of
        # this device's have been acknowledged, and all others came from the relay. If that
        # has lost some since, its Step2 tells.
        lacks_deletions, self._relay_lacks_deletions = self._relay_lacks_deletions, False
        if (
            record.waiting
            or record.refused
            or lacks_deletions
            or not self._clocks.is_within(their_vector)
        ):
            document = self._scratch or await self._build()
            up_to = self._built_up_to
            update = await self._in_background(lambda: document.update_since(their_vector))
        if self._closed:
            return
        try:
            self._host.protocol.answer_step1(self.document_id, update, up_to)
        except ProtocolError:  # too large for one frame: the outbox goes row by row
            update, up_to = EMPTY_UPDATE, START
            self._host.protocol.answer_step1(self.document_id, update, up_to)
        self._launched(up_to, len(update), whole=True)
        self._sent = max(up_to, self._sent)
        self._answered = True
        self._free_scratch()
        self._drain()

    def _free_scratch(self) -> None:
        if self._answered and self._caught_up:
            self._scratch = None
            if self._has_long_tail:
                self._has_long_tail = False
                self._host.spawn(self._compact())

    def _resync_at(self, when: float) -> None:
        """Sync again at `when` on the loop's clock, unless it will happen before that."""
        if self._resync is not None:
            if self._resync.when() <= when:
                return
            self._resync.cancel()
        self._resync = asyncio.get_running_loop().call_at(
            when, lambda: self._host.spawn(self._begin())
        )

    def close(self) -> None:
        """Say and ask nothing more; what has come is still written down."""
        self._closed = True
        if self._resync is not None:
            self._resync.cancel()

    # Sending

    def _drain(self) -> None:
        """Send outbox rows until the window is full."""
        if not self._answered or self._closed:
            return
        while not self._drained and self._send_rows():
            pass
        self._host.flush()
        self._host.moved(self.document_id)

    def _send_rows(self) -> bool:
        """Send some rows; whether there is room for others."""
        rows = self._host.store.waiting(
            self.document_id, self._sent, ROWS_AT_A_TIME, MAX_IN_FLIGHT_BYTES
        )
        self._drained = not rows
        for sequence, update in rows:
            if self._in_flight and not self._has_room(len(update)):
                return False
            self._send(sequence, update)
        return True

    def _send(self, sequence: Sequence, update: bytes) -> None:
        self._sent = sequence
        try:
            self._host.protocol.send_update(self.document_id, update, sequence)
        except ProtocolError as error:
            self._settle_later(_Outcome(sequence, whole=False, refused=error.detail))
            return
        self._launched(sequence, len(update))
        with suppress(InvalidUpdate):
            self._clocks.note(read_header(update))

    def _has_room(self, size: int) -> bool:
        return (
            len(self._in_flight) < MAX_IN_FLIGHT
            and self._in_flight_bytes + size <= MAX_IN_FLIGHT_BYTES
        )

    def _launched(self, up_to: Sequence, size: int, *, whole: bool = False) -> None:
        self._in_flight.append(_InFlight(up_to, size, whole))
        self._in_flight_bytes += size
        self._host.flush()

    def _landed(self) -> _InFlight:
        landed = self._in_flight.popleft()
        self._in_flight_bytes -= landed.size
        if not self._drained and len(self._in_flight) <= MAX_IN_FLIGHT // 2:
            self._drain()
        return landed

    def _settle_later(self, outcome: _Outcome) -> None:
        self._outcomes.append(outcome)
        if not self._settling:
            self._settling = True
            self._host.spawn(self._settle())

    async def _settle(self) -> None:
        """Write what the relay said about our updates to the disk."""
        store = self._host.store
        while self._outcomes:
            FOREGROUND.give_way()
            outcomes, self._outcomes = self._outcomes, deque()
            futures: list[Future[None]] = []
            for outcome in outcomes:
                if outcome.refused is not None:
                    future = store.refuse(self.document_id, outcome.up_to, outcome.refused)
                else:
                    future = store.acknowledge(
                        self.document_id, outcome.up_to, refused_too=outcome.whole
                    )
                futures.append(future)
            await on_disk(futures, self._host.emit, [DocumentChanged(self.document_id)])
        self._settling = False
        self._host.moved(self.document_id)

    # Receiving

    async def _log_incoming(self) -> None:
        """Log what came, then tell; one write at a time, which keeps the order."""
        while self._incoming:
            FOREGROUND.give_way()
            batch, self._incoming = self._incoming, deque()
            news = []
            for update, is_step2 in batch:
                if await self._is_news(update, is_step2=is_step2):
                    news.append(update)
            if self._discarding:
                await self._replace([update for update, is_step2 in batch if is_step2], news)
            elif news:
                await on_disk(
                    [self._host.store.append_remote_all(self.document_id, news)],
                    self._host.emit,
                    [RemoteUpdate(self.document_id, update) for update in news],
                )
            if any(is_step2 for _, is_step2 in batch):
                self._caught_up = True
                self._free_scratch()
        self._logging = False
        self._host.moved(self.document_id)

    async def _replace(self, step2: list[bytes], news: list[bytes]) -> None:
        """Put the relay's state in the place of what is here; until it comes, leave all alone."""
        if not step2:
            return  # and what came before it is in it
        later = news[news.index(step2[0]) + 1 :] if step2[0] in news else news
        store = self._host.store
        writes: list[Future[Sequence]] = [store.replace(self.document_id, step2[0])]
        if later:
            writes.append(store.append_remote_all(self.document_id, later))
        self._discarding = False
        await on_disk(writes, self._host.emit, [DocumentReplaced(self.document_id)])
        self._known.sequence = store.last_sequence(self.document_id)
        self._known.state_vector = None
        await self._answer()

    async def _is_news(self, update: bytes, *, is_step2: bool) -> bool:
        """Whether an update is readable and not known already; notices a gap."""
        if update == EMPTY_UPDATE and not is_step2:
            return False
        try:
            if len(update) < LARGE:
                header = read_header(update)
            else:
                header = await self._in_background(lambda: read_header(update))
        except InvalidUpdate as error:
            if is_step2:  # the relay's own work: without it nothing is in step
                raise
            self._host.emit(Problem(str(error)))
            return False
        if is_step2:
            deletes_more = await self._compare_deletions(update)
            if not header.ends:
                return deletes_more
        if not self._clocks.note(header) and not is_step2:
            self._resync_at(self._synced_at + RESYNC_INTERVAL)
        return True

    async def _compare_deletions(self, step2: bytes) -> bool:
        """Whether a Step2 deletes what is here; if it lacks what was deleted here, sync again.

        Every Step2 carries all deletions that the relay knows, new or not. It lacks some if
        it was restored from a backup, or died before what it had passed on was on its disk.
        """
        digest = hashlib.sha256(step2).digest()
        if digest == self._known.step2:
            return False
        document = self._scratch or await self._build()

        def compare() -> tuple[bool, bool]:
            ours = read_deletions(document.update_since(document.state_vector()))
            theirs = read_deletions(step2)
            return not includes(ours, theirs), not includes(theirs, ours)

        deletes_more, lacks_some = await self._in_background(compare)
        if lacks_some and self.may_write and not self._has_sent_deletions:
            # Once is enough: what the relay refuses it would refuse again.
            self._relay_lacks_deletions = self._has_sent_deletions = True
            self._resync_at(asyncio.get_running_loop().time())
        elif not deletes_more:
            self._known.step2 = digest
        return deletes_more

    async def _in_background(self, function: Callable[[], Result]) -> Result:
        return await asyncio.wrap_future(self._host.background.call(function))
