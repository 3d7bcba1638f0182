"""Some lives of a few devices and a relay, each decided by a number; `make simulate` has thousands.

`INKSTAND_SIMULATE_SEED=66` runs one of them again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from pycrdt import UndoManager

from sync.document.comments import Comments
from sync.document.document import Document
from sync.document.library import Library
from sync.document.review import Review, State
from sync.relay.rooms import Ticket
from sync.types import Origin
from tests.sync.simulator import world
from tests.sync.simulator.lives import templates
from tests.sync.simulator.world import World, simulate

COUNT = 40
ONE_SEED = os.environ.get("INKSTAND_SIMULATE_SEED")
FOUND = {
    12: "a device without documents called itself online for 70 s of silence",
    66: "deletions that the relay had lost with its disk were not sent again",
    216: "comments that were changed after a backup of the relay were refused for ever",
    472: "who could write again did not send what the relay had lost, and called it saved",
    674: "two who had talked while the owner was away waited for each other after a restore",
    486: "a document was opened twice, because something was typed while its token was renewed",
    75: "in step, though the relay had refused what a device had brought back to it",
}
"""Seeds that have failed, and at what."""
SEEDS = [int(ONE_SEED)] if ONE_SEED else sorted({*FOUND, *range(1, 1 + COUNT)})


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with templates() as folder:
        yield folder


def run(seed: int, folder: Path) -> World:
    return simulate(seed, folder / f"run{seed}", folder / "templates")


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_lost_doubled_or_claimed_too_early(seed: int, folder: Path) -> None:
    done = run(seed, folder)
    if done.failures:
        trace = "\n".join(done.trace[-200:])
        pytest.fail(f"seed {seed}: {done.failures[0]}\n{trace}", pytrace=False)


def test_a_seed_is_one_life(folder: Path) -> None:
    first, again = run(7, folder), run(7, folder)
    assert first.trace
    assert first.trace == again.trace


# A rule that nothing can break proves nothing: break the programs, and see it complain.


def find(seeds: range, folder: Path) -> str:
    """Return the first failure that any of some seeds has."""
    for seed in seeds:
        done = run(seed, folder)
        if done.failures:
            return done.failures[0]
    return ""


def test_it_sees_an_acknowledgment_before_the_disk(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def settle_at_once(_: object, ticket: Ticket) -> None:
        for number in ticket.numbers:
            ticket.seat.member.settle(number, None)

    monkeypatch.setattr("sync.relay.rooms.Room._append", settle_at_once)
    assert "the relay's disk" in find(range(1, 5), folder)


def test_it_sees_an_outbox_that_forgets(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.store.store.outbox.put", lambda *_: None)
    monkeypatch.setattr("sync.client.gaps.LogClocks.is_within", lambda *_: True)
    assert find(range(1, 5), folder)


def test_it_sees_a_window_that_forgets(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.replica.Replica._write", lambda self: self._pending.clear())
    assert find(range(1, 5), folder)


def test_it_sees_a_silence_that_nobody_notices(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.client.connection.DEAD_AFTER", 300.0)
    monkeypatch.setattr(world, "TROUBLES", ("silence",))
    assert "takes itself for online" in find(range(1, 40), folder)


def test_it_sees_an_undo_of_what_others_did(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    include = UndoManager.include_origin
    monkeypatch.setattr(UndoManager, "include_origin", lambda self, _: include(self, Origin.REMOTE))
    assert "undo on" in find(range(1, 5), folder)


def test_it_sees_that_others_words_are_taken(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Comments, "reply", lambda self, thread_id, _: self.tidy(thread_id))
    assert "out of the comments" in find(range(1, 10), folder)


def test_it_sees_an_acceptance_without_the_words(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Document, "take_up", lambda *_: None)
    monkeypatch.setattr(
        Review, "state", lambda self, one: State(str(self.thread(one).thread.verdict))
    )
    assert "is accepted" in find(range(1, 20), folder)


def test_it_sees_a_library_that_hears_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Library, "apply_update", lambda *_: None)
    assert "shows another library" in find(range(1, 5), folder)
