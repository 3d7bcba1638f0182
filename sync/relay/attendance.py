"""Who is in one document, as each Yjs client says of itself; the last word of each is kept.

Whose word a client's is, is remembered too: a socket here, or a person on another node.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from sync.protocol import messages as m
from sync.protocol.awareness import (
    GONE,
    ClientState,
    count_awareness,
    decode_awareness,
    encode_awareness,
)
from sync.relay.broadcast import Seat

MOST_STATES = 1_000
"""Awareness states that a room keeps."""

MOST_STATES_OF_ONE = 50
"""Of them from one person, on all sockets: nobody can take the room for the others'."""

SILENCE_SECONDS = 30.0
"""After which a client on another node has left: each repeats itself every 15 s (y-protocols)."""


@dataclass(unsafe_hash=True, slots=True)
class _Elsewhere:
    """A person on another node; a `Member` that is told nothing from here."""

    node: str
    user_id: str
    address: str = ""

    def send_encoded(self, data: bytes, messages: int) -> None:
        raise AssertionError("its own node tells it")

    def settle(self, ticket: int, reason: str | None) -> None:
        raise AssertionError("its own node tells it")


class Attendance:
    """Belongs to a room. What it returns is an awareness update that is news to the others."""

    def __init__(self) -> None:
        self._states: dict[int, ClientState] = {}
        self._speakers: dict[int, Seat] = {}
        """Whose each of `_states` is."""
        self._states_of: Counter[str] = Counter()
        """How many of them are whose, by user id."""
        self._elsewhere: dict[_Elsewhere, Seat] = {}
        """Who speaks on other nodes."""
        self._heard: dict[int, float] = {}
        """When each client of theirs was last heard of, on the loop's clock."""

    def take(self, seat: Seat, payload: bytes) -> bytes | None:
        """Note who is here, as far as it is the member's to say; None if nothing is news.

        One that names more clients than there can be is passed over, unread: a thousand take
        as long as fifty keystrokes. Raises `ProtocolError` if it is no awareness update.
        """
        if count_awareness(payload) > len(self._states) + MOST_STATES_OF_ONE:
            return None  # nobody knows of so many: neither here, nor at once of his own
        taken = [state for state in decode_awareness(payload) if self._take(seat, state)]
        return encode_awareness(taken) if taken else None

    def hear(self, node: str, user_id: str, payload: bytes, now: float) -> bytes | None:
        """Note what a person on another node says.

        Raises `ProtocolError` if it is no awareness update.
        """
        person = _Elsewhere(node, user_id)
        seat = self._elsewhere.get(person) or Seat(person)
        news = self.take(seat, payload)
        if seat.clients:
            self._elsewhere[person] = seat
            self._heard.update(dict.fromkeys(seat.clients, now))
        else:
            self._elsewhere.pop(person, None)
        return news

    def leave(self, seat: Seat) -> bytes | None:
        """Forget what a member has said."""
        gone = self._gone(seat, list(seat.clients))
        return encode_awareness(gone) if gone else None

    def forget_silent(self, now: float) -> bytes | None:
        """Forget whom another node has not spoken of for so long that it must be dead."""
        silent = {client for client, at in self._heard.items() if now - at > SILENCE_SECONDS}
        gone = []
        for person, seat in list(self._elsewhere.items()):
            gone += self._gone(seat, [client for client in seat.clients if client in silent])
            if not seat.clients:
                del self._elsewhere[person]
        return encode_awareness(gone) if gone else None

    def said_here(self) -> Iterator[tuple[str, bytes]]:
        """Return each state that a socket of this node's has said, with the user's id."""
        for client, state in self._states.items():
            member = self._speakers[client].member
            if not isinstance(member, _Elsewhere):
                yield member.user_id, encode_awareness([state])

    def all(self) -> m.Awareness | None:
        """Return who is here; None if nobody has said so."""
        if not self._states:
            return None
        return m.Awareness(encode_awareness(self._states.values()))

    def _gone(self, seat: Seat, clients: list[int]) -> list[ClientState]:
        gone = []
        for client in clients:
            # With the clock that it had, as y-protocols does: a larger one would hide this client,
            # once it is back, until it has outgrown that.
            gone.append(ClientState(client, self._states[client].clock, GONE))
            self._drop(seat, client)
        return gone

    def _drop(self, seat: Seat, client: int) -> None:
        del self._states[client], self._speakers[client]
        seat.clients.discard(client)
        self._heard.pop(client, None)
        user_id = seat.member.user_id
        self._states_of[user_id] -= 1
        if not self._states_of[user_id]:
            del self._states_of[user_id]

    def _take(self, seat: Seat, state: ClientState) -> bool:
        """Note what a member says of a client; return whether it is news to the others."""
        known = self._states.get(state.client)
        speaker = self._speakers.get(state.client)
        if known is None or speaker is None:
            if (
                state.state == GONE
                or len(self._states) >= MOST_STATES
                or self._states_of[seat.member.user_id] >= MOST_STATES_OF_ONE
            ):
                return False
            self._states_of[seat.member.user_id] += 1
        elif state.clock < known.clock:
            return False
        elif speaker is not seat:
            # The same device after a reconnect, whose old socket is not known to be dead.
            if speaker.member.user_id != seat.member.user_id or state.state == GONE:
                return False
            if state.clock == known.clock and isinstance(seat.member, _Elsewhere):
                return False  # another node's memory of where that device was before
            speaker.clients.discard(state.client)
            self._heard.pop(state.client, None)
        if state.state == GONE:
            self._drop(seat, state.client)
            return True
        self._speakers[state.client] = seat
        seat.clients.add(state.client)
        if known is not None and state.clock == known.clock:
            return False
        self._states[state.client] = state
        return True
