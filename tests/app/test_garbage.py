"""Nothing is collected while somebody types."""

from __future__ import annotations

import gc
import os
import sys
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from app import garbage, memory
from app.garbage import GarbageCollector
from app.rest import is_typing, note_key


class Node:
    """May be in a cycle."""

    other: Node


def cycle() -> weakref.ref[Node]:
    one, two = Node(), Node()
    one.other, two.other = two, one
    return weakref.ref(one)


@pytest.fixture
def collector(qapp: QCoreApplication) -> Iterator[GarbageCollector]:
    enabled = gc.isenabled()
    collector = GarbageCollector(qapp)
    collector._timer.stop()
    yield collector
    collector.close()
    if not enabled:
        gc.disable()


def fill() -> list[list[int]]:
    """So much that there is something to look at."""
    return [[] for _ in range(2 * gc.get_threshold()[0])]


def test_keys_come_first(collector: GarbageCollector, qtbot: QtBot) -> None:
    gc.collect()
    lost, kept = cycle(), fill()
    note_key()
    collector._look()
    assert lost() is not None
    qtbot.waitUntil(lambda: not is_typing(garbage._REST))
    collector._look()
    assert lost() is None
    del kept


def test_young_ones_are_collected_in_the_end(collector: GarbageCollector) -> None:
    gc.collect()
    lost, kept = cycle(), fill()
    for _ in range(garbage._PATIENCE):
        assert lost() is not None
        note_key()
        collector._look()
    assert lost() is None
    del kept


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc keeps what is free")
def test_free_memory_is_given_back() -> None:
    def resident() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    blocks = [b"x" * 5_000 for _ in range(8_000)]
    del blocks[:-1]  # what is left keeps the rest from being given back by itself
    before = resident()
    memory.give_back()
    assert resident() < before - 20_000_000
    assert blocks
