"""Screens between one and two pixels a point: nothing is rounded, and nothing is scaled up."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

LOOK = """
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QPlainTextEdit
from app.resources import icon
application = QApplication([])
editor = QPlainTextEdit("sharp")
editor.resize(200, 100)
shown = editor.grab()
print(shown.devicePixelRatio(), shown.width())
drawn = icon("bold", QColor("black")).pixmap(20)
print(drawn.width() >= 20 * shown.devicePixelRatio())
"""


@pytest.mark.parametrize(("factor", "width"), [("1.25", 250), ("1.5", 300)])
def test_a_fraction_of_a_pixel_is_kept(factor: str, width: int) -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": factor}
    found = subprocess.run(
        [sys.executable, "-c", LOOK], capture_output=True, text=True, check=True, env=environment
    )
    assert found.stdout == f"{factor} {width}\nTrue\n"
