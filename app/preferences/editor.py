"""Settings: what happens to what is typed, and what is beside the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.dialogs import parts
from app.preferences.page import Page, form
from app.writing.word_popup import MAX_GOAL

if TYPE_CHECKING:
    from app.main_window import MainWindow


class EditorPage(Page):
    """Writing."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.check_box(self.tr("&Markdown while typing"), "markdown_typing")
        self.note(
            self.tr("“# ” at the start of a line makes a heading, “- ” a list, “**words**” bold.")
        )
        self.check_box(self.tr("Smart &punctuation"), "smart_punctuation")
        self.note(
            self.tr("Quotes, dashes and dots become those of the language. Undo brings back yours.")
        )
        self.check_box(self.tr("&Typewriter scrolling"), "typewriter")
        self.note(self.tr("The line that is written stays in the middle of the window."))
        self.check_box(self.tr("&Outline in new windows"), "outline")
        self.goal = parts.number(self.tr("Words a day"), 0, MAX_GOAL, 50)
        self.goal.setSpecialValueText(self.tr("none"))
        self.goal.setValue(self.settings.goal)
        self.goal.valueChanged.connect(self._set_goal)
        fields = form()
        fields.addRow(self.tr("&Goal: words a day"), self.goal)
        self.column.addLayout(fields)
        self.column.addStretch()

    def _set_goal(self, words: int) -> None:
        self.settings.goal = words
