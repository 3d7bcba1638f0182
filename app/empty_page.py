"""What a window shows that has no document: what can be done now, and by which keys."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.actions.base import plain
from app.actions.shortcuts import Shortcuts, written


class EmptyPage(QWidget):
    """A few commands of the menus, large enough to be found."""

    def __init__(self, steps: Sequence[QAction], shortcuts: Shortcuts) -> None:
        super().__init__()
        self.setObjectName("empty")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        title = QLabel(self.tr("No document is open in this window."))
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(28)
        self._grid.setVerticalSpacing(4)
        self._steps = steps
        self.buttons: list[QPushButton] = []
        self._keys: list[QLabel] = []
        for row, step in enumerate(steps):
            button = QPushButton(plain(step.text()))
            button.setObjectName("step")
            button.setAutoDefault(True)  # Enter, too
            button.clicked.connect(step.trigger)
            keys = QLabel()
            self._grid.addWidget(button, row, 0)
            self._grid.addWidget(keys, row, 1)
            self.buttons.append(button)
            self._keys.append(keys)
        column = QVBoxLayout(self)
        column.addStretch(2)
        column.addWidget(title)
        column.addSpacing(14)
        column.addLayout(self._grid)
        column.setAlignment(self._grid, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        shortcuts.changed.connect(self._name_keys)
        self._name_keys()

    def focus(self) -> None:
        """Take the focus."""
        self.buttons[0].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def has_focus(self) -> bool:
        """Whether something in it has the focus."""
        return any(button.hasFocus() for button in self.buttons)

    def _name_keys(self) -> None:
        for step, button, keys in zip(self._steps, self.buttons, self._keys, strict=True):
            text = written(step.shortcuts())
            keys.setText(text)
            button.setAccessibleDescription(text)
