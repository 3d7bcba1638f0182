"""Which keys do what: the usual ones, and those that the person has chosen instead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence

from app.actions.base import Menu, SubMenu, plain
from app.settings import Settings

_DEPTH = 2
"""How deep in a menu's attributes its actions are: `edit.finding.next`."""

_MODIFIERS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
_PORTABLE = QKeySequence.SequenceFormat.PortableText
_NATIVE = QKeySequence.SequenceFormat.NativeText


@dataclass(frozen=True, slots=True)
class Command:
    """Something in a menu that can have keys."""

    name: str
    """What it is called in the settings, in any language: "format.marks.bold"."""
    menu: str
    """Title of its menu."""
    title: str
    action: QAction
    usual: Sequence[QKeySequence]
    """The keys that it has until somebody chooses others."""

    @property
    def keys(self) -> str:
        """Its keys as this system writes them."""
        return written(self.action.shortcuts())


class Shortcuts(QObject):
    """The keys of one window's actions; follows the settings."""

    changed = Signal()
    """Some have other keys now."""

    def __init__(self, menus: Iterable[Menu], settings: Settings, parent: QObject) -> None:
        super().__init__(parent)
        self._settings = settings
        self.commands = list(_commands(menus))
        """All that stands in a menu, in the order of the menus."""
        settings.changed.connect(self._follow)
        if settings.shortcuts:
            self._wear()

    def owner(self, keys: QKeySequence, besides: Command) -> Command | None:
        """Return what else has these keys; None: they are free."""
        for command in self.commands:
            if command is not besides and keys in command.action.shortcuts():
                return command
        return None

    def choose(self, command: Command, keys: Sequence[QKeySequence]) -> None:
        """Give a command these keys, and take them from whatever had them."""
        chosen = self._settings.shortcuts
        for key in keys:
            owner = self.owner(key, command)
            if owner is not None:
                left = [other for other in owner.action.shortcuts() if other != key]
                _note(chosen, owner, left)
        _note(chosen, command, keys)
        self._settings.shortcuts = chosen

    def reset(self, command: Command) -> None:
        """Give a command its usual keys again."""
        self.choose(command, command.usual)

    def reset_all(self) -> None:
        """Give all their usual keys again."""
        self._settings.shortcuts = {}

    def is_usual(self, command: Command) -> bool:
        """Whether a command has its usual keys."""
        return list(command.action.shortcuts()) == list(command.usual)

    def _follow(self, name: str) -> None:
        if name == "shortcuts":
            self._wear()

    def _wear(self) -> None:
        chosen = self._settings.shortcuts
        for command in self.commands:
            keys = chosen.get(command.name)
            wanted = command.usual if keys is None else read(keys)
            if wanted is None:  # what is stored is no key
                wanted = command.usual
            if list(command.action.shortcuts()) != list(wanted):
                command.action.setShortcuts(wanted)
        self.changed.emit()


def written(keys: Iterable[QKeySequence]) -> str:
    """Write keys as this system and language do."""
    return ", ".join(key.toString(_NATIVE) for key in keys)


def read(keys: str) -> list[QKeySequence] | None:
    """Return the keys that a setting names; None if one of them is no key that may be one."""
    found = QKeySequence.listFromString(keys, _PORTABLE) if keys else []
    return found if all(may_be_shortcut(key) for key in found) else None


def may_be_shortcut(keys: QKeySequence) -> bool:
    """Whether keys write nothing: one key with Ctrl or Alt, or one that has no letter."""
    if keys.count() != 1:
        return False
    first = keys[0]  # type: ignore[index]  # a slot that PySide's stubs leave out
    key, modifiers = first.key(), first.keyboardModifiers()
    if key in (Qt.Key.Key_unknown, Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
        return False
    return bool(modifiers & _MODIFIERS) or Qt.Key.Key_F1 <= key <= Qt.Key.Key_F35


def _note(chosen: dict[str, str], command: Command, keys: Sequence[QKeySequence]) -> None:
    if list(keys) == list(command.usual):
        chosen.pop(command.name, None)
    else:
        chosen[command.name] = "; ".join(key.toString(_PORTABLE) for key in keys)


def _commands(menus: Iterable[Menu]) -> Iterator[Command]:
    for menu in menus:
        kind = type(menu).__name__.removesuffix("Actions").lower()
        attributes = {name: value for name, value in vars(menu).items() if name != "entries"}
        names = {action: f"{kind}.{name}" for name, action in _named(attributes, _DEPTH)}
        for title, action in _entries(menu.entries):
            if action in names:
                usual = tuple(action.shortcuts())
                yield Command(names[action], plain(menu.title), title, action, usual)


def _entries(entries: Iterable[object], above: str = "") -> Iterator[tuple[str, QAction]]:
    for entry in entries:
        if isinstance(entry, SubMenu):
            yield from _entries(entry.entries, f"{plain(entry.title)}: ")
        elif isinstance(entry, QAction) and entry.menu() is None:
            yield f"{above}{plain(entry.text())}", entry


def _named(attributes: Mapping[str, object], depth: int) -> Iterator[tuple[str, QAction]]:
    """Yield the actions among attributes, by their names: no translation changes those."""
    for name, value in attributes.items():
        if isinstance(value, QAction):
            yield name, value
        elif isinstance(value, Mapping):
            inner = {str(key): one for key, one in value.items()}
            yield from ((f"{name}.{key}", one) for key, one in _named(inner, depth - 1))
        elif isinstance(value, list | tuple):
            inner = {str(number): one for number, one in enumerate(value)}
            yield from ((f"{name}.{key}", one) for key, one in _named(inner, depth - 1))
        elif depth and isinstance(value, QObject) and type(value).__name__.endswith("Actions"):
            yield from ((f"{name}.{key}", one) for key, one in _named(vars(value), depth - 1))
