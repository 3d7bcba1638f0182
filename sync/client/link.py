"""One connection's worth of work: the library is matched, every document kept in step."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NoReturn, TypeVar

from sync.client import account
from sync.client.address import RelayAddress, parse_address
from sync.client.adopting import adopt_local_library
from sync.client.background import BackgroundThread
from sync.client.connection import Connection, open_socket
from sync.client.credentials import SessionOnly
from sync.client.events import (
    AwarenessReceived,
    DocumentChanged,
    Event,
    InStep,
    LibraryChanged,
    Problem,
    Progress,
    RemoteUpdate,
)
from sync.client.events_on_disk import on_disk
from sync.client.exchange import Exchange, Known
from sync.client.matching import match
from sync.client.openings import Openings
from sync.client.session import Session
from sync.errors import CannotDiscard, ConnectionLost, NotSignedIn, RelayRefused
from sync.foreground import FOREGROUND
from sync.phrases import phrase
from sync.protocol import client as p
from sync.protocol.client import ClientProtocol
from sync.protocol.close_codes import UNAUTHORIZED
from sync.protocol.notices import CROWD, RETRY_AFTER, ROLE
from sync.store.store import Store
from sync.types import DocumentId, Role, Sequence, commented_id, comments_id, stays_here

Result = TypeVar("Result")

NOTE_INTERVAL = 60.0
"""Seconds between two notes on disk that everything is in step."""

PROGRESS_STEPS = 100
"""Events that tell of the progress of one sync, about."""

LIBRARY_INTERVAL = 60.0
"""Seconds between two looks at the relay's list of documents while connected."""


@dataclass(slots=True)
class Memory:
    """What outlives a connection, but not the program."""

    known: dict[DocumentId, Known] = field(default_factory=dict)
    awareness: dict[DocumentId, dict[int, bytes]] = field(default_factory=dict)
    """For each document that is open in a window, what each Yjs client of it says of itself, as
    an awareness payload; empty if it has said nothing yet."""
    first: deque[DocumentId] = field(default_factory=deque)
    """Documents that somebody looks at: they go first, the last one asked for foremost."""
    refused_token: str | None = None
    """An access token that the relay hung up on."""


