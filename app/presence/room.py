"""The others in one open document: what they say, as names, colours and places in the text."""

from __future__ import annotations

import time
import zlib
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from sync.document.delta import Delta
from sync.document.document import Document
from sync.document.places import MOST_EDITS, Edits, move_unit, read_edits
from sync.document.relative import RelativePosition
from sync.errors import InkstandError
from sync.presence.awareness import Awareness
from sync.presence.states import COLOURS, PersonState, Selected
from sync.types import Origin

REPORT_AFTER = 100
"""Milliseconds from a move of the own caret until the others are told: it may move on."""

TRY_AGAIN = 250
"""Milliseconds until places are looked for again in a document that is not ready for it."""


@dataclass(slots=True)
class _End:
    """One end of what somebody has selected."""

    position: RelativePosition
    index: int | None = None
    """Where it is now, in UTF-16 units; None: not in this text, or not yet."""
    fixed: bool = False
    """Whether it moves with a unit that is there."""


@dataclass(slots=True)
class Guest:
    """Somebody else at a client of theirs."""

    client: int
    name: str
    colour: int
    """Place in the palette."""
    anchor: _End | None = None
    head: _End | None = None

    @property
    def caret(self) -> int | None:
        """Where the caret is (UTF-16 units); None if that is not in this text."""
        return None if self.head is None else self.head.index

    @property
    def selected(self) -> tuple[int, int]:
        """Start and end of what is selected (UTF-16 units); equal if nothing is."""
        if self.head is None or self.anchor is None:
            return (0, 0)
        head, anchor = self.head.index, self.anchor.index
        if head is None or anchor is None:
            return (0, 0)
        return min(head, anchor), max(head, anchor)


def usual_colour(who: str) -> int:
    """Return the place in the palette of somebody who has not been given another one."""
    return zlib.crc32(who.encode()) % len(COLOURS)


