"""The strip below the page in which a person says what to find, and what to put in its place."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QTextCursor
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QWidget,
)

from app.announce import announce
from app.editor.binding import Binding
from app.editor.editor import Editor
from app.find.finder import Finder, Problem
from app.find.query import BadPattern, Query
from app.find.replacer import Replacer
from app.theme import Theme
from app.translation import number

MAX_QUERY = 1_000
"""Characters of what is looked for."""

_MAX_TAKEN = 200
"""Characters of a selection that are taken over as what is looked for."""


class FindBar(QWidget):
    """Find and replace on the page of an editor. Hidden until somebody looks for something."""

    opened = Signal()
    """It is there, or another part of it."""

    def __init__(self, editor: Editor) -> None:
        super().__init__()
        self.setObjectName("findBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._editor = editor
        self.finder = Finder(editor)
        self.replacer = Replacer(self.finder)
        self.setAccessibleName(self.tr("Find and replace"))
        self.field = self._line(self.tr("Find"), self._look)
        self.count = QLabel()
        self.count.setObjectName("quiet")
        self.count.setMinimumWidth(self.fontMetrics().horizontalAdvance("100,000 of 100,000+"))
        self.previous = self._button("↑", self.tr("Previous (Shift+Enter)"), self._step_back)
        self.next = self._button("↓", self.tr("Next (Enter)"), self._step)
        self.case = self._toggle(_sign("Aa"), self.tr("Match case"), self._look)
        self.word = self._toggle(_sign("ab|"), self.tr("Whole words"), self._look)
        self.regex = self._toggle(_sign(".*"), self.tr("Regular expression"), self._look)
        self.selected = self._toggle(
            self.tr("In selection"), self.tr("In selection"), self._change_scope
        )
        self.close_button = self._button("✕", self.tr("Close (Esc)"), self.dismiss)
        self.replacement = self._line(self.tr("Replace with"), self._show_state)
        self.replace_one = self._push(self.tr("&Replace"), self._replace)
        self.replace_all = self._push(self.tr("Replace a&ll"), self._replace_all)
        self._replace_row = QWidget()
        self._lay_out()
        self.finder.changed.connect(self._show_state)
        self.replacer.changed.connect(self._show_state)
        editor.selection_changed.connect(self._show_state)
        self._was_replacing = False
        self._announced = ""
        self._replaced: int | None = None
        self.hide()

    # Building

    def _line(self, name: str, changed: Callable[[], object]) -> QLineEdit:
        field = QLineEdit()
        field.setPlaceholderText(name)
        field.setAccessibleName(name)
        field.setMaxLength(MAX_QUERY)
        field.setClearButtonEnabled(True)
        field.textChanged.connect(lambda: changed())
        field.installEventFilter(self)
        return field

    def _button(self, text: str, name: str, run: Callable[[], object]) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setToolTip(name)
        button.setAccessibleName(name)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: run())
        return button

    def _toggle(self, text: str, name: str, run: Callable[[], object]) -> QToolButton:
        button = self._button(text, name, lambda: None)
        button.setCheckable(True)
        button.toggled.connect(lambda: run())
        return button

    def _push(self, text: str, run: Callable[[], object]) -> QPushButton:
        button = QPushButton(text)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: run())
        return button

    def _lay_out(self) -> None:
        find = QHBoxLayout()
        for widget in (self.previous, self.next, self.case, self.word, self.regex, self.selected):
            find.addWidget(widget)
        find.addStretch(1)
        find.addWidget(self.close_button)
        replace = QHBoxLayout(self._replace_row)
        replace.setContentsMargins(0, 0, 0, 0)
        replace.addWidget(self.replace_one)
        replace.addWidget(self.replace_all)
        replace.addStretch(1)
        grid = QGridLayout(self)
        grid.setContentsMargins(20, 8, 12, 8)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.addWidget(self.field, 0, 0)
        grid.addWidget(self.count, 0, 1)
        grid.addLayout(find, 0, 2)
        grid.addWidget(self.replacement, 1, 0)
        grid.addWidget(self._replace_row, 1, 1, 1, 2)
        grid.setColumnStretch(0, 2)
        grid.setColumnStretch(2, 1)
        for earlier, later in zip(self._tab_order(), self._tab_order()[1:], strict=False):
            QWidget.setTabOrder(earlier, later)

    def _tab_order(self) -> list[QWidget]:
        return [
            *(self.field, self.replacement, self.replace_one, self.replace_all),
            *(self.previous, self.next, self.case, self.word, self.regex),
            *(self.selected, self.close_button),
        ]

    def set_theme(self, theme: Theme) -> None:
        """Mark hits in the colours of another theme from now on."""
        found, scope = QColor(theme.waiting), QColor(theme.hover)
        found.setAlphaF(0.3)
        self.finder.set_colors(found, scope)

    # Opening and closing

    def show_binding(self, binding: Binding | None) -> None:
        """Search another page from now on."""
        self.replacer.stop()
        self.selected.setChecked(False)
        self.finder.show_binding(binding)
        if binding is None:
            self.dismiss()

    def open(self, *, replacing: bool = False) -> None:
        """Show the bar, ready to type; what is selected is looked for, or in."""
        if self._editor.binding is None:
            return
        self._show(replacing=replacing or (self.isVisible() and self._replaces))
        cursor = self._editor.textCursor()
        taken = cursor.selectedText()
        if self._editor.hasFocus() and cursor.hasSelection():
            several = "\u2029" in taken
            self.selected.setEnabled(several)
            self.selected.setChecked(several)
            if not several and len(taken) <= _MAX_TAKEN and "\ufffc" not in taken:
                self._set_silently(taken)
        elif not self.selected.isChecked():
            self.selected.setEnabled(False)
        self.finder.start()
        self._look()
        field = self.replacement if replacing and self.field.text() else self.field
        field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        field.selectAll()
        self.opened.emit()

    def _show(self, *, replacing: bool) -> None:
        self.replacement.setVisible(replacing)
        self._replace_row.setVisible(replacing)
        self._replaced = None
        self.show()

    @property
    def _replaces(self) -> bool:
        return self.replacement.isVisible()

    def dismiss(self) -> None:
        """Hide the bar; the caret is where the hit is, and may write again."""
        self.replacer.stop()
        shown = not self.isHidden()
        self.hide()
        self.selected.setChecked(False)
        self.finder.stop()
        if shown:  # a page that goes closes it too, and must not take the focus from the list
            self._editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def find_again(self, direction: int) -> None:
        """Go to the next hit (1) or the one before (-1) of what was looked for last."""
        if not self.field.text():
            self.open()
            return
        if not self.isVisible():
            self._show(replacing=False)
            self.finder.query = self._query()
            self.finder.start()
        self._replaced = None
        self.finder.step(direction)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter goes on from either field, with Shift backwards."""
        if event.type() == QEvent.Type.KeyPress:
            assert isinstance(event, QKeyEvent)
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if watched is self.replacement and not shift:
                    self._replace()
                else:
                    self.find_again(-1 if shift else 1)
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)

    # Doing

    def _query(self) -> Query:
        return Query(
            self.field.text(),
            case=self.case.isChecked(),
            whole_word=self.word.isChecked(),
            is_regex=self.regex.isChecked(),
        )

    def _set_silently(self, text: str) -> None:
        self.field.blockSignals(True)
        self.field.setText(text)
        self.field.blockSignals(False)

    def _look(self) -> None:
        self._replaced = None
        if self.isVisible():
            self.finder.look_for(self._query())

    def _change_scope(self) -> None:
        cursor: QTextCursor | None = None
        if self.selected.isChecked():
            cursor = self._editor.textCursor()
        self.finder.set_scope(cursor)

    def _step(self) -> None:
        self.find_again(1)

    def _step_back(self) -> None:
        self.find_again(-1)

    def _replace(self) -> None:
        self._replaced = None
        self.replacer.replace_current(self.replacement.text())

    def _replace_all(self) -> None:
        self._replaced = None
        if self.replacer.running:
            self.replacer.stop()
        else:
            self._was_replacing = True
            self.replacer.replace_all(self.replacement.text())

    # Showing

    def _show_state(self) -> None:
        if not self.isVisible():
            return
        running = self.replacer.running
        if self._was_replacing and not running:
            self._was_replacing = False
            self._replaced = None if self.replacer.problem else self.replacer.done
        writable = not self._editor.isReadOnly()
        some = bool(len(self.finder.hits))
        self.previous.setEnabled(some)
        self.next.setEnabled(some)
        self.replace_one.setEnabled(some and writable and not running)
        self.replace_all.setEnabled((some and writable) or running)
        self.replace_all.setText(self.tr("Stop") if running else self.tr("Replace a&ll"))
        sentence, long = self._sentence(), bool(self.finder.problem or self.replacer.problem)
        settled = not (running or self.finder.searching)
        if settled and sentence != self._announced:
            self._announced = sentence
            announce(self.count, sentence)
        self.count.setText(sentence)
        self.count.setToolTip(sentence if long else "")
        self.count.setAccessibleName(sentence)

    def _sentence(self) -> str:
        """What came of it, in a few words."""
        finder, replacer = self.finder, self.replacer
        if replacer.running:
            done, total = number(replacer.done), number(replacer.total)
            return self.tr("Replacing %1 of %2…").replace("%1", done).replace("%2", total)
        problem = finder.problem or replacer.problem
        if problem is not None:
            return self._problem(problem)
        if self._replaced is not None:
            return self.tr("%1 replaced").replace("%1", number(self._replaced))
        if not self.field.text():
            return ""
        if not len(finder.hits):
            return self.tr("Searching…") if finder.searching else self.tr("Not found")
        total = number(len(finder.hits)) + ("+" if finder.hits.more else "")
        current = finder.current
        if current is None:
            return self.tr("%1 found").replace("%1", total)
        text = self.tr("%1 of %2").replace("%1", number(current + 1)).replace("%2", total)
        if finder.wrapped:
            where = self.tr("from the top") if finder.wrapped > 0 else self.tr("from the end")
            text += f" · {where}"
        return text

    def _problem(self, problem: Problem) -> str:
        if not isinstance(problem, BadPattern):
            return self.tr("This expression takes too long here; try a simpler one")
        if problem.position is None:
            return self.tr("Not an expression: %1").replace("%1", problem.reason)
        return (
            self.tr("Not an expression: %1, at character %2")
            .replace("%1", problem.reason)
            .replace("%2", str(problem.position + 1))
        )


def _sign(text: str) -> str:
    """Keep the order of what is a picture made of letters: "ab|" in Arabic, too."""
    return f"\u200e{text}\u200e"
