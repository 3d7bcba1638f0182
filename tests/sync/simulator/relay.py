"""The relay on the virtual network: all of it but the HTTP server, whose routes are called."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, MutableSet
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any
from unittest.mock import patch

from argon2 import PasswordHasher
from fastapi import HTTPException

from sync.client import http
from sync.client.address import RelayAddress, explain_failure
from sync.errors import AdministrationError, RelayUnreachable
from sync.relay.api import documents
from sync.relay.api.accounts import tokens
from sync.relay.api.dependencies import Caller, Context
from sync.relay.auth import Refused
from sync.relay.beside import Message
from sync.relay.decoded import Decoded
from sync.relay.server import Relay
from sync.relay.settings import Settings
from sync.relay.storage.replay import CannotFold
from sync.relay.storage.sql import compaction
from sync.relay.storage.sql.log import SqlLog
from sync.types import DocumentId, Sequence
from tests.sync.simulator.clock import PROCESS
from tests.sync.simulator.disk import PowerLoss
from tests.sync.simulator.network import Network
from tests.sync.simulator.processes import Machine, Process

SETTINGS = Settings(compact_updates=25, version_seconds=60.0, drain_seconds=2.0)


class _InOrder(MutableSet[Any]):
    """A set that is gone through in the same order in each run, wherever its members lie."""

    def __init__(self) -> None:
        self._members: dict[Any, None] = {}

    def add(self, value: Any) -> None:
        self._members[value] = None

    def discard(self, value: Any) -> None:
        self._members.pop(value, None)

    def __contains__(self, value: Any) -> bool:
        return value in self._members

    def __iter__(self) -> Iterator[Any]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)


class VirtualUpkeep:
    """`sync.relay.storage.sql.upkeep.Upkeep` without its thread and its process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stopped = False

    def start(self, log: SqlLog) -> None:
        self._log = log

    def notice(self, document_id: DocumentId) -> None:
        process = PROCESS.get()
        assert isinstance(process, Process)
        process.threads.call("relay-upkeep", lambda: self._compact(document_id))

    def _compact(self, document_id: DocumentId) -> None:
        with suppress(CannotFold, AdministrationError):
            self._log.compact(
                document_id,
                compaction.fold_here,
                self._settings.version_seconds,
                lambda: self._stopped,
            )

    def stop(self) -> None:
        self._stopped = True


class VirtualBeside:
    """`sync.relay.beside.Beside` without a process: it dies with the relay only."""

    def __init__(self, *_: object) -> None:
        self.life = 1
        self._decoded = Decoded()

    def ask(self, head: dict[str, Any], *parts: bytes, life: int | None = None) -> Message:
        assert life in (None, self.life)
        return self._decoded.answer(head, list(parts))

    def start(self) -> None:
        return

    rest = interrupt = start


