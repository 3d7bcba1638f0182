"""Settings: the keys of everything that stands in a menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidgetItem,
    QWidget,
)

from app.actions.shortcuts import Command, may_be_shortcut, written
from app.announce import announce
from app.dialogs import parts
from app.preferences.page import Page, quiet

if TYPE_CHECKING:
    from app.main_window import MainWindow

_MODIFIER_KEYS = (
    *(Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt, Qt.Key.Key_Meta),
    *(Qt.Key.Key_AltGr, Qt.Key.Key_Super_L, Qt.Key.Key_Super_R, Qt.Key.Key_unknown),
)


class KeyField(QLineEdit):
    """Takes keys instead of letters; Tab goes on, Esc goes back, Backspace takes the keys away."""

    pressed = Signal(QKeySequence)
    """These keys were pressed; empty: none are wanted."""

    left = Signal()
    """The person thinks better of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)

    def event(self, event: QEvent) -> bool:
        """Keep keys from being shortcuts while one is looked for."""
        if event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tell which keys were pressed."""
        key = event.key()
        bare = not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
        if key in _MODIFIER_KEYS:
            return
        if bare and key == Qt.Key.Key_Escape:
            self.left.emit()
        elif bare and key in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            self.pressed.emit(QKeySequence())
        else:
            self.pressed.emit(QKeySequence(event.keyCombination()))


class ShortcutsPage(Page):
    """A list to search, and a field that takes the keys of what is chosen in it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._shortcuts = window.shortcuts
        self._wanted: QKeySequence | None = None
        """Keys that somebody else has, while the person is asked."""
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search by name or keys"))
        self.search.setAccessibleName(self.tr("Search by name or keys"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._narrow)
        self.list = parts.two_columns(
            self.tr("Commands and their keys"), self.tr("What is done"), self.tr("Keys")
        )
        self.list.setObjectName("shortcuts")
        self._heads: dict[str, QTreeWidgetItem] = {}
        self._rows: dict[QTreeWidgetItem, Command] = {}
        self._fill()
        self.field = KeyField()
        self.field.setAccessibleName(self.tr("New keys: press them"))
        self.field.setPlaceholderText(self.tr("Press the new keys here"))
        self.field.pressed.connect(self._press)
        self.field.left.connect(self.list.setFocus)
        self.reset = self._button(self.tr("&Reset"), self._reset)
        self.reset_all = self._button(self.tr("Reset &all"), self._reset_all)
        self.take = self._button(self.tr("&Take them over"), self._take)
        self.said = quiet("")
        self._label = QLabel(self.tr("&Keys"))
        self._label.setBuddy(self.field)
        row = QHBoxLayout()
        row.addWidget(self._label)
        row.addWidget(self.field, 1)
        row.addWidget(self.take)
        row.addWidget(self.reset)
        row.addWidget(self.reset_all)
        self.column.addWidget(self.search)
        self.column.addWidget(self.list, 1)
        self.column.addLayout(row)
        self.column.addWidget(self.said)
        self.list.currentItemChanged.connect(self._chosen)
        self.list.itemActivated.connect(lambda *_: self.field.setFocus())
        self._shortcuts.changed.connect(self._show_keys)
        self._chosen()

    def _button(self, title: str, run: object) -> QPushButton:
        button = QPushButton(title)
        button.setAutoDefault(False)
        button.clicked.connect(run)
        return button

    def _fill(self) -> None:
        for command in self._shortcuts.commands:
            head = self._heads.get(command.menu)
            if head is None:
                head = self._heads[command.menu] = QTreeWidgetItem([command.menu])
                head.setFlags(Qt.ItemFlag.ItemIsEnabled)
                font = head.font(0)
                font.setBold(True)
                head.setFont(0, font)
                self.list.addTopLevelItem(head)
                head.setExpanded(True)
                head.setFirstColumnSpanned(True)
                head.setData(1, Qt.ItemDataRole.AccessibleTextRole, command.menu)
            row = QTreeWidgetItem([command.title])
            head.addChild(row)
            self._rows[row] = command
            self._show_keys_of(row, command)

    def _show_keys_of(self, row: QTreeWidgetItem, command: Command) -> None:
        row.setText(1, command.keys)
        said = command.keys or self.tr("no keys")
        row.setData(1, Qt.ItemDataRole.AccessibleTextRole, said)

    @property
    def command(self) -> Command | None:
        """What is chosen in the list."""
        item = self.list.currentItem()
        return self._rows.get(item) if item is not None else None

    def _narrow(self, text: str) -> None:
        words = text.casefold().split()
        left: set[str] = set()
        for row, command in self._rows.items():
            said = f"{command.menu} {command.title} {command.keys}".casefold()
            fits = all(word in said for word in words)
            row.setHidden(not fits)
            if fits and not left and words:
                self.list.setCurrentItem(row)
            left |= {command.menu} if fits else set()
        for menu, head in self._heads.items():
            head.setHidden(menu not in left)

    def _chosen(self) -> None:
        self._wanted = None
        self.said.setText("")
        self._refresh()

    def _refresh(self) -> None:
        command = self.command
        self.field.setEnabled(command is not None)
        self.field.setText(command.keys if command is not None else "")
        self.reset.setEnabled(command is not None and not self._shortcuts.is_usual(command))
        self.reset_all.setEnabled(bool(self.settings.shortcuts))
        self.take.setVisible(self._wanted is not None)

    def _show_keys(self) -> None:
        for row, command in self._rows.items():
            self._show_keys_of(row, command)
        self._refresh()

    def _say(self, sentence: str) -> None:
        self.said.setText(sentence)
        announce(self.said, sentence)

    def _press(self, keys: QKeySequence) -> None:
        command = self.command
        if command is None:
            return
        self._wanted = None
        if keys.isEmpty():
            self._shortcuts.choose(command, [])
            self._say(self.tr("“%1” has no keys now.").replace("%1", command.title))
            return
        if not may_be_shortcut(keys):
            self._refresh()
            self._say(
                self.tr("%1 is needed for writing. Press it with Ctrl or Alt.").replace(
                    "%1", written([keys])
                )
            )
            return
        owner = self._shortcuts.owner(keys, command)
        if owner is None:
            self._give(command, keys)
            return
        self._wanted = keys
        self._refresh()
        self.field.setText(written([keys]))
        self._say(
            self.tr("%1 belongs to “%2” (%3).")
            .replace("%1", written([keys]))
            .replace("%2", owner.title)
            .replace("%3", owner.menu)
        )

    def _give(self, command: Command, keys: QKeySequence) -> None:
        self._wanted = None
        self._shortcuts.choose(command, [keys])
        self._say(self.tr("%1: “%2”").replace("%1", written([keys])).replace("%2", command.title))

    def _take(self) -> None:
        command, keys = self.command, self._wanted
        if command is not None and keys is not None:
            self.field.setFocus()
            self._give(command, keys)

    def _reset(self) -> None:
        command = self.command
        if command is not None:
            self.list.setFocus()
            self._shortcuts.reset(command)
            self._chosen()

    def _reset_all(self) -> None:
        self.list.setFocus()
        self._shortcuts.reset_all()
        self._chosen()
