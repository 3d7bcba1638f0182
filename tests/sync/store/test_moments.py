"""Versions that are made by themselves, at the right moment, on a thread of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sync.document.delta import insert
from sync.store.moments import LARGE_MERGE, MOST_MOMENTS, Moments
from sync.store.store import Store
from sync.types import DocumentId, Origin, Sequence, comments_id
from tests.sync.store.conftest import PAPER
from tests.sync.store.writing import Desk, Elsewhere

OTHER = DocumentId("other")
Made = tuple[DocumentId, list[Sequence | None]]


class Making:
    """What the thread was told to make, to be waited for."""

    def __init__(self) -> None:
        self.made: list[Made] = []
        self._news = threading.Condition()

    def __call__(self, document_id: DocumentId, moments: list[Sequence | None]) -> None:
        with self._news:
            self.made.append((document_id, moments))
            self._news.notify_all()

    def wait(self, count: int) -> list[Made]:
        with self._news:
            assert self._news.wait_for(lambda: len(self.made) >= count, 30)
            return list(self.made)


@pytest.fixture
def making() -> Making:
    return Making()


@pytest.fixture
def moments(making: Making) -> Iterator[Callable[..., Moments]]:
    running = []

    def start(every: float, quiet: float = 0.0, patience: float = 0.0) -> Moments:
        running.append(Moments(making, every, quiet, patience))
        return running[-1]

    yield start
    for each in running:
        each.stop()


def test_a_change_gets_a_version_and_then_there_is_peace(
    making: Making, moments: Callable[..., Moments]
) -> None:
    waiting = moments(0.01)
    waiting.note(PAPER, Sequence(0), 10, ours=True)
    assert making.wait(1) == [(PAPER, [None])]
    waiting.note(OTHER, Sequence(7), 10, ours=True)
    waiting.note(PAPER, Sequence(1), 10, ours=True)
    # What a document was before its first change, and not before each.
    assert sorted(making.wait(3)[1:]) == [(OTHER, [7, None]), (PAPER, [None])]
    waiting.stop()
    assert len(making.made) == 3


def test_what_comes_first_from_the_relay_and_what_is_beside_a_document_is_no_change(
    making: Making, moments: Callable[..., Moments]
) -> None:
    waiting = moments(0.0)
    waiting.note(PAPER, Sequence(0), 10**6, ours=False)
    waiting.note(comments_id(PAPER), Sequence(3), 10, ours=True)
    waiting.note(OTHER, Sequence(2), 10, ours=False)
    assert making.wait(1) == [(OTHER, [2, None])]
    waiting.stop()
    assert len(making.made) == 1


def test_before_much_comes_at_once(moments: Callable[..., Moments]) -> None:
    waiting = moments(3600.0)
    waiting.note(PAPER, Sequence(1), 10, ours=True)
    waiting.note(PAPER, Sequence(2), LARGE_MERGE, ours=False)
    waiting.note(PAPER, Sequence(3), LARGE_MERGE, ours=True)
    waiting.note(PAPER, Sequence(4), 10, ours=False)
    assert waiting.due_before(PAPER) == [1, 2]
    assert waiting.due_before(PAPER) == []
    for number in range(100):
        waiting.note(PAPER, Sequence(5 + number), LARGE_MERGE, ours=False)
    assert len(waiting.due_before(PAPER)) == MOST_MOMENTS
    assert waiting.due_before(OTHER) == []


def test_it_waits_until_nobody_writes_but_not_for_ever(
    making: Making, moments: Callable[..., Moments]
) -> None:
    patient = moments(0.0, quiet=3600.0, patience=0.05)
    patient.note(PAPER, Sequence(0), 1, ours=True)
    assert making.wait(1)
    patient.stop()
    waiting = moments(0.0, quiet=3600.0, patience=3600.0)
    waiting.note(PAPER, Sequence(0), 1, ours=True)
    waiting.stop()
    assert len(making.made) == 1


def texts(store: Store) -> list[str]:
    history = store.history
    return [
        "".join(str(part.content) for part in history.contents_at(PAPER, version.number))
        for version in reversed(history.versions(PAPER))
    ]


def test_the_last_session_and_a_large_merge_before_a_snapshot(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        store.create_document(PAPER, "Paper").result()
        desk = Desk(store, PAPER)
        desk.type(insert(0, "Yesterday.\n"), origin=Origin.COMMAND)
    with Store.open(tmp_path) as store:
        desk = Desk(store, PAPER, client=4)
        bob = Elsewhere(desk, 2, "bob")
        desk.type(insert(0, "Today. "))
        bob.type(insert(0, "Bob. " * (LARGE_MERGE // 5 + 1)))
        desk.sync(bob)
        assert texts(store) == []  # it is not the moment yet
        assert store.compact(PAPER)
        assert texts(store) == ["Yesterday.\n", "Today. Yesterday.\n"]


def test_the_store_makes_versions_by_itself(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    made = threading.Event()
    make = store.history._make_due

    def make_and_tell(document_id: DocumentId, moments: list[Sequence | None]) -> None:
        make(document_id, moments)
        made.set()

    monkeypatch.setattr(store.history, "moments", Moments(make_and_tell, 0.0, 0.0, 0.0))
    Desk(store, PAPER).type(insert(0, "Typed.\n"))
    assert made.wait(30)
    assert texts(store) == ["Typed.\n"]


def test_a_store_closes_while_versions_are_made(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    store.create_document(PAPER, "Paper").result()
    store.history.moments = Moments(store.history._make_due, 0.0, 0.0, 0.0)
    desk = Desk(store, PAPER)
    for number in range(20):
        desk.type(insert(0, f"{number} "))
    store.close()
    with Store.open(tmp_path) as store:
        assert Desk(store, PAPER).document.text() == desk.document.text()
