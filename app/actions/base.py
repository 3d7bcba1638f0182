"""What a menu is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

if TYPE_CHECKING:
    from app.main_window import MainWindow

Key: TypeAlias = QKeySequence.StandardKey | str | None
"""A shortcut: the system's own for a purpose, or one like "Ctrl+Shift+E".

Several are parted by "; ": what other keyboards have only with AltGr, like "Ctrl+]", needs another.
"""

Entry: TypeAlias = "QAction | SubMenu | None"
"""What stands in a menu; None is a separating line."""


def plain(title: str) -> str:
    """Return an entry's title without the mark of its letter and without the dots."""
    return title.replace("&&", "\0").replace("&", "").replace("\0", "&").removesuffix("…")


class SubMenu:
    """A menu within a menu."""

    def __init__(self, title: str, entries: Iterable[Entry]) -> None:
        self.title = title
        self.entries = list(entries)


class Menu(QObject):
    """One menu of the window. Subclasses make actions, then set `title` and `entries`."""

    title = ""
    entries: Iterable[Entry] = ()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window = window
        self._told: dict[QAction, str] = {}
        """The tooltips of actions at which a reason stands now."""

    def fill(self, bar: QMenuBar) -> QMenu:
        """Add this menu to the window's, and return it."""
        menu = bar.addMenu(self.title)
        _fill(menu, self.entries)
        return menu

    def shortcuts(self) -> list[tuple[str, str]]:
        """Return (what is done, its keys as the system writes them) of all that has keys."""
        return list(_with_keys(self.entries))

    def refresh(self) -> None:
        """Check and enable what can be done now."""

    @property
    def writing(self) -> Iterable[QAction]:
        """What changes a document, and so is not for who may only read."""
        return ()

    def explain(self, reason: str | None) -> None:
        """Say at all that changes a document why it cannot be done; None: it can."""
        for action in self.writing:
            if reason is None:
                if action in self._told:
                    action.setToolTip(self._told.pop(action))
            else:
                if action not in self._told:
                    told = action.toolTip()
                    # Qt makes one of the title where there is none: no menu shows that.
                    self._told[action] = "" if told == plain(action.text()) else told
                action.setToolTip(reason)

    def add(self, title: str, key: Key, run: Callable[[], object]) -> QAction:
        """Return a new action; "&" in its title marks the letter that reaches it in the menu."""
        action = QAction(title, self.window)
        if key is not None:
            keys = QKeySequence.listFromString(key) if isinstance(key, str) else [QKeySequence(key)]
            action.setShortcuts(keys)
        action.triggered.connect(lambda: run())
        self.window.addAction(action)  # its shortcut works while the menus are hidden
        return action

    def toggle(self, title: str, key: Key, run: Callable[[], object]) -> QAction:
        """Return a new action that is on or off."""
        action = self.add(title, key, run)
        action.setCheckable(True)
        return action

    def group(self, actions: Iterable[QAction]) -> None:
        """Let only one of these be on."""
        group = QActionGroup(self)
        for action in actions:
            group.addAction(action)


def _fill(menu: QMenu, entries: Iterable[Entry]) -> None:
    menu.setToolTipsVisible(True)
    for entry in entries:
        if entry is None:
            menu.addSeparator()
        elif isinstance(entry, SubMenu):
            _fill(menu.addMenu(entry.title), entry.entries)
        else:
            menu.addAction(entry)


def all_actions(entries: Iterable[Entry]) -> Iterator[QAction]:
    """Find the actions of a menu and of those within it."""
    for entry in entries:
        if isinstance(entry, SubMenu):
            yield from all_actions(entry.entries)
        elif entry is not None:
            yield entry


def _with_keys(entries: Iterable[Entry]) -> Iterator[tuple[str, str]]:
    for entry in all_actions(entries):
        if entry.shortcuts():
            keys = QKeySequence.SequenceFormat.NativeText
            yield plain(entry.text()), ", ".join(key.toString(keys) for key in entry.shortcuts())
