"""One document: the only place that opens CRDT transactions.

Everything outside speaks in UTF-16 units and Quill Deltas; bytes are pycrdt's
business. A document belongs to one thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any
from weakref import WeakMethod, finalize

from pycrdt import Doc, Map, Text, TextEvent, TransactionEvent

from sync.document import authoring, schema
from sync.document.attribution import Written, attribute
from sync.document.changes import read_change
from sync.document.columns import ItemsUnreadable
from sync.document.delta import (
    Attributes,
    Delete,
    Delta,
    Embed,
    Insert,
    Retain,
    change_of_length,
    compact,
    slices,
)
from sync.document.followed import FollowedItems
from sync.document.held import HeldEdit
from sync.document.items import ItemList
from sync.document.positions import is_encodable
from sync.document.relative import RelativePosition, RelativePositions
from sync.document.shadow import Shadow, plain_attributes, plain_embed
from sync.document.undo import UndoHistory
from sync.document.updates import CausalBuffer, guarded, read_state_vector
from sync.errors import InvalidChange, InvalidUpdate
from sync.types import LOCAL_ORIGINS, Origin

UPDATES_AT_A_TIME = 500
"""Updates that are loaded in one transaction.

At its end pycrdt joins neighbouring items, in memory that grows with the square of
their number: 30,000 characters typed in a row took 550 MB in one transaction, and
nothing worth mentioning (and a tenth of the time) in sixty.
"""

WORTH_ITEMS = 100_000
"""UTF-16 units from which on `Document.prepare` is worth while: pycrdt takes as long there."""

LONGEST_FORESEEN = 16 * 1024
"""Bytes of an update whose change is told without pycrdt; longer ones are rare."""

UpdateListener = Callable[[bytes, Origin], None]
ChangeListener = Callable[[Delta, Origin], None]


class Document:
    """A Yjs document whose content is one text in the Quill Delta convention.

    `author` is the user id that this device's edits are attributed to, None
    while nobody is signed in.
    """

    def __init__(self, *, client_id: int | None = None, author: str | None = None) -> None:
        self._doc: Doc[Any] = Doc(client_id=client_id)
        self._text: Text = self._doc.get(schema.CONTENT, type=Text)
        self._meta: Map[Any] = self._doc.get(schema.META, type=Map)
        self._authors: Map[Any] = self._doc.get(schema.AUTHORS, type=Map)
        self._shadow = Shadow()
        # What `load` has read already, for whoever asks first.
        self._loaded: list[Insert] | None = None
        self._buffer = CausalBuffer(self._doc.get_state)
        self._items = FollowedItems(self._doc.get_update)
        self._positions = RelativePositions(self._items)
        self.author = author
        self.collided = False
        """Whether somebody else writes with this client id: load the document again then.

        Ids are drawn at each loading, so that takes a machine copied while it ran. Yjs takes
        another id in this case, too.
        """
        self._attributed = False
        # Set by pycrdt's observers, which must not write and must not raise:
        # read when the transaction is over.
        self._update: bytes | None = None
        self.revision = 0
        """Transactions so far that changed anything, be it only what is deleted already."""
        self._event: list[dict[str, Any]] | None = None
        # Whether the list of items has taken in already what the transaction does.
        self._foreseen = False
        self._update_listeners: list[UpdateListener] = []
        self._change_listeners: list[ChangeListener] = []
        # Weakly: the collector cannot see through pycrdt, and would never free a document.
        note_update = WeakMethod(self._note_update)

        def noted(event: TransactionEvent) -> None:
            if (note := note_update()) is not None:
                note(event)

        subscription = self._doc.observe(noted)
        finalize(self, self._doc.unobserve, subscription).atexit = False
        self.undo_history = UndoHistory(self._text)

    @classmethod
    def load(
        cls,
        snapshot: bytes | None,
        updates: Iterable[bytes] = (),
        *,
        client_id: int | None = None,
        author: str | None = None,
    ) -> Document:
        """Return the document that a snapshot and the updates after it make.

        The snapshot must be a state that `encode_state` returned on this device: it is
        taken in as it is. Reading its header, as is done for what comes from elsewhere,
        takes ten times as long as all the rest (0.7 s for 1 MB of text). Raises
        `InvalidUpdate` if one of them is none.

        Each document takes a Yjs client id of its own (53 random bits), which is kept nowhere: so a
        database that has lost changes, or was put back to an earlier state, never has the clocks
        of an id given out again.
        """
        updates = list(updates)
        document = cls(client_id=client_id, author=author)
        if snapshot is not None:
            with document._doc.transaction(origin=Origin.LOAD):
                guarded(document._doc.apply_update, snapshot)
            document._buffer.resume(document._doc.get_update)
        rest = iter(updates)
        while some := list(islice(rest, UPDATES_AT_A_TIME)):
            with document._doc.transaction(origin=Origin.LOAD):
                for update in some:
                    document._apply_all(document._buffer.admit(update))
        if client_id is None and document.client_id in read_state_vector(document.state_vector()):
            return cls.load(snapshot, updates, author=author)  # somebody has used that id before
        document._loaded = document.contents()
        document._shadow = Shadow(document._loaded)
        document._update = None
        return document

    # Reading

    @property
    def client_id(self) -> int:
        """The Yjs client id of this document's own edits."""
        return self._doc.client_id

    @property
    def length(self) -> int:
        """Length of the content in UTF-16 units, closing newlines included."""
        return self._shadow.text.utf16_length

    @property
    def missing(self) -> bool:
        """Whether updates wait for one that has not come: a sync step 2 would bring it."""
        return self._buffer.missing

    @property
    def waiting_updates(self) -> list[bytes]:
        """The updates that wait: no part of `encode_state`."""
        return self._buffer.waiting

    @property
    def title(self) -> str | None:
        """The title in the document itself; None if nobody has given one."""
        title = self._meta.get("title")
        return title if isinstance(title, str) else None

    @property
    def language(self) -> str | None:
        """The language that the text is in, as a BCP 47 tag; None if nobody has said."""
        language = self._meta.get("language")
        return language if schema.is_language(language) else None

    def state_vector(self) -> bytes:
        """Return how far this document has come, as a Yjs state vector."""
        return self._doc.get_state()

    def maps(self) -> dict[str, dict[str, Any]]:
        """Return all that stands beside the content, also of kinds that only others know.

        By the name of the root, those that are empty left out: a state may not name them any
        more. In `library.<user id>` and in comments that is everything.
        """
        roots = sorted(root for root in self._doc.keys() if root != schema.CONTENT)  # noqa: SIM118
        maps = {root: self._doc.get(root, type=Map).to_py() for root in roots}
        return {root: found for root, found in maps.items() if found}

    def encode_state(self) -> bytes:
        """Return the whole state as one Yjs update."""
        return self._doc.get_update()

    def update_since(self, state_vector: bytes) -> bytes:
        """Return all that a document at `state_vector` lacks, as one Yjs update.

        Raises `InvalidUpdate` if it is no state vector.
        """
        try:
            return self._doc.get_update(state_vector)
        except ValueError as error:
            raise InvalidUpdate(str(error)) from None

    def contents(self) -> list[Insert]:
        """Return the content as inserts; neighbours have different attributes."""
        if self._loaded is not None:
            loaded, self._loaded = self._loaded, None
            return loaded
        parts: list[Insert] = []
        for content, attributes in self._text.diff():
            plain = plain_attributes(attributes)
            if not isinstance(content, str):
                parts.append(Insert(Embed(plain_embed(content)), plain))
                continue
            # pycrdt, as Yjs, begins a new part wherever a format begins, even the same one.
            last = parts[-1] if parts else None
            if last and isinstance(last.content, str) and last.attributes == plain:
                parts[-1] = Insert(last.content + content, plain)
            else:
                parts.append(Insert(content, plain))
        return parts

    def text(self) -> str:
        """Return the content without attributes and embeds, closing newlines included."""
        return str(self._text)

    def authors(self) -> dict[int, str]:
        """Return whose each Yjs client id is (user id), as far as the document says.

        Its writers say so themselves: nobody has checked it.
        """
        return {
            int(client): user
            for client, user in self._authors.items()
            if client.isdecimal() and client.isascii() and isinstance(user, str)
        }

    def attribution(self, start: int = 0, end: int | None = None) -> list[Written]:
        """Return who wrote what between two UTF-16 indices; `end` None: to the end.

        What undo brought back belongs to whom undid. Costs what the range has items, once
        the list of items is there (`prepare`). Raises `InvalidChange` outside of the text.
        """
        end = self.length if end is None else end
        if not 0 <= start <= end <= self.length:
            raise InvalidChange(f"{start} to {end} is no range of a text of {self.length}")
        return attribute(self._items.read(), self.authors(), start, end)

    def relative_position(self, utf16: int, assoc: int = 0) -> RelativePosition:
        """Return the place at `utf16` so that it stays with the character before or behind it.

        It stays before the character that follows; with `assoc` below 0, behind the one
        that precedes. Raises `InvalidChange` outside of the text, `InvalidPosition` if
        the document was made so that places cannot be found in it.
        """
        if not 0 <= utf16 <= self.length:
            raise InvalidChange(f"UTF-16 index {utf16} is past the end ({self.length})")
        return self._positions.create(utf16, assoc)

    def resolve(self, position: RelativePosition) -> int | None:
        """Return where a relative position is now (UTF-16 units), or None.

        None: in another type, or beside something that has not come, or never was. At a
        deleted character it is where that was; where undo here brought the character
        back, there again. One from a peer may be inside a surrogate pair.
        """
        utf16 = self._positions.resolve(position)
        return None if utf16 is None or utf16 > self.length else utf16

    @property
    def items(self) -> ItemList | None:
        """The items of the content as they are now, only to be read.

        None if the document was made so that they cannot be put in order. The first call
        may take long (`prepare`).
        """
        return self._items.read()

    def slice(self, start: int, end: int) -> str:
        """Return the text between two UTF-16 indices, with `EMBED` for each embed.

        Raises `InvalidChange` past the end, or inside a character.
        """
        return self._shadow.text.slice(start, end)

    # Changing

    def apply(self, delta: Delta, origin: Origin) -> None:
        """Make a local change, in one CRDT transaction.

        The change listeners hear it as it was given, the update listeners as
        bytes. Raises `InvalidChange`, before anything changed, if the delta
        does not fit.
        """
        assert origin in LOCAL_ORIGINS
        delta = compact(delta)
        if not delta:
            return
        span = self._check(delta)
        expected = self.length + change_of_length(delta)
        self.undo_history.before_change(origin, *span)
        broke = True
        try:
            with self._doc.transaction(origin=origin):
                if self._attribute() or not self._write_plainly(delta):
                    self._write(delta)
            broke = False
        finally:
            # Even if it broke off: whoever typed has it on the screen already.
            self._tell(delta, origin)
            self._mend(expected, broke)

    def take_up(self, edit: HeldEdit, start: int, end: int) -> None:
        """Put an edit that was held back in the place of a range, as one step of this person's.

        What it brings gets the ids that it has had all along, so whoever else does the
        same brings nothing new. The attributes are set as usual. Raises `InvalidChange`
        outside of the text or inside a character.
        """
        first, last = self._shadow.text.utf8_at(start), self._shadow.text.utf8_at(end)
        self.undo_history.before_change(Origin.COMMAND, start, end, start + edit.length)
        with self._observed(Origin.COMMAND), self._doc.transaction(origin=Origin.COMMAND):
            self._attribute()
            if self.author is not None and edit.length:
                self._authors[str(edit.client)] = self.author
            if last > first:
                del self._text[first:last]
            if edit.length:
                guarded(self._doc.apply_update, edit.update())
        items = self.items
        at = items.index_of(edit.client, 0, False) if items and edit.length else None
        if at is None:
            return
        formats: Delta = [Retain(at)]
        for part in edit.parts:
            # Whoever wrote there meanwhile may have left attributes in force.
            here = self._shadow.runs.at(at)
            unwanted: Attributes = dict.fromkeys(here.keys() - part.attributes.keys())
            formats.append(Retain(part.length, {**unwanted, **part.attributes}))
            at += part.length
        if any(isinstance(part, Retain) and part.attributes for part in formats):
            self.undo_history.join_next()
            self.apply(formats, Origin.COMMAND)

    def apply_in_slices(self, delta: Delta, origin: Origin) -> None:
        """Make a change of many operations: still one undo step, but several transactions.

        Of 7,000 operations in 1 MB pycrdt would make a change of ten seconds. Listeners hear
        the slices. Raises `InvalidChange` as soon as one of them does not fit.
        """
        history = self.undo_history
        steps = history.steps
        try:
            for piece in slices(compact(delta), authoring.MOST_OPERATIONS):
                history.join_next(on=history.steps != steps)
                self.apply(piece, origin)
        finally:
            history.join_next(on=False)

    def apply_update(self, update: bytes, origin: Origin = Origin.REMOTE) -> None:
        """Take in an update from elsewhere; one that leaves a gap waits (`missing`).

        Raises `InvalidUpdate`, with the document unchanged, if it is none.
        """
        assert origin not in LOCAL_ORIGINS
        ready = self._buffer.admit(update)
        own = self._buffer.last_ends.get(self.client_id, 0)
        if own and own > read_state_vector(self._doc.get_state()).get(self.client_id, 0):
            self.collided = True
        delta = self._foresee(ready)
        if delta is None:
            try:
                with self._observed(origin), self._doc.transaction(origin=origin):
                    self._apply_all(ready)
            except BaseException:
                self._items.forget()  # it may have taken in already what pycrdt refused
                raise
            return
        expected = self.length + change_of_length(delta)
        broke = True
        try:
            with self._doc.transaction(origin=origin):
                self._apply_all(ready)
            self._shadow.follow(delta)
            broke = False
        finally:
            self._tell(delta, origin)
            self._mend(expected, broke)

    def prepare(self, seconds: float | None = None, smallest: int = WORTH_ITEMS) -> bool:
        """Get ready for edits that cost the same at any size; whether there is no more to do.

        Works for so many `seconds` (None: to the end), and not at all for a text of fewer
        than `smallest` UTF-16 units, in which pycrdt is quick enough. To be called again
        after changes: the document may have lost what it had prepared.
        """
        return self.length < smallest or self._items.prepare(seconds)

    def undo(self) -> bool:
        """Take back this person's last step; whether there was one."""
        with self._observed(Origin.UNDO):
            return self.undo_history.undo()

    def redo(self) -> bool:
        """Bring this person's last undone step again; whether there was one."""
        with self._observed(Origin.UNDO):
            return self.undo_history.redo()

    def set_title(self, title: str) -> None:
        """Write the title into the document."""
        self._set_meta("title", title)

    def set_language(self, language: str | None) -> None:
        """Say which language the text is in (BCP 47); None: each device's own.

        Raises `InvalidChange` if that is no tag of a language.
        """
        if language is not None and not schema.is_language(language):
            raise InvalidChange(f"{language!r} is no language tag like “de” or “pt-BR”")
        self._set_meta("language", language)

    def _set_meta(self, name: str, value: str | None) -> None:
        with self._observed(Origin.COMMAND), self._doc.transaction(origin=Origin.COMMAND):
            self._attribute()
            self._meta[name] = value

    # Listening

    def on_update(self, listener: UpdateListener) -> Callable[[], None]:
        """Call `listener(update, origin)` after each local change; return how to stop it."""
        self._update_listeners.append(listener)
        return lambda: self._update_listeners.remove(listener)

    def on_change(self, listener: ChangeListener) -> Callable[[], None]:
        """Call `listener(delta, origin)` after each change of content; return how to stop it."""
        self._change_listeners.append(listener)
        return lambda: self._change_listeners.remove(listener)

    # Inside

    def _note_update(self, event: TransactionEvent) -> None:
        self._update = event.update
        self.revision += 1
        self._loaded = None

    def _note_event(self, event: TextEvent) -> None:
        self._event = list(event.delta)  # type: ignore[attr-defined]  # a slot without annotation

    @contextmanager
    def _observed(self, origin: Origin) -> Iterator[None]:
        """Bring index and listeners in step with what pycrdt says has changed."""
        # pycrdt makes the delta by walking the whole text, so listen only when it is news.
        subscription = self._text.observe(self._note_event)
        try:
            yield
        finally:
            self._text.unobserve(subscription)
            delta = self._shadow.follow_event(self._event) if self._event else []
            self._event = None
            self._tell(delta, origin)

    def _tell(self, delta: Delta, origin: Origin) -> None:
        update, self._update = self._update, None
        foreseen, self._foreseen = self._foreseen, False
        if update is not None and not foreseen:
            self._items.note(update)
        if update is not None and origin is Origin.UNDO:
            self._positions.note_redone(update)
        if update is not None and origin in LOCAL_ORIGINS:
            for update_listener in tuple(self._update_listeners):
                update_listener(update, origin)
        if delta:
            for change_listener in tuple(self._change_listeners):
                change_listener(delta, origin)

    def _foresee(self, ready: list[bytes]) -> Delta | None:
        """Return the change that updates are about to make, None if pycrdt must tell it."""
        if len(ready) != 1 or len(ready[0]) > LONGEST_FORESEEN:
            return None
        items = self._items.current()
        if items is None:
            return None
        try:
            step = items.begin(ready[0])
            delta = read_change(step, items, self._shadow)
            items.finish(step)
        except ItemsUnreadable:
            self._items.forget()
            return None
        self._foreseen = True
        return delta

    def _mend(self, expected: int, broke: bool) -> None:
        """Tell what the text really is, after a change that `broke` off or was told wrong.

        `expected` is its length as told (UTF-16 units). pycrdt knows it without walking; it
        is another one only if the list of items is wrong, which the fuzz never saw.
        """
        if not broke and len(self._text) == self._shadow.text.utf8_length:
            return
        self._items.forget()
        contents = self.contents()
        self._shadow = Shadow(contents)
        self._tell([*([Delete(expected)] if expected else []), *contents], Origin.REMOTE)

    def _apply_all(self, updates: Iterable[bytes]) -> None:
        for update in updates:
            guarded(self._doc.apply_update, update)

    def _attribute(self) -> bool:
        """Say once whose client id this is, so that text can be attributed offline."""
        says = self.author is not None and not self._attributed
        if says:
            self._authors[str(self.client_id)] = self.author
        self._attributed = self.author is not None
        return says

    def _check(self, delta: Delta) -> tuple[int, int, int]:
        """Return the range that `delta` replaces and where its replacement ends.

        Raises `InvalidChange` if it leaves the text or cuts a character in two.
        """
        old = new = 0
        start: int | None = None
        old_end = new_end = 0
        for operation in delta:
            changes = not isinstance(operation, Retain) or bool(operation.attributes)
            if changes and start is None:
                start = old
            match operation:
                case Retain(length):
                    old, new = old + length, new + length
                case Delete(length):
                    old += length
                case Insert(content):
                    new += operation.length
                    if isinstance(content, str) and not is_encodable(content):
                        raise InvalidChange("the text holds half a character")
            if old > self.length:
                raise InvalidChange(f"the text ends at {self.length}, the change at {old}")
            self._shadow.text.utf8_at(old)
            if changes:
                old_end, new_end = old, new
        return start or 0, old_end, new_end

    def _write_plainly(self, delta: Delta) -> bool:
        """Write a plain change as an update of our own, if the list of items is there."""
        items = self._items.current() if authoring.is_plain(delta) else None
        if items is None:
            return False
        self._foreseen = True
        authoring.write(delta, items, self._shadow, self.client_id, self._doc.apply_update)
        return True

    def _write(self, delta: Delta) -> None:
        at = 0  # UTF-16 units
        operations = iter(delta)
        inserts: list[Insert] = []
        for operation in operations:
            if isinstance(operation, Insert):
                inserts.append(operation)
                continue
            at = self._write_inserts(at, inserts)
            inserts = []
            if isinstance(operation, Delete):
                start = self._shadow.text.utf8_at(at)
                end = self._shadow.text.utf8_at(at + operation.length)
                del self._text[start:end]
                self._shadow.delete(at, operation.length)
            else:
                if operation.attributes:
                    start = self._shadow.text.utf8_at(at)
                    end = self._shadow.text.utf8_at(at + operation.length)
                    self._text.format(start, end, dict(operation.attributes))
                    self._shadow.runs.change(at, operation.length, operation.attributes)
                at += operation.length
        self._write_inserts(at, inserts)

    def _write_inserts(self, at: int, inserts: list[Insert]) -> int:
        """Insert neighbours at one place and return where they end.

        Backwards: each insertion walks the items before it, so a long text
        loaded forwards would take quadratic time (5 MB: 0.23 s, not 209 s).
        """
        if not inserts:
            return at
        byte = self._shadow.text.utf8_at(at)
        for operation in reversed(inserts):
            attributes = dict(operation.attributes)
            if isinstance(operation.content, str):
                self._text.insert(byte, operation.content, attributes)
            else:
                self._text.insert_embed(byte, dict(operation.content.value), attributes)
        for operation in inserts:
            self._shadow.insert(at, operation)
            at += operation.length
        return at
