"""One measured window: `python -m tests.benchmarks.writer MEASURE PROFILE [TITLE]` prints JSON.

MEASURE is `start`, `document` (of a title) or `rest` (in step with the relay at a URL).

In a process of its own, so that memory and first starts are those of the program alone.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

STARTED = time.perf_counter()

from app.imports import read_no_sources  # noqa: E402

read_no_sources()  # as `app.gui` does

from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer  # noqa: E402
from PySide6.QtGui import QKeyEvent, QTextCursor  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from app.garbage import GarbageCollector  # noqa: E402
from app.gui import prefer_the_window  # noqa: E402
from app.main_window import MainWindow  # noqa: E402
from app.network import Network  # noqa: E402
from app.program import Program  # noqa: E402
from app.settings import Settings  # noqa: E402
from sync.client.credentials import Credentials  # noqa: E402
from sync.document.delta import Insert, Retain  # noqa: E402
from sync.document.document import Document  # noqa: E402
from sync.store.store import Store  # noqa: E402
from sync.types import Origin  # noqa: E402

KEYS = 200
"""Keystrokes of one measure; 1% of them are 2."""
REST_SECONDS = 20.0
BETWEEN = 0.06
"""Seconds between two keystrokes: 200 words a minute, faster than anybody types for long."""


class Painted(QObject):
    """Notes when the page was painted last."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.at = 0.0
        self.count = 0
        window.editor.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        if event.type() is QEvent.Type.Paint:
            # The paint comes behind this filter; what is posted now comes behind the paint.
            QTimer.singleShot(0, self._done)
        return False

    def _done(self) -> None:
        self.at = time.perf_counter()
        self.count += 1


def memory(process: str = "self") -> float:
    """Resident memory of a process in MB, this one unless its id is given."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def children() -> list[str]:
    """Return the ids of the processes that this one has started and that live."""
    found: list[str] = []
    for task in Path("/proc/self/task").iterdir():
        with suppress(FileNotFoundError):  # that thread has ended
            found += (task / "children").read_text().split()
    return found


def until(condition: Callable[[], bool], within: float = 300.0) -> None:
    """Serve events until `condition` holds, and sleep between them as the program does.

    Raises `TimeoutError` after so many seconds.
    """
    application = QApplication.instance()
    assert application is not None
    deadline = time.perf_counter() + within
    waker = QTimer()  # the condition may come true without an event
    waker.start(100)
    while not condition():
        application.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        if time.perf_counter() > deadline:
            raise TimeoutError


class Desk:
    """The window on a profile, as the program opens it."""

    def __init__(self, profile: Path) -> None:
        self.application = QApplication(["inkstand"])
        self.application.setStyle("Fusion")
        prefer_the_window()
        self.garbage = GarbageCollector(self.application)
        self.store = Store.open(profile)
        self.network = Network(self.store, Credentials(self.store.profile_id))
        self.program = Program(self.store, self.network, Settings(profile))
        self.program.begin()
        self.window = self.program.windows[0]
        self.window.resize(1120, 760)
        self.painted = Painted(self.window)
        until(lambda: self.painted.count > 0)

    def open(self, title: str) -> float:
        """Open a document; return the seconds until its first page is painted."""
        found = next(r.id for r in self.store.documents() if r.title == title)
        started, count = time.perf_counter(), self.painted.count
        self.window.documents.open(found)
        self.wait_for_paint(count)
        return self.painted.at - started

    def key(self, text: str) -> float:
        """Press a key; return the seconds until what it does is painted."""
        started, count = time.perf_counter(), self.painted.count
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, text)
            QApplication.sendEvent(self.window.editor, event)
        self.wait_for_paint(count)
        return self.painted.at - started

    def wait_for_paint(self, count: int) -> None:
        """Serve events until the page has been painted more than `count` times."""
        until(lambda: self.painted.count > count)

    @staticmethod
    def rest(seconds: float) -> None:
        """Serve events for a while, as between two keystrokes of a person."""
        loop = QEventLoop()
        QTimer.singleShot(round(seconds * 1000), loop.quit)
        loop.exec()

    def caret(self, part: float) -> None:
        """Put the caret at a part of the document, 0 to 1, and show it."""
        cursor = QTextCursor(self.window.editor.document())
        cursor.setPosition(int(part * (self.window.editor.document().characterCount() - 2)))
        self.window.editor.setTextCursor(cursor)

    def close(self) -> None:
        self.program.quit()
        self.network.stop()
        self.store.close()


def typing(desk: Desk, title: str, *, peer: bool) -> dict[str, list[float]]:
    """Type at several places; `peer`: while somebody else makes 20 edits a second nearby."""
    rng = random.Random(1)
    opened = desk.window.opened
    assert opened is not None
    updates: list[bytes] = []
    other = Document.load(opened.document.encode_state())
    other.prepare()  # its edits are made between the keys that are measured
    other.on_update(lambda update, _: updates.append(update))
    remote: list[float] = []

    def edit() -> None:
        at = min(other.length - 1, max(0, desk.window.editor.textCursor().position() + 200))
        other.apply([Retain(at), Insert(rng.choice("abc "))], Origin.COMMAND)
        started = time.perf_counter()
        opened.live.receive(updates.pop(0))
        remote.append(time.perf_counter() - started)

    timer = QTimer()
    timer.timeout.connect(edit)
    if peer:
        timer.start(50)
    keys: list[float] = []
    for place in range(4):
        desk.caret((place + 0.5) / 4)
        desk.rest(0.5)
        for number in range(KEYS // 4):
            keys.append(desk.key(rng.choice("etaoin shrdlu") if number % 40 else "\r"))
            desk.rest(BETWEEN)
    timer.stop()
    return {"keys": keys, "remote": remote}


def remote_edits(desk: Desk) -> list[float]:
    """Seconds from receiving somebody else's edit of the visible page until it is painted."""
    opened = desk.window.opened
    assert opened is not None
    other = Document.load(opened.document.encode_state())
    updates: list[bytes] = []
    other.on_update(lambda update, _: updates.append(update))
    desk.caret(0.5)
    desk.rest(0.5)
    seconds: list[float] = []
    for number in range(100):
        at = desk.window.editor.textCursor().position() + number % 7
        other.apply([Retain(at), Insert("x")], Origin.COMMAND)
        started, count = time.perf_counter(), desk.painted.count
        opened.live.receive(updates.pop(0))
        desk.wait_for_paint(count)
        seconds.append(desk.painted.at - started)
        desk.rest(0.02)
    return seconds


