"""Settings: whether to look for newer versions. Only in packages that know where to look."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from app.preferences.page import Page

if TYPE_CHECKING:
    from app.main_window import MainWindow


class UpdatesPage(Page):
    """Looking by itself, which is off until somebody wants it, and looking now."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        source = window.program.updates.source
        assert source is not None
        self.check_box(self.tr("&Look for new versions once a week"), "look_for_updates")
        self.note(
            self.tr(
                "Inkstand then fetches a small signed list from %1 and tells you if there is a "
                "newer version. It says nothing about you, and never downloads or installs a "
                "program."
            ).replace("%1", urlsplit(source.address).hostname or "")
        )
        now = QPushButton(self.tr("Look &now…"))
        now.clicked.connect(window.actions_.help.check_for_updates)
        self.column.addWidget(now, 0, Qt.AlignmentFlag.AlignLeading)
        self.column.addStretch()
