"""What macOS asks a running program to open: files from Finder, and inkstand:// links.

There they are events, not arguments, and the first come as soon as the program has begun: an
application that hears them has to be there before the windows are.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QUrl, Signal
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication


class Application(QApplication):
    """Hears what it is asked to open; what came while nobody wanted it is kept for `begin`.

    Not an event filter: one on the application sees every event of every widget.
    """

    asked = Signal(str)
    """An invite link, or the address of a file (file:///…)."""

    def __init__(self, arguments: list[str]) -> None:
        super().__init__(arguments)
        self._waiting: list[str] | None = []

    def begin(self) -> None:
        """Tell what has come so far, and from now on at once."""
        waiting, self._waiting = self._waiting or [], None
        for address in waiting:
            self.asked.emit(address)

    def pause(self) -> None:
        """Keep what comes until `begin`: the windows are closed for a while."""
        self._waiting = []

    def event(self, event: QEvent) -> bool:
        """Take what is to be opened."""
        if isinstance(event, QFileOpenEvent):
            address = event.url().toString(QUrl.ComponentFormattingOption.FullyEncoded)
            if self._waiting is None:
                self.asked.emit(address)
            else:
                self._waiting.append(address)
            return True
        return super().event(event)
