"""What comes into a document from outside: read off the GUI thread where that is slow."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, Qt, QThreadPool, Signal
from PySide6.QtGui import QTextCursor

from app.editor import clipboard
from app.editor.binding import Binding
from app.editor.clipboard import DELTA_TYPE, Incoming, Offer
from app.editor.images import Images, Job
from sync.document.delta import Delete, Insert
from sync.errors import InkstandError

if TYPE_CHECKING:
    from app.editor.surface import Surface


@dataclass
class _Waiting:
    """Something that is being read. The cursor stays where it belongs while others write."""

    binding: Binding
    place: QTextCursor
    select: bool


class Intake(QObject):
    """Belongs to an editor; what was asked for first comes in first."""

    problem = Signal(str)
    """A sentence for the person: why something did not come in."""

    busy = Signal(bool)
    """Whether something is being read."""

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

        if not offer.is_slow and not self._waiting:
            self._finish(waiting, work())
            return
        self._waiting.append(waiting)
        if len(self._waiting) == 1:
            self.busy.emit(True)
        self._pool.start(Job(work_and_tell))

    def _take_next(self, came: Incoming | InkstandError) -> None:
        waiting = self._waiting.pop(0)
        self._finish(waiting, came)
        if not self._waiting:
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
        chosen = (start, behind) if waiting.select else (behind, behind)
        if not editor.run_on(selection, lambda _: delta, chosen):
            editor.select(*chosen)
        editor.ensureCursorVisible()