def wakeups() -> int:
    """How often a thread of this process has gone to sleep so far, to be woken again."""
    count = 0
    for task in Path("/proc/self/task").iterdir():
        lines = (task / "status").read_text().splitlines()
        count += sum(int(line.split()[1]) for line in lines if line.startswith("voluntary"))
    return count


def rest(desk: Desk, url: str) -> dict[str, float]:
    """Sign in, wait until all is in step and indexed, and then see what is done without cause."""
    in_step: list[bool] = []
    desk.network.progress.connect(lambda _, total: in_step.append(total == 0))
    desk.network.start()
    desk.network.sign_in(url, "ada", "correct horse").result()
    until(lambda: any(in_step))
    index = desk.program.library_index
    index.hurry()
    until(lambda: index.progress[0] == index.progress[1] > 0)
    indexing = sum(map(memory, children()))  # let go `background.REST_AFTER` later
    desk.rest(5.0)
    woken, busy = wakeups(), time.process_time()
    desk.rest(REST_SECONDS)
    return {
        "wakeups": (wakeups() - woken) / REST_SECONDS,
        "busy": (time.process_time() - busy) / REST_SECONDS,
        "memory": memory(),
        "indexing": indexing,
    }


def main(measure: str, profile: Path, title: str = "") -> dict[str, object]:
    desk = Desk(profile)
    result: dict[str, object] = {"start": time.perf_counter() - STARTED}
    if measure == "document":
        result["open"] = desk.open(title)
        result["memory"] = memory()
        result["alone"] = typing(desk, title, peer=False)["keys"]
        both = typing(desk, title, peer=True)
        result["beside a peer"] = both["keys"]
        result["remote"] = remote_edits(desk)
    if measure == "rest":
        result |= rest(desk, title)
    desk.close()
    return result


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])))
