"""Notes which documents somebody has really looked at, so that others' changes can be told."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

from sync.store.store import Store
from sync.types import DocumentId

DWELL = 2_000
"""Milliseconds for which a document must be in an active window."""


class SeenNotes(QObject):
    """Follows one window. What comes from others is seen when it has been there for a moment.

    What this person writes needs no note (`sync.store.seen`).
    """

    def __init__(self, store: Store, window: QWidget, waits: Callable[[], bool]) -> None:
        """`waits` says whether something is on the disk and not on the page yet."""
        super().__init__(window)
        self._waits = waits
        self._store = store
        self._window = window
        self._document: DocumentId | None = None
        self._timer = QTimer(self, singleShot=True)
        self._timer.setInterval(DWELL)
        self._timer.timeout.connect(self._note)
        window.installEventFilter(self)

    def show_document(self, document_id: DocumentId | None) -> None:
        """Follow another document from now on; None: none."""
        self._document = document_id
        self._look()

    def receive(self, document_id: str) -> None:
        """Something came from others."""
        if document_id == self._document and not self._timer.isActive():
            self._look()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Begin anew when somebody comes to the window, and end when they leave it."""
        if event.type() in (
            QEvent.Type.WindowActivate,
            QEvent.Type.WindowDeactivate,
            QEvent.Type.WindowStateChange,
        ):
            self._look()
        return super().eventFilter(watched, event)

    def _looking(self) -> bool:
        window = self._window
        return window.isActiveWindow() and window.isVisible() and not window.isMinimized()

    def _look(self) -> None:
        if self._document is not None and self._looking():
            self._timer.start()
        else:
            self._timer.stop()

    def _note(self) -> None:
        if self._waits():
            self._look()
        elif self._document is not None and self._looking():
            # Nobody waits for it: if the disk does not take it, the next look does it.
            self._store.history.mark_seen(self._document)
