"""The toolbar: few, quiet buttons; all of them are in the menus too."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QColor, QKeySequence
from PySide6.QtWidgets import QComboBox, QSizePolicy, QToolBar, QToolButton, QWidget

from app.actions.base import plain
from app.actions.format import FormatActions
from app.editor.editor import Editor
from app.resources import icon

_STYLES = 4
"""Paragraph styles in the box: body text and headings 1 to 3; the menu has all."""


class FormatBar(QToolBar):
    """Shows and changes the format of what is selected."""

    def __init__(self, actions: FormatActions, editor: Editor) -> None:
        super().__init__()
        self.setWindowTitle(self.tr("Format"))
        self._actions = actions
        self._editor = editor
        self.setMovable(False)
        self.setIconSize(QSize(18, 18))
        self.toggleViewAction().setEnabled(False)
        self.style_box = QComboBox()
        self.style_box.setAccessibleName(self.tr("Paragraph style"))
        self.style_box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for action in actions.headings[:_STYLES]:
            self.style_box.addItem(action.text())
        self.style_box.activated.connect(self._choose_style)
        self.addWidget(self.style_box)
        self._icons: dict[QAction, str] = {}
        for group in actions.toolbar:
            self._add_all(group)
        self.name_keys()

    def add_at_the_end(self, name: str, action: QAction) -> None:
        """Add a button at the far end, with the icon `name`."""
        # Kept: deleting a widget that Python has let go of, and looked at again, ends the program.
        self._gap = QWidget(self)
        self._gap.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(self._gap)
        self._add_each({name: action})

    def _add_all(self, actions: Mapping[str, QAction]) -> None:
        self.addSeparator()
        self._add_each(actions)

    def _add_each(self, actions: Mapping[str, QAction]) -> None:
        for name, action in actions.items():
            title = plain(action.text())
            self.addAction(action)
            self._icons[action] = name
            button = self.widgetForAction(action)
            if isinstance(button, QToolButton):
                button.setAccessibleName(title)
                button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a toolbar's have none

    def name_keys(self) -> None:
        """Say in the tool tips which keys do the same."""
        for action in self._icons:
            title = plain(action.text())
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            action.setToolTip(f"{title} ({keys})" if keys else title)

    def set_ink(self, ink: QColor) -> None:
        """Draw the icons in a colour."""
        for action, name in self._icons.items():
            action.setIcon(icon(name, ink))

    def refresh(self) -> None:
        """Follow the actions."""
        headings = self._actions.headings
        checked = next((n for n, action in enumerate(headings) if action.isChecked()), 0)
        self.style_box.setCurrentIndex(checked if checked < self.style_box.count() else -1)
        self.style_box.setEnabled(headings[0].isEnabled())
        reason = "" if headings[0].isEnabled() else headings[0].toolTip()
        self.style_box.setToolTip(reason)

    def _choose_style(self, index: int) -> None:
        self._actions.headings[index].trigger()
        self._editor.setFocus()
