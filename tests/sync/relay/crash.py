"""A relay that is killed again and again while people write, and what must be true afterwards."""

from __future__ import annotations

import random
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from websockets.exceptions import ConnectionClosed, InvalidHandshake

from sync.document.document import Document
from sync.relay.auth import Auth
from sync.relay.storage.sqlite.check import check
from sync.relay.storage.sqlite.storage import SqliteStorage
from sync.types import DocumentId
from tests.sync.relay.peer import PATIENCE, Peer
from tests.sync.relay.process import RelayProcess

# Compaction, pruning and versions go on all the time: the relay is to die in them too.
OPTIONS = ("--compact-updates", "40", "--sweep-seconds", "0.3", "--version-seconds", "0")

WINDOW = 30
"""Updates that a writer sends without waiting for their acknowledgments."""


@dataclass
class Outcome:
    """What all runs together showed."""

    runs: int = 0
    acknowledged: int = 0
    sent: int = 0
    lost: list[str] = field(default_factory=list)
    """Acknowledged, and not there after the restart."""
    doubled: list[str] = field(default_factory=list)
    amiss: list[str] = field(default_factory=list)
    """What `check` says of the files that the killed relay left."""


class Writer:
    """A device: it writes `<name:number>` until the relay dies, and comes back with its copy.

    Its document belongs to its thread; so each life of the relay is a call there.
    """

    def __init__(self, name: str, document_id: str) -> None:
        self.name = name
        self.document_id = document_id
        self.sent = 0
        self.acknowledged = 0
        self.back = threading.Event()
        """Whether all that it had before is acknowledged in this life."""
        self._wishes: list[tuple[str, str] | None] = []
        self._wake = threading.Condition()
        self._idle = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def words(self, count: int) -> list[str]:
        return [f"<{self.name}:{number}>" for number in range(1, count + 1)]

    def begin(self, url: str, token: str) -> None:
        """Connect and write until the relay dies."""
        self.back.clear()
        self._idle.clear()
        with self._wake:
            self._wishes.append((url, token))
            self._wake.notify()

    def until_dead(self) -> None:
        assert self._idle.wait(PATIENCE), f"{self.name} does not notice that the relay is gone"

    def end(self) -> None:
        with self._wake:
            self._wishes.append(None)
            self._wake.notify()
        self._thread.join(PATIENCE)

    def _run(self) -> None:
        document = Document()
        while True:
            with self._wake:
                self._wake.wait_for(lambda: bool(self._wishes))
                wish = self._wishes.pop(0)
            if wish is None:
                return
            try:
                self._live(*wish, document)
            except (ConnectionClosed, InvalidHandshake, OSError):
                pass  # killed, be it in the middle of the handshake
            finally:
                self._idle.set()

    def _live(self, url: str, token: str, document: Document) -> None:
        with Peer(url, self.document_id, token, document=document) as peer:
            try:
                peer.joined()
                self.acknowledged = self.sent  # its Step2, which held everything, is on disk
                peer.acknowledged = self.acknowledged
                self.back.set()
                while True:
                    while self.sent < peer.acknowledged + WINDOW:
                        self.sent += 1
                        peer.write(f"<{self.name}:{self.sent}>", self.sent)
                    peer.step()
                    self.acknowledged = peer.acknowledged
            finally:
                self.acknowledged = max(self.acknowledged, peer.acknowledged)


@contextmanager
def _administration(data_dir: Path) -> Iterator[SqliteStorage]:
    storage = SqliteStorage(data_dir)
    try:
        yield storage
    finally:
        storage.close()


def crash(data_dir: Path, seed: int, runs: int, writers: int = 4, documents: int = 2) -> Outcome:
    """Kill a relay `runs` times; `writers` write to `documents` documents meanwhile."""
    rng = random.Random(seed)
    outcome = Outcome()
    with _administration(data_dir) as storage:
        user = storage.accounts.add_user("ada", "no password").id
        token = Auth(storage.accounts).access_token(user, 24 * 3600.0)
        for number in range(documents):
            storage.accounts.create_document(DocumentId(f"doc{number}"), "Book", user)
    people = [Writer(f"w{n}", f"doc{n % documents}") for n in range(writers)]
    relay = RelayProcess(data_dir, *OPTIONS)
    relay.start()
    try:
        for _ in range(runs):
            _one_life(relay, people, token, rng)
            outcome.runs += 1
            outcome.amiss += check(data_dir)
            relay.start()
            _look(relay, people, token, outcome)
        # In the end all devices come back: nothing is missing, nothing is there twice.
        for writer in people:
            writer.begin(relay.url, token)
            assert writer.back.wait(PATIENCE)
        relay.kill()
        for writer in people:
            writer.until_dead()
        outcome.amiss += check(data_dir)
        relay.start()
        _look(relay, people, token, outcome)
    finally:
        if relay.process is not None:
            relay.kill()
        for writer in people:
            writer.end()
    outcome.sent = sum(writer.sent for writer in people)
    outcome.acknowledged = sum(writer.acknowledged for writer in people)
    return outcome


def _one_life(relay: RelayProcess, people: list[Writer], token: str, rng: random.Random) -> None:
    before = sum(writer.acknowledged for writer in people)
    for writer in people:
        writer.begin(relay.url, token)
    enough = before + rng.randint(1, 300)
    deadline = time.monotonic() + PATIENCE
    while sum(writer.acknowledged for writer in people) < enough:
        assert time.monotonic() < deadline, "nothing is acknowledged"
        time.sleep(0.001)
    time.sleep(rng.random() * 0.05)  # not only just after an acknowledgment
    relay.kill()
    for writer in people:
        writer.until_dead()


def _look(relay: RelayProcess, people: list[Writer], token: str, outcome: Outcome) -> None:
    """See what a new device gets from the relay as it came back."""
    for document_id in {writer.document_id for writer in people}:
        with Peer(relay.url, document_id, token).joined() as reader:
            text = reader.document.text()
        found = Counter(re.findall("<[^<>]*>", text))
        outcome.doubled += [word for word, count in found.items() if count > 1]
        for writer in people:
            if writer.document_id == document_id:
                wanted = writer.words(writer.acknowledged)
                outcome.lost += [word for word in wanted if word not in found]
        rest = re.sub("<[^<>]*>", "", text)
        outcome.doubled += [rest] if rest else []
