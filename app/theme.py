"""Colours and letters of the window, light and dark."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from app.editor.formats import Style
from app.resources import resources

_SERIFS = ("Noto Serif", "Charter", "Georgia", "Source Serif 4", "DejaVu Serif")
"""Letters for the page, the best first; the first one that is installed is taken."""

TEXT_SIZE = 13.0
"""Points."""


@dataclass(frozen=True)
class Theme:
    """The colours that everything else is made from, as #rrggbb."""

    name: str
    page: str
    window: str
    ink: str
    muted: str
    line: str
    accent: str
    selected: str
    hover: str
    good: str
    waiting: str
    bad: str

    def style(self) -> Style:
        """Return how a page looks."""
        return Style(
            family=_first_installed(),
            size=TEXT_SIZE,
            ink=QColor(self.ink),
            accent=QColor(self.accent),
            quiet=QColor(self.hover),
        )

    def palette(self) -> QPalette:
        """Return the colours as Qt's widgets want them."""
        palette = QPalette()
        role = QPalette.ColorRole
        for name, color in (
            (role.Window, self.window),
            (role.WindowText, self.ink),
            (role.Base, self.page),
            (role.AlternateBase, self.window),
            (role.Text, self.ink),
            (role.Button, self.window),
            (role.ButtonText, self.ink),
            (role.PlaceholderText, self.muted),
            (role.Highlight, self.selected),
            (role.HighlightedText, self.ink),
            (role.ToolTipBase, self.window),
            (role.ToolTipText, self.ink),
            (role.Link, self.accent),
            (role.Accent, self.accent),
        ):
            palette.setColor(name, QColor(color))
        for name in (role.WindowText, role.Text, role.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, name, QColor(self.muted))
        return palette

    def style_sheet(self) -> str:
        """Return what palettes cannot say."""
        chevron = (resources() / "icons" / f"chevron-{self.name}.svg").as_posix()
        return f"""
            QMainWindow, QMenuBar, QStatusBar, QToolBar {{ background: {self.window}; }}
            QTextEdit {{ background: {self.page}; border: none; }}
            QMenuBar {{ border: none; padding: 2px 6px; }}
            QMenuBar::item {{ padding: 4px 9px; border-radius: 4px; background: transparent; }}
            QMenuBar::item:selected {{ background: {self.hover}; }}
            QMenu {{ background: {self.page}; border: 1px solid {self.line}; padding: 4px; }}
            QMenu::item {{ padding: 5px 28px 5px 22px; border-radius: 4px; }}
            QMenu::item:selected {{ background: {self.selected}; }}
            QMenu::item:disabled {{ color: {self.muted}; }}
            QMenu::separator {{ height: 1px; background: {self.line}; margin: 4px 8px; }}
            QToolBar {{ border: none; border-bottom: 1px solid {self.line};
                        padding: 4px 10px; spacing: 3px; }}
            QToolBar::separator {{ width: 1px; background: {self.line}; margin: 5px 7px; }}
            QToolButton {{ border: none; border-radius: 5px; padding: 5px; }}
            QToolButton:hover {{ background: {self.hover}; }}
            QToolButton:checked {{ background: {self.selected}; }}
            QToolButton:focus {{ outline: none; border: 1px solid {self.accent}; }}
            QComboBox {{ border: 1px solid {self.line}; border-radius: 5px; padding: 4px 10px;
                         background: {self.page}; min-width: 96px; }}
            QComboBox::drop-down {{ border: none; width: 20px; }}
            QComboBox::down-arrow {{ image: url({chevron}); width: 12px; height: 12px; }}
            QComboBox:focus {{ border-color: {self.accent}; }}
            QComboBox QAbstractItemView {{ background: {self.page}; border: 1px solid {self.line};
                         selection-background-color: {self.selected}; outline: none; }}
            QStatusBar {{ border-top: 1px solid {self.line}; }}
            QStatusBar::item {{ border: none; }}
            #sidebar {{ background: {self.window}; border-right: 1px solid {self.line}; }}
            #sidebar QLabel {{ color: {self.muted}; }}
            #documents {{ background: transparent; border: none; outline: none; }}
            #documents::item {{ padding: 7px 10px; border-radius: 5px; margin: 1px 8px;
                                color: {self.ink}; }}
            #documents::item:hover {{ background: {self.hover}; }}
            #documents::item:selected {{ background: {self.selected}; color: {self.ink}; }}
            #banner {{ background: {self.hover}; border-bottom: 1px solid {self.line}; }}
            #quiet {{ color: {self.muted}; }}
            QPushButton {{ border: 1px solid {self.line}; border-radius: 5px; padding: 6px 14px;
                           background: {self.page}; color: {self.ink}; }}
            QPushButton:hover {{ background: {self.hover}; }}
            QPushButton:focus {{ border-color: {self.accent}; }}
            QPushButton:default {{ background: {self.accent}; border-color: {self.accent};
                                   color: {self.page}; }}
            QPushButton:disabled {{ color: {self.muted}; background: {self.window}; }}
            QPushButton#link {{ border: none; background: transparent; padding: 2px 4px;
                                color: {self.accent}; }}
            QPushButton#link:hover {{ text-decoration: underline; }}
            QLineEdit {{ border: 1px solid {self.line}; border-radius: 5px; padding: 6px 8px;
                         background: {self.page}; selection-background-color: {self.selected}; }}
            QLineEdit:focus {{ border-color: {self.accent}; }}
            QScrollBar:vertical {{ background: transparent; width: 12px; margin: 2px; }}
            QScrollBar::handle:vertical {{ background: {self.line}; border-radius: 4px;
                                           min-height: 36px; }}
            QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; }}
            QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
            QSplitter::handle {{ background: {self.line}; width: 1px; }}
        """


LIGHT = Theme(
    name="light",
    page="#fffdf9",
    window="#f4f1eb",
    ink="#2b2925",
    muted="#716b61",
    line="#ddd7cb",
    accent="#2f5d8a",
    selected="#d6e3f0",
    hover="#eae5db",
    good="#3c7a4a",
    waiting="#a06a10",
    bad="#b3362c",
)

DARK = Theme(
    name="dark",
    page="#1e1f22",
    window="#26272b",
    ink="#dcd9d2",
    muted="#9a968d",
    line="#3a3b40",
    accent="#82aee0",
    selected="#34475f",
    hover="#313339",
    good="#7fbf8b",
    waiting="#dba94e",
    bad="#ef8378",
)


def system_theme(application: QApplication) -> Theme:
    """Return the theme that the system asks for."""
    dark = application.styleHints().colorScheme() is Qt.ColorScheme.Dark
    return DARK if dark else LIGHT


def _first_installed() -> str:
    installed = set(QFontDatabase.families())
    return next((family for family in _SERIFS if family in installed), "serif")
