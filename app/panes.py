"""From one part of the window to the next by one key: the way around for who uses no mouse."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget


class Panes(QObject):
    """The parts of a window in their order; those that are hidden are passed by."""

    def __init__(self, parent: QObject, panes: Sequence[tuple[QWidget, QWidget | None]]) -> None:
        """`panes`: each part, and what in it gets the focus first (None: what comes first)."""
        super().__init__(parent)
        self._panes = panes
        self._last: dict[QWidget, QWidget] = {}
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._note)

    def go(self, step: int) -> None:
        """Move the focus to the next part (1) or the one before (-1)."""
        count = len(self._panes)
        here = self._index(QApplication.focusWidget())
        for distance in range(1, count + 1):
            pane, first = self._panes[(here + step * distance) % count]
            target = self._target(pane, first)
            if target is not None:
                target.setFocus(Qt.FocusReason.ShortcutFocusReason)
                return

    def _note(self, _: QWidget | None, now: QWidget | None) -> None:
        index = self._index(now)
        if now is not None and index >= 0:
            self._last[self._panes[index][0]] = now

    def _index(self, widget: QWidget | None) -> int:
        """Return the part that a widget is in; -1: none."""
        if widget is None:
            return -1
        inside = (
            index
            for index, (pane, _) in enumerate(self._panes)
            if pane is widget or pane.isAncestorOf(widget)
        )
        return next(inside, -1)

    def _target(self, pane: QWidget, first: QWidget | None) -> QWidget | None:
        """Return what gets the focus in a part: what had it last, if that still can."""
        last = self._last.get(pane)
        for widget in (last, first, pane, *pane.findChildren(QWidget)):
            if widget is not None and can_focus(widget):
                return widget
        return None


def can_focus(widget: QWidget) -> bool:
    """Whether the Tab key could bring somebody to a widget."""
    return (
        widget.isVisible()
        and widget.isEnabled()
        and bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    )
