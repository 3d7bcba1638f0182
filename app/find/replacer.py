"""Replaces hits on the page: each as the smallest change, all together as one undo step."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from itertools import islice

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QTextCursor

from app.editor.binding import Binding
from app.editor.place import moved
from app.find.finder import Finder, Problem, page_text
from app.find.query import BadPattern, Cancelled, TookTooLong
from app.find.replacing import Replacement, delta_of, replacements
from app.tasks import Task
from sync.document.delta import Delta
from sync.document.positions import point_at_utf16, utf16_length
from sync.types import Origin

AT_ONCE = 200
"""Replacements that are made as one delta: more are made in slices, last ones first.

Each takes 0.5 ms at 1 MB until it is on the page, so thousands of them would hold the
window up for seconds.
"""

_SLICE = 25

_TURN = 0.02
"""Seconds of replacing between two chances for the window to live."""


class Replacer(QObject):
    """Replaces what a finder finds. Positions are UTF-16 units."""

    changed = Signal()
    """It began or ended, or another part is done."""

    def __init__(self, finder: Finder) -> None:
        super().__init__(finder)
        self._finder = finder
        self._task: Task | None = None
        self._left: list[Replacement] = []
        self._stop_listening: Callable[[], None] = lambda: None
        self._applying = False
        self.total = 0
        self.done = 0
        """How many have been replaced since the last start, of `total`."""
        self.problem: Problem | None = None

    @property
    def running(self) -> bool:
        """Whether replacing everything is under way."""
        return self._task is not None or bool(self._left)

    def stop(self) -> None:
        """Replace no more; what is done stays, and is one step to undo."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._left = []

    def replace_current(self, new: str) -> None:
        """Replace the hit that is selected and go to the next; go there if none is selected."""
        finder = self._finder
        if self.running or finder.searching or finder.binding is None:
            return
        current = finder.current
        if current is None or not self._writable:
            finder.step(1)
            return
        # Searched for again, with what stands around it: a pattern may look there.
        self._start(new, finder.hits[current])

    def replace_all(self, new: str) -> None:
        """Replace every hit, in the scope if there is one, as one step to undo."""
        if not self.running and self._finder.binding is not None and self._writable:
            self._start(new, None)

    @property
    def _writable(self) -> bool:
        return not self._finder.editor.isReadOnly()

    # Finding out what becomes of each

    def _start(self, new: str, only: tuple[int, int] | None) -> None:
        finder, binding = self._finder, self._finder.binding
        assert binding is not None
        QGuiApplication.inputMethod().commit()
        text, query, scope = page_text(binding), finder.query, only or finder.scope
        self.problem = None
        self.total = self.done = 0

        def work(task: Task) -> list[Replacement] | Problem:
            try:
                return replacements(text, query, new, within=scope, cancelled=task.cancelled)
            except (BadPattern, TookTooLong) as problem:
                return problem
            except Cancelled:
                return []

        def take(found: list[Replacement] | Problem) -> None:
            self._task = None
            if not isinstance(found, list):
                self.problem = found
                self.changed.emit()
            elif finder.binding is not binding:
                self.changed.emit()
            elif page_text(binding) != text:
                self._start(new, only)  # somebody wrote meanwhile
            elif only is None:
                self._replace(binding, found)
            else:
                self._replace_one(binding, [one for one in found if (one.start, one.end) == only])

        self._task = finder.tasks.run(work, take)
        self.changed.emit()

    # Replacing

    def _replace(self, binding: Binding, found: list[Replacement]) -> None:
        found = [one for one in found if one.old != one.new]
        self.total = len(found)
        binding.lead()
        binding.terminate()
        if len(found) <= AT_ONCE:
            self._apply(binding, found, joins=False)
            self.changed.emit()
            return
        self._left = found
        self._stop_listening = binding.document.on_change(self._follow)
        self._go_on(binding, joins=False)

    def _replace_one(self, binding: Binding, found: list[Replacement]) -> None:
        self._replace(binding, found)
        for one in found:  # there is one, if the text still has it
            cursor = self._finder.editor.textCursor()
            cursor.setPosition(one.start + utf16_length(one.new))
            self._finder.editor.setTextCursor(cursor)
        self._finder.step(1)

    def _go_on(self, binding: Binding, joins: bool) -> None:
        """Replace the last ones of what is left for a while, then give way."""
        until = time.monotonic() + _TURN
        if self._finder.binding is not binding or not self._writable:
            self._left = []
        while self._left and time.monotonic() < until:
            some, self._left = self._left[-_SLICE:], self._left[:-_SLICE]
            self._apply(binding, some, joins)
            joins = True
        if self._left:
            QTimer.singleShot(0, self, lambda: self._go_on(binding, joins))
        else:
            self._stop_listening()
        self.changed.emit()

    def _follow(self, delta: Delta, _origin: Origin) -> None:
        """Move what is left along with what somebody has written; our own lies behind it."""
        if not self._applying:
            self._left = [replace(one, start=moved(one.start, delta)) for one in self._left]

    def _apply(self, binding: Binding, some: list[Replacement], joins: bool) -> None:
        """Replace some, as one delta; the caret and what is in view stay."""
        some = [one for one in some if _stands(binding, one)]
        self.done += len(some)
        if not some:
            return
        first = binding.qt.findBlock(some[0].start)
        behind = islice(binding.mirror.paragraphs, first.blockNumber(), None)
        delta = delta_of(behind, some, first.position())
        if joins:
            binding.document.undo_history.join_next()
        editor = self._finder.editor
        cursor, scroll = editor.textCursor(), editor.verticalScrollBar().value()
        self._applying = True
        try:
            binding.lead()
            binding.document.apply(delta, Origin.COMMAND)
        finally:
            self._applying = False
        anchor, position = (moved(place, delta) for place in (cursor.anchor(), cursor.position()))
        cursor.setPosition(anchor)
        cursor.setPosition(position, QTextCursor.MoveMode.KeepAnchor)
        editor.setTextCursor(cursor)
        editor.verticalScrollBar().setValue(scroll)


def _stands(binding: Binding, one: Replacement) -> bool:
    """Whether what is to be replaced is still there: somebody may have changed it."""
    block = binding.qt.findBlock(one.start)
    units = one.end - one.start
    text = ""
    for paragraph in islice(binding.mirror.paragraphs, block.blockNumber(), None):
        text += paragraph.text + "\n"
        if utf16_length(text) >= one.start - block.position() + units:
            break
    start = point_at_utf16(text, one.start - block.position())
    return text.startswith(one.old, start)
