"""Settings: what is checked, in which language, and the words that are right all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
)

from app.languages import language_name, system_language
from app.preferences.page import Page, form
from app.spelling.word_list import FILE, WordList
from app.tasks import Task, Tasks
from sync.phrases import explain_os_error

if TYPE_CHECKING:
    from app.main_window import MainWindow

MAX_WORD = 100
"""Characters."""


class SpellingPage(Page):
    """The list is the person's own file, which others may change meanwhile."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._tasks = Tasks("inkstand-words", parent=self)
        self._shown: list[str] | None = None
        """The words that are listed; None until the file was read."""
        self._words = WordList(window.store.data_dir / FILE)
        self.check_box(self.tr("&Underline misspelled words"), "check_spelling")
        self.check_box(self.tr("Also words in &CAPITALS"), "check_capitals")
        self.language = QComboBox()
        self.language.setAccessibleName(self.tr("Language of new texts"))
        system = language_name(system_language())
        self.language.addItem(self.tr("As this computer (%1)").replace("%1", system), "")
        tags = {tag for tag in window.actions_.edit.languages if tag is not None}
        tags |= {self.settings.writing_language} - {""}
        for tag in sorted(tags, key=lambda tag: language_name(tag).casefold()):
            self.language.addItem(language_name(tag), tag)
        self.language.setCurrentIndex(self.language.findData(self.settings.writing_language))
        self.language.currentIndexChanged.connect(self._choose_language)
        fields = form()
        fields.addRow(self.tr("&Language of texts that say none"), self.language)
        self.column.addLayout(fields)
        self.list = QListWidget()
        self.list.setObjectName("rows")
        self.list.setAccessibleName(self.tr("Own words"))
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.itemSelectionChanged.connect(self._refresh)
        label = QLabel(self.tr("Own &words, right in every language"))
        label.setBuddy(self.list)
        self.column.addWidget(label)
        self.column.addWidget(self.list, 1)
        self.field = QLineEdit()
        self.field.setAccessibleName(self.tr("A word to add"))
        self.field.setPlaceholderText(self.tr("A word to add"))
        self.field.setMaxLength(MAX_WORD)
        self.field.textChanged.connect(self._refresh)
        self.field.returnPressed.connect(self._add)
        self.add = QPushButton(self.tr("&Add"))
        self.add.clicked.connect(self._add)
        self.add.setAutoDefault(False)
        self.remove = QPushButton(self.tr("&Remove"))
        self.remove.clicked.connect(self._remove)
        self.remove.setAutoDefault(False)
        delete = QShortcut(QKeySequence(Qt.Key.Key_Delete), self.list)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(self._remove)
        row = QHBoxLayout()
        row.addWidget(self.field, 1)
        row.addWidget(self.add)
        row.addWidget(self.remove)
        self.column.addLayout(row)
        self.problem = self.note("")
        self.problem.hide()
        self._change(lambda: None)
        self._refresh()

    def leave(self) -> None:
        """Wait for no file any more."""
        self._tasks.close()

    def _choose_language(self) -> None:
        self.settings.writing_language = self.language.currentData()

    def _refresh(self) -> None:
        self.add.setEnabled(bool(self.field.text().strip()))
        self.remove.setEnabled(bool(self.list.selectedItems()))

    def _add(self) -> None:
        word = self.field.text().strip()
        if word:
            self.field.clear()
            self._change(lambda: self._words.add(word))

    def _remove(self) -> None:
        words = [item.text() for item in self.list.selectedItems()]

        def remove() -> None:
            for word in words:
                self._words.remove(word)

        if words:
            self._change(remove)

    def _change(self, change: object) -> None:
        """Change the file and read it again, on a thread."""
        assert callable(change)
        change_file = change

        def work(_: Task) -> tuple[list[str], str]:
            try:
                change_file()
            except OSError as error:
                return sorted(self._words.words(), key=str.casefold), explain_os_error(error)
            return sorted(self._words.words(), key=str.casefold), ""

        self._tasks.run(work, self._show)

    def _show(self, found: tuple[list[str], str]) -> None:
        words, reason = found
        row = self.list.currentRow()
        before, self._shown = self._shown, words
        if before is not None and words != before:
            for window in self.main.program.windows:
                window.spelling.restart()
        if words != before:
            self.list.clear()
            self.list.addItems(words)
            self.list.setCurrentRow(min(row, len(words) - 1))
        self.problem.setVisible(bool(reason))
        sentence = self.tr("The list of words could not be written (%1).")
        self.problem.setText(sentence.replace("%1", reason))
        self._refresh()
