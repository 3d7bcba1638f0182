"""An unmodified `@hocuspocus/provider` from npm is a client like ours."""

from __future__ import annotations

import json
import resource
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from queue import Queue
from types import TracebackType
from typing import Any

import pytest

from sync.document.delta import Insert
from sync.protocol import client as events
from sync.protocol import close_codes
from tests.sync.relay.peer import PATIENCE, Peer
from tests.sync.relay.process import RelayProcess, limit_files

HERE = Path(__file__).parent


class Provider:
    """A Node process with one socket and some documents."""

    def __init__(self, url: str, token: str, *names: str) -> None:
        self.process = subprocess.Popen(
            ["node", str(HERE / "provider.mjs"), url, token, *names],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._lines: Queue[dict[str, Any]] = Queue()
        self.passed: list[dict[str, Any]] = []
        """Events that `until` has let pass."""
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(json.loads(line))

    def __enter__(self) -> Provider:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.process.kill()
        self.process.wait(30)
        for stream in (self.process.stdin, self.process.stdout):
            assert stream is not None
            stream.close()

    def do(self, verb: str, name: str, **fields: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"do": verb, "name": name, **fields}) + "\n")
        self.process.stdin.flush()

    def until(self, event: str, name: str, **fields: Any) -> dict[str, Any]:
        """Return the next event that is as described."""
        while True:
            found = self._lines.get(timeout=PATIENCE)
            wanted = {"event": event, "name": name, **fields}
            if wanted.items() <= found.items():
                return found
            self.passed.append(found)

    def look(self, name: str) -> dict[str, Any]:
        self.do("look", name)
        return self.until("look", name)


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[RelayProcess]:
    with RelayProcess(tmp_path / "relay") as relay:
        relay.add_user("ada")
        relay.add_user("ben")
        yield relay


@pytest.fixture
def new(relay: RelayProcess) -> Callable[[], str]:
    return lambda: relay.admin("document", "create", "--owner", "ada", "--title", "Book")


def test_reads_and_writes_the_same_document(relay: RelayProcess, new: Callable[[], str]) -> None:
    document, token = new(), relay.admin("token", "ada")
    with Peer(relay.url, document, token).joined() as ours:
        ours.write("ours 😀\n", up_to=1)
        with Provider(relay.url, token, document) as theirs:
            theirs.until("synced", document)
            assert theirs.look(document)["text"] == "ours 😀\n"
            theirs.do("insert", document, text="theirs é ", attributes={"bold": True})
            ours.until_text("theirs é ours 😀\n")
            assert ours.document.contents()[0] == Insert("theirs é ", {"bold": True})
            ours.write("more\n", up_to=2)
            theirs.until("text", document, text="theirs é ours 😀\nmore\n")


@pytest.mark.parametrize("attempt", range(3))
def test_no_unsynced_changes_means_on_disk(
    relay: RelayProcess, new: Callable[[], str], attempt: int
) -> None:
    document, token = new(), relay.admin("token", "ada")
    with Provider(relay.url, token, document) as theirs:
        theirs.until("synced", document)
        theirs.until("unsynced", document, number=0)
        text = f"kept {attempt}"
        theirs.do("insert", document, text=text)
        theirs.until("unsynced", document, number=1)
        theirs.until("unsynced", document, number=0)
        relay.kill()
    relay.start()
    with Peer(relay.url, document, token).joined() as ours:
        assert ours.document.text() == text


