"""Everything that menus, toolbar and shortcuts can do: a module a menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QAction

from app.actions.account import AccountActions
from app.actions.base import Menu
from app.actions.edit import EditActions
from app.actions.file import FileActions
from app.actions.format import FormatActions
from app.actions.help import HelpActions
from app.actions.insert import InsertActions
from app.actions.library import LibraryActions
from app.actions.view import ViewActions
from app.actions.window import WindowActions

if TYPE_CHECKING:
    from app.main_window import MainWindow


class Actions:
    """The window's menus."""

    def __init__(self, window: MainWindow) -> None:
        self.file = FileActions(window)
        self.edit = EditActions(window)
        self.format = FormatActions(window)
        self.insert = InsertActions(window)
        self.view = ViewActions(window)
        self.library = LibraryActions(window)
        self.account = AccountActions(window)
        self.window = WindowActions(window)
        self.help = HelpActions(window)
        self.menus: tuple[Menu, ...] = (
            *(self.file, self.edit, self.format, self.insert),
            *(self.view, self.library, self.account, self.window, self.help),
        )
        for menu in self.menus:
            menu.fill(window.menuBar())
            menu.refresh()

    def explain(self, reason: str | None) -> None:
        """Say at all that changes a document why it cannot be done; None: it can."""
        for menu in self.menus:
            menu.explain(reason)
        self.file.refresh()

    def first_steps(self) -> tuple[QAction, ...]:
        """What somebody may want to do who has no document before them."""
        return self.file.new, self.file.go_to, self.file.import_file, self.help.keys

    def follow_selection(self) -> None:
        """Bring those in step that depend on what is selected: called for each move of the caret.

        The others refresh themselves, or are refreshed with what they depend on.
        """
        self.edit.refresh()
        self.format.refresh()
        self.insert.refresh()
