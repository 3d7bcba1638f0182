"""Find, replace and spelling in a text of 1 MB with 5% of it bold: what the window feels."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.find.finder import page_text
from app.find.query import Query
from app.find.search import search
from app.resources import resources
from app.spelling.checker import Checker
from app.spelling.word_list import WordList
from sync.document import transfer
from sync.document.delta import Insert, compact
from sync.store.store import Store
from sync.types import new_document_id
from tests.end_to_end.desk import Desk

WORDS = [
    "the",
    "quick",
    "brown",
    "fox",
    "jumps",
    "over",
    "a",
    "lazy",
    "dog",
    "while",
    "wrods",
    "keep",
    "their",
    "place",
    "in",
    "order",
]


def contents(size: int) -> list[Insert]:
    inserts, written, number = [], 0, 0
    while written < size:
        for _ in range(80):
            word = WORDS[number * 7919 % len(WORDS)]
            inserts.append(Insert(word + " ", {"bold": True} if number % 20 == 0 else {}))
            written += len(word) + 1
            number += 1
        inserts.append(Insert("\n"))
    return [one for one in compact(inserts) if isinstance(one, Insert)]


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    document = new_document_id()
    with Store.open(tmp_path) as store:
        updates = transfer.new_document("Book", None, contents(1_000_000))
        store.create_document(document, "Book", updates).result()
    desk = Desk(qtbot, tmp_path)
    desk.focus()
    yield desk
    desk.close()


class Pulse:
    """A timer of 1 ms: the longest time between two beats is how long the window stood still."""

    def __init__(self) -> None:
        self.gaps: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer()
        self._timer.timeout.connect(self._beat)
        self._timer.start(1)

    def _beat(self) -> None:
        now = time.perf_counter()
        self.gaps.append(1000 * (now - self._last))
        self._last = now

    def stop(self) -> str:
        self._timer.stop()
        self._beat()
        gaps = sorted(self.gaps)
        return f"window still: p99 {gaps[int(0.99 * (len(gaps) - 1))]:.0f}, max {gaps[-1]:.0f} ms"


def spread(seconds: list[float]) -> str:
    ms = sorted(1000 * one for one in seconds)
    return f"median {statistics.median(ms):.1f} ms, {ms[0]:.1f}-{ms[-1]:.1f} ({len(ms)})"


def until(condition: Callable[[], bool]) -> float:
    started = time.perf_counter()
    while not condition():
        QApplication.processEvents()
        time.sleep(0.0005)
    return time.perf_counter() - started


def test_find_and_replace(desk: Desk) -> None:
    bar, editor = desk.window.find_bar, desk.window.editor
    until(lambda: desk.window.spelling._first_unknown >= len(desk.window.spelling._checked) > 0)
    binding = editor.binding
    assert binding is not None
    snapshots, searches = [], []
    for _ in range(20):
        started = time.perf_counter()
        text = page_text(binding)
        snapshots.append(time.perf_counter() - started)
        started = time.perf_counter()
        hits = search(text, Query("brown"))
        searches.append(time.perf_counter() - started)
    print(f"\ntext of the page: {spread(snapshots)}")
    print(f"search for a word, {len(hits)} hits: {spread(searches)}")
    bar.open()
    waits = []
    pulse = Pulse()
    for _ in range(5):
        for end in range(1, 6):
            bar.field.setText("brown"[:end])
            waits.append(until(lambda: not bar.finder.searching))
        bar.field.clear()
    print(f"letter in the find field to hits: {spread(waits)}; {pulse.stop()}")
    bar.field.setText("brown")
    until(lambda: not bar.finder.searching)
    editor.setFocus()
    keys = []
    pulse = Pulse()
    for _ in range(60):
        started = time.perf_counter()
        desk.bot.keyClicks(editor, "x")
        keys.append(time.perf_counter() - started)
        pause = time.perf_counter() + 0.1
        until(lambda: time.perf_counter() > pause)  # noqa: B023
    print(f"key while all hits are kept: {spread(keys)}; {pulse.stop()}")
    bar.open(replacing=True)
    bar.field.setText("brown")
    bar.replacement.setText("green")
    until(lambda: not bar.finder.searching)
    pulse = Pulse()
    bar.replace_all.click()
    seconds = until(lambda: not bar.replacer.running)
    print(f"replace all, {bar.replacer.done:,}: {seconds:.1f} s; {pulse.stop()}")
    started = time.perf_counter()
    editor.undo()
    print(f"undo it: {time.perf_counter() - started:.2f} s")


def test_spelling(desk: Desk, tmp_path: Path) -> None:
    spelling = desk.window.spelling
    spelling.restart()
    pulse = Pulse()
    started = time.perf_counter()
    until(lambda: any(spelling.number_of(m.cursor) for m in desk.window.editor.extraSelections()))
    first = time.perf_counter() - started
    until(lambda: spelling._first_unknown >= len(spelling._checked) > 0)
    whole = time.perf_counter() - started
    print(f"\nspelling: first page after {1000 * first:.0f} ms, 1 MB after {whole:.1f} s;", end=" ")
    print(f"{spelling.count:,} misspelled; {pulse.stop()}")
    checker = Checker(resources() / "dictionaries", WordList(tmp_path / "none.txt"))
    checker.use("en_US", "Latn")
    page = " ".join(WORDS * 25)
    pages = []
    for _ in range(50):
        started = time.perf_counter()
        checker.misspelled(page)
        pages.append(time.perf_counter() - started)
    print(f"a page of {len(page):,} characters, words known: {spread(pages)}")
    paints = []
    for layer in (True, False):
        if not layer:
            spelling.set_on(False)
        for _ in range(30):
            started = time.perf_counter()
            desk.window.editor.viewport().repaint()
            paints.append(time.perf_counter() - started)
        print(f"paint {'with' if layer else 'without'} marks: {spread(paints)}")
        paints.clear()
