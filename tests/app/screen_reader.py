"""What a screen reader is told: Qt's accessibility events, as they leave Qt."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import PySide6
import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QAccessibleEvent,
    QAccessibleInterface,
    QAccessibleTextCursorEvent,
    QAccessibleTextInsertEvent,
    QAccessibleTextInterface,
    QAccessibleTextRemoveEvent,
    QAccessibleTextSelectionEvent,
    QAccessibleTextUpdateEvent,
)

_INSTALL = "_ZN11QAccessible20installUpdateHandlerEPFvP16QAccessibleEventE"
"""`QAccessible::installUpdateHandler`, which PySide leaves out."""

_KINDS: dict[QAccessible.Event, type[QAccessibleEvent]] = {
    QAccessible.Event.Announcement: QAccessibleAnnouncementEvent,
    QAccessible.Event.TextCaretMoved: QAccessibleTextCursorEvent,
    QAccessible.Event.TextInserted: QAccessibleTextInsertEvent,
    QAccessible.Event.TextRemoved: QAccessibleTextRemoveEvent,
    QAccessible.Event.TextUpdated: QAccessibleTextUpdateEvent,
    QAccessible.Event.TextSelectionChanged: QAccessibleTextSelectionEvent,
}


@dataclass(frozen=True)
class Told:
    """One event; `said` is its text, `position` where the caret is after it."""

    kind: QAccessible.Event
    object: QObject | None
    said: str
    position: int


class ScreenReader:
    """Keeps what it was told of texts, and what was announced."""

    def __init__(self) -> None:
        self.told: list[Told] = []

    def hear(self, pointer: int) -> None:
        event: Any = shiboken6.wrapInstance(pointer, QAccessibleEvent)
        kind = _KINDS.get(event.type())
        del event  # else it would be what the next line returns
        if kind is None:
            # Asking for its object while Qt is making that would give Python half a one.
            return
        event = shiboken6.wrapInstance(pointer, kind)
        said, position = "", -1
        match event:
            case QAccessibleAnnouncementEvent():
                assert event.politeness() is QAccessible.AnnouncementPoliteness.Polite
                said = event.message()
            case QAccessibleTextInsertEvent():
                said, position = event.textInserted(), event.cursorPosition()
            case QAccessibleTextRemoveEvent():
                said, position = event.textRemoved(), event.cursorPosition()
            case QAccessibleTextUpdateEvent():
                said, position = event.textInserted(), event.cursorPosition()
            case QAccessibleTextCursorEvent():
                position = event.cursorPosition()
        self.told.append(Told(event.type(), event.object(), said, position))

    def of(self, *kinds: QAccessible.Event) -> list[Told]:
        return [told for told in self.told if told.kind in kinds]

    @property
    def announced(self) -> list[str]:
        return [told.said for told in self.of(QAccessible.Event.Announcement)]


@contextmanager
def screen_reader() -> Iterator[ScreenReader]:
    """Turn accessibility on, as a screen reader does, and listen."""
    folder = Path(PySide6.__file__).parent
    library = next(
        path
        for path in (folder / "Qt/lib/libQt6Gui.so.6", folder / "Qt/lib/QtGui.framework/QtGui")
        if path.exists()
    )
    install = getattr(ctypes.CDLL(str(library)), _INSTALL)
    install.restype = ctypes.c_void_p
    install.argtypes = [ctypes.c_void_p]
    reader = ScreenReader()
    handler = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(reader.hear)
    before = install(ctypes.cast(handler, ctypes.c_void_p))
    QAccessible.setActive(True)
    try:
        yield reader
    finally:
        QAccessible.setActive(False)
        install(before)


Part = TypeVar("Part")


def interface(thing: QObject) -> QAccessibleInterface:
    found = QAccessible.queryAccessibleInterface(thing)
    assert found is not None, thing
    return found


def name(thing: QObject | QAccessibleInterface) -> str:
    of = interface(thing) if isinstance(thing, QObject) else thing
    return of.text(QAccessible.Text.Name)


def text_of(thing: QObject) -> QAccessibleTextInterface:
    found = interface(thing).textInterface()
    assert found is not None
    return found


def walk(root: QAccessibleInterface, visit: Callable[[QAccessibleInterface], None]) -> None:
    """Visit a tree of interfaces, as a screen reader does."""
    visit(root)
    for index in range(root.childCount()):
        child = root.child(index)
        if child is not None and child.isValid():
            walk(child, visit)
