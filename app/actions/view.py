"""The View menu."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence

from app.actions.base import Menu

if TYPE_CHECKING:
    from app.main_window import MainWindow


class ViewActions(Menu):
    """Size and colours."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        appearance = window.appearance
        keys = QKeySequence.StandardKey
        self.zoom_in = self.add(self.tr("Zoom &in"), keys.ZoomIn, partial(appearance.zoom, 10))
        self.zoom_out = self.add(self.tr("Zoom &out"), keys.ZoomOut, partial(appearance.zoom, -10))
        self.zoom_reset = self.add(
            self.tr("&Normal size"), "Ctrl+0", partial(appearance.zoom, None)
        )
        self.themes = {
            name: self.toggle(title, None, partial(appearance.choose_theme, name))
            for name, title in (
                ("system", self.tr("Colours of the &system")),
                ("light", self.tr("&Light")),
                ("dark", self.tr("&Dark")),
            )
        }
        self.group(self.themes.values())
        self.title = self.tr("&View")
        self.entries = [
            *(self.zoom_in, self.zoom_out, self.zoom_reset, None),
            *self.themes.values(),
        ]

    def refresh(self) -> None:
        """Check the theme that is chosen."""
        self.themes[self.window.settings.theme].setChecked(True)
