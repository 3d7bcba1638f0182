"""Checks the page of an editor while it is written, and marks what is misspelled in view."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QObject, QTimer, Signal
from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QTextEdit

from app.editor.binding import Binding
from app.editor.editor import Editor
from app.editor.mirror import Paragraph, attributes_of
from app.editor.visible import bring_into_view, visible_range
from app.find.replacing import Replacement, delta_of
from app.languages import language_of
from app.settings import Settings
from app.tasks import Task, Tasks
from sync.document import schema
from sync.phrases import explain_os_error

if TYPE_CHECKING:
    from app.spelling.checker import Checker, Span

LAYER = "spelling"
"""Name of the editor's layer of marks."""

REST = 200
"""Milliseconds of rest after a change before it is checked."""

MAX_MARKED = 500
"""Misspelled words in view that are marked: Qt walks over all marks each time it paints."""

_BATCH = 8_000
"""UTF-16 units that are checked in one go: some 5 ms of a thread's time."""


def script_of(language: str) -> str:
    """Return the ISO 15924 code of the letters that a language is written in."""
    return QLocale.scriptToCode(QLocale(language).script())


@dataclass(slots=True, eq=False)
class Checked:
    """A paragraph, and where in it words are misspelled (UTF-16 units); None: not known yet."""

    paragraph: Paragraph
    spans: list[Span] | None = field(default=None)


