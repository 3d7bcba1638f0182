"""Colours and letters of the window: light, dark and sepia."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontDatabase, QGuiApplication, QPalette
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

    @property
    def dark(self) -> bool:
        """Whether letters are lighter than the page."""
        return QColor(self.page).lightness() < 128

    @property
    def faded(self) -> QColor:
        """The colour of text that is not to draw the eye: a third of the way from page to ink."""
        page, ink = QColor(self.page), QColor(self.ink)
        return QColor(
            (2 * page.red() + ink.red()) // 3,
            (2 * page.green() + ink.green()) // 3,
            (2 * page.blue() + ink.blue()) // 3,
        )

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

    def fold(self, *, unfolded: bool) -> str:
        """Return the path of the picture beside what can be folded away."""
        aside = "chevron-left" if QGuiApplication.isRightToLeft() else "chevron-right"
        return self._picture("chevron" if unfolded else aside)

    def _picture(self, name: str) -> str:
        tone = "dark" if self.dark else "light"
        return (resources() / "icons" / f"{name}-{tone}.svg").as_posix()

    def style_sheet(self) -> str:
        """Return what palettes cannot say."""
        chevron, chevron_up, check = map(self._picture, ("chevron", "chevron-up", "check"))
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
            #sidebar {{ background: {self.window}; }}
            #sidebar QLabel {{ color: {self.muted}; }}
            #library {{ background: transparent; border: none; outline: none; margin: 0 6px; }}
            #library QLineEdit {{ padding: 1px 3px; }}
            #choices {{ background: {self.page}; border: 1px solid {self.line};
                        border-radius: 5px; outline: none; }}
            #choices::item {{ padding: 5px 8px; color: {self.ink}; }}
            #choices::item:selected {{ background: {self.selected}; color: {self.ink}; }}
            #banner {{ background: {self.hover}; border-bottom: 1px solid {self.line}; }}
            #findBar {{ background: {self.window}; border-top: 1px solid {self.line}; }}
            #quiet, #path {{ color: {self.muted}; }}
            #popup {{ background: {self.page}; border: 1px solid {self.line}; }}
            #overlay {{ background: {self.page}; border: 1px solid {self.faded.name()};
                        border-radius: 9px; }}
            #overlay QLineEdit {{ border: none; border-bottom: 1px solid {self.line};
                        border-radius: 0; background: transparent; padding: 9px 8px;
                        font-size: 12pt; }}
            #found {{ background: transparent; border: none; outline: none; }}
            #outline {{ background: {self.window}; }}
            #outline QLabel {{ color: {self.muted}; }}
            #outline QTreeWidget {{ background: transparent; border: none; outline: none;
                                    show-decoration-selected: 0; margin: 0 8px; }}
            #outline QTreeWidget::item {{ padding: 5px 8px; border-radius: 5px;
                                          color: {self.ink}; }}
            #outline QTreeWidget::item:hover {{ background: {self.hover}; }}
            #outline QTreeWidget::item:selected {{ background: transparent;
                                                   color: {self.ink}; }}
            #outline QTreeWidget::branch, #outline QTreeWidget::branch:selected,
            #outline QTreeWidget::branch:hover {{ background: transparent; }}
            #shortcuts, #people {{ background: {self.page}; border: 1px solid {self.line};
                          border-radius: 5px; outline: none; show-decoration-selected: 1; }}
            #shortcuts::item, #people::item {{ padding: 4px 10px; color: {self.ink}; }}
            #shortcuts::item:selected, #people::item:selected {{
                          background: {self.selected}; color: {self.ink}; }}
            #pages {{ background: transparent; border: none; outline: none; }}
            #pages::item {{ padding: 8px 12px; border-radius: 5px; margin: 1px 0;
                            color: {self.ink}; }}
            #pages::item:hover {{ background: {self.hover}; }}
            #pages::item:selected {{ background: {self.selected}; color: {self.ink}; }}
            #rows {{ background: {self.page}; border: 1px solid {self.line};
                     border-radius: 5px; outline: none; }}
            #rows:focus {{ border-color: {self.accent}; }}
            #rows::item {{ padding: 4px 10px; color: {self.ink}; }}
            #rows::item:selected {{ background: {self.selected}; color: {self.ink}; }}
            #empty {{ background: {self.page}; }}
            #empty QLabel {{ color: {self.muted}; }}
            QPushButton#step {{ border: none; background: transparent; padding: 8px 14px;
                                text-align: left; color: {self.ink}; }}
            QPushButton#step:hover, QPushButton#step:focus {{ background: {self.hover}; }}
            #goal {{ background: {self.line}; border: none; border-radius: 2px; }}
            #goal::chunk {{ background: {self.good}; border-radius: 2px; }}
            QPushButton#plain, QPushButton#aside {{ border: none; background: transparent;
                                 padding: 1px 6px; color: {self.muted}; }}
            QPushButton#plain:hover, QPushButton#plain:focus,
            QPushButton#aside:hover, QPushButton#aside:focus {{ color: {self.ink};
                                 background: {self.hover}; }}
            QSpinBox, QFontComboBox {{ border: 1px solid {self.line}; border-radius: 5px;
                         padding: 4px 6px; background: {self.page};
                         selection-background-color: {self.selected}; color: {self.ink}; }}
            QSpinBox:focus {{ border-color: {self.accent}; }}
            QSpinBox::up-button, QSpinBox::down-button {{ border: none; width: 20px; }}
            QSpinBox::up-arrow {{ image: url({chevron_up}); width: 11px; height: 11px; }}
            QSpinBox::down-arrow {{ image: url({chevron}); width: 11px; height: 11px; }}
            QCheckBox {{ spacing: 8px; }}
            QCheckBox::indicator,
            #choices::indicator {{ width: 15px; height: 15px; border: 1px solid {self.muted};
                                    border-radius: 4px; background: {self.page}; }}
            QCheckBox::indicator:checked,
            #choices::indicator:checked {{ background: {self.accent};
                                    border-color: {self.accent}; image: url({check}); }}
            QCheckBox::indicator:focus {{ border-color: {self.accent}; }}
            QSlider:horizontal {{ min-height: 22px; }}
            QSlider::groove:horizontal {{ height: 4px; border-radius: 2px;
                                          background: {self.line}; }}
            QSlider::sub-page:horizontal {{ height: 4px; border-radius: 2px;
                                            background: {self.accent}; }}
            QSlider::handle:horizontal {{ width: 14px; height: 14px; margin: -6px 0;
                         border-radius: 8px; background: {self.page};
                         border: 1px solid {self.muted}; }}
            QSlider::handle:horizontal:focus {{ border: 2px solid {self.accent}; }}
            QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
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


SEPIA = Theme(
    name="sepia",
    page="#f7eedc",
    window="#eee2cb",
    ink="#43352a",
    muted="#77654f",
    line="#d9c8a9",
    accent="#8a4b1f",
    selected="#e6cfa2",
    hover="#e6d8bc",
    good="#4f7439",
    waiting="#97600c",
    bad="#a83226",
)

THEMES = {theme.name: theme for theme in (LIGHT, DARK, SEPIA)}


def system_theme(application: QApplication) -> Theme:
    """Return the theme that the system asks for."""
    dark = application.styleHints().colorScheme() is Qt.ColorScheme.Dark
    return DARK if dark else LIGHT


def _first_installed() -> str:
    installed = set(QFontDatabase.families())
    return next((family for family in _SERIFS if family in installed), "serif")
