"""A megabyte of HTML: how long reading it takes, and how long the window waits for it."""

from __future__ import annotations

import itertools
import statistics
import time

from PySide6.QtCore import QMimeData, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from sync.document import views
from tests.app.editor.desk import Desk

PROSE = (
    "<p>"
    + "Words that a writer wrote and then copied, with <em>some</em> of them stressed. " * 7
    + "</p>\n"
)
HTML = PROSE * (1_000_000 // len(PROSE))
ROUNDS = 5


def test_a_megabyte_is_pasted(qtbot: QtBot) -> None:
    reading, whole, longest = [], [], []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        views.from_html(HTML)
        reading.append(time.perf_counter() - started)

        desk = Desk(qtbot)
        mime = QMimeData()
        mime.setHtml(HTML)
        turns: list[float] = []
        timer = QTimer()
        timer.timeout.connect(lambda turns=turns: turns.append(time.perf_counter()))
        timer.start(0)
        started = time.perf_counter()
        turns.append(started)
        desk.editor.insertFromMimeData(mime)
        intake = desk.editor.intake
        while intake._waiting or intake._writing is not None:
            QApplication.processEvents()
        QApplication.processEvents()
        whole.append(time.perf_counter() - started)
        longest.append(max(b - a for a, b in itertools.pairwise(turns)))
        timer.stop()
    for what, seconds in (
        ("read by itself", reading),
        ("until it is in the document", whole),
        ("longest time that the window waits", longest),
    ):
        seconds.sort()
        print(
            f"  1 MB of HTML, {what}: median {statistics.median(seconds) * 1e3:.0f} ms, "
            f"{seconds[0] * 1e3:.0f}-{seconds[-1] * 1e3:.0f} ms"
        )