class Spelling(QObject):
    """Spelling of the document that an editor shows. Positions are UTF-16 units."""

    changed = Signal()
    """`language`, `languages` or whether anything is checked is another one."""

    problem = Signal(str)
    """A sentence for the person."""

    found = Signal(object)
    """`go_on` has come to a misspelled word (a QTextCursor that selects it), or to none (None)."""

    def __init__(
        self, editor: Editor, settings: Settings, data_dir: Path, dictionaries: Path
    ) -> None:
        super().__init__(editor)
        self._editor = editor
        self._settings = settings
        self._folders = data_dir, dictionaries
        self._tasks = Tasks("spelling", parent=self)
        self._asked: Task | None = None
        self._give_way = threading.Event()
        """Set while somebody types: Python's lock is wanted then, so what is under way stops."""
        self._binding: Binding | None = None
        self._checked: list[Checked] = []
        self._first_unknown = 0
        self._typed_at = -1
        self._jumps = False
        self._starting = False
        self._color = QColor("red")
        self.language: str | None = None
        """The dictionary's language; None where there is none, or nothing was checked yet."""
        self.wanted = ""
        """The language that the document is in."""
        self.languages: list[str] = []
        """What could be checked; empty until the first text was."""
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST)
        self._rest.timeout.connect(self._follow)
        editor.verticalScrollBar().valueChanged.connect(self._scrolled)
        editor.verticalScrollBar().rangeChanged.connect(self._scrolled)
        editor.cursorPositionChanged.connect(self._caret_moved)
        settings.changed.connect(self._follow_settings)

    # What is checked

    def show_binding(self, binding: Binding | None) -> None:
        """Check another page from now on."""
        if self._binding is not None:
            self._binding.typed.disconnect(self._typed)
            self._binding.patched.disconnect(self._patched)
        self._binding = binding
        if binding is not None:
            binding.typed.connect(self._typed)
            binding.patched.connect(self._patched)
        self.restart()

    def set_color(self, color: QColor) -> None:
        """Underline in another colour from now on."""
        self._color = color
        self._mark()

    @property
    def on(self) -> bool:
        """Whether the person wants spelling to be checked."""
        return self._settings.check_spelling

    def set_on(self, on: bool) -> None:
        """Check from now on, or no more."""
        self._settings.check_spelling = on

    def _follow_settings(self, name: str) -> None:
        if name in ("check_spelling", "check_capitals", "writing_language"):
            self.restart()

    def restart(self) -> None:
        """Check everything anew: another language, other words, on or off."""
        self._checked = []
        self._first_unknown = 0
        self._jumps = self._starting = False
        if self._asked is not None:
            self._asked.cancel()
            self._asked = None
        self._mark()
        self.changed.emit()
        if self._binding is None or not self.on:
            return
        self.wanted = language_of(self._binding.document, self._settings.writing_language).replace(
            "-", "_"
        )
        wanted, script = self.wanted, script_of(self.wanted)

        def work(_task: Task) -> tuple[str | None, list[str]]:
            return self._checker.use(wanted, script), self._checker.languages()

        self._starting = True
        self._asked = self._tasks.run(work, self._begin)

    @cached_property
    def _checker(self) -> Checker:
        """Made on the thread that it lives on: its libraries take a while to import."""
        from app.spelling.checker import Checker
        from app.spelling.word_list import FILE, WordList

        data_dir, dictionaries = self._folders
        return Checker(dictionaries, WordList(data_dir / FILE))

    def close(self) -> None:
        """Check no more: the window closes."""
        self._tasks.close()

    def _begin(self, answer: tuple[str | None, list[str]]) -> None:
        self._asked = None
        self._starting = False
        self.language, self.languages = answer
        self.changed.emit()
        self._follow()
        if self._jumps:
            self.go_on()

    # Following the text

    def _typed(self) -> None:
        self._typed_at = self._editor.textCursor().position()
        self._give_way.set()
        self._rest.start()

    def _patched(self) -> None:
        if not self._rest.isActive():  # others may never rest
            self._rest.start()

    def _follow(self) -> None:
        """Take note of paragraphs that are new or different, and have them checked."""
        self._give_way.clear()
        if self._binding is None or self.language is None or not self.on:
            return
        new, old = self._binding.mirror.paragraphs, self._checked
        shorter = min(len(new), len(old))
        head = 0
        while head < shorter and old[head].paragraph is new[head]:
            head += 1
        tail = 0
        while tail < shorter - head and old[-1 - tail].paragraph is new[-1 - tail]:
            tail += 1
        old[head : len(old) - tail] = [Checked(one) for one in new[head : len(new) - tail]]
        self._first_unknown = min(self._first_unknown, head)
        self._mark()
        self._check_some()

    def _check_some(self) -> None:
        """Have the next paragraphs checked: those in view first."""
        if self._asked is not None or self._give_way.is_set():
            return  # it is called again when that is over
        some = self._unknown_in_view() or self._unknown()
        if not some:
            return
        texts = [(one.paragraph.text, _skipped(one.paragraph)) for one in some]
        checker, capitals = self._checker, self._settings.check_capitals

        give_way = self._give_way

        def work(task: Task) -> list[list[Span]]:
            found: list[list[Span]] = []
            for text, skipped in texts:
                if task.cancelled() or give_way.is_set():
                    break
                found.append(checker.misspelled(text, skipped, capitals=capitals))
            return found

        self._asked = self._tasks.run(work, lambda spans: self._take(some, spans))

    def _take(self, some: list[Checked], found: list[list[Span]]) -> None:
        self._asked = None
        known = some[: len(found)]
        for one, spans in zip(known, found, strict=True):
            one.spans = spans
        first, last = self._blocks_in_view()
        if not set(known).isdisjoint(self._checked[first : last + 1]):
            self._mark()
        if self._jumps:
            self.go_on()
        self._check_some()

    def _unknown_in_view(self) -> list[Checked]:
        first, last = self._blocks_in_view()
        return [one for one in self._checked[first : last + 1] if one.spans is None]

    def _unknown(self) -> list[Checked]:
        some: list[Checked] = []
        units = 0
        at = self._first_unknown
        while at < len(self._checked) and units < _BATCH:
            if self._checked[at].spans is None:
                if not some:
                    self._first_unknown = at
                some.append(self._checked[at])
                units += self._checked[at].paragraph.length
            at += 1
        if not some:
            self._first_unknown = at
        return some

    # Marks

    def _scrolled(self) -> None:
        if not self._rest.isActive():  # else it will be done soon
            self._mark()
            self._check_some()

    def _caret_moved(self) -> None:
        if self._typed_at not in (-1, self._editor.textCursor().position()):
            self._typed_at = -1
            self._mark()

    def _blocks_in_view(self) -> tuple[int, int]:
        start, end = visible_range(self._editor)
        document = self._editor.document()
        return document.findBlock(start).blockNumber(), document.findBlock(end).blockNumber()

    def _mark(self) -> None:
        """Underline what is in view, but for the word that is being typed."""
        if not self._checked or self._binding is None:
            self._editor.set_layer(LAYER, [])
            return
        char_format = QTextCharFormat()
        char_format.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SpellCheckUnderline)
        char_format.setUnderlineColor(self._color)
        marks: list[QTextEdit.ExtraSelection] = []
        first, last = self._blocks_in_view()
        block = self._editor.document().findBlockByNumber(first)
        paragraphs = self._binding.mirror.paragraphs
        for number in range(first, min(last + 1, len(self._checked), len(paragraphs))):
            one = self._checked[number]
            if one.spans and one.paragraph is paragraphs[number]:
                for start, end in one.spans[: MAX_MARKED - len(marks)]:
                    cursor = self._selecting(block.position() + start, block.position() + end)
                    if not cursor.selectionStart() <= self._typed_at <= cursor.selectionEnd():
                        mark = QTextEdit.ExtraSelection()
                        mark.cursor, mark.format = cursor, char_format
                        marks.append(mark)
            block = block.next()
        self._editor.set_layer(LAYER, marks)

    def _selecting(self, start: int, end: int) -> QTextCursor:
        cursor = QTextCursor(self._editor.document())
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        return cursor

    # Misspelled words

    @property
    def count(self) -> int:
        """How many misspelled words are known."""
        return sum(len(one.spans or ()) for one in self._checked)

    def at(self, position: int) -> QTextCursor | None:
        """Return a cursor that selects the misspelled word at a position; None: there is none."""
        block = self._editor.document().findBlock(position)
        number = block.blockNumber()
        if self._binding is None or not 0 <= number < len(self._checked):
            return None
        one = self._checked[number]
        if one.paragraph is not self._binding.mirror.paragraphs[number]:
            return None
        for start, end in one.spans or ():
            if start <= position - block.position() <= end:
                return self._selecting(block.position() + start, block.position() + end)
        return None

    def number_of(self, word: QTextCursor) -> int:
        """Return which of the misspelled words one is, from 1."""
        block = self._editor.document().findBlock(word.selectionStart())
        before = sum(len(one.spans or ()) for one in self._checked[: block.blockNumber()])
        start = word.selectionStart() - block.position()
        here = self._checked[block.blockNumber()].spans or ()
        return before + sum(1 for other, _ in here if other <= start)

    def go_on(self) -> None:
        """Go to the next misspelled word behind the caret, from the top if need be: `found`."""
        self._jumps = self._starting
        if self._starting:
            return
        if self.language is None or not self.on or self._binding is None:
            self.found.emit(None)
            return
        self._rest.stop()
        self._follow()
        caret = self._editor.textCursor().selectionEnd()
        block = self._editor.document().findBlock(caret)
        count = len(self._checked)
        for step in range(count + 1):
            number = (block.blockNumber() + step) % count
            spans = self._checked[number].spans
            if spans is None:  # go on when it is known
                self._jumps = True
                self._first_unknown = min(self._first_unknown, number)
                return
            begins = self._editor.document().findBlockByNumber(number).position()
            for start, end in spans:
                if step or begins + start >= caret:
                    cursor = self._selecting(begins + start, begins + end)
                    bring_into_view(self._editor, cursor)
                    self.found.emit(cursor)
                    return
        self.found.emit(None)

    def suggest(self, word: str, then: Callable[[list[str]], None]) -> None:
        """Call `then` with what may have been meant."""
        self._tasks.run(lambda _: self._checker.suggest(word), then)

    def put(self, word: QTextCursor, suggestion: str) -> None:
        """Put a suggestion in a word's place, with its marks."""
        old = word.selectedText()
        block = word.document().findBlock(word.selectionStart())
        if self._binding is None or not old or self._editor.isReadOnly():
            return
        paragraph = self._binding.mirror.paragraphs[block.blockNumber()]
        change = Replacement(word.selectionStart(), old, suggestion)
        delta = delta_of([paragraph], [change], block.position())
        self._editor.run(lambda _: delta)

    def add(self, word: str) -> None:
        """Add a word to the profile's list."""
        self._change_words(lambda: self._checker.add(word))

    def ignore(self, word: str) -> None:
        """Leave a word alone until the program ends."""
        self._change_words(lambda: self._checker.ignore(word))

    def _change_words(self, change: Callable[[], None]) -> None:
        def work(_task: Task) -> str:
            try:
                change()
            except OSError as error:
                return explain_os_error(error)
            return ""

        def then(reason: str) -> None:
            if reason:
                sentence = self.tr("The word could not be written to your list (%1).")
                self.problem.emit(sentence.replace("%1", reason))
            self.restart()

        self._tasks.run(work, then)


def _skipped(paragraph: Paragraph) -> list[Span]:
    """Return where a paragraph holds no prose, in code points: code and links."""
    if schema.CODE_BLOCK in attributes_of(paragraph.block):
        return [(0, paragraph.length)]
    spans: list[Span] = []
    at = 0
    for text, key in paragraph.runs:
        marks = attributes_of(key)
        if schema.CODE in marks or schema.LINK in marks:
            spans.append((at, at + len(text)))
        at += len(text)
    return spans
