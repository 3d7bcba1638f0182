"""How far a document's log has come, without building the document."""

from __future__ import annotations

from sync.document.structs import UpdateHeader
from sync.document.updates import read_state_vector


class LogClocks:
    """The clock that the log has reached for each Yjs client."""

    def __init__(self) -> None:
        self._clocks: dict[int, int] = {}

    def reach(self, state_vector: bytes) -> None:
        """Note that the log has come at least as far as `state_vector`."""
        self._advance(read_state_vector(state_vector))

    def note(self, header: UpdateHeader) -> bool:
        """Note that an update was logged; False, and no step further, if it leaves a gap."""
        clocks = self._clocks
        for client, start in header.starts.items():
            if start > clocks.get(client, 0):
                return False
        for client, clock in header.needs.items():
            if clock > max(clocks.get(client, 0), header.ends.get(client, 0)):
                return False
        self._advance(header.ends)
        return True

    def is_within(self, state_vector: bytes) -> bool:
        """Whether somebody at `state_vector` has everything that was noted.

        Deletions do not show in a state vector.
        """
        theirs = read_state_vector(state_vector)
        return all(clock <= theirs.get(client, 0) for client, clock in self._clocks.items())

    def _advance(self, ends: dict[int, int]) -> None:
        for client, end in ends.items():
            if end > self._clocks.get(client, 0):
                self._clocks[client] = end