def test_changes_stay_unsynced_for_as_long_as_the_disk_keeps_the_relay_waiting(
    relay: RelayProcess, new: Callable[[], str]
) -> None:
    """Others read a change at once; its writer is told "saved" only once it is on disk."""
    document, token = new(), relay.admin("token", "ada")
    with (
        Provider(relay.url, token, document) as theirs,
        Peer(relay.url, document, token).joined() as reader,
        closing(sqlite3.connect(relay.data_dir / "relay.sqlite3", isolation_level=None)) as disk,
    ):
        theirs.until("status", document, saved=True)  # of its Step2
        theirs.until("unsynced", document, number=0)
        disk.execute("BEGIN IMMEDIATE")  # from here on no commit of the relay's gets through
        for number in range(3):
            theirs.do("insert", document, text=f"{number}")
        reader.until_text("210")
        # What is asked after it is answered before it: the relay is alive, and says nothing.
        reader.protocol.ping()
        reader.flush()
        reader.until(events.PongReceived)
        theirs.passed.clear()
        assert theirs.look(document)["unsynced"]
        assert [event for event in theirs.passed if event["event"] == "status"] == []
        disk.execute("ROLLBACK")
        for _ in range(3):
            assert theirs.until("status", document)["saved"]
        theirs.until("unsynced", document, number=0)
        assert not theirs.look(document)["unsynced"]


def test_comes_back_after_kill_9_with_what_it_wrote_meanwhile(
    relay: RelayProcess, new: Callable[[], str]
) -> None:
    document, token = new(), relay.admin("token", "ada")
    with Provider(relay.url, token, document) as theirs:
        theirs.until("synced", document)
        theirs.until("unsynced", document, number=0)
        relay.kill()
        theirs.do("insert", document, text="offline")
        assert theirs.look(document)["unsynced"]
        relay.start()
        with Peer(relay.url, document, token).joined() as ours:
            ours.until_text("offline")
        theirs.until("unsynced", document, number=0)


def test_a_viewer_has_a_read_only_scope_and_keeps_its_unsynced_change(
    relay: RelayProcess, new: Callable[[], str]
) -> None:
    document = new()
    relay.admin("document", "share", document, "--user", "ben", "--role", "viewer")
    with Provider(relay.url, relay.admin("token", "ben"), document) as theirs:
        assert theirs.until("authenticated", document)["scope"] == "readonly"
        assert theirs.until("status", document)["saved"]  # its Step2 brought nothing
        theirs.until("unsynced", document, number=0)
        theirs.do("insert", document, text="no")
        theirs.until("unsynced", document, number=1)
        reason = theirs.until("stateless", document)["reason"]
        assert reason == "a viewer may not change this document"
        assert not theirs.until("status", document)["saved"]
        assert theirs.look(document)["unsynced"]
    with Peer(relay.url, document, relay.admin("token", "ada")).joined() as ours:
        assert ours.document.text() == ""


def test_a_viewer_who_comes_with_news_is_refused_visibly(
    relay: RelayProcess, new: Callable[[], str]
) -> None:
    document = new()
    relay.admin("document", "share", document, "--user", "ben", "--role", "viewer")
    with Provider(relay.url, relay.admin("token", "ben"), document) as theirs:
        theirs.until("unsynced", document, number=0)
        theirs.do("disconnect", document)
        theirs.until("closed", "")
        theirs.do("insert", document, text="written offline")
        theirs.do("connect", document)
        theirs.until("stateless", document)
        assert not theirs.until("status", document)["saved"]
        assert theirs.look(document)["unsynced"]
    with Peer(relay.url, document, relay.admin("token", "ada")).joined() as ours:
        assert ours.document.text() == ""


def test_a_bad_token_is_refused_with_a_reason(relay: RelayProcess, new: Callable[[], str]) -> None:
    document = new()
    with Provider(relay.url, "nonsense", document) as theirs:
        assert "no access token" in theirs.until("refused", document)["reason"]


def test_several_documents_on_one_socket(relay: RelayProcess, new: Callable[[], str]) -> None:
    first, second, token = new(), new(), relay.admin("token", "ada")
    with Provider(relay.url, token, first, second) as theirs:
        for document in (first, second):
            theirs.until("unsynced", document, number=0)
            theirs.do("insert", document, text=document)
            with Peer(relay.url, document, token).joined() as ours:
                ours.until_text(document)


