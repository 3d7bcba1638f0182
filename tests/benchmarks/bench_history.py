"""Versions, attribution and news of a long document with a real history.

A book is the recorded paper, typed by a few clients, then edited by three people who correct words
all over it, as they would in a week. What is measured blocks, but never the window's thread.
"""

from __future__ import annotations

import random
import time
import zlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import pytest

from sync.document.attribution import Written
from sync.document.comparison import compare
from sync.document.delta import Delta, Insert, Retain, delete, insert
from sync.document.document import Document
from sync.document.restoring import restoring
from sync.store.store import Store
from sync.types import DocumentId, Origin
from tests.benchmarks.book import book

SIZES = [100_000, 1_000_000]
"""Characters."""
EDITS = [30, 1_000]
"""Words that each of three people changes."""
BOOK = DocumentId("book")

Result = TypeVar("Result")


def timed(what: str, work: Callable[[], Result]) -> Result:
    started, cpu = time.perf_counter(), time.process_time()
    result = work()
    seconds, busy = time.perf_counter() - started, time.process_time() - cpu
    print(f"    {what:34} {seconds:8.3f} s ({busy:.3f} s of processor)")
    return result


@lru_cache
def original(size: int) -> bytes:
    return book(size).encode_state()


@lru_cache
def corrected(size: int, edits: int) -> bytes:
    """Return the state after three people have each changed some words."""
    state = original(size)
    rng = random.Random(1)
    for client, user in ((11, "ada"), (12, "bob"), (13, "cy")):
        document = Document.load(state, client_id=client, author=user)
        document.prepare()
        for number in range(edits):
            at = rng.randrange(document.length - 20)
            change: Delta = insert(at, f"word{number} ")
            if number % 3 == 0:
                change = delete(at, rng.randint(1, 8))
            elif number % 3 == 1:
                change = [Retain(at), Insert("new"), *delete(0, rng.randint(1, 8))]
            document.apply(change, Origin.VIEW)
        state = document.encode_state()
    return state


@pytest.mark.parametrize("edits", EDITS)
@pytest.mark.parametrize("size", SIZES)
def test_comparing_and_restoring(size: int, edits: int) -> None:
    old, new = original(size), corrected(size, edits)
    print(f"\n{size:,} characters, {edits} words changed by each of three people")
    print(f"    a version has {len(zlib.compress(new)):,} bytes")
    changes = timed("difference in words", lambda: compare(old, new))
    exact = timed("difference to the character", lambda: compare(old, new, words=False))
    print(f"    {len(changes)} changes in words, {len(exact)} to the character")
    delta = timed("finding the edit that restores", lambda: restoring(new, old))
    document = Document.load(new, client_id=20, author="ada")
    document.prepare()
    print(f"    {len(delta)} operations")
    timed("applying it", lambda: document.apply_in_slices(delta, Origin.COMMAND))
    assert document.contents() == Document.load(old).contents()


@pytest.mark.parametrize("size", SIZES)
def test_attribution(size: int) -> None:
    document = Document.load(corrected(size, 1_000))
    print(f"\n{size:,} characters")
    runs: list[Written] = timed("attribution, items not yet read", document.attribution)
    timed("attribution", document.attribution)
    middle = document.length // 2
    timed("attribution of a page", lambda: document.attribution(middle, middle + 3_000))
    print(f"    {len(runs)} runs")


@pytest.mark.parametrize("size", SIZES)
def test_in_the_store(size: int, tmp_path: Path) -> None:
    old, new = original(size), corrected(size, 1_000)
    update = Document.load(new).update_since(Document.load(old).state_vector())
    with Store.open(tmp_path) as store:
        store.create_document(BOOK, "Book").result()
        store.append_remote(BOOK, old).result()
        history = store.history
        print(f"\n{size:,} characters, 1,000 words changed by each of three people")
        version = timed("keeping a version", lambda: history.keep(BOOK))
        assert version is not None
        store.history.mark_seen(BOOK).result()
        store.append_remote(BOOK, update).result()
        timed("compaction, which keeps what was seen", lambda: store.compact(BOOK))
        for _ in range(100):
            history.keep(BOOK, "A name")
        listed = timed("listing 101 versions", lambda: history.versions(BOOK))
        timed("text at a version", lambda: history.contents_at(BOOK, listed[-1].number))
        timed("difference to now", lambda: history.difference(BOOK, version.number))
        news = timed("what changed since seen", lambda: history.changes_since_seen(BOOK, "ada"))
        timed("which documents have news", history.with_news)
        assert news is not None
        print(f"    {len(news.changes)} changes, {sum(v.size for v in listed):,} bytes of versions")
