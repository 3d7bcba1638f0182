"""What the window imports, and what it must not keep because of that."""

from __future__ import annotations

import subprocess
import sys

LOOK = """
import linecache, sys
from app.imports import read_no_sources
read_no_sources()
import app.main_window
seldom = [name for name in ("nh3", "markdown_it", "click") if name in sys.modules]
print(len(linecache.cache) < 10, seldom)  # with PySide6 looking, it is 480
"""


def test_sources_and_seldom_libraries_are_not_kept_in_memory() -> None:
    found = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True, check=True)
    assert found.stdout == "True []\n"
