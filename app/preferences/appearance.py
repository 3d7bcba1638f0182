"""Settings: theme, letters, lines, size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QPushButton

from app.actions.base import plain
from app.dialogs import parts
from app.dialogs.page_form import PageForm
from app.preferences.page import Page, form
from app.settings import MAX_ZOOM, MIN_ZOOM

if TYPE_CHECKING:
    from app.main_window import MainWindow


class AppearancePage(Page):
    """How windows and text look."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.theme = QComboBox()
        self.theme.setAccessibleName(self.tr("Colours"))
        for name, action in window.actions_.view.themes.items():
            self.theme.addItem(plain(action.text()), name)
        self.theme.setCurrentIndex(self.theme.findData(self.settings.theme))
        self.theme.currentIndexChanged.connect(self._choose_theme)
        self.zoom = parts.number(self.tr("Size of the text"), MIN_ZOOM, MAX_ZOOM, 10)
        self.zoom.setSuffix(" %")
        self.zoom.setValue(self.settings.zoom)
        self.zoom.valueChanged.connect(self._choose_zoom)
        self.page = PageForm(window.appearance, self.settings)
        usual = QPushButton(self.tr("Usual &page"))
        usual.clicked.connect(self._restore)
        fields = form()
        fields.addRow(self.tr("&Colours"), self.theme)
        fields.addRow(self.tr("&Size of the text"), self.zoom)
        self.column.addLayout(fields)
        self.column.addSpacing(6)
        self.column.addWidget(self.page)
        self.column.addSpacing(6)
        self.column.addWidget(usual, 0, Qt.AlignmentFlag.AlignLeading)
        self.column.addStretch()
        self.settings.changed.connect(self._show)

    def _choose_theme(self) -> None:
        self.settings.theme = self.theme.currentData()

    def _choose_zoom(self, percent: int) -> None:
        self.settings.zoom = percent

    def _restore(self) -> None:
        self.page.restore()
        self.settings.zoom = 100

    def _show(self, name: str) -> None:
        if name == "theme":
            self.theme.setCurrentIndex(self.theme.findData(self.settings.theme))
        elif name == "zoom":
            self.zoom.setValue(self.settings.zoom)
