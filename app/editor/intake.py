"""What comes into a document from outside: read off the GUI thread where that is slow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, Qt, QThreadPool, QTimer, Signal
from PySide6.QtGui import QTextCursor

from app.editor import clipboard
from app.editor.binding import Binding
from app.editor.clipboard import DELTA_TYPE, Incoming, Offer
from app.editor.commands import Selection
from app.editor.images import Images, Job
from sync.document.delta import Delete, Delta, Insert, Retain
from sync.errors import InkstandError

if TYPE_CHECKING:
    from app.editor.surface import Surface


SLICE_INSERTS = 300
SLICE_LENGTH = 32 * 1024
"""Inserts, and UTF-16 units, that are put in while the window waits: 30 ms."""


@dataclass
class _Waiting:
    """Something that is being read. The cursor stays where it belongs while others write."""

    binding: Binding
    place: QTextCursor
    select: bool
    came: Incoming | InkstandError | None = None


@dataclass
class _Writing:
    """Something large that is being put in, slice by slice, as one undo step.

    Backwards: the CRDT walks to the place of each insert, so one that went on
    behind the last would take longer and longer (1 MB: 13 s, not 1.5 s).
    """

    binding: Binding
    start: QTextCursor
    """Where each slice goes; it stays there while others write."""
    end: QTextCursor
    slices: list[list[Insert]]
    """Those that are still to come."""
    select: bool
    count: int
    """How many there are in all, the first one included."""


class Intake(QObject):
    """Belongs to an editor; what was asked for first comes in first."""

    problem = Signal(str)
    """A sentence for the person: why something did not come in."""

    busy = Signal(bool)
    """Whether something is being read or put in."""

    progressed = Signal(int)
    """How much of something large has been put in, in percent."""

    _read = Signal(object)
    """`Incoming`, or the `InkstandError` that came instead, of the one that waits longest."""

    def __init__(self, editor: Surface) -> None:
        super().__init__(editor)
        self.images: Images | None = None
        """Where images are kept; without it none can come in."""
        self._editor = editor
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._waiting: list[_Waiting] = []
        self._writing: _Writing | None = None
        self._read.connect(self._take_next, Qt.ConnectionType.QueuedConnection)

    def take(
        self, mime: QMimeData, place: QTextCursor, *, plain: bool = False, select: bool = False
    ) -> None:
        """Bring in what a clipboard or drag holds, in place of what `place` selects.

        `plain`: its text alone. `select`: select it then.
        """
        selection = self._editor.selection_between(place.selectionStart(), place.selectionEnd())
        if selection is None or self._editor.isReadOnly():
            return
        plain = plain or (selection.in_code and not mime.hasFormat(DELTA_TYPE) and mime.hasText())
        self._take(clipboard.offer_of(mime, plain=plain), place, select=select)

    def take_files(self, paths: Sequence[Path], place: QTextCursor) -> None:
        """Bring in files: images, and texts as what they say."""
        if self._editor.binding is not None and not self._editor.isReadOnly():
            self._take(Offer(files=list(paths)), place, select=False)

    def _take(self, offer: Offer, place: QTextCursor, *, select: bool) -> None:
        assert self._editor.binding is not None
        waiting = _Waiting(self._editor.binding, QTextCursor(place), select)
        images = self.images

        def work() -> Incoming | InkstandError:
            try:
                return clipboard.incoming(offer, images)
            except InkstandError as error:
                return error

        def work_and_tell() -> None:
            came = work()
            with suppress(RuntimeError):  # the window has gone meanwhile
                self._read.emit(came)

        if not offer.is_slow and not self._waiting and self._writing is None:
            self._finish(waiting, work())
            return
        self._waiting.append(waiting)
        self.busy.emit(True)
        self._pool.start(Job(work_and_tell))

    def _take_next(self, came: Incoming | InkstandError) -> None:
        next(waiting for waiting in self._waiting if waiting.came is None).came = came
        self._go_on()

    def _go_on(self) -> None:
        """Put in what has been read, unless something is being put in."""
        while self._writing is None and self._waiting and self._waiting[0].came is not None:
            waiting = self._waiting.pop(0)
            assert waiting.came is not None
            self._finish(waiting, waiting.came)
        if self._writing is None and not self._waiting:
            self.busy.emit(False)

    def _finish(self, waiting: _Waiting, came: Incoming | InkstandError) -> None:
        if isinstance(came, InkstandError):
            self.problem.emit(str(came))
            return
        if came.problem:
            self.problem.emit(came.problem)
        editor = self._editor
        if editor.binding is not waiting.binding or editor.isReadOnly():
            return  # another document is open: what was copied is still on the clipboard
        editor.end_composition()
        waiting.binding.lead()
        waiting.binding.terminate()
        start, end = waiting.place.selectionStart(), waiting.place.selectionEnd()
        selection = editor.selection_between(start, end)
        delta = clipboard.paste(selection, came) if selection else None
        if selection is None or delta is None:
            return
        behind = end
        for step in delta:
            if isinstance(step, Insert):
                behind += step.length
            elif isinstance(step, Delete):
                behind -= step.length
        parts = _parts(delta)
        if len(parts.slices) > 1:
            self._begin(selection, waiting, parts)
            return
        chosen = (start, behind) if waiting.select else (behind, behind)
        if not editor.run_on(selection, lambda _: delta, chosen):
            editor.select(*chosen)
        editor.ensureCursorVisible()

    # What is too much for one turn

    def cancel(self) -> bool:
        """Put in no more of something large and take back what is there; whether there was any."""
        writing, self._writing = self._writing, None
        if writing is None:
            return False
        if self._editor.binding is writing.binding:
            self._editor.undo()
        self._go_on()
        return True

    def _begin(self, selection: Selection, waiting: _Waiting, parts: _Parts) -> None:
        editor = self._editor
        last = parts.slices.pop()
        start, end = (QTextCursor(editor.document()) for _ in range(2))
        at = sum(step.length for step in parts.head if isinstance(step, Retain))
        editor.run_on(selection, lambda _: [*parts.head, *last, *parts.tail], (at, at))
        start.setKeepPositionOnInsert(True)
        start.setPosition(at)
        end.setPosition(at + sum(step.length for step in last))
        count = len(parts.slices) + 1
        self._writing = _Writing(waiting.binding, start, end, parts.slices, waiting.select, count)
        self.busy.emit(True)
        QTimer.singleShot(0, self._write_next)

    def _write_next(self) -> None:
        writing, editor = self._writing, self._editor
        if writing is None:
            return
        if editor.binding is not writing.binding or editor.isReadOnly():
            self._writing = None
            self.problem.emit(self.tr("What was pasted did not come in whole; undo takes it back."))
            self._go_on()
            return
        editor.end_composition()
        at = writing.start.position()
        part = writing.slices.pop()
        selection = editor.selection_between(at, at)
        history = writing.binding.document.undo_history
        history.join_next()
        try:
            if selection is not None:
                editor.run_on(selection, lambda _: [Retain(at), *part], (at, at))
        finally:
            history.join_next(on=False)
        if writing.slices:
            self.progressed.emit(100 - 100 * len(writing.slices) // writing.count)
            QTimer.singleShot(0, self._write_next)
            return
        self._writing = None
        behind = writing.end.position()
        editor.select(writing.start.position() if writing.select else behind, behind)
        editor.ensureCursorVisible()
        self._go_on()


@dataclass
class _Parts:
    """A delta that inserts at one place."""

    head: Delta
    slices: list[list[Insert]]
    tail: Delta


def _parts(delta: Delta) -> _Parts:
    """Return a delta's parts; one that inserts at several places has no more than one slice."""
    places = [number for number, step in enumerate(delta) if isinstance(step, Insert)]
    inserts = [step for step in delta if isinstance(step, Insert)]
    if not places or places[-1] - places[0] != len(places) - 1:
        return _Parts(delta, [], [])
    slices: list[list[Insert]] = [[]]
    length = 0
    for step in _short(inserts):
        if length > SLICE_LENGTH or len(slices[-1]) > SLICE_INSERTS:
            slices.append([])
            length = 0
        slices[-1].append(step)
        length += step.length
    return _Parts(delta[: places[0]], slices, delta[places[-1] + 1 :])


def _short(steps: Sequence[Insert]) -> Iterator[Insert]:
    """Yield inserts, long texts among them cut at newlines."""
    for step in steps:
        if not isinstance(step.content, str):
            yield step
            continue
        text = step.content
        while len(text) > SLICE_LENGTH:
            cut = text.rfind("\n", 0, SLICE_LENGTH) + 1 or SLICE_LENGTH
            yield Insert(text[:cut], step.attributes)
            text = text[cut:]
        if text:
            yield Insert(text, step.attributes)