class Link:
    """Belongs to one event loop and one account. `emit` is called on it; so are the callbacks.

    `on_online` is called once the relay has said something; `on_retry_after`
    with the seconds when it asks for patience, `on_crowd` with those over which all
    its clients are to come back if it dies. Making one raises `NotSignedIn`.
    """

    def __init__(
        self,
        store: Store,
        session: Session,
        background: BackgroundThread,
        memory: Memory,
        emit: Callable[[Event], None],
        on_online: Callable[[], None],
        on_retry_after: Callable[[float], None],
        on_crowd: Callable[[float], None],
    ) -> None:
        self.store = store
        self.protocol = ClientProtocol()
        self.background = background
        self.emit = emit
        self._session = session
        self._account = session.account()
        """Whose documents these are, whoever signs in meanwhile."""
        self._memory = memory
        self._on_online = on_online
        self._on_retry_after = on_retry_after
        self._on_crowd = on_crowd
        self._online = False
        self._token = ""
        self._connection: Connection | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._openings = Openings(memory.first, self._open, self._close)
        self._states: dict[DocumentId, str | None] = {}
        """All that may be opened, as the relay's list has it, and what that calls their states."""
        self._discarding: set[DocumentId] = set()
        """Documents to be opened to put the relay's text in the place of this device's."""
        self._told = (0, 0)
        self._noting = False
        self._adopted = False
        self._noted_at = -NOTE_INTERVAL
        self._busy: set[DocumentId] = set()
        """Documents that are being published, or denied and about to be tried again."""
        self._retried: set[DocumentId] = set()
        """Documents that were denied once, and tried again with another token."""
        self._denied: set[DocumentId] = set()
        """Documents that this person may not open, whatever the token."""
        self._library_wanted = asyncio.Event()
        self._was_in_step = False

    # For exchanges

    def flush(self) -> None:
        """Send what the protocol has queued."""
        if self._connection is not None:
            self._connection.flush()

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do `work` beside the rest; if it fails, the connection does."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._task_done)

    def moved(self, document_id: DocumentId) -> None:
        """Open what comes next, and notice when everything is in step."""
        self._openings.moved(document_id)
        if self._openings.reached and not self._noting:
            self._noting = True
            self.spawn(self._note_reached())
        self._open_next()

    async def _note_reached(self) -> None:
        """Write down what this device need not ask for again."""
        reached = self._openings.reached
        while reached:
            states = dict(reached)
            reached.clear()
            await asyncio.wrap_future(self.store.set_relay_states(states))
        self._noting = False

    def _look_at_step(self) -> None:
        """Tell how far everything is, and when it is in step."""
        openings = self._openings
        parts = max(1, openings.total // PROGRESS_STEPS)
        told = (openings.done // parts, openings.total)
        if told != self._told and openings.total:
            self.emit(Progress(openings.done, openings.total))
        self._told = told
        in_step = openings.in_step and not (self._busy or self._library_wanted.is_set())
        if in_step and not self._was_in_step:
            self.emit(InStep())
            if not self._adopted:
                self._adopted = True
                self.spawn(self._adopt())
            self._note_in_step(asyncio.get_running_loop().time())
        self._was_in_step = in_step

    async def _adopt(self) -> None:
        """Bring what was organised before the first sign-in into the account's library."""
        user_id = self._account.user_id
        adopted = await self._in_background(lambda: adopt_local_library(self.store, user_id))
        for library, updates in adopted.items():
            for update in updates:
                self.emit(RemoteUpdate(library, update))
            self.saved(library)

    def _note_in_step(self, now: float) -> None:
        """Write down that everything is in step, not at each pause of who types."""
        if now - self._noted_at >= NOTE_INTERVAL:
            self._noted_at = now
            self.store.note_in_step()

    # The connection

    async def run(self) -> NoReturn:
        """Connect and serve until that ends.

        Raises `NotSignedIn`, `SignInRefused`, `RelayBusy`, `RelayUnreachable`
        (`ConnectionLost` once it was open), `ProtocolError` or a `StoreError`.
        """
        relay = parse_address(self._account.relay_url)
        await self._renew_token(self._memory.refused_token)
        self._memory.refused_token = None
        await self._match_library(relay)
        websocket = await open_socket(relay)
        self._connection = Connection(websocket, relay, self.protocol, self._handle)
        self.spawn(self._follow_library(relay))
        self._open_next()
        try:
            await self._connection.run()
        except ConnectionLost as error:
            if error.code == UNAUTHORIZED:
                self._memory.refused_token = self._token
            raise
        finally:
            self._openings.close()
            if self._was_in_step:
                self.store.note_in_step()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def saved(self, document_id: DocumentId) -> None:
        """A local update, or a new document, is on this device's disk."""
        if stays_here(document_id):
            return
        self._was_in_step = False
        exchange = self._openings.get(document_id)
        if exchange is not None:
            self._openings.busy(document_id)
            exchange.saved()
        elif document_id in self._states or commented_id(document_id) in self._states:
            self._want(document_id)
            self._open_next()
        elif document_id in self._denied:
            self.spawn(self._refuse_more(document_id))
        else:
            self.look_at_library()

    def open_first(self) -> None:
        """Open what stands foremost in `Memory.first` now, before all others."""
        self._open_next()

    def discard(self, document_id: DocumentId) -> None:
        """Put what the relay has of a document in the place of what is here.

        `DocumentReplaced` tells when that is done. Raises `CannotDiscard` if the relay does not
        let this person have it, or has not been reached.
        """
        if self._connection is None or document_id not in self._states:
            raise CannotDiscard
        exchange = self._openings.drop(document_id)
        if exchange is not None:
            exchange.close()
            self._close(document_id)
        self._memory.known.pop(document_id, None)
        self._discarding.add(document_id)
        self._want(document_id)
        self._open_next()

    def look_at_library(self) -> None:
        """Compare the lists of documents soon."""
        self._library_wanted.set()

    def send_awareness(self, document_id: DocumentId) -> None:
        """Say what `Memory.awareness` has for a document, if that is open."""
        for payload in self._memory.awareness.get(document_id, {}).values():
            self.say_awareness(document_id, payload)

    def say_awareness(self, document_id: DocumentId, payload: bytes) -> None:
        """Say something of who is in a document, if that is open."""
        if payload and self._openings.get(document_id) is not None:
            self.protocol.send_awareness(document_id, payload)
            self.flush()

    def ask_awareness(self, document_id: DocumentId) -> None:
        """Ask who is in a document, if that is open; if not, the relay tells when it is."""
        if self._openings.get(document_id) is not None:
            self.protocol.ask_awareness(document_id)
            self.flush()

    def _say_online(self) -> None:
        if not self._online:
            self._online = True
            self._on_online()

    def _task_done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            assert self._connection is not None
            self._connection.fail(error)

    # Tokens

    async def _renew_token(self, refused: str | None = None) -> None:
        """Have a token that is good; not `refused`, which the relay did not accept."""
        kept_before = self._session.keeping
        self._token = await self._in_background(
            lambda: self._session.access_token(self._account, refused)
        )
        kept = self._session.keeping
        if isinstance(kept, SessionOnly) and kept != kept_before:
            self.emit(Problem(kept.sentence))

    async def _send_new_token(self, exchange: Exchange) -> None:
        await self._renew_token(exchange.token)
        exchange.token = self._token
        self.protocol.renew_token(exchange.document_id, self._token)
        self.flush()

    # The library

    async def _follow_library(self, relay: RelayAddress) -> None:
        while True:
            await self._wait_for_library(relay)
            self._open_next()

    async def _wait_for_library(self, relay: RelayAddress) -> None:
        """Match the lists again when somebody asks for it, or when it is time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LIBRARY_INTERVAL):
                await self._library_wanted.wait()
        await self._renew_token()
        self._library_wanted.clear()
        await self._match_library(relay)

    async def _match_library(self, relay: RelayAddress) -> None:
        """Bring the lists of both sides together and note what is to be opened."""
        try:
            listed = await self._list_documents(relay)
        except NotSignedIn:
            await self._renew_token(self._token)
            listed = await self._list_documents(relay)
        FOREGROUND.give_way()
        records = [r for r in self.store.documents(implied=True) if not stays_here(r.id)]
        plan = match(listed, records, self._account, self._denied)
        FOREGROUND.give_way()
        home = self._account.key
        writes = [
            self.store.create_document(new, title, home=home) for new, title in plan.create.items()
        ]
        writes += [self.store.set_role(one, role, home) for one, role in plan.roles.items()]
        if writes:
            await on_disk(writes, self.emit, [LibraryChanged()])
        FOREGROUND.give_way()
        self._denied -= set(plan.shared_again) - self._retried
        states = {one: state for one, state in plan.states.items() if one not in self._denied}
        self._states |= states
        self._openings.list(states)
        for document_id in plan.sync:
            self._want(document_id)
        unknown = iter(plan.publish)
        while some := list(islice(unknown, account.MOST_AT_ONCE)):
            await self._publish(relay, {record.id: record.title for record in some})
        for document_id in plan.lost:
            await self._lose(document_id, _no_access(), LibraryChanged())

    async def _list_documents(self, relay: RelayAddress) -> list[account.RelayDocument]:
        return await self._in_background(lambda: account.list_documents(relay, self._token))

    async def _publish(self, relay: RelayAddress, titles: dict[DocumentId, str]) -> None:
        """Make documents that were written here known to the relay."""
        self._busy |= titles.keys()
        try:
            roles = await self._in_background(
                lambda: account.publish_documents(relay, self._token, titles)
            )
        except RelayRefused as error:
            if len(titles) > 1:  # one may be why
                for document_id, title in titles.items():
                    await self._publish(relay, {document_id: title})
                return
            [document_id] = titles
            await self._lose(document_id, error.detail)
            return
        finally:
            self._busy -= titles.keys()
        home = self._account.key
        ours = [one for one, role in roles.items() if role is Role.OWNER]
        for document_id in roles.keys() - set(ours):
            await self._lose(document_id, phrase("It belongs to somebody else on this relay."))
        written = [self.store.set_role(document_id, Role.OWNER, home) for document_id in ours]
        await on_disk(written, self.emit, [DocumentChanged(document_id) for document_id in ours])
        for document_id in ours:
            self._states[document_id] = None
            self._want(document_id)
        with_comments = {r.id for r in self.store.documents(implied=True)}
        if any(comments_id(document_id) in with_comments for document_id in ours):
            self.look_at_library()

    async def _lose(self, document_id: DocumentId, reason: str, *events: Event) -> None:
        """Note that the relay does not let this person have a document; the copy here stays.

        `events` are told beside that the document has changed.
        """
        self._denied.add(document_id)
        self._states.pop(document_id, None)
        exchange = self._openings.drop(document_id)
        if exchange is not None:
            exchange.close()
        last = self.store.last_sequence(document_id)
        writes = [
            self.store.set_role(document_id, None),
            self.store.refuse(document_id, last, reason),
        ]
        await on_disk(writes, self.emit, [DocumentChanged(document_id), *events])

    async def _refuse_more(self, document_id: DocumentId) -> None:
        """Note that a change of a document that the relay does not take will not go there."""
        reason = self.store.document(document_id).refused_reason or _no_access()
        last = self.store.last_sequence(document_id)
        written = self.store.refuse(document_id, last, reason)
        await on_disk([written], self.emit, [DocumentChanged(document_id)])

    def _want(self, document_id: DocumentId) -> None:
        if document_id not in self._denied:
            self._openings.want(document_id)

    def _open_next(self) -> None:
        if self._connection is not None:
            self._openings.open_next()
        self._look_at_step()

    def _open(self, document_id: DocumentId) -> Exchange:
        known = self._memory.known.setdefault(document_id, Known())
        discard = document_id in self._discarding
        self._discarding.discard(document_id)
        self.protocol.open(document_id, self._token)
        self.flush()
        return Exchange(self, document_id, self._token, known, discard=discard)

    def _close(self, document_id: DocumentId) -> None:
        self.protocol.close_document(document_id)
        self.flush()

    # What the relay says

    def _handle(self, event: p.Event) -> None:
        self._say_online()
        if isinstance(event, p.PongReceived):
            return
        exchange = self._openings.get(event.document_id)
        if exchange is None:
            return  # lost meanwhile
        match event:
            case p.DocumentOpened(document_id, scope):
                exchange.opened(scope)
                self.send_awareness(document_id)
            case p.StateVectorReceived(_, state_vector):
                exchange.state_vector_received(state_vector)
            case p.UpdateReceived(_, update, is_step2):
                self._openings.busy(exchange.document_id)
                exchange.update_received(update, is_step2=is_step2)
                self._openings.moved(exchange.document_id)
                self._was_in_step = self._openings.in_step
                if is_step2 and event.document_id in self._memory.awareness:
                    # The relay tells on opening, and then only who has sent a Step1: somebody may
                    # have come in between.
                    self.ask_awareness(event.document_id)
            case p.Acknowledged(_, up_to):
                exchange.acknowledged(Sequence(up_to))
            case p.Refused(_, up_to, reason):
                exchange.refused(Sequence(up_to), reason)
            case p.AwarenessReceived(document_id, payload):
                if document_id in self._memory.awareness:  # a window shows it
                    self.emit(AwarenessReceived(document_id, payload))
            case p.AwarenessWanted(document_id):
                self.send_awareness(document_id)
            case p.TokenWanted():
                self.spawn(self._send_new_token(exchange))
            case p.AccessDenied(_, reason):
                self.spawn(self._try_another_token(exchange, reason))
            case p.DocumentClosed(document_id, reason):
                self.spawn(
                    self._lose(document_id, reason or phrase("The relay closed this document."))
                )
            case p.Notice(document_id, payload):
                self._read_notice(document_id, payload)

    async def _try_another_token(self, exchange: Exchange, reason: str) -> None:
        """The relay did not open a document: for the token's sake, or the person's?"""
        document_id = exchange.document_id
        self._openings.drop(document_id)
        if document_id in self._busy:
            return  # something had it opened again meanwhile; another token is on its way
        if document_id in self._retried and exchange.token == self._token:
            await self._lose(document_id, reason)
            sentence = phrase("A document cannot be opened on the relay: {reason}", reason=reason)
            self.emit(Problem(sentence))
        else:
            self._retried.add(document_id)
            self._busy.add(document_id)
            await self._renew_token(exchange.token)
            self._busy.discard(document_id)
            self._openings.add(document_id)
        self._open_next()

    def _read_notice(self, document_id: DocumentId, payload: dict[str, Any]) -> None:
        match payload:
            case {"type": kind, "seconds": seconds} if kind == RETRY_AFTER:
                self._on_retry_after(float(seconds))
            case {"type": kind, "seconds": seconds} if kind == CROWD:
                self._on_crowd(float(seconds))
            case {"type": kind, "role": role} if kind == ROLE and role in list(Role):
                self.spawn(self._note_role(document_id, Role(role)))

    async def _note_role(self, document_id: DocumentId, role: Role) -> None:
        if self.store.document(document_id).role is not role:
            written = self.store.set_role(document_id, role)
            await on_disk([written], self.emit, [DocumentChanged(document_id)])

    async def _in_background(self, function: Callable[[], Result]) -> Result:
        return await asyncio.wrap_future(self.store.threads.call("inkstand-http", function))


def _no_access() -> str:
    return phrase("You no longer have access to this document.")
