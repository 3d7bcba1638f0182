"""The Edit menu."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu

from app.actions.base import Menu
from app.actions.find import FindActions
from app.editor.punctuation import LANGUAGES
from app.languages import language_name, system_language

if TYPE_CHECKING:
    from app.main_window import MainWindow


class EditActions(Menu):
    """Undo, the clipboard, and what happens to what is typed."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        editor = window.editor
        keys = QKeySequence.StandardKey
        self.undo = self.add(self.tr("&Undo"), keys.Undo, editor.undo)
        self.redo = self.add(self.tr("&Redo"), keys.Redo, editor.redo)
        self.cut = self.add(self.tr("Cu&t"), keys.Cut, editor.cut)
        self.copy = self.add(self.tr("&Copy"), keys.Copy, editor.copy)
        self.paste = self.add(self.tr("&Paste"), keys.Paste, editor.paste)
        self.paste_plain = self.add(
            self.tr("Paste as plain te&xt"), "Ctrl+Shift+V", editor.paste_plain
        )
        self.select_all = self.add(self.tr("Select &all"), keys.SelectAll, editor.selectAll)
        self.finding = FindActions(self, window)
        self.markdown = self.toggle(self.tr("&Markdown while typing"), None, self._toggle_markdown)
        self.punctuation = self.toggle(
            self.tr("&Smart punctuation"), None, self._toggle_punctuation
        )
        self.languages: dict[str | None, QAction] = {}
        """An entry for each language on offer (BCP 47); None: the system's."""
        self._language_menu = QMenu(self.tr("Document &language"), window)
        self._language_group = QActionGroup(self)
        self._language_shown: tuple[str | None, bool, int] | None = None
        self._offer_languages()
        window.spelling.changed.connect(self._offer_languages)
        window.spelling.changed.connect(self.refresh)
        self.settings = self.add(self.tr("Settin&gs…"), "Ctrl+,", self._show_settings)
        self.title = self.tr("&Edit")
        self.entries = [
            *(self.undo, self.redo, None),
            *(self.cut, self.copy, self.paste, self.paste_plain, None),
            *(self.select_all, None, *self.finding.entries, None),
            *(self.markdown, self.punctuation),
            *(self._language_menu.menuAction(), None, self.settings),
        ]

    def _offer_languages(self) -> None:
        """Offer those whose punctuation is known, and those that there is a dictionary for."""
        tags = {*LANGUAGES, *(name.replace("_", "-") for name in self.window.spelling.languages)}
        if self.languages.keys() == {None, *tags}:
            return
        self._language_menu.clear()
        for tag in (None, *sorted(tags, key=lambda tag: language_name(tag).casefold())):
            if tag not in self.languages:
                self.languages[tag] = self._language(tag)
                self._language_group.addAction(self.languages[tag])
            self._language_menu.addAction(self.languages[tag])

    def _language(self, tag: str | None) -> QAction:
        name = language_name(tag or self.window.settings.writing_language or system_language())
        if tag is None:
            name = self.tr("As on this computer (%1)").replace("%1", name)
        return self.toggle(name, None, partial(self.window.documents.set_language, tag))

    @property
    def writing(self) -> list[QAction]:
        """History and clipboard, as far as they change the text; replacing; the language."""
        return [
            *(self.undo, self.redo, self.cut, self.paste, self.paste_plain),
            *(self.finding.replace, *self.languages.values()),
        ]

    def refresh(self) -> None:
        """Follow the selection, the role and the history."""
        editor = self.window.editor
        has_document = editor.binding is not None
        self.finding.refresh()
        writable = has_document and not editor.isReadOnly()
        selected = editor.textCursor().hasSelection()
        self.select_all.setEnabled(has_document)
        self.paste.setEnabled(writable)
        self.paste_plain.setEnabled(writable)
        self.copy.setEnabled(selected)
        self.cut.setEnabled(selected and writable)
        self.markdown.setChecked(self.window.as_you_type.markdown)
        self.punctuation.setChecked(self.window.as_you_type.smart_punctuation)
        opened = self.window.documents.opened
        self._follow_language(opened.document.language if opened else None, writable=writable)
        history = editor.binding.document.undo_history if editor.binding else None
        self.undo.setEnabled(writable and history is not None and history.can_undo)
        self.redo.setEnabled(writable and history is not None and history.can_redo)

    def _follow_language(self, language: str | None, *, writable: bool) -> None:
        """There are fifty of them, and this is called for each key: only if something is new."""
        state = language, writable, len(self.languages)
        if state == self._language_shown:
            return
        self._language_shown = state
        for tag, action in self.languages.items():
            action.setChecked(tag == language)
            action.setEnabled(writable)

    def _show_settings(self) -> None:
        from app.preferences.dialog import SettingsDialog  # seldom wanted, never at a start

        opened = self.window.findChild(SettingsDialog)
        dialog = opened or SettingsDialog(self.window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.show()
        dialog.activateWindow()

    def _toggle_markdown(self) -> None:
        self.window.settings.markdown_typing = self.markdown.isChecked()

    def _toggle_punctuation(self) -> None:
        self.window.settings.smart_punctuation = self.punctuation.isChecked()
