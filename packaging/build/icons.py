"""Makes the icons of Windows and macOS from resources/icons/inkstand.svg: icons.py FOLDER"""

from __future__ import annotations

import os
import sys
from io import BytesIO
from pathlib import Path

from PIL import Image

ICON = Path(__file__).resolve().parents[2] / "resources" / "icons" / "inkstand.svg"
ICO_SIZES = (16, 20, 24, 32, 40, 48, 64, 128, 256)
ICNS_SIZES = (16, 32, 64, 128, 256, 512, 1024)
"""Pixels of an edge."""


def draw(size: int) -> Image.Image:
    """Return the icon, `size` pixels wide and high: drawn at that size, not scaled to it."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QBuffer, QIODevice
    from PySide6.QtGui import QGuiApplication, QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    application = QGuiApplication.instance() or QGuiApplication([])
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    QSvgRenderer(str(ICON)).render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    del application
    return Image.open(BytesIO(buffer.data().data()))


def write(folder: Path) -> None:
    """Write inkstand.ico and inkstand.icns into a folder, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, sizes in (("inkstand.ico", ICO_SIZES), ("inkstand.icns", ICNS_SIZES)):
        *others, largest = (draw(size) for size in sizes)
        # Bitmaps in the .ico: makensis puts them into the installer as they are, and Windows takes
        # only the largest as PNG there.
        square = [(size, size) for size in sizes]
        options = {"sizes": square, "bitmap_format": "bmp"} if name.endswith("ico") else {}
        largest.save(folder / name, append_images=others, **options)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
