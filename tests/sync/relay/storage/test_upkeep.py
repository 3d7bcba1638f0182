"""A serving relay keeps its logs short by itself, in a process that nobody waits for."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.relay.storage.sql import folding
from sync.relay.storage.sqlite import schema
from sync.relay.storage.sqlite.check import check
from tests.sync.relay.peer import Peer
from tests.sync.relay.process import RelayProcess, child, is_gone, until
from tests.sync.relay.storage.conftest import rows, sql


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[RelayProcess]:
    options = ("--compact-updates", "50", "--sweep-seconds", "0.3", "--version-seconds", "1")
    with RelayProcess(tmp_path / "relay", *options) as relay:
        relay.add_user("ada")
        yield relay


@pytest.fixture
def document(relay: RelayProcess) -> str:
    return relay.admin("document", "create", "--owner", "ada", "--title", "Book")


def write(writer: Peer, count: int, word: str = "word ") -> None:
    first = writer.acknowledged
    for number in range(first + 1, first + count + 1):
        writer.write(word, up_to=number)
    while writer.acknowledged < first + count:
        writer.step()


def folding_process(relay: RelayProcess) -> int | None:
    return child(relay, folding.__name__)


def path_of(relay: RelayProcess) -> Path:
    return relay.data_dir / schema.FILE_NAME


def test_the_log_stays_short_and_what_is_left_alone_gets_a_version(
    relay: RelayProcess, document: str
) -> None:
    token = relay.admin("token", "ada")
    with Peer(relay.url, document, token).joined() as writer:
        write(writer, 500, "word 😀 ")
        until(lambda: rows(path_of(relay)) < 100)
        text = writer.document.text()
        # What is folded within `--version-seconds` of a version gets none of its own.
        old = "SELECT max(made) < strftime('%s', 'now') - 1 FROM versions"
        until(lambda: sql(path_of(relay), old) == [(1,)])
        write(writer, 3)  # far from long; but then nobody writes any more
    until(lambda: rows(path_of(relay)) == 0)
    # What came in one tick is one update, so nobody knows beforehand how many there are.
    newest = "SELECT (SELECT max(sequence) FROM versions) = (SELECT max(sequence) FROM snapshots)"
    until(lambda: sql(path_of(relay), newest) == [(1,)])
    assert list(check(relay.data_dir)) == []
    relay.restart()
    with Peer(relay.url, document, token).joined() as reader:
        assert reader.document.text() == text + "word " * 3


@pytest.mark.skipif(sys.platform != "linux", reason="children are found through /proc")
def test_nobody_waits_for_a_compaction(relay: RelayProcess, document: str) -> None:
    token = relay.admin("token", "ada")
    with Peer(relay.url, document, token).joined() as writer:
        write(writer, 300)
        until(lambda: folding_process(relay))
        process = folding_process(relay)
        assert process is not None
        os.kill(process, signal.SIGSTOP)  # the longest compaction that there can be
        write(writer, 200)
        with Peer(relay.url, document, token).joined() as reader:
            assert reader.document.text() == "word " * 500
        os.kill(process, signal.SIGKILL)
        # Another one does it.
        until(lambda: rows(path_of(relay)) < 60)
        assert folding_process(relay) != process
        process = folding_process(relay)
    relay.kill()
    if process is not None:  # it does not outlive the relay
        until(lambda: is_gone(process))
    assert list(check(relay.data_dir)) == []
