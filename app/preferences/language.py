"""Settings: the language of menus and messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox

from app.preferences.page import Page, form
from app.translation import LANGUAGES, resolved, spoken

if TYPE_CHECKING:
    from app.main_window import MainWindow


class LanguagePage(Page):
    """What the windows speak."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.language = QComboBox()
        self.language.setAccessibleName(self.tr("Language of menus and messages"))
        self.language.addItem(self.tr("As this computer"), "system")
        for name, own in LANGUAGES.items():
            self.language.addItem(own, name)
        self.language.setCurrentIndex(self.language.findData(self.settings.language))
        self.language.currentIndexChanged.connect(self._choose)
        fields = form()
        fields.addRow(self.tr("&Menus and messages"), self.language)
        self.column.addLayout(fields)
        self.later = self.note(
            self.tr("The new language is spoken when Inkstand is started the next time.")
        )
        self.later.hide()
        self.note(
            self.tr(
                "The language that a text is in belongs to the text: Edit › Document language. It "
                "decides about spelling and quotes."
            )
        )
        self.column.addStretch()

    def _choose(self) -> None:
        self.settings.language = self.language.currentData()
        self.later.setVisible(resolved(self.settings.language) != spoken())
