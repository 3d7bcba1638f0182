"""The two servers that are compared: each a process of its own, on a processor of its own."""

from __future__ import annotations

import os
import re
import secrets
import signal
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from copy import copy
from pathlib import Path

from sync.relay.audit import MACHINE
from sync.relay.auth import Auth
from sync.relay.storage.base import Accounts
from sync.relay.storage.sqlite.accounts import SqliteAccounts
from sync.relay.storage.sqlite.schema import FILE_NAME, prepare
from sync.types import DocumentId, Role
from tests.services import node
from tests.sync.relay.process import RelayProcess, children

USERS = 60
"""One person may have 50 sockets."""

PEERS = Path(__file__).parent / "peers"

_TICKS = os.sysconf("SC_CLK_TCK")


def _ticks(pid: int) -> int:
    """Return what a process has used of the processor, with its children that have ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:  # it has ended meanwhile
        return 0
    return sum(map(int, fields[11:15]))


def processor_seconds(pid: int) -> float:
    """Return what a process has used of the processor, and those that it has started."""
    return sum(map(_ticks, [pid, *children(pid)])) / _TICKS


@contextmanager
def on_processor(number: int) -> Iterator[None]:
    """Start processes there; stay where we are. With one processor, share it."""
    ours = os.sched_getaffinity(0)
    every = sorted(os.sched_getaffinity(1) if os.getuid() == 0 else ours)
    os.sched_setaffinity(0, {every[number % len(every)]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, ours)


class Server:
    """What the load needs to know of a server."""

    name: str
    port: int

    @property
    def pid(self) -> int:
        raise NotImplementedError

    def token(self, number: int = 0) -> str:
        """Return a token of user `number`, below `USERS`, as a sign-in or a refresh gives it."""
        raise NotImplementedError

    def document(self, users: Iterable[int] = range(1, USERS)) -> str:
        """Return a new, empty document, in which user 0 and these may write."""
        raise NotImplementedError

    def restart(self) -> None:
        """Stop in good order and start again, with nothing in memory."""
        raise NotImplementedError

    def cpu(self) -> float:
        """Return the processor seconds that the process has used, its children's too."""
        return processor_seconds(self.pid)

    def memory(self) -> int:
        """Return the resident bytes of the process."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert found
        return int(found[1]) * 1024


class Inkstand(Server):
    """Our relay as it is run: tokens, roles, limits and fsync as they are by default."""

    name = "inkstand"

    def __init__(self, relay: RelayProcess, accounts: Accounts) -> None:
        self.relay = relay
        self._accounts = accounts
        self._auth = Auth(accounts)
        password = self._auth.hash_password("correct horse")
        users = [accounts.add_user(f"user{n}", password) for n in range(USERS)]
        self._users = [user.id for user in users]
        self._sign_ins = [
            self._auth.check(self._auth.start(user, "127.0.0.1").access).family for user in users
        ]
        self.port = relay.port

    @property
    def pid(self) -> int:
        assert self.relay.process is not None
        return self.relay.process.pid

    def token(self, number: int = 0) -> str:
        return self._auth.access_token(self._users[number], family=self._sign_ins[number])

    def document(self, users: Iterable[int] = range(1, USERS)) -> str:
        document_id = DocumentId(f"doc{secrets.token_hex(8)}")
        self._accounts.create_document(document_id, "Book", self._users[0], MACHINE)
        for user in {*users} - {0}:
            self._accounts.share(document_id, self._users[user], Role.EDITOR)
        return document_id

    def on(self, relay: RelayProcess) -> Inkstand:
        """Return the same people and documents on another node."""
        other = copy(self)
        other.relay, other.port = relay, relay.port
        return other

    def restart(self) -> None:
        assert self.relay.stop() == 0
        with on_processor(0):
            self.relay.start()


class Hocuspocus(Server):
    """Hocuspocus 4 with its SQLite extension, or a node of several."""

    name = "hocuspocus"

    def __init__(self, *where: str) -> None:
        """Keep documents in a file, or in a database; then the URL of a Redis follows."""
        self._where = where
        self._token = "a token as long as one of ours".ljust(200, ".")
        self.start()

    def start(self) -> None:
        database, *redis = self._where
        with on_processor(0) if not redis else nullcontext():
            self.process = subprocess.Popen(
                [node(), str(PEERS / "hocuspocus.mjs"), database, self._token, *redis],
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self.process.stdout is not None
        found = re.search(r":(\d+)$", self.process.stdout.readline().strip())
        assert found, "Hocuspocus did not start"
        self.port = int(found[1])

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        assert self.process.stdout is not None
        self.process.stdout.close()

    @property
    def pid(self) -> int:
        return self.process.pid

    def token(self, number: int = 0) -> str:
        return self._token

    def document(self, users: Iterable[int] = ()) -> str:
        return f"doc{secrets.token_hex(8)}"

    def restart(self) -> None:
        self.stop()
        self.start()


@contextmanager
def inkstand(folder: Path, *options: str) -> Iterator[Inkstand]:
    """Serve our relay; `options` are for `serve`."""
    folder.mkdir()
    prepare(folder / FILE_NAME)
    accounts = SqliteAccounts(folder / FILE_NAME)
    relay = RelayProcess(folder, *options)
    try:
        with on_processor(0):
            relay.start()
        yield Inkstand(relay, accounts)
    finally:
        accounts.close()
        if relay.process is not None:
            relay.stop()


@contextmanager
def hocuspocus(folder: Path) -> Iterator[Hocuspocus]:
    """Serve Hocuspocus."""
    folder.mkdir()
    server = Hocuspocus(str(folder / "documents.sqlite"))
    try:
        yield server
    finally:
        server.stop()
