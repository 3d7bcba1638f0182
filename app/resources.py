"""Finds the files of `resources/`, in a checkout and when installed, and draws the icons."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

_SIZE = 20
"""Edge of an icon in device-independent pixels; drawn three times as large, for sharp screens."""


@lru_cache(maxsize=1)
def resources() -> Path:
    """Return the folder of icons and desktop files."""
    here = Path(__file__).parent
    installed = here / "_resources"
    return installed if installed.is_dir() else here.parent / "resources"


def icon(name: str, color: QColor) -> QIcon:
    """Return an icon drawn in `color`, and paler where its action is disabled.

    Where the window runs from right to left, one that has a direction is another picture: what is
    mirrored as a whole would have its digits mirrored.
    """
    folder = resources() / "icons"
    mirrored = folder / f"{name}-rtl.svg"
    is_mirrored = QGuiApplication.isRightToLeft() and mirrored.exists()
    svg = (mirrored if is_mirrored else folder / f"{name}.svg").read_text()
    result = QIcon()
    pale = QColor(color)
    pale.setAlphaF(0.35)
    modes = QIcon.Mode
    for mode, ink in ((modes.Normal, color), (modes.Selected, color), (modes.Disabled, pale)):
        result.addPixmap(_drawn(svg, ink), mode)
    return result


def app_icon() -> QIcon:
    """Return the program's own icon."""
    return QIcon(str(resources() / "icons" / "inkstand.svg"))


def _drawn(svg: str, color: QColor) -> QPixmap:
    pixmap = QPixmap(3 * _SIZE, 3 * _SIZE)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    colored = svg.replace("currentColor", color.name())
    QSvgRenderer(QByteArray(colored.encode())).render(painter, QRectF(pixmap.rect()))
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationIn)
    painter.fillRect(pixmap.rect(), QColor(0, 0, 0, color.alpha()))
    painter.end()
    return pixmap
