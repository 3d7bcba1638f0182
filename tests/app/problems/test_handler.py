"""The program goes on after a mistake in a slot, says so, and tells more at the next start."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QtMsgType, qCritical
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from app.banner import Banner
from app.dialogs.problem_reports import ProblemReportsDialog
from app.problems.handler import MOST_KINDS, ProblemHandler
from app.problems.reports import Reports
from app.problems.telling import ProblemTeller

# pytest-qt and pytest watch the very hooks that are under test here.
pytestmark = [
    pytest.mark.qt_no_exception_capture,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning"),
]


@pytest.fixture
def handler(qapp: QApplication, tmp_path: Path) -> Iterator[ProblemHandler]:
    del qapp
    handler = ProblemHandler(Reports(tmp_path))
    yield handler
    handler.close()


def texts(handler: ProblemHandler) -> list[str]:
    return [handler.reports.read(path) for path in handler.reports.paths()]


def test_a_slot_that_raises_is_reported_and_said(qtbot: QtBot, handler: ProblemHandler) -> None:
    banner = Banner()
    qtbot.addWidget(banner)
    ProblemTeller(handler, banner.say, banner)
    button = QPushButton()
    qtbot.addWidget(button)
    done: list[bool] = []

    def raise_something() -> None:
        raise ValueError("words of the writer")

    button.clicked.connect(raise_something)
    button.clicked.connect(lambda: done.append(True))
    button.click()
    assert done == [True]  # the program goes on
    qtbot.waitUntil(lambda: "Something went wrong" in banner.text)
    [text] = texts(handler)
    assert "in test_a_slot_that_raises_is_reported_and_said" in text
    assert "words of the writer" not in text
    button.click()  # the same again is no second report
    assert len(texts(handler)) == 1


def test_a_thread_that_raises_is_reported(handler: ProblemHandler) -> None:
    def raise_something() -> None:
        raise LookupError("words of the writer")

    thread = threading.Thread(target=raise_something, name="inkstand-care_0")
    thread.start()
    thread.join()
    [text] = texts(handler)
    assert text.startswith("A mistake on the thread inkstand-care\n")
    assert "words of the writer" not in text


def test_what_the_engine_has_caught_is_reported(handler: ProblemHandler) -> None:
    try:
        raise ValueError("words of the writer")
    except ValueError:
        logging.getLogger("sync.client.engine").exception("The connection ended")
    [text] = texts(handler)
    assert "that sync.client.engine has caught" in text
    assert "words of the writer" not in text


def test_what_qt_finds_critical_is_reported(handler: ProblemHandler) -> None:
    qCritical("something of Qt's own")
    [text] = texts(handler)
    assert text.startswith(f"Qt ({QtMsgType.QtCriticalMsg.name}, ")
    assert "something of Qt's own" in text


def test_a_paint_that_always_fails_does_not_fill_the_folder(handler: ProblemHandler) -> None:
    for number in range(3 * MOST_KINDS):
        error = type(f"Error{number}", (Exception,), {})()
        handler.report(error, "in a test")
        handler.report(error, "in a test")
    assert len(handler.reports.paths()) <= MOST_KINDS


CRASH = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from app.problems.handler import ProblemHandler
from app.problems.reports import Reports
import faulthandler
application = QApplication(["test", "-platform", "offscreen"])
handler = ProblemHandler(Reports(Path(sys.argv[1])))
assert handler.died_last_time == (sys.argv[2] == "died")
if sys.argv[3] == "crash":
    faulthandler._sigabrt()
handler.close()
"""


def test_a_crash_is_known_at_the_next_start(qtbot: QtBot, tmp_path: Path) -> None:
    def run(before: str, then: str) -> int:
        command = [sys.executable, "-c", CRASH, str(tmp_path), before, then]
        return subprocess.run(command, capture_output=True, timeout=60).returncode

    assert run("ended well", "crash") != 0
    assert run("died", "end") == 0
    assert run("ended well", "end") == 0
    dialog = ProblemReportsDialog(Reports(tmp_path), None)
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.list.count() == 1
    assert "Fatal Python error: Aborted" in dialog.text.toPlainText()
    dialog.copy.click()
    assert QApplication.clipboard().text() == dialog.text.toPlainText()
    dialog.delete.click()
    assert dialog.nothing.isVisible()
    assert not dialog.copy.isEnabled()
