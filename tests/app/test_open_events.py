"""What macOS asks a running program to open: by Qt's events, in a program of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from sync.client.invite_link import invite_url

LINKS = [
    invite_url("wss://relay.example.org", f"k3J-_abcdefghijklmnopq{number}") for number in range(2)
]

PROGRAM = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication, QTimer, QUrl
from PySide6.QtGui import QFileOpenEvent
from app.gui import run_program
from app.open_events import Application
from app.settings import Settings
from app.sharing.joining import JoinDialog

def ask(link):
    QCoreApplication.sendEvent(application, QFileOpenEvent(QUrl(link)))

def look():
    for dialog in application.topLevelWidgets():
        if isinstance(dialog, JoinDialog) and dialog.isVisible():
            print(dialog.invite.text(), flush=True)
            dialog.reject()
            if not later:
                application.closeAllWindows()
            else:
                ask(later.pop())
            break

application = Application(["inkstand"])
first, *later = sys.argv[2:]
ask(first)  # before there is a window
timer = QTimer()
timer.timeout.connect(look)
timer.start(20)
data_dir = Path(sys.argv[1])
sys.exit(run_program(application, data_dir, Settings(data_dir)))
"""


def test_links_come_to_the_window_also_those_that_came_before_it(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path), *LINKS],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == LINKS
