"""All keyboard shortcuts, found by a word: made from the menus, so none is ever missing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.dialogs import parts

Groups: TypeAlias = Iterable[tuple[str, Iterable[tuple[str, str]]]]
"""(name of a group, [(what is done, its keys)])."""


class ShortcutsDialog(QDialog):
    """A list with a field that narrows it; Down goes from the field into the list."""

    def __init__(self, groups: Groups, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.resize(520, 560)
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Search"))
        self.field.setAccessibleName(self.tr("Search in the shortcuts"))
        self.field.setClearButtonEnabled(True)
        self.field.textChanged.connect(self._narrow)
        self.list = parts.two_columns(
            self.tr("Shortcuts"), self.tr("What is done"), self.tr("Keys")
        )
        self.list.setObjectName("shortcuts")
        self._groups: list[tuple[QTreeWidgetItem, list[QTreeWidgetItem]]] = []
        for name, rows in groups:
            self._add(name, rows)
        self._add(self.tr("On the page"), self._keys_of_the_page())
        self.nothing = QLabel(self.tr("No shortcut has this name. Try another word."))
        self.nothing.setObjectName("quiet")
        self.nothing.hide()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 20, 22, 18)
        column.setSpacing(12)
        column.addWidget(self.field)
        column.addWidget(self.list, 1)
        column.addWidget(self.nothing)
        column.addWidget(buttons)
        QWidget.setTabOrder(self.field, self.list)
        self.field.setFocus()

    def _keys_of_the_page(self) -> list[tuple[str, str]]:
        """What keys do that are no entry of a menu."""
        return [
            (self.tr("New line in the same paragraph"), native("Shift+Return")),
            (self.tr("Check or uncheck; leave a quote or a code block"), native("Ctrl+Return")),
            (
                self.tr("Move an item of a list in or out"),
                native("Tab, Shift+Tab"),
            ),
            (
                self.tr("Move a section in the outline"),
                native("Alt+Up, Alt+Down"),
            ),
            (self.tr("Back to the page"), native("Esc")),
            (self.tr("What can be done here"), native("Shift+F10")),
        ]

    def _add(self, group: str, rows: Iterable[tuple[str, str]]) -> None:
        rows = list(rows)
        if not rows:
            return
        head = QTreeWidgetItem([group])
        head.setFlags(Qt.ItemFlag.ItemIsEnabled)
        font = head.font(0)
        font.setBold(True)
        head.setFont(0, font)
        self.list.addTopLevelItem(head)
        head.setFirstColumnSpanned(True)
        head.setData(1, Qt.ItemDataRole.AccessibleTextRole, group)
        children: list[QTreeWidgetItem] = []
        for title, keys in rows:
            item = QTreeWidgetItem([title, _left_to_right(keys)])
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)
            item.setData(
                0, Qt.ItemDataRole.AccessibleTextRole, f"{title}, {keys}"
            )  # one line to hear, not two cells
            head.addChild(item)
            children.append(item)
        head.setExpanded(True)
        self._groups.append((head, children))

    def _narrow(self, text: str) -> None:
        """Show what has all the words in its name, its menu or its keys."""
        words = text.casefold().split()
        any_left = False
        for head, children in self._groups:
            left = False
            for child in children:
                said = f"{head.text(0)} {child.text(0)} {child.text(1)}".casefold()
                fits = all(word in said for word in words)
                child.setHidden(not fits)
                left = left or fits
            head.setHidden(not left)
            any_left = any_left or left
        self.list.setVisible(any_left)
        self.nothing.setVisible(not any_left)


def native(keys: str) -> str:
    """Write a shortcut as this system and language do: "Strg+N"."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


def _left_to_right(keys: str) -> str:
    """Keep the order of keys in text that runs from right to left: "Ctrl+.", not ".+Ctrl"."""
    return f"\u2066{keys}\u2069" if QGuiApplication.isRightToLeft() else keys
