"""Relative positions and index conversion in long documents with a history of small pieces."""

from __future__ import annotations

import random
import statistics
import time
import tracemalloc
from collections.abc import Callable

import pytest

from sync.document.delta import insert
from sync.document.document import Document
from sync.document.items import ItemList
from sync.document.positions import TextIndex
from sync.lib0 import encode_string, encode_varuint
from sync.types import Origin

PIECE = "so it — s"
"""As long as the pieces that the recorded paper (`tests/data`) is left in, and not ASCII."""
SIZES = [200_000, 1_000_000, 5_000_000]
"""UTF-16 units."""


def history(units: int) -> bytes:
    """Return the state of a text that two writers made of pieces, with one deleted after each."""
    pieces = units // len(PIECE)
    structs: list[list[bytes]] = [[], []]
    clocks = [0, 0]
    clients = (1, 2**31)
    end = b""  # id of the last unit so far
    for number in range(pieces):
        writer = number % 2
        parent = b"" if end else b"\1" + encode_string("content")
        seen = bytes([0x84 if end else 4]) + end + parent + encode_string(PIECE)
        clocks[writer] += len(PIECE)
        last = encode_varuint(clients[writer]) + encode_varuint(clocks[writer] - 1)
        structs[writer] += [seen, b"\x81" + last + b"\3"]
        clocks[writer] += 3
        end = encode_varuint(clients[writer]) + encode_varuint(clocks[writer] - 1)
    update = [b"\2"]
    for client, items in zip(clients, structs, strict=True):
        update += [encode_varuint(len(items)), encode_varuint(client), b"\0", *items]
    return b"".join([*update, b"\0"])


def report(what: str, work: Callable[[], object], times: int = 100) -> None:
    seconds = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    seconds.sort()
    median, p99 = statistics.median(seconds), seconds[times * 99 // 100]
    print(f"  {what}: median {median * 1e3:.3f} ms, p99 {p99 * 1e3:.3f} ms")


@pytest.mark.parametrize("units", SIZES)
def test_relative_positions(units: int) -> None:
    rng = random.Random(1)
    state = history(units)
    started = time.perf_counter()
    document = Document.load(state, client_id=3)
    loaded = time.perf_counter() - started
    state = document.encode_state()
    tracemalloc.start()
    items = ItemList(state)
    size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    started = time.perf_counter()
    document.relative_position(units // 2)
    first = time.perf_counter() - started
    print(f"\n{units:,} units, {sum(1 for _ in items):,} items: loaded in {loaded:.2f} s")
    print(f"  first position {first:.2f} s, {size / 1e6:.0f} MB from then on")

    def anywhere() -> int:
        return rng.randrange(document.length)

    anchors = [document.relative_position(anywhere()) for _ in range(200)]
    report("create anywhere", lambda: document.relative_position(anywhere()))
    report("resolve anywhere", lambda: document.resolve(rng.choice(anchors)))
    at = units // len(PIECE) // 2 * len(PIECE)

    def keystroke() -> None:
        document.apply(insert(at, "é"), Origin.VIEW)

    def keystroke_and_caret() -> None:
        keystroke()
        document.resolve(document.relative_position(at))

    report("keystroke", keystroke)
    report("keystroke, caret created and resolved", keystroke_and_caret)


@pytest.mark.parametrize("units", SIZES)
def test_index(units: int) -> None:
    index = TextIndex([PIECE * (units // len(PIECE))])
    ends = [0, index.utf16_length]
    middle = index.utf16_length // 2

    def jump() -> None:
        for at in (*ends, middle):
            index.utf16_at(index.utf8_at(at // len(PIECE) * len(PIECE)))

    def write() -> None:
        for at in (0, index.utf16_length):
            index.insert(at, "é")

    print(f"\n{units:,} units")
    report("both ends and the middle, there and back", jump)
    report("a letter at each end", write)
