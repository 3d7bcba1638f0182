"""Who is in one document, as each Yjs client says of itself; the last word of each is kept.

Whose word a client's is, is remembered too: a socket here, or a person on another node.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from sync.protocol import messages as m
from sync.protocol.awareness import (
    GONE,
    ClientState,
    count_awareness,
    decode_awareness,
    encode_awareness,
)

MOST_STATES = 1_000
"""Awareness states that a room keeps."""

MOST_STATES_OF_ONE = 50
"""Of them from one person, on all sockets: nobody can take the room for the others'."""

SILENCE_SECONDS = 30.0
"""After which a client on another node has left: each repeats itself every 15 s (y-protocols)."""


class Speaker(Protocol):
    """Who speaks for some Yjs clients: a `Seat`, or a person on another node."""

    clients: set[int]

    @property
    def user_id(self) -> str:
        """Whose words they are."""


@dataclass(eq=False, slots=True)
class _Elsewhere:
    user_id: str
    clients: set[int] = field(default_factory=set)


class Attendance:
    """Belongs to a room. What it returns is an awareness update that is news to the others."""

    def __init__(self) -> None:
        self._states: dict[int, ClientState] = {}
        self._speakers: dict[int, Speaker] = {}
        """Whose each of `_states` is."""
        self._states_of: Counter[str] = Counter()
        """How many of them are whose, by user id."""
        self._elsewhere: dict[tuple[str, str], _Elsewhere] = {}
        """Who speaks on other nodes, by node and user id."""
        self._heard: dict[int, float] = {}
        """When each client of theirs was last heard of, on the loop's clock."""

    def take(self, by: Speaker, payload: bytes) -> bytes | None:
        """Note who is here, as far as it is that speaker's to say; None if nothing is news.

        One that names more clients than there can be is passed over, unread: a thousand take
        as long as fifty keystrokes. Raises `ProtocolError` if it is no awareness update.
        """
        if count_awareness(payload) > len(self._states) + MOST_STATES_OF_ONE:
            return None  # nobody knows of so many: neither here, nor at once of his own
        taken = [state for state in decode_awareness(payload) if self._take(by, state)]
        return encode_awareness(taken) if taken else None

    def hear(self, node: str, user_id: str, payload: bytes, now: float) -> bytes | None:
        """Note what a person on another node says.

        Raises `ProtocolError` if it is no awareness update.
        """
        person = self._elsewhere.get((node, user_id)) or _Elsewhere(user_id)
        news = self.take(person, payload)
        if person.clients:
            self._elsewhere[node, user_id] = person
            self._heard.update(dict.fromkeys(person.clients, now))
        else:
            self._elsewhere.pop((node, user_id), None)
        return news

    def leave(self, by: Speaker) -> bytes | None:
        """Forget all of whom a member has spoken."""
        gone = self._gone(by, list(by.clients))
        return encode_awareness(gone) if gone else None

    def forget_silent(self, now: float) -> bytes | None:
        """Forget whom another node has not spoken of for so long that it must be dead."""
        silent = {client for client, at in self._heard.items() if now - at > SILENCE_SECONDS}
        gone = []
        for name, person in list(self._elsewhere.items()):
            gone += self._gone(person, [client for client in person.clients if client in silent])
            if not person.clients:
                del self._elsewhere[name]
        return encode_awareness(gone) if gone else None

    def said_here(self) -> Iterator[tuple[str, bytes]]:
        """Return each state that a socket of this node's has said, with the user's id."""
        for client, state in self._states.items():
            speaker = self._speakers[client]
            if not isinstance(speaker, _Elsewhere):
                yield speaker.user_id, encode_awareness([state])

    def all(self) -> m.Awareness | None:
        """Return who is here; None if nobody has said so."""
        if not self._states:
            return None
        return m.Awareness(encode_awareness(self._states.values()))

    def _gone(self, by: Speaker, clients: list[int]) -> list[ClientState]:
        gone = []
        for client in clients:
            # With the clock that it had, as y-protocols does: a larger one would hide this client,
            # once it is back, until it has outgrown that.
            gone.append(ClientState(client, self._states[client].clock, GONE))
            self._drop(by, client)
        return gone

    def _drop(self, by: Speaker, client: int) -> None:
        del self._states[client], self._speakers[client]
        by.clients.discard(client)
        self._heard.pop(client, None)
        self._states_of[by.user_id] -= 1
        if not self._states_of[by.user_id]:
            del self._states_of[by.user_id]

    def _take(self, by: Speaker, state: ClientState) -> bool:
        """Note what somebody says of a client; return whether it is news to the others."""
        known = self._states.get(state.client)
        speaker = self._speakers.get(state.client)
        if known is None or speaker is None:
            if (
                state.state == GONE
                or len(self._states) >= MOST_STATES
                or self._states_of[by.user_id] >= MOST_STATES_OF_ONE
            ):
                return False
            self._states_of[by.user_id] += 1
        elif state.clock < known.clock:
            return False
        elif speaker is not by:
            # The same device after a reconnect, whose old socket is not known to be dead.
            if speaker.user_id != by.user_id or state.state == GONE:
                return False
            if state.clock == known.clock and isinstance(by, _Elsewhere):
                return False  # another node's memory of where that device was before
            speaker.clients.discard(state.client)
            self._heard.pop(state.client, None)
        if state.state == GONE:
            self._drop(by, state.client)
            return True
        self._speakers[state.client] = by
        by.clients.add(state.client)
        if known is not None and state.clock == known.clock:
            return False
        self._states[state.client] = state
        return True
