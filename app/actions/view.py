"""The View menu."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence

from app.actions.base import Menu, SubMenu
from app.actions.spelling import SpellingActions
from app.dialogs.page import PageDialog

if TYPE_CHECKING:
    from app.main_window import MainWindow


class ViewActions(Menu):
    """What is beside the page, and how the page looks."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        appearance = window.appearance
        keys = QKeySequence.StandardKey
        self.outline = self.toggle(self.tr("&Outline"), "Ctrl+Shift+O", window.toggle_outline)
        self.focus = self.toggle(self.tr("&Focus mode"), "F11", window.focus_mode.toggle)
        self.typewriter = self.toggle(
            self.tr("&Typewriter scrolling"), "Ctrl+Shift+T", self._toggle_typewriter
        )
        self.zoom_in = self.add(self.tr("Zoom &in"), keys.ZoomIn, partial(appearance.zoom, 10))
        self.zoom_out = self.add(self.tr("&Zoom out"), keys.ZoomOut, partial(appearance.zoom, -10))
        self.zoom_reset = self.add(
            self.tr("&Normal size"), "Ctrl+0", partial(appearance.zoom, None)
        )
        self.page = self.add(self.tr("&Page…"), None, self._choose_page)
        self.themes = {
            name: self.toggle(title, None, partial(appearance.choose_theme, name))
            for name, title in (
                ("system", self.tr("As the s&ystem")),
                ("light", self.tr("&Light")),
                ("dark", self.tr("&Dark")),
                ("sepia", self.tr("&Sepia")),
            )
        }
        self.group(self.themes.values())
        self.spelling = SpellingActions(self, window)
        self.title = self.tr("&View")
        self.entries = [
            *(self.outline, self.focus, self.typewriter, None),
            *(*self.spelling.entries, None),
            *(self.zoom_in, self.zoom_out, self.zoom_reset, self.page, None),
            SubMenu(self.tr("&Colours"), self.themes.values()),
        ]
        window.focus_mode.changed.connect(self.refresh)

    def refresh(self) -> None:
        """Check what is on."""
        settings = self.window.settings
        self.spelling.refresh()
        self.themes[settings.theme].setChecked(True)
        self.outline.setChecked(settings.outline)
        self.typewriter.setChecked(settings.typewriter)
        self.focus.setChecked(self.window.focus_mode.on)

    def _toggle_typewriter(self) -> None:
        settings = self.window.settings
        settings.typewriter = not settings.typewriter
        self.window.typewriter.on = settings.typewriter

    def _choose_page(self) -> None:
        dialog = PageDialog(self.window.appearance, self.window.settings, self.window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
