"""Counts the open document while it changes, and knows who wrote the difference."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from app.editor.binding import Binding
from app.editor.commands import Selection
from app.editor.editor import Editor
from app.editor.mirror import split_runs
from app.rest import is_typing
from app.writing.counting import Counts, Tally, count
from app.writing.goal import DayGoal
from sync.document.delta import Delta
from sync.types import Origin

_REST = 400
"""Milliseconds without a change after which is counted again."""
_SLICE = 0.003
"""Seconds that counting may take at once: a large document is counted in several turns."""
_PAUSE = 0.03
"""Seconds without a key before it goes on, so that what was typed is painted first."""


class WordCounter(QObject):
    """Words of document, selection, session and day. Words of others are nobody's merit here."""

    counted = Signal()
    """The counts are other ones."""

    def __init__(self, editor: Editor, goal: DayGoal) -> None:
        super().__init__(editor)
        self._editor = editor
        self.goal = goal
        self.document: Counts | None = None
        """None while no document is open or its first count goes on."""
        self.selected: Counts | None = None
        """None while nothing is selected."""
        self.session = 0
        """Words written since the program started, less those taken away."""
        self._binding: Binding | None = None
        self._tally: Tally | None = None
        self._rest = self._timer(_REST)
        self._turn = self._timer(0)
        self._selection_rest = self._timer(50, self._count_selection)
        editor.selectionChanged.connect(self._selection_rest.start)

    def _timer(self, milliseconds: int, run: object = None) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(run or self._count)
        return timer

    def show(self, binding: Binding | None) -> None:
        """Count another document from now on."""
        if self._binding is not None:
            self._settle()
            self._binding.typed.disconnect(self._rest.start)
            self._binding.about_to_patch.disconnect(self._settle)
            self._binding.patched.disconnect(self._patched)
        if self._tally is not None:
            self._tally.close()
        self._rest.stop()
        self._binding = binding
        self._tally = Tally(binding.mirror) if binding is not None else None
        self.document = self.selected = None
        if binding is not None:
            binding.typed.connect(self._rest.start)
            binding.about_to_patch.connect(self._settle)
            binding.patched.connect(self._patched)
            self._turn.start(0)
        self.counted.emit()

    def _settle(self) -> None:
        """Credit what was typed before somebody else's words come in between."""
        if self._rest.isActive() and self._tally is not None and self.document is not None:
            self._rest.stop()
            self._take(self._tally.total(), own=True)

    def _patched(self, _: Delta, origin: Origin) -> None:
        if origin is not Origin.REMOTE:
            self._rest.start()
        elif self._tally is not None and self.document is not None:
            self._take(self._tally.total(), own=False)

    def _count(self) -> None:
        if self._tally is None:
            return
        if is_typing(_PAUSE):
            self._turn.start(int(_PAUSE * 1000))
            return
        total = self._tally.total(_SLICE)
        if total is None:
            self._turn.start(0)
        else:
            self._take(total, own=True)

    def _take(self, total: Counts | None, *, own: bool) -> None:
        before, self.document = self.document, total
        if own and before is not None and total is not None and total.words != before.words:
            self.session += total.words - before.words
            self.goal.add(total.words - before.words)
        if total != before:
            self.counted.emit()

    def _count_selection(self) -> None:
        selection = self._editor.selection()
        before = self.selected
        self.selected = None
        if selection is not None and selection.start != selection.end:
            self.selected = count_selection(selection)
        if self.selected != before:
            self.counted.emit()


def count_selection(selection: Selection) -> Counts:
    """Return the counts of what is selected."""
    total = Counts()
    at = selection.first_start
    for start, end, paragraph in selection.pieces():
        _, rest = split_runs(paragraph.runs, start - at)
        middle, _ = split_runs(rest, end - start)
        total += count("".join(text for text, _ in middle))
        at += paragraph.length
    return total
