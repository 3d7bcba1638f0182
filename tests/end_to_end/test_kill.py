"""kill -9 of the editor 100 ms after a keystroke: the keystroke is there at the next start."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sync.store.compaction import build_document
from sync.store.store import Store

TYPIST = """
import sys
from pathlib import Path
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from app.network import Network
from app.program import Program
from app.settings import Settings
from sync.client.credentials import Credentials
from sync.store.store import Store

application = QApplication([])
store = Store.open(Path(sys.argv[1]))
network = Network(store, Credentials(store.profile_id))
program = Program(store, network, Settings(store.data_dir))
program.begin()
window = program.windows[0]
network.start()
QTest.qWaitForWindowExposed(window)
for letter in "abcdefghijklmnopqrstuvwxyz":
    QTest.keyClick(window.editor, letter)
    print(letter, flush=True)
    sys.stdin.readline()
application.exec()
"""


@pytest.mark.parametrize("last", ["a", "g", "z"])
def test_a_keystroke_survives(tmp_path: Path, last: str) -> None:
    editor = subprocess.Popen(
        [sys.executable, "-c", TYPIST, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert editor.stdin is not None
    assert editor.stdout is not None
    typed = ""
    for line in editor.stdout:
        typed += line.strip()
        if typed.endswith(last):
            break
        editor.stdin.write("\n")
        editor.stdin.flush()
    # The promise is about this very time, so here it is waited for; nothing else is.
    threading.Event().wait(0.1)
    editor.send_signal(signal.SIGKILL)
    editor.wait(30)
    editor.stdin.close()
    editor.stdout.close()
    with Store.open(tmp_path) as store:
        (record,) = store.documents()
        document, left_out = build_document(store.load(record.id))
    assert not left_out
    assert document.text() == typed + "\n"
