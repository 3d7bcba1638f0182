"""Indexing in a process of its own: what it writes, what kills it, and that it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync import beside
from sync.beside import Died
from sync.errors import CannotSave
from sync.store.database import connect
from sync.store.search.indexing import IntakeBeside
from sync.store.search.intake import Given
from sync.store.store import Store
from tests.sync.store.search.library import add, ids, remove, rewrite


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "profile") as store:
        store.search.index_beside()
        yield store


def process(store: Store) -> subprocess.Popen[bytes]:
    intake = store.search._intake
    assert isinstance(intake, IntakeBeside)
    running = intake._beside._process
    assert running is not None
    return running


def test_it_finds_what_is_found_here(store: Store) -> None:
    whale, duck = add(store, "whale", "the white whale", "Moby"), add(store, "duck", "a duck")
    assert ids(store, "white wh") == [whale]
    rewrite(store, whale, "a goose")
    assert ids(store, "whale") == []
    assert ids(store, "goose") == [whale]
    remove(store, duck)
    store.search.catch_up()
    assert ids(store, "duck") == []
    assert ids(store, "moby") == [whale]


def test_a_killed_process_loses_nothing(store: Store) -> None:
    whale = add(store, "whale", "whale")
    assert ids(store, "whale") == [whale]
    process(store).kill()
    duck = add(store, "duck", "duck")
    assert ids(store, "duck") == [duck]


def test_of_a_document_that_kills_it_the_title_is_found(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(store, "whale", "whale")
    add(store, "poison", "arsenic", "Old lace")
    add(store, "duck", "duck")
    really_put = IntakeBeside._put

    def put(self: IntakeBeside, documents: list[Given]) -> None:
        if any(one.id == "poison" and one.stored.updates for one in documents):
            if self._beside._process is not None:
                self._beside._process.kill()
                self._beside._process.wait(60)
            raise Died
        really_put(self, documents)

    monkeypatch.setattr(IntakeBeside, "_put", put)
    assert ids(store, "whale") == ["whale"]
    assert ids(store, "duck") == ["duck"]
    assert ids(store, "old lace") == ["poison"]
    assert ids(store, "arsenic") == []
    assert store.search.stale() == []


def test_an_index_that_breaks_is_made_anew(store: Store) -> None:
    whale = add(store, "whale", "whale")
    assert ids(store, "whale") == ["whale"]
    index = connect(store.search._path, writable=True)
    index.execute("UPDATE texts SET text = x'00'")
    index.close()
    rewrite(store, whale, "whale again")
    add(store, "duck", "duck")
    assert ids(store, "duck") == ["duck"]
    assert ids(store, "whale") == ["whale"]


def test_after_the_end_nothing_is_started(store: Store) -> None:
    add(store, "whale", "whale")
    store.search.catch_up()
    running = process(store)
    store.search.interrupt()
    running.wait(60)
    add(store, "duck", "duck")
    with pytest.raises(CannotSave):
        store.search.catch_up()
    assert store.search.search("whale").total == 1


PARENT = """
import sys, time
from pathlib import Path
from sync.store.store import Store
with Store.open(Path(sys.argv[1])) as store:
    store.search.index_beside()
    store.search.catch_up()
    print(store.search._intake._beside._process.pid, flush=True)
    time.sleep(600)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_it_ends_with_a_program_that_is_killed(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        add(store, "whale", "whale")
    program = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert program.stdout is not None
    pid = int(program.stdout.readline())
    assert os.getpriority(os.PRIO_PROCESS, pid) >= beside.NICENESS
    program.send_signal(signal.SIGKILL)
    program.wait(60)
    program.stdout.close()
    deadline = time.monotonic() + 60
    while _lives(pid):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _lives(pid: int) -> bool:
    """Whether a process runs; one whose end nobody has taken note of does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_frozen_program_is_its_own_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    module = "sync.store.search.indexing"
    assert beside.command(module) == [sys.executable, beside.VERB, module]


def test_the_hidden_verb_is_the_process(tmp_path: Path) -> None:
    index = tmp_path / "search.db"
    question = f'{{"index": "{index.as_posix()}", "remove": [1], "sizes": []}}\n'
    answered = subprocess.run(
        [sys.executable, "-m", "app", beside.VERB, "sync.store.search.indexing", "60"],
        input=question.encode(),
        capture_output=True,
        check=True,
    )
    assert b'"error": "CannotSave"' in answered.stdout  # there is no index
    refused = subprocess.run([sys.executable, "-m", "app", beside.VERB, "os"], check=False)
    assert refused.returncode == 2
