"""The View menu."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QKeySequence

from app.actions.base import Menu, SubMenu
from app.actions.spelling import SpellingActions
from app.dialogs.page import PageDialog
from app.translation import LANGUAGES, resolved, spoken

if TYPE_CHECKING:
    from app.main_window import MainWindow


class ViewActions(Menu):
    """What is beside the page, and how the page looks."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        appearance = window.appearance
        keys = QKeySequence.StandardKey
        self.outline = self.toggle(self.tr("&Outline"), "Ctrl+Shift+O", window.toggle_outline)
        self.sidebar = self.toggle(self.tr("Side&bar"), "F9", window.toggle_sidebar)
        self.focus = self.toggle(self.tr("&Focus mode"), "F11", window.focus_mode.toggle)
        self.typewriter = self.toggle(
            self.tr("&Typewriter scrolling"), "Ctrl+Shift+T", self._toggle_typewriter
        )
        self.others = self.toggle(self.tr("Others’ c&arets"), None, self._toggle_others)
        self.people = self.add(self.tr("&Who is here"), "Ctrl+Alt+P", window.presence.bar.open_menu)
        self.zoom_in = self.add(self.tr("Zoom &in"), keys.ZoomIn, partial(appearance.zoom, 10))
        self.zoom_out = self.add(self.tr("&Zoom out"), keys.ZoomOut, partial(appearance.zoom, -10))
        self.zoom_reset = self.add(
            self.tr("&Normal size"), "Ctrl+0", partial(appearance.zoom, None)
        )
        self.page = self.add(self.tr("&Page…"), None, self._choose_page)
        self.themes: dict[str, QAction] = {
            name: self.toggle(title, None, partial(appearance.choose_theme, name))
            for name, title in (
                ("system", self.tr("As the s&ystem")),
                ("light", self.tr("&Light")),
                ("dark", self.tr("&Dark")),
                ("sepia", self.tr("&Sepia")),
            )
        }
        self.group(self.themes.values())
        names = {"system": self.tr("As the s&ystem"), **_own_names()}
        self.languages = {
            name: self.toggle(title, None, partial(self._choose_language, name))
            for name, title in names.items()
        }
        self.group(self.languages.values())
        self.next_pane = self.add(self.tr("Ne&xt part of the window"), "F6", self._go_on)
        self.previous_pane = self.add(
            self.tr("Pre&vious part of the window"), "Shift+F6", self._go_back
        )
        self.spelling = SpellingActions(self, window)
        self.title = self.tr("&View")
        self.entries = [
            *(self.sidebar, self.outline, self.focus, self.typewriter, None),
            *(*self.spelling.entries, None),
            *(self.people, self.others, None),
            *(self.zoom_in, self.zoom_out, self.zoom_reset, self.page, None),
            SubMenu(self.tr("&Colours"), self.themes.values()),
            SubMenu(self.tr("&Language"), self.languages.values()),
            *(None, self.next_pane, self.previous_pane),
        ]
        window.focus_mode.changed.connect(self.refresh)

    def refresh(self) -> None:
        """Check what is on."""
        settings = self.window.settings
        self.spelling.refresh()
        self.themes[settings.theme].setChecked(True)
        self.languages[settings.language].setChecked(True)
        self.outline.setChecked(self.window.outline_wanted)
        self.sidebar.setChecked(self.window.sidebar_wanted)
        self.typewriter.setChecked(settings.typewriter)
        self.others.setChecked(settings.others_carets)
        self.focus.setChecked(self.window.focus_mode.on)

    def _go_on(self) -> None:
        self.window.panes.go(1)

    def _go_back(self) -> None:
        self.window.panes.go(-1)

    def _choose_language(self, name: str) -> None:
        self.window.settings.language = name
        language = resolved(name)
        if language != spoken():
            sentence = self.tr("Inkstand will speak %1 when you start it the next time.")
            self.window.banner.say(sentence.replace("%1", LANGUAGES[language]))

    def _toggle_typewriter(self) -> None:
        self.window.settings.typewriter = not self.window.settings.typewriter

    def _toggle_others(self) -> None:
        settings = self.window.settings
        settings.others_carets = not settings.others_carets
        self.window.presence.show_carets()

    def _choose_page(self) -> None:
        dialog = PageDialog(self.window.appearance, self.window.settings, self.window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def _own_names() -> dict[str, str]:
    """Return the languages by their own names: who cannot read this one finds theirs."""
    return {language: f"&{name}" for language, name in LANGUAGES.items()}
