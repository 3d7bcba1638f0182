"""The Window menu: the windows of the program, and another one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QActionGroup

from app.actions.base import Menu

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMenu, QMenuBar

    from app.main_window import MainWindow

_DIGITS = 9
"""Windows that a digit reaches in the menu."""


class WindowActions(Menu):
    """Opening and closing windows, and going from one to another."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.new = self.add(self.tr("&New window"), "Ctrl+Shift+N", self._open_empty)
        self.same = self.add(
            self.tr("&Document in a new window"), "Ctrl+Shift+D", self._open_the_same
        )
        self.close = self.add(self.tr("&Close window"), "Ctrl+W", window.close)
        self.next = self.add(self.tr("Ne&xt window"), "Ctrl+F6", partial(self._go, 1))
        self.previous = self.add(
            self.tr("&Previous window"), "Ctrl+Shift+F6", partial(self._go, -1)
        )
        self.windows: list[QAction] = []
        """An entry for each window that is open, in the order in which they were opened."""
        self._group = QActionGroup(self)
        self.title = self.tr("&Window")
        self.entries = [self.new, self.same, self.close, None, self.next, self.previous, None]
        window.program.windows_changed.connect(self.refresh)

    def fill(self, bar: QMenuBar) -> QMenu:
        """Add this menu to the window's; what is open is listed at its end."""
        self._menu = super().fill(bar)
        self._menu.aboutToShow.connect(self._list)
        return self._menu

    def refresh(self) -> None:
        """Offer what makes sense with so many windows."""
        several = len(self.window.program.windows) > 1
        self.next.setEnabled(several)
        self.previous.setEnabled(several)
        self.same.setEnabled(self.window.opened is not None)

    def _list(self) -> None:
        """List the windows that are open now."""
        for action in self.windows:
            self._menu.removeAction(action)
            action.deleteLater()
        self.windows = []
        for number, window in enumerate(self.window.program.windows, 1):
            title = (window.title or self.tr("No document")).replace("&", "&&")
            action = QAction(f"&{number} {title}" if number <= _DIGITS else title, self)
            action.setCheckable(True)
            action.setChecked(window is self.window)
            action.triggered.connect(window.come_to_front)
            self._group.addAction(action)
            self._menu.addAction(action)
            self.windows.append(action)

    def _open_empty(self) -> None:
        self.window.program.new_window()

    def _open_the_same(self) -> None:
        opened = self.window.opened
        if opened is not None:
            self.window.program.new_window(opened.document_id)

    def _go(self, step: int) -> None:
        windows = self.window.program.windows
        windows[(windows.index(self.window) + step) % len(windows)].come_to_front()
