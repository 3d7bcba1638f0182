"""A document and the comments beside it: threads with their places, suggestions accepted.

What a window shows in its margin. Both belong to one thread of the program.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sync.document import anchors
from sync.document.anchors import NOWHERE, Place, Standing
from sync.document.comment_entries import (
    EMBED_QUOTED,
    MAX_PARTS,
    MAX_QUOTE,
    MAX_REPLACEMENT,
    Suggestion,
    allowed,
    size_of,
)
from sync.document.comments import Comments
from sync.document.delta import Attributes, Delta, Insert, compact, format_range
from sync.document.document import Document
from sync.document.held import HeldEdit
from sync.document.items import Id
from sync.document.places import MOST_EDITS, Edits, move, read_edits
from sync.document.positions import EMBED
from sync.document.threads import Thread, Verdict
from sync.errors import InvalidChange
from sync.types import Origin, Role

_MOST_WAITING = 256
"""Changes of the text that wait for somebody to ask; then all places are resolved again."""


class Fit(StrEnum):
    """Whether a suggestion can still be accepted."""

    FITS = "fits"
    """The text is as it was."""
    CHANGED = "changed"
    """The text has been changed since: whoever accepts should know that."""
    GONE = "gone"
    """All of the text was deleted; propose it again elsewhere, or reject it."""
    RESTORED = "restored"
    """The text was deleted and brought back by undo: propose it again there."""
    UNKNOWN = "unknown"
    """The text that it is about has not come yet, or never was here."""


class State(StrEnum):
    """What has become of a suggestion, with regard to what the text holds."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REMOVED = "removed"
    """Accepted, and nothing that it put in is there any more, by undo or another edit."""
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class PlacedThread:
    """A thread and where it is in the text now."""

    thread: Thread
    place: Place


