"""How much of one document's log a node has, where others append to it too.

What a node appended itself comes back with its sequence, in order; what others appended
comes over a bus that may lose and swap, or is read from the log. The log is causal: an
update builds on nothing that comes after it. So what comes is passed on in the log's order,
and what was swapped waits for what precedes it. No clock and no socket here.
"""

from __future__ import annotations

from collections.abc import Iterable

from sync.relay.storage.base import NO_SEQUENCE, StoredLog
from sync.types import Sequence

MOST_AHEAD = 4_096
"""Updates that wait for what precedes them; beyond it they are read from the log."""

MOST_AHEAD_BYTES = 4 * 1024 * 1024


class Following:
    """Belongs to a room."""

    def __init__(self) -> None:
        self.known: Sequence | None = None
        """All up to it is here; None as long as nobody has looked where the log ends."""
        self._ahead: dict[int, bytes | None] = {}
        """What came before what precedes it, by sequence; None for what was passed on already."""
        self._ahead_bytes = 0
        self._highest = NO_SEQUENCE
        """The largest sequence that was ever heard of."""

    @property
    def lacks(self) -> bool:
        """Whether something is in the log that is not here."""
        return self.known is not None and self._highest > self.known

    @property
    def highest(self) -> Sequence:
        """The largest sequence that was heard of."""
        return self._highest

    def begin(self, last: Sequence) -> list[bytes]:
        """All up to `last` is here, or will be read from the log; return what is next."""
        if self.known is None or last > self.known:
            self.known = last
            for sequence in [number for number in self._ahead if number <= last]:
                self._ahead_bytes -= len(self._ahead.pop(sequence) or b"")
        return self._in_turn()

    def appended(self, sequence: Sequence) -> list[bytes]:
        """An update of this node's, which has been passed on, is on disk; return what is next."""
        return self._came([(sequence, None)])

    def came(self, first: Sequence, updates: Iterable[bytes]) -> list[bytes]:
        """Another node has put updates on disk; return what is to be passed on, in order."""
        return self._came(enumerate(updates, first))

    def exists(self, last: Sequence) -> None:
        """There is an update of that sequence in the log."""
        self._highest = max(self._highest, last)

    def read(self, stored: StoredLog, heard_of: Sequence) -> list[bytes] | None:
        """Take in what the log has after `known`, as that was when it was asked for.

        `heard_of` is what `highest` was then. Return what is to be passed on, in order; None
        if the log has only a snapshot of some of it: then all begin again at its end.
        """
        assert self.known is not None
        if stored.snapshot is not None and stored.last_sequence > self.known:
            self.begin(stored.last_sequence)
            return None
        found = self._came(
            enumerate(stored.updates, stored.last_sequence - len(stored.updates) + 1)
        )
        if self._highest == heard_of and self.lacks:
            # What is told is on disk before. So this was no node's word, or the log has been
            # put back since.
            self._forget_ahead()
            self._highest = self.known
        return found

    def _came(self, numbered: Iterable[tuple[int, bytes | None]]) -> list[bytes]:
        for sequence, update in numbered:
            if (self.known is not None and sequence <= self.known) or sequence in self._ahead:
                continue
            self._ahead[sequence] = update
            self._ahead_bytes += len(update or b"")
            self._highest = max(self._highest, Sequence(sequence))
        found = self._in_turn()
        if len(self._ahead) > MOST_AHEAD or self._ahead_bytes > MOST_AHEAD_BYTES:
            self._forget_ahead()
        return found

    def _in_turn(self) -> list[bytes]:
        if self.known is None:
            return []
        found = []
        while self.known + 1 in self._ahead:
            self.known = Sequence(self.known + 1)
            update = self._ahead.pop(self.known)
            if update is not None:
                self._ahead_bytes -= len(update)
                found.append(update)
        self._highest = max(self._highest, self.known)
        return found

    def _forget_ahead(self) -> None:
        self._ahead.clear()
        self._ahead_bytes = 0