def test_two_sessions_of_one_document_on_one_socket(
    relay: RelayProcess, new: Callable[[], str]
) -> None:
    document = new()
    one, two = f"{document}#1", f"{document}#2"
    with Provider(relay.url, relay.admin("token", "ada"), one, two) as theirs:
        for name in (one, two):
            theirs.until("unsynced", name, number=0)
        theirs.do("insert", one, text="from one ")
        theirs.until("text", two, text="from one ")
        theirs.do("insert", two, text="from two ")
        theirs.until("text", one, text="from two from one ")


def names(event: dict[str, Any]) -> set[str]:
    return {state["user"]["name"] for state in event["states"] if state.get("user")}


def test_awareness_of_several_clients_until_they_leave(
    relay: RelayProcess, new: Callable[[], str]
) -> None:
    document, token = new(), relay.admin("token", "ada")

    def until(who: Provider, *expected: str) -> None:
        while names(who.until("awareness", document)) != set(expected):
            pass

    with Provider(relay.url, token, document) as watcher:
        watcher.until("synced", document)
        watcher.do("awareness", document, text="W")
        with Provider(relay.url, token, document) as one:
            one.do("awareness", document, text="One")
            with Provider(relay.url, token, document) as two:
                two.do("awareness", document, text="Two")
                until(watcher, "W", "One", "Two")
                until(two, "W", "One", "Two")  # also those that were there before
                two.do("renew", document)
                until(watcher, "W", "One", "Two")
                one.do("leave", document)
                until(watcher, "W", "Two")
                two.do("disconnect", document)
                until(watcher, "W")
                # The provider ignores connect() for as long as its old socket is closing, and
                # the others may hear that it left before it has heard so itself.
                two.until("closed", "")
                two.do("connect", document)
                two.until("authenticated", document)
                two.do("renew", document)
                until(watcher, "W", "Two")
            until(watcher, "W")  # its process was killed
        watcher.do("stateless", document, text="nobody is meant")
        assert watcher.look(document)["text"] == ""  # and the relay minds nothing


def test_awareness_reaches_the_others(relay: RelayProcess, new: Callable[[], str]) -> None:
    document, token = new(), relay.admin("token", "ada")
    with (
        Peer(relay.url, document, token).joined() as ours,
        Provider(relay.url, token, document) as one,
        Provider(relay.url, token, document) as other,
    ):
        one.until("synced", document)
        other.until("synced", document)
        one.do("awareness", document, text="Ada")
        while not any(
            state.get("user") == {"name": "Ada"}
            for state in other.until("awareness", document)["states"]
        ):
            pass
        ours.until(events.AwarenessReceived)


def test_a_token_is_renewed_on_the_open_socket(relay: RelayProcess, new: Callable[[], str]) -> None:
    document = new()
    short = relay.admin("token", "ada", "--seconds", "3")
    with Provider(relay.url, short, document) as theirs:
        theirs.until("asked", document)
        theirs.until("unsynced", document, number=0)
        theirs.do("token", document, text=relay.admin("token", "ada"))
        theirs.until("asked", document)
        theirs.do("insert", document, text="still here")
        theirs.until("unsynced", document, number=1)
        theirs.until("unsynced", document, number=0)
        with Peer(relay.url, document, relay.admin("token", "ada")).joined() as ours:
            ours.until_text("still here")


@pytest.mark.skipif(sys.platform != "linux", reason="limits of another process: Linux only")
def test_a_full_disk_leaves_changes_unsynced_until_it_has_room(
    relay: RelayProcess, new: Callable[[], str]
) -> None:
    document, token = new(), relay.admin("token", "ada")
    with Provider(relay.url, token, document) as theirs:
        theirs.until("unsynced", document, number=0)
        limit_files(relay, 100)
        theirs.do("insert", document, text="kept")
        theirs.until("stateless", document)
        assert theirs.look(document)["unsynced"]
        limit_files(relay, resource.RLIM_INFINITY)
        theirs.until("closed", "", code=close_codes.RESET_CONNECTION)
        theirs.until("unsynced", document, number=0)
        relay.kill()
    relay.start()
    with Peer(relay.url, document, token).joined() as ours:
        assert ours.document.text() == "kept"
