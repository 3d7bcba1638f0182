"""Keeps the hits of a query in step with the page, and marks those in view."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QTextEdit

from app.editor.binding import Binding
from app.editor.editor import Editor
from app.editor.visible import bring_into_view, visible_range
from app.find.query import BadPattern, Cancelled, Hits, Query, TookTooLong
from app.tasks import Task, Tasks

LAYER = "found"
"""Name of the editor's layer of marks."""

SCOPE_LAYER = "found within"
"""Name of the layer that shows which part of the page is searched."""

REST = 80
"""Milliseconds of rest after a change of the text before it is searched again."""

MAX_MARKED = 2_000
"""Hits in view that are marked: Qt walks over all marks each time it paints."""

Problem = BadPattern | TookTooLong


def page_text(binding: Binding) -> str:
    """Return the page as `search` wants it: as long as in Qt, without the last newline."""
    return "\n".join([paragraph.text for paragraph in binding.mirror.paragraphs])


class Finder(QObject):
    """Searches the page of an editor. Positions are UTF-16 units."""

    changed = Signal()
    """Something that the bar shows is another one."""

    def __init__(self, editor: Editor) -> None:
        super().__init__(editor)
        self.editor = editor
        self.tasks = Tasks("find", threads=2, parent=self)
        self.binding: Binding | None = None
        self.query = Query("")
        self.active = False
        """Whether hits are wanted: the bar is open."""
        self.hits = Hits()
        self.problem: Problem | None = None
        self.searching = False
        """Whether `hits` are not yet those of the query and the page as they are."""
        self.wrapped = 0
        """1 where the last step went on from the top, -1 from the end, else 0."""
        self._stale = False  # the text has changed since the hits were found
        self._task: Task | None = None
        self._then: Callable[[], None] | None = None
        self._scope: QTextCursor | None = None
        self._color = self._scope_color = QColor()
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST)
        self._rest.timeout.connect(self._search)
        editor.verticalScrollBar().valueChanged.connect(self._mark)
        editor.verticalScrollBar().rangeChanged.connect(self._mark)

    # What is searched

    def show_binding(self, binding: Binding | None) -> None:
        """Search another page from now on."""
        if self.binding is not None:
            self.binding.typed.disconnect(self._text_changed)
            self.binding.patched.disconnect(self._text_changed)
        self.binding = binding
        self._scope = None
        self._then = None
        if binding is not None:
            binding.typed.connect(self._text_changed)
            binding.patched.connect(self._text_changed)
        self._search()

    def set_colors(self, found: QColor, scope: QColor) -> None:
        """Mark in other colours from now on."""
        self._color, self._scope_color = found, scope
        self._mark()

    def start(self) -> None:
        """Begin to mark hits."""
        if not self.active:
            self.active = True
            self._search()

    def stop(self) -> None:
        """Take all marks away."""
        self.active = False
        self._scope = None
        self.wrapped = 0
        self._search()

    @property
    def scope(self) -> tuple[int, int] | None:
        """The range that is searched alone; it moves with the text. None: everything."""
        if self._scope is None:
            return None
        return self._scope.selectionStart(), self._scope.selectionEnd()

    def set_scope(self, cursor: QTextCursor | None) -> None:
        """Search only what a cursor selects, or everything."""
        self._scope = QTextCursor(cursor) if cursor is not None else None
        self._search()

    def look_for(self, query: Query) -> None:
        """Search for something else, and go to the first hit from where the caret is."""
        self.query = query
        self.wrapped = 0
        start = self.editor.textCursor().selectionStart()
        self._then = lambda: self._go(self.hits.after(start), 1)
        self._search()

    # Going from hit to hit

    @property
    def current(self) -> int | None:
        """The number of the hit that is selected."""
        cursor = self.editor.textCursor()
        return self.hits.at(cursor.selectionStart(), cursor.selectionEnd())

    def step(self, direction: int) -> None:
        """Go to the next hit (1) or the one before (-1), from the other end if need be."""
        if not self.searching:
            self._step(direction)
        elif self._then is None:
            self._then = lambda: self._step(direction)

    def _step(self, direction: int) -> None:
        current = self.current
        cursor = self.editor.textCursor()
        if current is not None:
            number: int | None = current + direction
            if not 0 <= (number or 0) < len(self.hits):
                number = None
        elif direction > 0:
            number = self.hits.after(cursor.selectionEnd())
        else:
            number = self.hits.before(cursor.selectionStart())
        self._go(number, direction)

    def _go(self, number: int | None, direction: int) -> None:
        self.wrapped = 0
        if number is None and len(self.hits):
            number = 0 if direction > 0 else len(self.hits) - 1
            self.wrapped = direction
        if number is not None:
            start, end = self.hits[number]
            cursor = self.editor.textCursor()
            cursor.setPosition(start)
            cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            bring_into_view(self.editor, cursor)
        self.changed.emit()

    # Searching

    def _text_changed(self) -> None:
        if self.active and self.query.text:
            self.searching = self._stale = True
            self._rest.start()

    def _search(self) -> None:
        self._rest.stop()
        if self._task is not None:
            self._task.cancel()
            self._task = None
        if not self.active or self.binding is None or not self.query.text:
            self._take(Hits(), None)
            return
        text, query, scope = page_text(self.binding), self.query, self.scope
        self.searching = True

        def work(task: Task) -> tuple[Hits, Problem | None]:
            from app.find.search import search

            try:
                return search(text, query, within=scope, cancelled=task.cancelled), None
            except (BadPattern, TookTooLong) as problem:
                return Hits(), problem
            except Cancelled:
                return Hits(), None

        self._task = self.tasks.run(work, lambda found: self._take(*found))

    def _take(self, hits: Hits, problem: Problem | None) -> None:
        self.hits, self.problem = hits, problem
        self.searching = self._stale = self._rest.isActive()
        self._mark()
        then, self._then = self._then, None
        if then is not None and len(hits):
            then()
        self.changed.emit()

    def _mark(self) -> None:
        """Mark what is in view; the marks move with the text until the next search."""
        if self._stale:
            return  # the hits are not where they were, the marks are
        scope = [self._marked(*self.scope, self._scope_color)] if self.scope else []
        self.editor.set_layer(SCOPE_LAYER, scope)
        if not len(self.hits):
            self.editor.set_layer(LAYER, [])
            return
        numbers = self.hits.between(*visible_range(self.editor))[:MAX_MARKED]
        self.editor.set_layer(
            LAYER, [self._marked(*self.hits[number], self._color) for number in numbers]
        )

    def _marked(self, start: int, end: int, color: QColor) -> QTextEdit.ExtraSelection:
        last = self.editor.document().characterCount() - 1
        mark = QTextEdit.ExtraSelection()
        cursor = QTextCursor(self.editor.document())
        cursor.setPosition(min(start, last))
        cursor.setPosition(min(end, last), QTextCursor.MoveMode.KeepAnchor)
        char_format = QTextCharFormat()
        char_format.setBackground(color)
        mark.cursor = cursor
        mark.format = char_format
        return mark
