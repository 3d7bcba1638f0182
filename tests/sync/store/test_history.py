"""Versions of documents on the device: kept, listed, compared, restored, thinned."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.document.comparison import Kind
from sync.document.delta import Insert, delete, insert
from sync.document.document import Document
from sync.errors import InvalidChange, UnknownVersion
from sync.store import versions
from sync.store.history import JUMP_SECONDS, History
from sync.store.store import Store
from sync.types import Origin, Sequence
from sync.versions import ALL_FOR_SECONDS
from tests.sync.store.conftest import PAPER
from tests.sync.store.writing import Desk, Elsewhere

HOUR, DAY = 3600, 24 * 3600
NOON = 1_800_000_000 // DAY * DAY + DAY // 2


class Clocks:
    """The clock on the wall, which may be set, and the time that has really passed."""

    def __init__(self) -> None:
        self.wall = float(NOON)
        self.elapsed = 0.0

    def pass_(self, seconds: float) -> None:
        self.wall += seconds
        self.elapsed += seconds


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@pytest.fixture
def history(store: Store, clocks: Clocks) -> Iterator[History]:
    history = timed(store, clocks)
    yield history
    history.close()


def timed(store: Store, clocks: Clocks) -> History:
    return History(store.database, threading.Lock(), lambda: clocks.wall, lambda: clocks.elapsed)


@pytest.fixture
def desk(store: Store) -> Desk:
    desk = Desk(store, PAPER)
    desk.type(insert(0, "One line.\n"), origin=Origin.COMMAND)
    return desk


def test_a_version_says_what_there_was(history: History, desk: Desk) -> None:
    first = history.keep(PAPER)
    desk.type(insert(3, " more"))
    second = history.keep(PAPER, "  Second draft ")
    assert first is not None
    assert second is not None
    assert (first.name, second.name) == (None, "Second draft")
    assert (first.made, first.authors, first.sequence) == (NOON, ("ada",), 1)
    assert history.versions(PAPER) == [second, first]
    assert history.contents_at(PAPER, first.number) == [Insert("One line.\n")]
    assert history.contents_at(PAPER, second.number) == [Insert("One more line.\n")]


def test_only_what_has_changed_gets_another_version(history: History, desk: Desk) -> None:
    first = history.keep(PAPER)
    assert first is not None
    assert history.keep(PAPER) is None
    named = history.keep(PAPER, "A name")
    assert named is not None
    assert named.number == first.number  # it is that one which has the name now
    again = history.keep(PAPER, "Another name")
    assert again is not None
    assert [v.name for v in history.versions(PAPER)] == ["Another name", "A name"]


def test_an_empty_page_is_no_version(history: History, store: Store) -> None:
    desk = Desk(store, PAPER)
    desk.type(insert(0, " \n"))
    assert history.keep(PAPER) is None
    assert history.keep(PAPER, "The empty page") is not None


def test_names(history: History, desk: Desk) -> None:
    version = history.keep(PAPER)
    assert version is not None
    for name in (" ", "x" * 201):
        with pytest.raises(InvalidChange):
            history.rename(PAPER, version.number, name)
        with pytest.raises(InvalidChange):
            history.keep(PAPER, name)
    with pytest.raises(UnknownVersion):
        history.delete(PAPER, version.number).result()  # it has no name
    history.rename(PAPER, version.number, "One").result()
    history.rename(PAPER, version.number, "Two").result()
    assert [v.name for v in history.versions(PAPER)] == ["Two"]
    history.delete(PAPER, version.number).result()
    assert history.versions(PAPER) == []
    for work in (history.delete, lambda *names: history.rename(*names, "Three")):
        with pytest.raises(UnknownVersion):
            work(PAPER, version.number).result()
    with pytest.raises(UnknownVersion):
        history.contents_at(PAPER, version.number)


def test_who_wrote_since_the_version_before(history: History, desk: Desk) -> None:
    history.keep(PAPER)
    bob, page = Elsewhere(desk, 2, "bob"), Elsewhere(desk, 3, None)
    bob.type(insert(0, "Bob. "))
    desk.sync(bob)
    history.keep(PAPER)
    desk.type(delete(0, 1))  # a deletion is no clock of hers, but the log says it
    page.type(insert(0, "Page. "))
    desk.sync(page)
    history.keep(PAPER)
    authors = [v.authors for v in history.versions(PAPER)]
    assert authors == [("ada", None), ("bob",), ("ada",)]


def test_when_a_version_goes_the_next_one_tells_its_authors(history: History, desk: Desk) -> None:
    history.keep(PAPER)
    bob = Elsewhere(desk, 2, "bob")
    bob.type(insert(0, "Bob. "))
    desk.sync(bob)
    named = history.keep(PAPER, "Bob's")
    desk.type(insert(0, "Ada. "))
    history.keep(PAPER)
    assert named is not None
    history.delete(PAPER, named.number).result()
    assert [v.authors for v in history.versions(PAPER)] == [("ada", "bob"), ("ada",)]


def test_differences_by_words_and_by_whom(history: History, desk: Desk, store: Store) -> None:
    first = history.keep(PAPER)
    bob = Elsewhere(desk, 2, "bob")
    bob.type(insert(8, "s"), insert(0, "Bob: "))
    desk.sync(bob)
    second = history.keep(PAPER)
    desk.type(delete(5, 4))
    assert first is not None
    assert second is not None
    found = history.difference(PAPER, first.number, second.number)
    assert [(c.kind, c.text, c.by) for c in found] == [
        (Kind.INSERTED, "Bob: ", ("bob",)),
        (Kind.REMOVED, "line", ()),
        (Kind.INSERTED, "lines", ("bob",)),
    ]
    to_now = history.difference(PAPER, second.number)
    assert [(c.kind, c.text, c.by, c.writers) for c in to_now] == [
        (Kind.REMOVED, "One ", ("ada",), ("ada",))
    ]
    store.acknowledge(PAPER, store.last_sequence(PAPER)).result()
    assert store.compact(PAPER)
    desk.type(delete(5, 1))
    store.acknowledge(PAPER, store.last_sequence(PAPER)).result()
    assert store.compact(PAPER)
    assert store.load(PAPER).updates == []  # nothing is left to say who it was
    (removed, *_) = history.difference(PAPER, second.number)
    assert (removed.kind, removed.by) == (Kind.REMOVED, ("ada",))


def test_restoring_keeps_what_is_now_and_what_others_write(history: History, desk: Desk) -> None:
    version = history.keep(PAPER, "Good")
    assert version is not None
    desk.type(delete(0, 4), insert(0, "Bad "))
    bob = Elsewhere(desk, 2, "bob")
    bob.type(insert(0, "Bob was here. "))
    delta = history.restoring(PAPER, version.number, desk.document.encode_state())
    desk.type(delta, origin=Origin.COMMAND)
    assert desk.document.text() == "One line.\n"
    assert history.contents_at(PAPER, history.versions(PAPER)[0].number) == [Insert("Bad line.\n")]
    desk.sync(bob)
    assert desk.document.text() == bob.document.text()
    assert sorted(desk.document.text().split()) == sorted(["Bob", "was", "here.", "One", "line."])
    desk.document.undo()
    assert "Bad line." in desk.document.text()
    assert "Bob was here." in desk.document.text()


def test_a_year_of_writing(history: History, desk: Desk, clocks: Clocks) -> None:
    """Ten minutes a version on each of some days; what stays is what the rule says."""
    named = history.keep(PAPER, "The first")
    made = []
    for day in range(4):
        for _ in range(20):
            desk.type(insert(0, "x"))
            assert history.keep(PAPER) is not None
            made.append(int(clocks.wall))
            clocks.pass_(600)
        if day == 1:
            clocks.pass_(30 * DAY)
        clocks.pass_(DAY - 20 * 600)
    desk.type(insert(0, "x"))
    history.keep(PAPER)
    listed = history.versions(PAPER)
    assert listed[-1] == named
    automatic = [v.made for v in reversed(listed) if v.name is None]
    assert automatic[-1] == clocks.wall
    assert {at // DAY for at in made} == {at // DAY for at in automatic[:-1]}
    old = [at for at in automatic if clocks.wall - at > DAY]
    assert len({at // DAY for at in old}) == len(old)
    assert all(v.authors == ("ada",) for v in listed)


def test_a_clock_set_while_the_program_runs_takes_nothing(
    history: History, desk: Desk, store: Store, clocks: Clocks
) -> None:
    for _ in range(6):
        desk.type(insert(0, "x"))
        history.keep(PAPER)
        clocks.pass_(120)
    for jump in (400 * DAY, -800 * DAY, 400 * DAY):
        clocks.wall += jump
        for _ in range(3):
            desk.type(insert(0, "x"))
            history.keep(PAPER)
            clocks.pass_(60)
    assert len(history.versions(PAPER)) == 15
    clocks.wall += JUMP_SECONDS + 1
    assert len(history.versions(PAPER)) == 15
    # The next start takes the clock as it is.
    again = timed(store, clocks)
    clocks.pass_(2 * DAY)
    desk.type(insert(0, "x"))
    again.keep(PAPER)
    assert 1 < len(again.versions(PAPER)) < 15
    assert again.contents_at(PAPER, again.versions(PAPER)[0].number) == desk.document.contents()


def test_the_bytes_are_bounded(
    history: History, desk: Desk, clocks: Clocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = history.keep(PAPER, "Named")
    assert named is not None
    monkeypatch.setattr(versions, "MOST_BYTES", 8 * named.size)
    for _ in range(30):
        desk.type(insert(0, "x"))
        history.keep(PAPER)
        clocks.pass_(DAY)
    listed = history.versions(PAPER)
    assert sum(v.size for v in listed if v.name is None) <= versions.MOST_BYTES
    assert listed[-1] == named
    assert history.contents_at(PAPER, listed[0].number) == desk.document.contents()


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from(["type", "cut", "bob", "keep", "compact", "wait"]), max_size=30))
def test_whatever_happens_versions_say_what_there_was(tmp_path_factory, steps: list[str]) -> None:
    clocks = Clocks()
    with Store.open(tmp_path_factory.mktemp("profile")) as store:
        store.create_document(PAPER, "Paper").result()
        history = timed(store, clocks)
        desk = Desk(store, PAPER)
        desk.type(insert(0, "Start 😀\n"))
        bob = Elsewhere(desk, 2, "bob")
        said: dict[int, list[Insert]] = {}
        for number, step in enumerate(steps):
            match step:
                case "type":
                    desk.type(insert(0, f"{number} 中😀"))
                case "cut" if desk.document.text().startswith("1"):
                    desk.type(delete(0, 2))
                case "bob":
                    bob.type(insert(bob.document.length - 1, f" b{number}"))
                    desk.sync(bob)
                case "keep":
                    version = history.keep(PAPER)
                    if version is not None:
                        said[version.number] = desk.document.contents()
                case "compact":
                    store.acknowledge(PAPER, store.last_sequence(PAPER)).result()
                    store.compact(PAPER)
                case "wait":
                    clocks.pass_(ALL_FOR_SECONDS)
        listed = history.versions(PAPER)
        if said:
            assert listed[0].number == max(said)
        for version in listed:
            assert history.contents_at(PAPER, version.number) == said[version.number]
            delta = history.restoring(PAPER, version.number, desk.document.encode_state())
            copy = Document.load(desk.document.encode_state())
            copy.apply(delta, Origin.COMMAND)
            assert copy.contents() == said[version.number]
            assert version.sequence <= Sequence(store.last_sequence(PAPER))
