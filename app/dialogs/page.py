"""Font, line height and width of the page, seen on the page while they are chosen."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFontComboBox,
    QFormLayout,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from app.appearance import Appearance
from app.settings import LINE_HEIGHT, PAGE_WIDTH, Settings


class PageDialog(QDialog):
    """Shows each choice at once; Cancel puts back what was."""

    def __init__(self, appearance: Appearance, settings: Settings, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Page"))
        self.setMinimumWidth(420)
        self._appearance = appearance
        self._before = (settings.family, settings.line_height, settings.page_width)
        self.own = QCheckBox(self.tr("Choose the &font myself"))
        self.own.setChecked(bool(settings.family))
        self.family = QFontComboBox()
        self.family.setWritingSystem(QFontDatabase.WritingSystem.Latin)
        self.family.setEditable(False)
        self.family.setAccessibleName(self.tr("Font"))
        self.family.setCurrentFont(QFont(settings.family or appearance.style().family))
        self.line_height = self._slider(self.tr("Line height"), 100, 250, settings.line_height)
        self.page_width = self._slider(self.tr("Width of the text"), 24, 90, settings.page_width)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        form.setVerticalSpacing(14)
        form.addRow(self.own)
        form.addRow(self.family)
        form.addRow(self.tr("Line &height"), self.line_height)
        form.addRow(self.tr("&Width of the text"), self.page_width)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok
            | QDialogButtonBox.StandardButton.Cancel
            | QDialogButtonBox.StandardButton.RestoreDefaults
        )
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        restore = buttons.button(QDialogButtonBox.StandardButton.RestoreDefaults)
        restore.clicked.connect(self._restore)
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 20, 22, 18)
        column.setSpacing(18)
        column.addLayout(form)
        column.addWidget(buttons)
        self.own.toggled.connect(self._show)
        self.family.currentFontChanged.connect(self._show)
        self.line_height.valueChanged.connect(self._show)
        self.page_width.valueChanged.connect(self._show)
        self._show()

    def _slider(self, name: str, least: int, most: int, value: int) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setAccessibleName(name)
        slider.setRange(least, most)
        slider.setPageStep(10)
        slider.setValue(value)
        return slider

    def reject(self) -> None:
        """Put back what was."""
        family, line_height, page_width = self._before
        self._appearance.set_page(family=family, line_height=line_height, page_width=page_width)
        super().reject()

    def _show(self) -> None:
        self.family.setEnabled(self.own.isChecked())
        self._appearance.set_page(
            family=self.family.currentFont().family() if self.own.isChecked() else "",
            line_height=self.line_height.value(),
            page_width=self.page_width.value(),
        )

    def _restore(self) -> None:
        self.own.setChecked(False)
        self.line_height.setValue(LINE_HEIGHT)
        self.page_width.setValue(PAGE_WIDTH)
