"""Everything that menus, toolbar and shortcuts can do: a module a menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.actions.account import AccountActions
from app.actions.base import Menu
from app.actions.edit import EditActions
from app.actions.file import FileActions
from app.actions.format import FormatActions
from app.actions.help import HelpActions
from app.actions.view import ViewActions

if TYPE_CHECKING:
    from app.main_window import MainWindow


class Actions:
    """The window's menus; `refresh` brings them in step with what is selected."""

    def __init__(self, window: MainWindow) -> None:
        self.file = FileActions(window)
        self.edit = EditActions(window)
        self.format = FormatActions(window)
        self.view = ViewActions(window)
        self.account = AccountActions(window)
        self.help = HelpActions(window)
        self.menus: tuple[Menu, ...] = (
            *(self.file, self.edit, self.format, self.view),
            *(self.account, self.help),
        )
        for menu in self.menus:
            menu.fill(window.menuBar())

    def refresh(self) -> None:
        """Check and enable what the selection, the role and the sign-in allow."""
        for menu in self.menus:
            menu.refresh()
