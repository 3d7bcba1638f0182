"""A relay that stops sends its clients away one after the other, and owes them nothing."""

from __future__ import annotations

import signal
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path

import pytest
from websockets.sync.client import connect

from sync.protocol import client as events
from sync.protocol import close_codes
from tests.sync.relay.peer import Peer
from tests.sync.relay.process import RelayProcess

CLIENTS = 10
SPREAD = 2.0


def test_everybody_is_told_when_to_come_again(tmp_path: Path) -> None:
    with RelayProcess(tmp_path, "--drain-seconds", str(SPREAD)) as relay, ExitStack() as stack:
        relay.add_user("ada")
        document = relay.admin("document", "create", "--owner", "ada", "--title", "Book")
        token = relay.admin("token", "ada")
        peers = [
            stack.enter_context(Peer(relay.url, document, token).joined()) for _ in range(CLIENTS)
        ]
        assert relay.process is not None
        for number, peer in enumerate(peers, start=1):
            peer.write(f"<{number}>", up_to=1)
        relay.process.send_signal(signal.SIGTERM)
        waits = []
        for peer in peers:
            assert peer.until_closed() == close_codes.GOING_AWAY
            assert peer.acknowledged == 1  # what had come was put on disk, and said to be
            [wait] = [
                event.payload["seconds"]
                for event in peer.events
                if isinstance(event, events.Notice) and event.payload["type"] == "retry-after"
            ]
            waits.append(wait)
        assert all(0 < wait <= SPREAD for wait in waits)
        assert len(set(waits)) > CLIENTS // 2
        assert relay.stop() == 0
        relay.start()
        with Peer(relay.url, document, token).joined() as reader:
            text = reader.document.text()
            assert sorted(text.split(">")) == sorted(
                ["", *(f"<{number}" for number in range(1, CLIENTS + 1))]
            )


def test_a_crowd_is_told_beforehand_over_how_long_to_come_back(tmp_path: Path) -> None:
    with RelayProcess(tmp_path, "--returns-per-second", "1") as relay, ExitStack() as stack:
        relay.add_user("ada")
        document = relay.admin("document", "create", "--owner", "ada", "--title", "Book")
        token = relay.admin("token", "ada")
        first = stack.enter_context(Peer(relay.url, document, token).joined())
        stack.enter_context(Peer(relay.url, document, token).joined())
        while len(crowds(first)) < 2:
            first.step()
        assert crowds(first) == [1.0, 2.0]


def crowds(peer: Peer) -> list[float]:
    return [
        event.payload["seconds"]
        for event in peer.events
        if isinstance(event, events.Notice) and event.payload["type"] == "crowd"
    ]


def test_nobody_new_is_sent_there_meanwhile(tmp_path: Path) -> None:
    with RelayProcess(tmp_path, "--drain-seconds", "20") as relay, ExitStack() as stack:
        relay.add_user("ada")
        document = relay.admin("document", "create", "--owner", "ada", "--title", "Book")
        token = relay.admin("token", "ada")
        for _ in range(2):
            stack.enter_context(Peer(relay.url, document, token).joined())
        # A balancer keeps a connection open and asks again and again.
        balancer = HTTPConnection("127.0.0.1", relay.port, timeout=20)
        stack.callback(balancer.close)
        assert readiness(balancer) == 200
        assert relay.process is not None
        relay.process.send_signal(signal.SIGTERM)
        while readiness(balancer) == 200:
            pass
        assert readiness(balancer) == 503
        with pytest.raises(ConnectionRefusedError), connect(relay.url, proxy=None):
            pass
        relay.kill()


def readiness(balancer: HTTPConnection) -> int:
    balancer.request("GET", "/readyz")
    answer = balancer.getresponse()
    answer.read()
    return answer.status
