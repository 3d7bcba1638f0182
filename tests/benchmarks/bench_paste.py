"""A megabyte is pasted: how long it takes, and how long the window waits for it."""

from __future__ import annotations

import itertools
import json
import statistics
import time

import pytest
from PySide6.QtCore import QMimeData, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.editor.clipboard import DELTA_TYPE
from sync.document import views
from tests.app.editor.desk import Desk

PROSE = (
    "<p>"
    + "Words that a writer wrote and then copied, with <em>some</em> of them stressed. " * 7
    + "</p>\n"
)
HTML = PROSE * (1_000_000 // len(PROSE))
ROUNDS = 3


def clipboard(kind: str) -> QMimeData:
    """The same words, as a web page, as an editor of plain text or Inkstand itself copies them."""
    mime = QMimeData()
    match kind:
        case "HTML":
            mime.setHtml(HTML)
        case "plain text":
            mime.setText(views.to_text(views.from_html(HTML)))
        case "our own format":
            inserts = views.inserts_to_json(views.from_html(HTML))
            mime.setData(DELTA_TYPE, json.dumps(inserts).encode())
    return mime


@pytest.mark.parametrize("kind", ["HTML", "plain text", "our own format"])
def test_a_megabyte_is_pasted(qtbot: QtBot, kind: str) -> None:
    whole, longest = [], []
    for _ in range(ROUNDS):
        desk = Desk(qtbot)
        mime = clipboard(kind)
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
        ("until it is in the document", whole),
        ("longest time that the window waits", longest),
    ):
        seconds.sort()
        print(
            f"  1 MB of {kind}, {what}: median {statistics.median(seconds) * 1e3:.0f} ms, "
            f"{seconds[0] * 1e3:.0f}-{seconds[-1] * 1e3:.0f} ms"
        )
