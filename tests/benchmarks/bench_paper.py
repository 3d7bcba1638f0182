"""All 259,778 recorded keystrokes through editor, stores and a relay that is killed twice."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from tests.end_to_end.replay import replay


def test_the_whole_paper(qapp: QCoreApplication, tmp_path: Path) -> None:
    started = time.perf_counter()
    replay(tmp_path, None)
    seconds = time.perf_counter() - started
    print(f"\nwhole paper, two processes, relay killed twice: {seconds:.0f} s")
