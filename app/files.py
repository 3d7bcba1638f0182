"""Files in and out of one window: they are read and written beside it, and may be called off."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from app.documents import Documents
from app.errors import said
from app.tasks import Task, Tasks
from sync.document import transfer
from sync.document.document import Document
from sync.errors import InkstandError
from sync.store.store import Store
from sync.types import DocumentId, new_document_id

_SHOWN_AFTER = 300
"""Milliseconds that something takes before the person is told that it is being done."""


class Files(QObject):
    """One file after the other. What goes wrong is said by `problem`."""

    problem = Signal(str)
    """A sentence for the person."""

    def __init__(self, store: Store, documents: Documents) -> None:
        super().__init__()
        self._store = store
        self._documents = documents
        self._tasks = Tasks("files", parent=self)
        self._waiting: dict[Task, str] = {}
        """What is asked for and not done, with the words for it."""
        self._exports = 0
        """How many of them write."""
        self.line = _Line(self.cancel)
        self._timer = QTimer(self, singleShot=True, interval=_SHOWN_AFTER)
        self._timer.timeout.connect(self._show)

    def bring_in(self, path: Path, then: Callable[[DocumentId], None]) -> None:
        """Make a document of a file; `then` gets its id, unless that failed."""
        author = self._documents.live.author

        def work(task: Task) -> DocumentId | InkstandError | None:
            try:
                imported = transfer.read_file(path, author, add_image=self._store.add_attachment)
                if task.cancelled():
                    return None
                document_id = new_document_id()
                made = (document_id, imported.title, imported.updates, author)
                self._store.create_document(*made).result()
            except InkstandError as error:
                return error
            return document_id

        def done(outcome: DocumentId | InkstandError | None) -> None:
            if isinstance(outcome, InkstandError):
                self.problem.emit(said(outcome))
            elif outcome is not None:
                self._documents.tell_made(outcome)
                then(outcome)

        self._run(work, done, self.tr("Importing “%1”…").replace("%1", path.name))

    def write_out(self, path: Path) -> None:
        """Write the open document, as it is now, in the format that the file's name asks for."""
        opened = self._documents.opened
        if opened is None:
            return
        state = opened.document.encode_state()  # not the disk's: that may have refused some of it

        def work(task: Task) -> InkstandError | None:
            if task.cancelled():
                return None
            try:
                transfer.write_file(Document.load(state), path, self._store.attachment)
            except InkstandError as error:
                return error
            return None

        def done(error: InkstandError | None) -> None:
            self._exports -= 1
            if error is not None:
                self.problem.emit(said(error))

        self._exports += 1
        self._run(work, done, self.tr("Exporting “%1”…").replace("%1", path.name))

    def cancel(self) -> None:
        """Call off all that is not done."""
        for task in self._waiting:
            task.cancel()
        self._waiting.clear()
        self._exports = 0
        self._show()

    def close(self) -> None:
        """End what is being written, and bring in nothing more: a file may be slow for ever."""
        self._timer.stop()
        self._tasks.close(wait=self._exports > 0)

    def _run(self, work: Callable[[Task], object], done: Callable[..., None], words: str) -> None:
        def then(outcome: object) -> None:
            self._waiting.pop(task, None)
            self._show()
            done(outcome)

        task = self._tasks.run(work, then)
        self._waiting[task] = words
        if not self.line.isVisible():
            self._timer.start()

    def _show(self) -> None:
        self.line.show_words(next(iter(self._waiting.values()), ""))


class _Line(QWidget):
    """Says in the status line what is being done, with a way out."""

    def __init__(self, cancel: Callable[[], None]) -> None:
        super().__init__()
        self.words = QLabel()
        self.words.setObjectName("quiet")
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.setObjectName("link")
        self.cancel.setAccessibleName(self.tr("Cancel importing and exporting"))
        self.cancel.clicked.connect(cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(6)
        row.addWidget(self.words)
        row.addWidget(self.cancel)
        self.hide()

    def show_words(self, words: str) -> None:
        """Show them; none: nothing is being done."""
        self.words.setText(words)
        self.setVisible(bool(words))
