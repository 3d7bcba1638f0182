"""The index follows by itself, and of searches while typing only the newest counts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from pathlib import Path

import pytest

from sync.store.search.background import Indexer, LiveSearch
from sync.store.search.search import SearchGivenUp
from sync.store.store import Store
from tests.sync.store.search.library import add, remove, rewrite


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "profile") as store:
        yield store


class Following:
    """An indexer, and waiting for it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._indexed = threading.Condition()
        self.indexer = Indexer(store.search, store.database, self._note)

    def _note(self) -> None:
        with self._indexed:
            self._indexed.notify_all()

    def until(self, condition: Callable[[], bool]) -> None:
        with self._indexed:
            assert self._indexed.wait_for(condition, timeout=60)

    def found(self, text: str) -> list[str]:
        return [found.document_id for found in self.store.search.search(text).found]


@pytest.fixture
def following(store: Store) -> Iterator[Following]:
    following = Following(store)
    yield following
    following.indexer.close()


def test_what_is_written_is_found_soon(following: Following) -> None:
    moby = add(following.store, "moby", "whale")
    following.until(lambda: following.found("whale") == ["moby"])
    rewrite(following.store, moby, "duck")
    following.until(lambda: following.found("duck") == ["moby"])
    assert following.found("whale") == []


def test_what_is_removed_leaves_by_itself(following: Following) -> None:
    moby = add(following.store, "moby", "whale")
    add(following.store, "duck", "duck")
    following.until(lambda: following.store.search.stale() == [])
    remove(following.store, moby)
    add(following.store, "swan", "swan")
    following.until(lambda: following.found("swan") == ["swan"])
    assert following.store.search.search("whale").total == 0


def test_somebody_in_a_hurry_need_not_wait_for_rest(following: Following) -> None:
    add(following.store, "moby", "whale")
    following.indexer.hurry()
    following.until(lambda: following.found("whale") == ["moby"])


def test_it_ends_while_there_is_much_to_do(store: Store) -> None:
    for number in range(30):
        add(store, f"d{number}", "whale")
    following = Following(store)
    following.indexer.hurry()
    following.indexer.close()
    assert store.database.after_commit is None
    store.search.catch_up()
    assert store.search.search("whale").total == 30


def test_a_write_does_not_wait_for_the_index(store: Store) -> None:
    """The index is a file of its own: while its writer is busy, updates reach the disk."""
    add(store, "moby", "whale")
    store.search.catch_up()
    busy, go_on = threading.Event(), threading.Event()

    def block(_: object) -> None:
        busy.set()
        assert go_on.wait(60)

    blocked = store.search._opened().submit(block)
    assert busy.wait(60)
    add(store, "duck", "duck")  # waits for the disk
    assert not blocked.done()
    go_on.set()
    blocked.result()


def test_the_newest_query_wins(store: Store) -> None:
    add(store, "moby", "whale")
    store.search.catch_up()
    live = LiveSearch(store.search)
    futures = [live.search("whale"[: length + 1]) for length in range(5)]
    assert [found.document_id for found in futures[-1].result(60).found] == ["moby"]
    for future in futures[:-1]:
        assert future.done()
    live.close()


def test_a_search_that_runs_is_given_up(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    add(store, "moby", "whale")
    store.search.catch_up()
    running = threading.Event()
    really_search = store.search._find

    def search(*arguments: object) -> object:
        running.set()
        given_up = arguments[-1]
        assert isinstance(given_up, threading.Event)
        if arguments[0] == first_query:
            assert given_up.wait(60)
        return really_search(*arguments)  # type: ignore[arg-type]

    from sync.store.search.query import parse

    first_query = parse("wha")
    monkeypatch.setattr(store.search, "_find", search)
    live = LiveSearch(store.search)
    first = live.search("wha")
    assert running.wait(60)
    second = live.search("whale")
    with pytest.raises(CancelledError):
        first.result(60)
    assert second.result(60).total == 1
    third = live.search("wha")
    live.cancel()
    with pytest.raises(CancelledError):
        third.result(60)
    live.close()


def test_sqlite_stops_in_the_middle(store: Store) -> None:
    for number in range(50):
        add(store, f"d{number}", "whale")
    store.search.catch_up()
    given_up = threading.Event()
    given_up.set()
    with pytest.raises(SearchGivenUp):
        store.search.search("whale", given_up=given_up)
    assert store.search.search("whale").total == 50


def test_what_goes_wrong_reaches_who_searched(store: Store) -> None:
    live = LiveSearch(store.search)
    store.search.close()
    assert live.search("whale").exception(60) is not None
    live.close()
