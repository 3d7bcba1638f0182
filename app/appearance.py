"""How everything looks now: theme, letters, size. Settings in, colours and page style out."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from app.editor.formats import Style
from app.settings import MAX_ZOOM, MIN_ZOOM, Settings
from app.theme import THEMES, Theme, system_theme

_OF_STYLE = frozenset({"zoom", "family", "line_height", "page_width"})
"""Names of the settings that are part of how a page looks."""


class Appearance(QObject):
    """The one place that knows the theme; follows the system's, if that is chosen."""

    theme_changed = Signal()
    """`theme` is another one; the application wears it already."""

    style_changed = Signal()
    """`style` gives another one: show the page anew."""

    def __init__(self, application: QApplication, settings: Settings) -> None:
        super().__init__()
        self._application = application
        self._settings = settings
        self._holding = False
        self.theme = self._chosen()
        self._wear()
        self._shown = self.style()
        settings.changed.connect(self._follow)
        application.styleHints().colorSchemeChanged.connect(self._refresh)

    def style(self) -> Style:
        """Return how a page looks."""
        style = self.theme.style()
        settings = self._settings
        return replace(
            style,
            family=settings.family or style.family,
            size=style.size * settings.zoom / 100,
            line_height=float(settings.line_height),
            width=float(settings.page_width),
        )

    def set_page(self, *, family: str, line_height: int, page_width: int) -> None:
        """Choose letters ("": the best installed), line height (percent) and width (letters)."""
        self._holding = True  # the page is shown anew once, not three times
        self._settings.family = family
        self._settings.line_height = line_height
        self._settings.page_width = page_width
        self._holding = False
        self._restyle()

    def choose_theme(self, name: str) -> None:
        """Use a theme from now on: "system" or one of `THEMES`."""
        self._settings.theme = name

    def zoom(self, step: int | None) -> None:
        """Make the text larger or smaller by `step` percent; None: normal size."""
        percent = 100 if step is None else self._settings.zoom + step
        self._settings.zoom = min(MAX_ZOOM, max(MIN_ZOOM, percent))

    def _follow(self, name: str) -> None:
        if name == "theme":
            self._refresh()
        elif name in _OF_STYLE and not self._holding:
            self._restyle()

    def _restyle(self) -> None:
        style = self.style()
        if style != self._shown:
            self._shown = style
            self.style_changed.emit()

    def _chosen(self) -> Theme:
        return THEMES.get(self._settings.theme) or system_theme(self._application)

    def _refresh(self) -> None:
        self.theme = self._chosen()
        self._wear()
        self.theme_changed.emit()
        self._restyle()

    def _wear(self) -> None:
        self._application.setPalette(self.theme.palette())
        self._application.setStyleSheet(self.theme.style_sheet())
