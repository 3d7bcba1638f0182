"""Devices that write on, whatever happens to the relay, and what must be true of their words."""

from __future__ import annotations

import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage

from sync.document.document import Document
from tests.sync.relay.peer import Peer

PAUSE_SECONDS = 0.02
"""Between two words of one writer."""

PATIENCE = 60.0
"""Seconds; reached only when something is broken."""


class Stubborn:
    """Writes `<name:number>`, a word every `PAUSE_SECONDS`, and comes back with its copy."""

    def __init__(
        self, name: str, url: Callable[[], str], document_id: str, token: str, seed: int = 0
    ) -> None:
        self.name = name
        self.document_id = document_id
        self.sent = 0
        self.acknowledged = 0
        self.refused = 0
        self.longest_offline = 0.0
        """Seconds from losing a connection to being in step again."""
        self.text = ""
        """Its copy, once it has ended."""
        self._url = url
        self._token = token
        self._rng = random.Random(f"{seed} {name}")
        self._writes = True
        self._heard = 0
        self._ends = False
        self.failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def words(self) -> list[str]:
        """Those that were acknowledged."""
        return [f"<{self.name}:{number}>" for number in range(1, self.acknowledged + 1)]

    @property
    def saved(self) -> bool:
        """Whether all that it has written is acknowledged."""
        return self.acknowledged == self.sent

    @property
    def heard(self) -> int:
        """How many words are in its copy; known once it writes no more."""
        return self._heard

    def stop_writing(self) -> None:
        self._writes = False

    def end(self) -> None:
        self._ends = True
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()
        if self.failure is not None:
            raise self.failure

    def _run(self) -> None:
        document = Document()
        lost = time.monotonic()
        first = True
        try:
            while not self._ends:
                try:
                    with Peer(
                        self._url(), self.document_id, self._token, document=document
                    ) as peer:
                        peer.joined()
                        if peer.refusals:
                            continue
                        self.acknowledged = self.sent  # its Step2, which held everything
                        peer.acknowledged = self.acknowledged
                        if not first:
                            self.longest_offline = max(
                                self.longest_offline, time.monotonic() - lost
                            )
                        first = False
                        self._live(peer)
                except (ConnectionClosed, InvalidHandshake, InvalidMessage, OSError):
                    pass  # whatever was killed; a time out is an OSError too
                if not self._ends:
                    lost = time.monotonic()
                    time.sleep(self._rng.uniform(0.05, 0.3))
        except BaseException as error:  # it is the test's  # noqa: BLE001
            self.failure = error
        self.text = document.text()

    def _live(self, peer: Peer) -> None:
        next_word = time.monotonic()
        while not self._ends and not peer.refusals:
            self._count(peer)
            if self._writes and time.monotonic() >= next_word:
                next_word = time.monotonic() + PAUSE_SECONDS
                self.sent += 1
                peer.write(f"<{self.name}:{self.sent}>", self.sent)
            try:
                data = peer.socket.recv(timeout=PAUSE_SECONDS / 2)
            except TimeoutError:
                continue
            assert isinstance(data, bytes)
            for event in peer.protocol.receive(data):
                peer._take(event)
            peer.flush()
            self.acknowledged = max(self.acknowledged, peer.acknowledged)
        self.refused += len(peer.refusals)

    def _count(self, peer: Peer) -> None:
        if not self._writes:
            self._heard = peer.document.text().count("<")


def until(condition: Callable[[], object], writers: Iterable[Stubborn] = ()) -> None:
    """Wait for what other processes bring about, as long as no writer fails."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        for writer in writers:
            if writer.failure is not None:
                raise writer.failure
        assert time.monotonic() < deadline, [
            (writer.name, writer.sent, writer.acknowledged) for writer in writers
        ]
        time.sleep(0.01)


def amiss(texts: Iterable[str], writers: Iterable[Stubborn]) -> list[str]:
    """Return what is wrong with copies of one document to which `writers` wrote."""
    found = []
    copies = set(texts)
    if len(copies) > 1:
        found.append(f"{len(copies)} different copies")
    for text in copies:
        words = Counter(re.findall("<[^<>]*>", text))
        found += [f"doubled {word}" for word, count in words.items() if count > 1]
        rest = re.sub("<[^<>]*>", "", text)
        found += [f"torn {rest}"] if rest else []
        for writer in writers:
            found += [f"lost {word}" for word in writer.words if word not in words]
    return found
