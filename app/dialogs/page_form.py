"""Fields for the letters of the page, the height of its lines and its width."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QCheckBox, QFontComboBox, QSlider, QWidget

from app.appearance import Appearance
from app.dialogs import parts
from app.settings import LINE_HEIGHT, PAGE_WIDTH, Settings


class PageForm(QWidget):
    """Each choice is seen on the page at once."""

    def __init__(self, appearance: Appearance, settings: Settings) -> None:
        super().__init__()
        self._appearance = appearance
        self.own = QCheckBox(self.tr("Choose the &font myself"))
        self.own.setChecked(bool(settings.family))
        self.family = QFontComboBox()
        self.family.setWritingSystem(QFontDatabase.WritingSystem.Latin)
        self.family.setEditable(False)
        self.family.setAccessibleName(self.tr("Font"))
        self.family.setCurrentFont(QFont(settings.family or appearance.style().family))
        self.line_height = slider(self.tr("Line height"), 100, 250, settings.line_height)
        self.page_width = slider(self.tr("Width of the text"), 24, 90, settings.page_width)
        self.form = form = parts.form(self, spacing=14)
        form.addRow(self.own)
        form.addRow(self.family)
        form.addRow(self.tr("Line &height"), self.line_height)
        form.addRow(self.tr("&Width of the text"), self.page_width)
        self.own.toggled.connect(self.show_on_page)
        self.family.currentFontChanged.connect(self.show_on_page)
        self.line_height.valueChanged.connect(self.show_on_page)
        self.page_width.valueChanged.connect(self.show_on_page)
        self.family.setEnabled(self.own.isChecked())

    def show_on_page(self) -> None:
        """Use what is chosen now."""
        self.family.setEnabled(self.own.isChecked())
        self._appearance.set_page(
            family=self.family.currentFont().family() if self.own.isChecked() else "",
            line_height=self.line_height.value(),
            page_width=self.page_width.value(),
        )

    def restore(self) -> None:
        """Choose what nobody has chosen."""
        self.own.setChecked(False)
        self.line_height.setValue(LINE_HEIGHT)
        self.page_width.setValue(PAGE_WIDTH)


def slider(name: str, least: int, most: int, value: int) -> QSlider:
    """Return a slider with a name that is spoken."""
    made = QSlider(Qt.Orientation.Horizontal)
    made.setAccessibleName(name)
    made.setRange(least, most)
    made.setPageStep(10)
    made.setValue(value)
    return made