class SimulatedRelay:
    """The relay's machine."""

    def __init__(self, machine: Machine, network: Network, crashed: Callable[[], None]) -> None:
        self.machine = machine
        self._network = network
        self._crashed = crashed
        self.process: Process | None = None
        self.relay: Relay | None = None

    @property
    def database(self) -> Path:
        return self.machine.disk.path / "relay.sqlite3"

    def start(self) -> bool:
        """Begin to serve; whether that is possible."""
        self._network.relay_machine_on = True
        process = Process(self.machine, self._network, self.stop_answering)
        try:
            relay = process.blocking(
                lambda: Relay(self.machine.disk.path, SETTINGS, threads=process.threads)
            )
        except AdministrationError:
            process.die(silently=False)
            return False
        if relay is None:
            return False  # the power failed once more
        relay.connections = _InOrder()
        self._context = Context(relay.auth, relay.accounts, None, SETTINGS, None)  # type: ignore[arg-type]
        self.process, self.relay = process, relay
        process.run(asyncio.ensure_future, relay.watch())
        self._network.relay, self._network.accept = process, relay.accept
        return True

    def stop_answering(self) -> None:
        """The power has failed."""
        self._network.relay_machine_on = False
        self._forget()
        self._crashed()

    def kill(self, *, silently: bool) -> None:
        """End the process, or switch the machine off."""
        if self.process is not None:
            self.process.die(silently=silently)
            self._network.relay_machine_on = not silently
            self._forget()

    def drain(self, stopped: Callable[[], None]) -> None:
        """Stop as SIGTERM makes it stop; then call `stopped`, if nothing came between."""
        if self.process is None or self.relay is None:
            return
        process, relay = self.process, self.relay
        self._network.accept = None

        async def drain() -> None:
            await relay.drain()
            process.die(silently=False)
            if self.process is process:
                self._forget()
                stopped()

        process.run(asyncio.ensure_future, drain())

    def _forget(self) -> None:
        self.process = self.relay = None
        self._network.relay = self._network.accept = None

    def change(self, work: Callable[[Relay], Any]) -> bool:
        """Do what an administrator would; whether the relay was there and did it."""
        if self.process is None or self.relay is None:
            return False
        relay, done = self.relay, []
        with suppress(AdministrationError, PowerLoss):
            self.process.blocking(lambda: done.append(work(relay)))
        return bool(done)

    # The HTTP interface

    def call(
        self,
        address: RelayAddress,
        method: str,
        path: str,
        body: Any = None,
        access_token: str | None = None,
    ) -> Any:
        """Stand in for `sync.client.http.call`."""
        device = PROCESS.get()
        assert isinstance(device, Process)
        cable = self._network.cables[device.machine.name]
        if not cable.up:
            raise RelayUnreachable(address.url, explain_failure(OSError(101, "unreachable")))
        in_time = cable.passes and self._network.relay_machine_on
        if in_time and self.process is None:
            raise RelayUnreachable(address.url, explain_failure(ConnectionRefusedError()))
        answer = None
        if in_time:
            answer = self._answer(method, path, body, access_token)
        # The question may have arrived, and the answer not.
        if answer is None or cable.rng.random() < 0.02:
            device.threads.answer_delay = http.TIMEOUT
            raise RelayUnreachable(address.url, explain_failure(TimeoutError()))
        device.threads.answer_delay = 2 * cable.latency()
        status, content = answer
        if status >= 400:
            raise http.Status(status, content, None)
        return json.loads(content) if content else None

    def _answer(
        self, method: str, path: str, body: Any, access_token: str | None
    ) -> tuple[int, str] | None:
        assert self.process is not None
        answer: tuple[int, str] | None = self.process.blocking(
            lambda: self._route(method, path, body, access_token)
        )
        return answer

    def _route(
        self, method: str, path: str, body: Any, access_token: str | None
    ) -> tuple[int, str]:
        relay = self.relay
        assert relay is not None
        context: Any = self._context
        try:
            match method, path:
                case "POST", "/api/sign-in":
                    user, _ = relay.accounts.find_user(body["name"]) or (None, None)
                    assert user is not None
                    return 200, tokens(relay.auth.start(user, "")).model_dump_json()
                case "POST", "/api/refresh":
                    pair = relay.auth.refresh(body["refresh_token"])
                    return 200, tokens(pair).model_dump_json()
            caller = Caller(relay.auth.check(access_token or "").user_id, "")
            if method == "GET":
                return 200, documents.documents(caller, context).model_dump_json()
            wanted = documents.NewDocuments(**body)
            return 200, documents.create_all(wanted, caller, context).model_dump_json()
        except Refused as error:
            return 401, str(error)
        except HTTPException as error:
            return error.status_code, str(error.detail)
        except AdministrationError as error:
            return 503, str(error)


@contextmanager
def without_threads() -> Iterator[None]:
    """Have the relay's decoder and upkeep on the event loop; passwords are not its subject."""

    def executor(*_: object) -> Any:
        process = PROCESS.get()
        assert isinstance(process, Process)
        return process.new_executor()

    with ExitStack() as stack:
        for target, stand_in in (
            ("sync.relay.decoding.Beside", VirtualBeside),
            ("sync.relay.decoding.ThreadPoolExecutor", executor),
            ("sync.relay.server.ThreadPoolExecutor", executor),
            ("sync.relay.storage.sql.storage.Upkeep", VirtualUpkeep),
            ("sync.store.history.Moments", NoMoments),
            ("sync.client.engine.NetworkWatch", lambda _: _NoNetlink()),
            ("sync.relay.server.make_api", lambda _: None),
            ("sync.relay.server.Outside", lambda *_, **__: None),
            ("sync.relay.server.Config", lambda *_, **__: _NoHttp()),
            ("sync.relay.auth.PasswordHasher", lambda: PasswordHasher(1, 8, 1)),
        ):
            stack.enter_context(patch(target, stand_in))
        yield


class NoMoments:
    """`sync.store.moments.Moments` without its thread: versions are made elsewhere."""

    def __init__(self, *_: object) -> None:
        pass

    def note(self, *_: object, **__: object) -> None:
        return

    def due_before(self, _: DocumentId) -> list[Sequence]:
        return []

    def stop(self) -> None:
        return


class _NoNetlink:
    def close(self) -> None:
        return


class _NoHttp:
    def load(self) -> None:
        return