class Room(QObject):
    """Belongs to the GUI thread, and to one `Document`; made anew with another one."""

    people_changed = Signal()
    """Somebody came, left, or is called otherwise."""

    carets_changed = Signal()
    """Carets or selections are elsewhere, be it because the text has moved."""

    active = Signal(object)
    """The Yjs client ids (a set) of those who have moved their carets, or written."""

    to_say = Signal(bytes)
    """An awareness payload for the others."""

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._awareness = Awareness(document.client_id)
        self._guests: dict[int, Guest] = {}
        self._own: PersonState | None = None
        self._selection: tuple[int, int] | None = None
        self._timer = self._single_shot(self._tick)
        self._report_timer = self._single_shot(self._report)
        self._again_timer = self._single_shot(self._resolve_again)
        self._stop_listening = document.on_change(self._text_changed)

    def close(self) -> bytes:
        """Let go of the document; return what tells the others that this client has left."""
        self._stop_listening()
        for timer in (self._timer, self._report_timer, self._again_timer):
            timer.stop()
        return self._awareness.leave(time.monotonic())

    @property
    def guests(self) -> list[Guest]:
        """The others, in the order in which they came."""
        return list(self._guests.values())

    def guest(self, client: int) -> Guest | None:
        """Return who is at a client; None if nobody is there any more."""
        return self._guests.get(client)

    # What others say

    def receive(self, payload: bytes) -> None:
        """Take in an awareness payload of others."""
        self._follow(self._awareness.receive(payload, time.monotonic()))

    def forget_others(self) -> None:
        """Show nobody: there is no connection that would tell."""
        self._follow(self._awareness.forget_others())

    def _follow(self, changed: set[int]) -> None:
        people = False
        others = self._awareness.others
        for client in sorted(changed):
            state, known = others.get(client), self._guests.get(client)
            if state is None or not (state.name or state.selected):  # it says nothing of a person
                people |= self._guests.pop(client, None) is not None
            elif known is None or known.name != state.name:
                self._guests[client] = self._welcome(client, state)
                people = True
            else:
                self._place(known, state.selected)
        if changed:
            self.carets_changed.emit()
            self.active.emit(changed & self._guests.keys())
        if people:
            self.people_changed.emit()
        self._schedule()

    def _welcome(self, client: int, state: PersonState) -> Guest:
        guest = Guest(client, state.name, self._free_colour(client, state))
        self._place(guest, state.selected)
        return guest

    def _free_colour(self, client: int, state: PersonState) -> int:
        """Return the colour that somebody asks for, or the next one that no other has."""
        wanted = usual_colour(state.name) if state.colour is None else state.colour
        taken = {
            guest.colour
            for guest in self._guests.values()
            if guest.client != client and guest.name != state.name
        }
        places = [(wanted + step) % len(COLOURS) for step in range(len(COLOURS))]
        return next((place for place in places if place not in taken), wanted)

    # Where they are

    def _place(self, guest: Guest, selected: Selected | None) -> None:
        guest.anchor = guest.head = None
        if selected is not None:
            guest.anchor, guest.head = _End(selected.anchor), _End(selected.head)
            for end in (guest.anchor, guest.head):
                self._resolve(end)

    def _resolve(self, end: _End) -> None:
        """Find an end in the text, now or as soon as the document is ready for it."""
        if not self._document.prepare(0.0):
            end.fixed = False
            self._again_timer.start(TRY_AGAIN)
            return
        end.index = self._document.resolve(end.position)
        item, items = end.position.item, self._document.items
        end.fixed = item is None or (items is not None and items.is_shown(*item))

    def _resolve_again(self) -> None:
        for guest in self._guests.values():
            for end in (guest.anchor, guest.head):
                if end is not None and not end.fixed:
                    self._resolve(end)
        self.carets_changed.emit()

    def _text_changed(self, delta: Delta, origin: Origin) -> None:
        """Move all ends along with the units beside them; ask the items where one went."""
        edits = read_edits(delta)
        if not edits:
            return
        for guest in self._guests.values():
            for end in (guest.anchor, guest.head):
                if end is not None:
                    self._move(end, edits)
        self.carets_changed.emit()
        if origin is Origin.REMOTE:
            places = _ends(edits)
            writing = {guest.client for guest in self._guests.values() if guest.caret in places}
            if writing:
                self.active.emit(writing)

    def _move(self, end: _End, edits: Edits) -> None:
        before = end.index
        if before is not None and end.fixed and len(edits) <= MOST_EDITS:
            behind = int(end.position.assoc < 0)
            if end.position.item is None:
                end.index = 0 if behind else self._document.length
                return
            unit = move_unit(before - behind, edits)
            if unit is not None:
                end.index = unit + behind
                return
        self._resolve(end)

    # What is said of this person

    def introduce(self, name: str | None, who: str = "") -> None:
        """Say who is here: a name, and what decides the colour; None: nobody who is signed in."""
        self._own = None if name is None else PersonState(name, usual_colour(who))
        self._report_timer.start(0)

    def say_again(self) -> None:
        """Say it once more: there is a new connection."""
        self._awareness.say_again()
        self._schedule()

    def select(self, anchor: int, caret: int) -> None:
        """Tell the others soon what is selected here (UTF-16 units)."""
        self._selection = anchor, caret
        if not self._report_timer.isActive():
            self._report_timer.start(REPORT_AFTER)

    def _report(self) -> None:
        state = self._own
        if state is not None and self._selection is not None:
            if self._document.prepare(0.0):
                state = PersonState(state.name, state.colour, self._said(*self._selection))
            else:
                self._report_timer.start(TRY_AGAIN)
        self._awareness.set_own(state)
        self._tick()

    def _said(self, anchor: int, caret: int) -> Selected | None:
        length = self._document.length
        try:
            return Selected(
                self._document.relative_position(min(anchor, length)),
                self._document.relative_position(min(caret, length)),
            )
        except InkstandError:
            return None

    # Time

    def _single_shot(self, run: object) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.timeout.connect(run)
        return timer

    def _tick(self) -> None:
        now = time.monotonic()
        payload = self._awareness.to_send(now)
        if payload is not None:
            self.to_say.emit(payload)
        self._follow(self._awareness.expire(now))

    def _schedule(self) -> None:
        due = self._awareness.next_at()
        if due is None:
            self._timer.stop()
        else:
            self._timer.start(int(1000 * max(0.0, due - time.monotonic())) + 1)


def _ends(edits: Edits) -> set[int]:
    """Return where in the new text the changes end: there is the caret of who made them."""
    places, grown = set(), 0
    for at, gone, come in edits:
        places.add(at + grown + come)
        grown += come - gone
    return places
