"""The sync engine: everything that talks to the relay, on a thread of its own.

Bytes and small values cross the thread's border, documents and connections do
not. Whatever happens to the network, local work is never held up by it.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from sync.client.account import RelayDocument
from sync.client.address import RelayAddress
from sync.client.background import BackgroundThread
from sync.client.backoff import Backoff
from sync.client.credentials import Credentials, Keeping
from sync.client.events import (
    Connecting,
    ConnectionChanged,
    ConnectionState,
    Event,
    Offline,
    Online,
    Problem,
    SignedOut,
    Trouble,
)
from sync.client.link import Link, Memory
from sync.client.session import Session, SignedIn
from sync.client.waking import NetworkWatch, SleepWatch
from sync.errors import (
    CannotDiscard,
    ConnectionLost,
    InkstandError,
    NotSignedIn,
    ProtocolError,
    RelayBusy,
    RelayUnreachable,
    SignInRefused,
)
from sync.phrases import phrase
from sync.protocol.close_codes import FORBIDDEN
from sync.store.accounts import Account
from sync.store.store import Store
from sync.types import DocumentId

Result = TypeVar("Result")

_log = logging.getLogger(__name__)

LOOK_FOR_SLEEP = 5.0
"""Seconds between two looks at the clocks while the next attempt is waited for."""

STOP_DEADLINE = 5.0
"""Seconds that `SyncEngine.stop` waits for the goodbye to the relay."""


@dataclass(frozen=True, slots=True)
class _Ended:
    """Why a connection is over, or did not come about."""

    reason: str
    """One sentence."""
    trouble: Trouble = Trouble.OTHER


class SyncEngine:
    """Keeps a store in step with the relay of its account, from `start` to `stop`.

    `on_event` is called on the engine's thread, for each event of
    `sync.client.events` in order, and must be quick. All methods may be called
    from any thread and return at once.
    """

    def __init__(
        self,
        store: Store,
        credentials: Credentials,
        on_event: Callable[[Event], None],
        loop: asyncio.AbstractEventLoop | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        """With a `loop`, which somebody else runs, the engine lives there and has no thread."""
        self._store = store
        self._session = Session(store, credentials)
        self._on_event = on_event
        self._state: ConnectionState = Offline()
        self._loop = loop or asyncio.new_event_loop()
        self._thread: threading.Thread | None = None
        if loop is None:
            self._thread = threading.Thread(target=self._run, name="inkstand-sync", daemon=True)
        self._started = False
        # All below belong to the loop.
        self._background = BackgroundThread("inkstand-documents", store.threads)
        self._backoff = backoff or Backoff()
        self._memory = Memory()
        self._link: Link | None = None
        self._main: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        """Somebody wants the next attempt at once."""
        self._account_changed = asyncio.Event()
        """Drop the connection: somebody signed in or out."""
        self._signed_out: str | None = None
        """Why the sign-in ended, one sentence."""
        self._last_problem: str | None = None

    @property
    def state(self) -> ConnectionState:
        """The connection's state; each change is also a `ConnectionChanged`."""
        return self._state

    @property
    def keeping(self) -> Keeping:
        """Where the sign-in is kept; if it is `SessionOnly`, the person must be told."""
        return self._session.keeping

    def start(self) -> None:
        """Begin to connect."""
        self._started = True
        if self._thread is None:
            self._main = self._loop.create_task(self._connect_for_ever())
        else:
            self._thread.start()

    def stop(self) -> None:
        """Say goodbye to the relay and end; waits for at most `STOP_DEADLINE` seconds."""
        if self._started:
            self._call(self._cancel)
            if self._thread is not None:
                self._thread.join(STOP_DEADLINE)
        elif self._thread is not None and not self._loop.is_closed():
            self._loop.close()
        self._background.end()

    def sign_in(
        self, url: str, name: str, password: str, *, keep_here: bool = False
    ) -> Future[SignedIn]:
        """Sign in to the relay at `url` and connect to it.

        `keep_here`: documents that belong to nobody yet are not sent there. The future raises
        `SignInRefused`, `RelayBusy`, `RelayUnreachable` or `CannotSave`; what was before stays
        then. Tell the person about `SignedIn.keeping` if it is `SessionOnly`.
        """
        return self._as_another(
            lambda: self._session.sign_in(url, name, password, keep_here=keep_here)
        )

    def sign_up(
        self, url: str, code: str, name: str, password: str, *, keep_here: bool = False
    ) -> Future[tuple[SignedIn, RelayDocument]]:
        """Make an account at the relay at `url` by an invite, sign in to it and connect.

        The future has the document, too, and raises `RelayRefused` or what `sign_in` does.
        """
        return self._as_another(
            lambda: self._session.sign_up(url, code, name, password, keep_here=keep_here)
        )

    def use_account(self, account: Account) -> Future[None]:
        """Connect as who was signed in before; `SignedOut` tells if that sign-in is over."""
        return self._as_another(lambda: self._session.use(account))

    def change_password(self, old: str, new: str) -> Future[None]:
        """Change the password at the relay; other devices have to sign in again.

        The future raises `RelayRefused` with the relay's reason, or what `call` does.
        """
        return self._as_another(lambda: self._session.change_password(old, new))

    def call(self, function: Callable[[RelayAddress, str], Result]) -> Future[Result]:
        """Ask the relay something over HTTP: `function(relay, access token)`, on a thread.

        The future raises `NotSignedIn`, `SignInRefused`, `RelayBusy`, `RelayUnreachable` and
        what `function` does.
        """
        return self._store.threads.call("inkstand-http", lambda: self._session.call(function))

    def _as_another(self, work: Callable[[], Result]) -> Future[Result]:
        """Do what gives the profile other tokens; if that comes about, connect with them."""
        future = self._store.threads.call("inkstand-sign-in", work)
        future.add_done_callback(
            lambda done: None if done.exception() else self._call(self._change_account)
        )
        return future

    def sign_out(self) -> Future[None]:
        """Forget the sign-in and disconnect; documents and what waits stay on this device."""
        future = self._store.threads.call("inkstand-sign-in", self._session.sign_out)
        future.add_done_callback(lambda _: self._call(self._change_account))
        return future

    def retry_now(self) -> None:
        """Try to connect at once; if connected, look for new documents."""
        self._call(self._retry)

    def notify_saved(self, document_id: DocumentId) -> None:
        """Send what is new on disk: a local update, or a document that was made here."""
        self._call(lambda: self._note_saved(document_id))

    def discard_changes(self, document_id: DocumentId) -> Future[None]:
        """Give up what the relay has not taken of a document, and take what it has instead.

        Nothing is given up before the relay's text is here; `DocumentReplaced` tells then. No
        window may show the document until then: what it holds would come back. The future
        raises `CannotDiscard` at once if that is not possible now.
        """
        future: Future[None] = Future()

        def discard() -> None:
            try:
                if self._link is None:
                    raise CannotDiscard
                self._link.discard(document_id)
            except InkstandError as error:
                future.set_exception(error)
            else:
                future.set_result(None)

        if not self._call(discard):
            future.set_exception(CannotDiscard())
        return future

    def open_first(self, document_id: DocumentId) -> None:
        """Prefer this document to others that are not in step yet: somebody looks at it."""
        self._call(lambda: self._prefer(document_id))

    def join(self, document_id: DocumentId, client: int) -> None:
        """Hear who is in a document (`AwarenessReceived`) until `leave`: a window shows it.

        `client` is the Yjs client id that the window writes with; others may show it, too.
        """
        self._call(lambda: self._join(document_id, client))

    def send_awareness(self, document_id: DocumentId, client: int, payload: bytes) -> None:
        """Say, with an awareness payload, who is there, now and after each reconnect."""
        self._call(lambda: self._note_awareness(document_id, client, payload))

    def leave(self, document_id: DocumentId, client: int, payload: bytes) -> None:
        """Say, with an awareness payload, that `client` is gone from a document."""
        self._call(lambda: self._leave(document_id, client, payload))

    # On the loop

    def _call(self, function: Callable[[], object]) -> bool:
        """Call `function` on the loop, soon; False if the engine has stopped."""
        try:
            self._loop.call_soon_threadsafe(function)
        except RuntimeError:  # the loop is closed
            return False
        return True

    def _cancel(self) -> None:
        if self._main is not None:
            self._main.cancel()

    def _change_account(self) -> None:
        self._signed_out = None
        self._backoff.wake()
        self._account_changed.set()
        self._wake.set()

    def _retry(self) -> None:
        self._backoff.wake()
        self._wake.set()
        if self._link is not None:
            self._link.look_at_library()

    def _prefer(self, document_id: DocumentId) -> None:
        with suppress(ValueError):
            self._memory.first.remove(document_id)
        self._memory.first.appendleft(document_id)
        if self._link is not None:
            self._link.open_first()

    def _note_saved(self, document_id: DocumentId) -> None:
        if self._link is not None:
            self._link.saved(document_id)

    def _join(self, document_id: DocumentId, client: int) -> None:
        self._memory.awareness.setdefault(document_id, {})[client] = b""
        if self._link is not None:
            self._link.ask_awareness(document_id)

    def _note_awareness(self, document_id: DocumentId, client: int, payload: bytes) -> None:
        self._memory.awareness.setdefault(document_id, {})[client] = payload
        if self._link is not None:
            self._link.say_awareness(document_id, payload)

    def _leave(self, document_id: DocumentId, client: int, payload: bytes) -> None:
        here = self._memory.awareness.get(document_id, {})
        here.pop(client, None)
        if not here:
            self._memory.awareness.pop(document_id, None)
        if self._link is not None:
            self._link.say_awareness(document_id, payload)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._main = self._loop.create_task(self._connect_for_ever())
        with suppress(asyncio.CancelledError):
            self._loop.run_until_complete(self._main)
        self._set_state(Offline())
        self._loop.close()

    async def _connect_for_ever(self) -> None:
        network = NetworkWatch(self._network_came)
        try:
            await self._connect_again_and_again()
        finally:
            network.close()

    def _network_came(self) -> None:
        # Routers renew addresses every few minutes: that is no reason to forget the failures.
        if isinstance(self._state, Connecting):
            self._wake.set()

    async def _connect_again_and_again(self) -> None:
        while True:
            self._account_changed.clear()
            ended = await self._connect()
            if self._account_changed.is_set():
                continue
            self._wake.clear()
            if ended is None:
                self._set_state(SignedOut(self._signed_out))
                await self._wake.wait()
                continue
            delay = self._backoff.next_delay(self._loop.time())
            self._set_state(Connecting(time.time() + delay, ended.reason, ended.trouble))
            self._tell_problem(ended.reason)
            await self._wait(delay)

    async def _wait(self, seconds: float) -> None:
        """Wait so long, or until somebody wants the next attempt, or the machine has slept."""
        until, sleep = self._loop.time() + seconds, SleepWatch()
        while (left := until - self._loop.time()) > 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(min(left, LOOK_FOR_SLEEP)):
                    await self._wake.wait()
                    return
            if sleep.slept():
                self._backoff.wake()
                return

    async def _connect(self) -> _Ended | None:
        """Connect, and serve until that ends; why it did, or None if nobody is signed in."""
        self._set_state(Connecting())
        try:
            self._link = Link(
                self._store,
                self._session,
                self._background,
                self._memory,
                self._emit,
                self._went_online,
                self._backoff.retry_after,
                self._backoff.crowd,
            )
        except NotSignedIn:
            return None
        work = asyncio.ensure_future(self._link.run())
        changed = asyncio.ensure_future(self._account_changed.wait())
        try:
            await asyncio.wait({work, changed}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                return None
            work.result()
        except NotSignedIn:
            return None
        except SignInRefused as error:
            self._signed_out = str(error)
            self._tell_problem(str(error))
            return None
        except RelayBusy as error:
            self._backoff.retry_after(error.retry_after)
            return _Ended(str(error))
        except ProtocolError as error:
            _log.warning("%s", error)
            return _Ended(
                phrase(
                    "The relay sent something that makes no sense ({detail}).", detail=error.detail
                )
            )
        except ConnectionLost as error:
            if error.relay_is_gone:
                self._backoff.relay_is_gone()
            if error.code == FORBIDDEN:  # no problem: the next connection has the new role
                self._last_problem = str(error)
            return _Ended(str(error))
        except RelayUnreachable as error:
            trouble = Trouble.NO_NETWORK if error.no_network else Trouble.NO_RELAY
            return _Ended(str(error), trouble)
        except InkstandError as error:
            return _Ended(str(error))
        except (asyncio.CancelledError, KeyboardInterrupt, SystemExit):
            raise
        except BaseException:  # a pycrdt panic is no Exception; local work goes on  # noqa: BLE001
            _log.exception("The connection ended in an unexpected way")
            return _Ended(
                phrase(
                    "The connection ended because of a mistake in Inkstand; it will be tried again."
                )
            )
        finally:
            self._link = None
            for task in (work, changed):
                task.cancel()
            await asyncio.gather(work, changed, return_exceptions=True)

    def _went_online(self) -> None:
        self._backoff.connected(self._loop.time())
        self._last_problem = None
        self._set_state(Online())

    def _set_state(self, state: ConnectionState) -> None:
        if state != self._state:
            self._state = state
            self._emit(ConnectionChanged(state))

    def _tell_problem(self, sentence: str) -> None:
        """Tell the person, once for each kind of problem until a connection works."""
        if sentence != self._last_problem:
            self._last_problem = sentence
            self._emit(Problem(sentence))

    def _emit(self, event: Event) -> None:
        try:
            self._on_event(event)
        except Exception:  # a listener's mistake is not the connection's  # noqa: BLE001
            _log.exception("Nobody could be told of %s", type(event).__name__)
