"""A serving relay keeps its logs short by itself, in a process that nobody waits for."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from sync.relay.storage.sqlite import schema
from sync.relay.storage.sqlite.check import check
from tests.sync.relay.peer import PATIENCE, Peer
from tests.sync.relay.process import RelayProcess
from tests.sync.relay.storage.conftest import rows, sql


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


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
    assert relay.process is not None
    for task in Path(f"/proc/{relay.process.pid}/task").iterdir():
        with suppress(OSError):
            for child in (task / "children").read_text().split():
                return int(child)
    return None


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
        write(writer, 3)  # far from long; but then nobody writes any more
    until(lambda: rows(path_of(relay)) == 0)
    until(lambda: sql(path_of(relay), "SELECT max(sequence) FROM versions") == [(503,)])
    assert list(check(relay.data_dir)) == []
    relay.restart()
    with Peer(relay.url, document, token).joined() as reader:
        assert reader.document.text() == text + "word " * 3


@pytest.mark.skipif(sys.platform != "linux", reason="children are found through /proc")
def test_nobody_waits_for_a_compaction(relay: RelayProcess, document: str) -> None:
    token = relay.admin("token", "ada")
    with Peer(relay.url, document, token).joined() as writer:
        write(writer, 60)
        until(lambda: folding_process(relay))
        child = folding_process(relay)
        assert child is not None
        os.kill(child, signal.SIGSTOP)  # the longest compaction that there can be
        write(writer, 200)
        with Peer(relay.url, document, token).joined() as reader:
            assert reader.document.text() == "word " * 260
        os.kill(child, signal.SIGKILL)
        # Another one does it.
        until(lambda: rows(path_of(relay)) < 60)
        assert folding_process(relay) != child
        child = folding_process(relay)
    relay.kill()
    if child is not None:  # it does not outlive the relay
        until(lambda: not Path(f"/proc/{child}").exists() or _is_zombie(child))
    assert list(check(relay.data_dir)) == []


def _is_zombie(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True
