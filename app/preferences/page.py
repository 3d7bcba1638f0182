"""What the pages of the settings are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QFormLayout, QLabel, QVBoxLayout, QWidget

from app.dialogs import parts
from app.settings import Settings

if TYPE_CHECKING:
    from app.main_window import MainWindow


class Page(QWidget):
    """One page; made anew each time that somebody comes to it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self.main = window
        """The window from which the settings were opened."""
        self.settings: Settings = window.settings
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(2, 2, 10, 2)
        self.column.setSpacing(12)
        self._boxes: dict[str, QCheckBox] = {}
        self.settings.changed.connect(self._follow)

    def leave(self) -> None:
        """End what is under way: another page comes, or the settings close."""

    def check_box(self, title: str, setting: str) -> QCheckBox:
        """Add a box for a setting that is on or off; it follows what others choose."""
        box = QCheckBox(title)
        box.setChecked(getattr(self.settings, setting))
        box.toggled.connect(lambda on: setattr(self.settings, setting, on))

        self._boxes[setting] = box
        self.column.addWidget(box)
        return box

    def _follow(self, name: str) -> None:
        if name in self._boxes:
            self._boxes[name].setChecked(getattr(self.settings, name))

    def note(self, text: str) -> QLabel:
        """Add a sentence that explains."""
        label = quiet(text)
        self.column.addWidget(label)
        return label


def quiet(text: str) -> QLabel:
    """Return a sentence that is not to draw the eye."""
    label = QLabel(text)
    label.setObjectName("quiet")
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label


def form() -> QFormLayout:
    """Return a layout for fields with names before them."""
    return parts.form(spacing=12)