class Review:
    """The threads of one document in its order, as one person sees, writes and decides them."""

    def __init__(self, document: Document, comments: Comments, role: Role = Role.OWNER) -> None:
        self.role = role
        """What the person may do; the relay decides by its own knowledge."""
        self._document = document
        self._comments = comments
        self._threads: dict[str, Thread] = {thread.id: thread for thread in comments.threads()}
        self._places: dict[str, Place] = {}
        self._waiting: list[Edits] = []
        self._revision = document.revision
        self._stops = [
            document.on_change(self._text_changed),
            comments.on_change(self._threads_changed),
        ]

    def close(self) -> None:
        """Follow the two no longer."""
        while self._stops:
            self._stops.pop()()

    # Reading

    def threads(self) -> list[PlacedThread]:
        """Return all threads in the order of the text; last those whose text is not here."""
        self._catch_up()
        placed = [PlacedThread(thread, self._places[key]) for key, thread in self._threads.items()]
        return sorted(placed, key=_order)

    def thread(self, thread_id: str) -> PlacedThread:
        """Return one thread. Raises `InvalidChange` if it is not there."""
        self._catch_up()
        if thread_id not in self._threads:
            raise InvalidChange("that thread is not there any more")
        return PlacedThread(self._threads[thread_id], self._places[thread_id])

    def find_moved(self) -> dict[str, tuple[int, int]]:
        """Return where the words of orphans are, if they are somewhere and only there.

        Ranges in UTF-16 units by thread: somebody cut and pasted them. Searches the whole
        text for each, so ask when there is time. Nothing is written, and the thread lives
        again where it was if the cut is undone.
        """
        text = self._document.slice(0, self._document.length)
        found = {}
        for placed in self.threads():
            if placed.place.standing is Standing.ORPHAN and len(placed.thread.quote) < MAX_QUOTE:
                place = anchors.find_quote(text, placed.thread.quote)
                if place is not None:
                    found[placed.thread.id] = place
        return found

    def fit(self, thread_id: str) -> Fit:
        """Return whether an open suggestion can be accepted."""
        placed = self.thread(thread_id)
        thread, place = placed.thread, placed.place
        suggestion = self._suggestion(thread)
        items = self._document.items
        beside = thread.end.item if thread.start.assoc < 0 else thread.start.item
        if place.standing is Standing.UNKNOWN or items is None or beside != suggestion.right:
            return Fit.UNKNOWN
        if place.standing is Standing.ORPHAN:
            return Fit.GONE
        if place.restored:
            return Fit.RESTORED
        held = _held(thread, suggestion)
        if not items.comes_before(held.client, suggestion.left, suggestion.right):
            return Fit.UNKNOWN
        here = self._document.slice(place.start, place.end).replace(EMBED, EMBED_QUOTED)
        return Fit.FITS if here == thread.quote else Fit.CHANGED

    def state(self, thread_id: str) -> State:
        """Return what has become of a suggestion: what the text holds counts most."""
        placed = self.thread(thread_id)
        suggestion = self._suggestion(placed.thread)
        held = _held(placed.thread, suggestion)
        items = self._document.items
        verdict = placed.thread.verdict
        if held.length and items is not None:
            if items.clock(held.client):
                return State.ACCEPTED if items.written_by(held.client) else State.REMOVED
            if verdict is Verdict.ACCEPTED:
                # The words are on their way, or were lost in a crash before they were on a disk:
                # whoever accepts them now brings the same ones.
                return State.OPEN
        if verdict is Verdict.ACCEPTED and suggestion.attributes is None and not held.length:
            undone = placed.place.standing is Standing.LIVE and placed.place.restored
            return State.REMOVED if undone else State.ACCEPTED
        return State(str(verdict))

    # Writing. Each raises `InvalidChange` for what may not be, or does not fit.

    def comment(self, start: int, end: int, body: str) -> str:
        """Begin a thread about a range (UTF-16 units); return its id."""
        self._check(self.role.may_comment)
        if not start < end:
            raise InvalidChange("a comment is about something: select it first")
        return self._comments.add(*self._anchor(start, end), body)

    def suggest(self, start: int, end: int, replacement: Iterable[Insert], body: str = "") -> str:
        """Propose other content for a range (UTF-16 units); return the thread's id.

        An empty range: to put something in. An empty replacement: to take something out.
        """
        parts = tuple(
            Insert(part.content, allowed(part))
            for part in compact(replacement)
            if isinstance(part, Insert)
        )
        if start == end and not parts:
            raise InvalidChange("nothing would change")
        if len(parts) > MAX_PARTS or size_of(parts) > MAX_REPLACEMENT:
            raise InvalidChange(f"a suggestion has up to {MAX_REPLACEMENT:,} characters")
        written = [_written(part) for part in parts]
        return self._propose(start, end, {"replacement": written}, body)

    def suggest_format(self, start: int, end: int, attributes: Attributes, body: str = "") -> str:
        """Propose marks (None: none of it) for a range (UTF-16 units); return the thread's id."""
        if not start < end or not attributes:
            raise InvalidChange("nothing would change")
        return self._propose(start, end, {"attributes": dict(attributes)}, body)

    def accept(self, thread_id: str, *, knowingly: bool = False) -> None:
        """Make an open suggestion's change, as an edit of this person's, and say so.

        `knowingly`: also if the text has been changed since (`Fit.CHANGED`); all that is in
        its range now gives way. Two who accept at the same time put the words in once.
        """
        self._check(self.role.may_write_content)
        thread = self.thread(thread_id).thread
        suggestion = self._suggestion(thread)
        if self.state(thread_id) is not State.OPEN:
            raise InvalidChange("that suggestion has been decided")
        fit = self.fit(thread_id)
        if fit not in (Fit.FITS, Fit.CHANGED) or (fit is Fit.CHANGED and not knowingly):
            raise InvalidChange(f"the text that it is about: {fit}")
        place = self._places[thread_id]
        if suggestion.attributes is None:
            # The last newline closes the document; and where nothing was, nothing goes.
            empty = thread.start.assoc < 0
            end = place.start if empty else min(place.end, self._document.length - 1)
            self._document.take_up(_held(thread, suggestion), place.start, max(place.start, end))
        else:
            length = place.end - place.start
            change: Delta = format_range(place.start, length, suggestion.attributes)
            self._document.apply(change, Origin.COMMAND)
        self._comments.decide(thread_id, Verdict.ACCEPTED)

    def reject(self, thread_id: str) -> None:
        """Say that a suggestion is not wanted."""
        self._check(self.role.may_write_content)
        self._close(thread_id, Verdict.REJECTED)

    def withdraw(self, thread_id: str) -> None:
        """Take an own suggestion back; what was said about it stays."""
        self._check(self.role.may_comment)
        self._close(thread_id, Verdict.WITHDRAWN)

    def reopen(self, thread_id: str) -> None:
        """Take back that this person rejected or withdrew a suggestion."""
        self._check(self.role.may_comment)
        self._comments.decide(thread_id, Verdict.OPEN)

    # Inside

    def _close(self, thread_id: str, verdict: Verdict) -> None:
        if self.state(thread_id) is not State.OPEN:
            raise InvalidChange("that suggestion has been decided")
        self._comments.decide(thread_id, verdict)

    def _check(self, allowed_: bool) -> None:
        if not allowed_:
            raise InvalidChange(f"a {self.role.value} may not do that")

    def _suggestion(self, thread: Thread) -> Suggestion:
        if thread.suggestion is None:
            raise InvalidChange("that is no suggestion")
        return thread.suggestion

    def _anchor(self, start: int, end: int) -> tuple[Any, Any, str]:
        first, last = anchors.anchor(self._document, start, end)
        return first, last, anchors.quoted(self._document, start, end)

    def _propose(self, start: int, end: int, change: dict[str, Any], body: str) -> str:
        self._check(self.role.may_comment)
        if not 0 <= start <= end < self._document.length:
            raise InvalidChange("the last paragraph's end stays")
        if end - start > MAX_QUOTE:
            raise InvalidChange(f"a suggestion is about up to {MAX_QUOTE:,} characters")
        items = self._document.items
        if items is None:
            raise InvalidChange("this document was made so that it takes too long to find places")
        left, right = items.gap_at(start, before=True)
        place = {"left": None if left is None else _json(left), "right": _json(right)}
        return self._comments.add(*self._anchor(start, end), body, {**change, **place})

    def _text_changed(self, delta: Delta, _origin: Origin) -> None:
        edits = read_edits(delta)
        if not edits:
            return
        if len(edits) > MOST_EDITS or len(self._waiting) >= _MOST_WAITING:
            self._forget_places()
        elif self._places:
            self._waiting.append(edits)

    def _forget_places(self) -> None:
        self._places.clear()
        self._waiting.clear()

    def _threads_changed(self, changed: frozenset[str]) -> None:
        for thread_id in changed:
            thread = self._comments.thread(thread_id)
            known = self._threads.pop(thread_id, None)
            if thread is not None:
                self._threads[thread_id] = thread
            if thread is None or known is None or known.author != thread.author:
                self._places.pop(thread_id, None)

    def _catch_up(self) -> None:
        """Bring all places in step with the text."""
        waiting, self._waiting = self._waiting, []
        if self._revision != self._document.revision:
            # Also what brings nothing that is seen may be what undo made of a deleted end.
            self._revision = self._document.revision
            self._places = {
                key: moved
                for key, place in self._places.items()
                if place.fixed and (moved := _moved(place, waiting)) is not None
            }
        for key, thread in self._threads.items():
            if key not in self._places:
                self._places[key] = (
                    anchors.resolve(self._document, thread.start, thread.end, thread.quote)
                    if thread.author
                    else NOWHERE
                )


def _moved(place: Place, changes: list[Edits]) -> Place | None:
    moved: Place | None = place
    for edits in changes:
        moved = None if moved is None else move(moved, edits)
    return moved


def _order(placed: PlacedThread) -> tuple[bool, int, int, int, str]:
    place, thread = placed.place, placed.thread
    nowhere = place.standing is Standing.UNKNOWN
    return nowhere, place.start, place.end, thread.created, thread.id


def _held(thread: Thread, suggestion: Suggestion) -> HeldEdit:
    return HeldEdit.of(thread.id, suggestion.left, suggestion.right, suggestion.replacement)


def _written(part: Insert) -> dict[str, Any]:
    content = part.content if isinstance(part.content, str) else dict(part.content.value)
    return {"insert": content, **({"attributes": dict(part.attributes)} if part.attributes else {})}


def _json(unit: Id | None) -> dict[str, int]:
    assert unit is not None
    return {"client": unit[0], "clock": unit[1]}
