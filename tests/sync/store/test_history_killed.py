"""kill -9 while a document and all of its history are written: one agrees with the other."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sync.document.comparison import Kind
from sync.store.compaction import build_document
from sync.store.integrity import check
from sync.store.store import Store
from tests.sync.store.conftest import PAPER
from tests.sync.store.history_writer import BEN, author, letter, letters
from tests.sync.store.writing import ME

ROUNDS = 3


def write_until_killed(profile: Path, client: int, reports: int) -> dict[str, list[int]]:
    """Let the writer say so many things, kill it, and return all that it said."""
    writer = subprocess.Popen(
        [sys.executable, "-m", "tests.sync.store.history_writer", profile, str(client)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert writer.stdout is not None
    lines = [writer.stdout.readline() for _ in range(reports)]
    writer.send_signal(signal.SIGKILL)
    lines += writer.stdout.read().splitlines(keepends=True)
    writer.wait()
    writer.stdout.close()
    said: dict[str, list[int]] = {}
    for line in lines:
        if line.endswith("\n"):
            kind, number = line.split()
            said.setdefault(kind, []).append(int(number))
    return said


@pytest.mark.parametrize("seed", [1, 2])
def test_the_history_agrees_with_the_log_after_any_crash(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    with Store.open(tmp_path) as store:
        store.create_document(PAPER, "Paper").result()
    kept: set[int] = set()
    seen = 0
    for number in range(ROUNDS):
        said = write_until_killed(tmp_path, 10 + 2 * number, rng.randint(40, 600))
        kept |= {*said.get("kept", [])}
        kept -= {*said.get("deleting", [])}
        seen = max([seen, *said.get("seeing", [])])
        assert not list(check(tmp_path))
        with Store.open(tmp_path) as store:
            last = check_log(store, max(said.get("written", [0])))
            check_versions(store, kept, last)
            check_seen(store, seen, last)


def check_log(store: Store, written: int) -> int:
    """See that the text is what its sequence says, and whose each letter is."""
    stored = store.load(PAPER)
    document, left_out = build_document(stored)
    assert not left_out
    last = stored.last_sequence
    assert last >= written
    assert set(document.text()) == letters(last)
    whose = {letter(one): author(one) for one in range(1, last + 1)}
    text = document.text()
    for part in document.attribution():
        assert {whose[one] for one in text[part.start : part.start + part.length]} == {part.user}
    return last


def check_versions(store: Store, kept: set[int], last: int) -> None:
    """See that no version is lost, and that each says what its sequence does, and who wrote."""
    versions = store.history.versions(PAPER)[::-1]
    assert kept <= {version.number for version in versions}
    before = 0
    for version in versions:
        assert version.sequence <= last
        contents = store.history.contents_at(PAPER, version.number)
        assert set("".join(str(part.content) for part in contents)) == letters(version.sequence)
        new = range(before + 1, version.sequence + 1)
        assert {author(one) for one in new} == set(version.authors)
        before = version.sequence
    for version in random.Random(last).sample(versions, min(len(versions), 5)):
        changes = store.history.difference(PAPER, version.number)
        went = [change for change in changes if change.kind is Kind.REMOVED]
        assert letters(version.sequence) - letters(last) <= set("".join(one.text for one in went))
        assert {one.by for one in went} <= {(ME,)}


def check_seen(store: Store, seen: int, last: int) -> None:
    """See that all that is new is told; after a crash something may be told again."""
    news = store.history.changes_since_seen(PAPER, ME)
    if news is None:
        assert not seen
        return
    told = "".join(one.text for one in news.changes if one.kind is Kind.INSERTED)
    theirs = [
        one for one in range(1, last + 1) if author(one) == BEN and letter(one) in letters(last)
    ]
    assert set(told) >= {letter(one) for one in theirs if one > seen}
    assert sorted(told) == [letter(one) for one in theirs][len(theirs) - len(told) :]
    assert not any(one.kind is Kind.REMOVED for one in news.changes)
