"""Edits of long documents with a real history: with the list of items, and as pycrdt does them."""

from __future__ import annotations

import statistics
import time
import tracemalloc
from collections.abc import Callable, Iterator

import pytest

from sync.document.delta import Delta, delete, format_range, insert
from sync.document.document import Document
from sync.document.items import ItemList
from sync.types import Origin
from tests.benchmarks.book import book

SIZES = [200_000, 1_000_000, 5_000_000]
"""Characters."""
TIMES = 100
PLACES = {"start": 0.01, "middle": 0.5, "end": 0.99}


def measured(works: Iterator[Callable[[], object]]) -> str:
    """Run each and return median and p99 in milliseconds."""
    seconds = []
    for work in works:
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    seconds.sort()
    p99 = seconds[len(seconds) * 99 // 100]
    return f"{statistics.median(seconds) * 1e3:8.3f} /{p99 * 1e3:8.3f}"


def local(document: Document, at: int) -> tuple[str, str]:
    inserts = (
        lambda number=number: document.apply(insert(at + number, "x"), Origin.VIEW)
        for number in range(TIMES)
    )
    typed = measured(inserts)
    deletes = (
        lambda number=number: document.apply(delete(at + number, 1), Origin.VIEW)
        for number in reversed(range(TIMES))
    )
    return typed, measured(deletes)


def bold(document: Document, at: int) -> str:
    return measured(
        lambda number=number: document.apply(
            format_range(at + number, 1, {"bold": True}), Origin.COMMAND
        )
        for number in range(20)
    )


def remote(document: Document, writer: Document, at: int) -> tuple[str, str]:
    updates: list[bytes] = []
    stop = writer.on_update(lambda update, _: updates.append(update))
    for number in range(TIMES):
        writer.apply(insert(at + number, "x"), Origin.VIEW)
    for number in reversed(range(TIMES)):
        writer.apply(delete(at + number, 1), Origin.VIEW)
    stop()
    works = [lambda update=update: document.apply_update(update) for update in updates]
    return measured(iter(works[:TIMES])), measured(iter(works[TIMES:]))


@pytest.mark.parametrize("size", SIZES)
def test_edits(size: int) -> None:
    state = book(size).encode_state()
    started = time.perf_counter()
    document = Document.load(state, client_id=1)
    loaded = time.perf_counter() - started
    writer = Document.load(state, client_id=2)
    writer.prepare()
    deltas: list[Delta] = []
    document.on_change(lambda delta, _: deltas.append(delta))
    print(f"\n{size:,} characters, loaded in {loaded:.2f} s; median / p99 in ms")
    for ready in (False, True):
        if ready:
            started = time.perf_counter()
            slices = 1
            while not document.prepare(0.004):
                slices += 1
            seconds = time.perf_counter() - started
            print(f"  items read in {slices} slices, {seconds:.2f} s")
        print("  with the list of items" if ready else "  without")
        for name, part in PLACES.items():
            at = int(part * document.length)
            typed, deleted = local(document, at)
            print(f"    {name:6}  insert {typed}  delete {deleted}", end="")
            # The local ones are not told to the writer: its places stay where they were.
            typed, deleted = remote(document, writer, at)
            print(f"   remote insert {typed}  delete {deleted}")
        print(f"    bold in the middle {bold(document, document.length // 2)}")
        print(f"    undo {measured(document.undo for _ in range(20))}")


@pytest.mark.parametrize("size", SIZES)
def test_memory(size: int) -> None:
    state = book(size).encode_state()
    tracemalloc.start()
    items = ItemList(state)
    taken, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    count = sum(1 for _ in items)
    print(f"\n{size:,} characters, {count:,} items: {taken / 1e6:.1f} MB, peak {peak / 1e6:.1f} MB")
