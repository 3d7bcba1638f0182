"""Follows one person: the page scrolls with their caret until this person scrolls by themselves."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent

from app.editor.editor import Editor
from app.editor.visible import scroll_to
from app.presence.room import Guest, Room

_MODIFIERS = (
    *(Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt),
    *(Qt.Key.Key_Meta, Qt.Key.Key_AltGr),
)


class Following(QObject):
    """Who is followed in one editor. Typing, clicking and scrolling there end it."""

    changed = Signal()
    """Somebody is followed now, or nobody."""

    ended = Signal(object)
    """The `Guest` who is no longer followed, because of what was done on the page."""

    def __init__(self, editor: Editor) -> None:
        super().__init__(editor)
        self._editor = editor
        self._room: Room | None = None
        self.client: int | None = None
        """Yjs client id of who is followed; None: nobody."""
        editor.installEventFilter(self)
        editor.viewport().installEventFilter(self)
        bar = editor.verticalScrollBar()
        bar.actionTriggered.connect(self._scrolled)
        bar.sliderPressed.connect(self._scrolled)

    def show_room(self, room: Room | None) -> None:
        """Follow somebody of another room from now on, or of none: nobody yet."""
        if self._room is not None:
            self._room.active.disconnect(self._go_along)
            self._room.people_changed.disconnect(self._look_who_is_there)
        self.follow(None)
        self._room = room
        if room is not None:
            room.active.connect(self._go_along)
            room.people_changed.connect(self._look_who_is_there)

    def follow(self, client: int | None) -> None:
        """Follow who is at a client; None: nobody."""
        if client != self.client:
            self.client = client
            self.changed.emit()
        if client is not None:
            self._go_along({client})

    def go_to(self, guest: Guest) -> bool:
        """Scroll to somebody's caret; False if it is not in this text."""
        if guest.caret is None:
            return False
        scroll_to(self._editor, guest.caret)
        return True

    def _go_along(self, clients: set[int]) -> None:
        if self._room is None or self.client not in clients:
            return
        guest = self._room.guest(self.client)
        if guest is not None:
            self.go_to(guest)

    def _look_who_is_there(self) -> None:
        if self.client is not None and (
            self._room is None or self._room.guest(self.client) is None
        ):
            self.follow(None)

    def _scrolled(self, *_: object) -> None:
        if self.client is None or self._room is None:
            return
        guest = self._room.guest(self.client)
        self.follow(None)
        if guest is not None:
            self.ended.emit(guest)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice what this person does on the page."""
        if self.client is not None:
            kind = event.type()
            if kind in (QEvent.Type.Wheel, QEvent.Type.MouseButtonPress) or (
                kind is QEvent.Type.KeyPress
                and isinstance(event, QKeyEvent)
                and event.key() not in _MODIFIERS
            ):
                self._scrolled()
        return super().eventFilter(watched, event)
