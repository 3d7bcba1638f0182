"""Awareness as y-protocols has it, of one document: what is known of others, what is said of us.

No socket and no clock: whoever owns it says what time it is, in seconds of a clock that only
goes forward, and sends what `to_send` returns. Why a peer's clock cannot be a time: it is a
number that grows with each change, and the larger one wins.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from sync.errors import ProtocolError
from sync.presence.states import PersonState, read_state, write_state
from sync.protocol.awareness import GONE, ClientState, decode_awareness, encode_awareness

SILENCE = 30.0
"""Seconds after which somebody who says nothing has left (`outdatedTimeout` of y-protocols)."""

RENEWAL = 15.0
"""Seconds after which we say again that we are here."""

SHORTEST_PAUSE = 0.1
"""Seconds between two updates that go out: ten a second are as smooth as others need."""

MOST_OTHERS = 200
"""Clients that are kept at a time; those that come when there are as many are not noticed."""

MOST_PAYLOAD = 1024 * 1024
"""Bytes of an update that is read: all states that the relay keeps, of the usual size."""

_MOST_CLOCK = 1 << 52
"""From there on a clock of ours would soon be none that lib0 can write."""

_MOST_LEFT = 1_000
"""Clients that have left whose clock is kept, so that what comes late does not bring them back."""


@dataclass(slots=True)
class _Other:
    clock: int
    heard: float
    state: PersonState


class Awareness:
    """The states of one document's clients. `client` is the Yjs client id of ours."""

    def __init__(self, client: int) -> None:
        self._client = client
        self._clock = 0
        self._own: PersonState | None = None
        self._unsaid = False
        self._said_at: float | None = None
        self._others: dict[int, _Other] = {}
        self._left: OrderedDict[int, int] = OrderedDict()
        """The clocks of clients that have left, the last one that did last."""

    # Others

    @property
    def others(self) -> dict[int, PersonState]:
        """What the other clients say, by their Yjs client ids, in the order in which they came."""
        return {client: other.state for client, other in self._others.items()}

    def receive(self, payload: bytes, now: float) -> set[int]:
        """Take in an update; return the clients of which something is new.

        One that is none, or too long, changes nothing.
        """
        try:
            states = decode_awareness(payload) if len(payload) <= MOST_PAYLOAD else []
        except ProtocolError:
            return set()
        return {state.client for state in states if self._take(state, now)}

    def expire(self, now: float) -> set[int]:
        """Let those go who have been silent for too long; return who they are."""
        silent = {client for client, other in self._others.items() if now - other.heard >= SILENCE}
        for client in silent:
            self._let_go(client, self._others[client].clock)
        return silent

    def forget_others(self) -> set[int]:
        """Know nothing of anybody, as without a connection; return who was known."""
        known = set(self._others)
        self._others.clear()
        self._left.clear()
        return known

    def _take(self, said: ClientState, now: float) -> bool:
        if said.client == self._client:
            # An echo is nothing; but somebody may think that we have left, or know of an earlier
            # connection of ours that had come further.
            ahead = said.clock > self._clock or (said.clock == self._clock and said.state == GONE)
            if ahead and said.clock < _MOST_CLOCK:
                self._clock = said.clock
                self.say_again()
            return False
        other = self._others.get(said.client)
        state = read_state(said.state)
        if other is None:
            if state is None or said.clock <= self._left.get(said.client, -1):
                return False
            if len(self._others) >= MOST_OTHERS:
                return False
            self._left.pop(said.client, None)
            self._others[said.client] = _Other(said.clock, now, state)
            return True
        if said.clock < other.clock or (said.clock == other.clock and said.state != GONE):
            return False
        if state is None:
            self._let_go(said.client, said.clock)
            return True
        changed = state != other.state
        other.clock, other.heard, other.state = said.clock, now, state
        return changed

    def _let_go(self, client: int, clock: int) -> None:
        del self._others[client]
        self._left[client] = clock
        self._left.move_to_end(client)
        if len(self._left) > _MOST_LEFT:
            self._left.popitem(last=False)

    # Ours

    def set_own(self, state: PersonState | None) -> None:
        """Say this of us from now on; None: that we have left."""
        if state != self._own:
            self._own = state
            self._unsaid = True

    def say_again(self) -> None:
        """Say it once more, as news: after a reconnect the others believe that we have left."""
        if self._own is not None:
            self._unsaid = True

    def next_at(self) -> float | None:
        """Return when `to_send` will have something or `expire` somebody; None: not by itself.

        It may be in the past, or at once (`-inf`).
        """
        times = [other.heard + SILENCE for other in self._others.values()]
        due = self._due_at()
        return min(times if due is None else [*times, due], default=None)

    def to_send(self, now: float) -> bytes | None:
        """Return the update that is due now, if one is."""
        due = self._due_at()
        return None if due is None or now < due else self._say(now)

    def _due_at(self) -> float | None:
        said = self._said_at
        if self._unsaid:
            return float("-inf") if said is None else said + SHORTEST_PAUSE
        return None if self._own is None or said is None else said + RENEWAL

    def leave(self, now: float) -> bytes:
        """Return the update that says that we have left, to be sent at once."""
        self._own = None
        return self._say(now)

    def _say(self, now: float) -> bytes:
        self._clock += 1
        self._unsaid = False
        self._said_at = now
        text = GONE if self._own is None else write_state(self._own)
        return encode_awareness([ClientState(self._client, self._clock, text)])
