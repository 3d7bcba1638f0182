"""What dialogs are put together from."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QHeaderView, QLabel, QSpinBox, QTreeWidget, QWidget


def form(part: QWidget | None = None, spacing: int = 10) -> QFormLayout:
    """Return rows of a label and a field that takes the room there is, with `spacing` pixels."""
    made = QFormLayout(part)
    made.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
    made.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
    made.setVerticalSpacing(spacing)
    if part is not None:
        made.setContentsMargins(0, 0, 0, 0)
    return made


def number(name: str, least: int, most: int, step: int) -> QSpinBox:
    """Return a field for a whole number, which screen readers call `name`."""
    made = QSpinBox()
    made.setAccessibleName(name)
    made.setRange(least, most)
    made.setSingleStep(step)
    made.lineEdit().setTextMargins(6, 0, 6, 0)  # style sheets do not reach its text
    return made


def message() -> QLabel:
    """Return a label for what happened: plain text, as it may be somebody else's."""
    label = QLabel()
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label


def roomy_message() -> QLabel:
    """Return one that keeps room for two lines, so that nothing moves when it speaks."""
    label = message()
    label.setMinimumHeight(40)
    label.setAlignment(Qt.AlignmentFlag.AlignTop)
    return label


def two_columns(name: str, first: str, second: str) -> QTreeWidget:
    """Return a flat list of two columns; their headers are only to be heard."""
    made = QTreeWidget()
    made.setAccessibleName(name)
    made.setColumnCount(2)
    made.setHeaderLabels([first, second])
    made.setHeaderHidden(True)
    made.setRootIsDecorated(False)
    made.setIndentation(0)
    made.setUniformRowHeights(True)
    made.header().setStretchLastSection(False)
    made.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    made.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
    return made
