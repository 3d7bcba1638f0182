"""The y-protocols awareness update: who is here, as each client says of itself.

Layout (`y-protocols/awareness.js`, `encodeAwarenessUpdate`): a varuint count,
then for each client its Yjs client id, its clock (both varuint) and its state
as a JSON string; ``null`` means that it has left.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from sync.lib0 import encode_string, encode_varuint
from sync.protocol.messages import Reader, malformed

GONE = "null"
"""The state of a client that has left."""


@dataclass(frozen=True, slots=True)
class ClientState:
    """What one Yjs client says of itself."""

    client: int
    """Yjs client id."""
    clock: int
    """Grows with each change; the larger wins."""
    state: str
    """JSON text, `GONE` if it has left."""


def count_awareness(payload: bytes) -> int:
    """Return how many states an awareness update says that it has.

    Raises `ProtocolError` (4400) if it is none.
    """
    return Reader(payload).varuint()


def decode_awareness(payload: bytes) -> list[ClientState]:
    """Return the states in an awareness update.

    Raises `ProtocolError` (4400) if it is none.
    """
    reader = Reader(payload)
    states = []
    for _ in range(reader.varuint()):
        client, clock, state = reader.varuint(), reader.varuint(), reader.string()
        try:
            json.loads(state, parse_constant=_refuse)
        except (ValueError, RecursionError):
            raise malformed("a state is no JSON") from None
        states.append(ClientState(client, clock, state))
    if not reader.at_end:
        raise malformed("bytes follow its end")
    return states


def _refuse(constant: str) -> None:
    """Refuse NaN and Infinity, which Python reads and JavaScript's `JSON.parse` throws at."""
    raise ValueError(constant)


def encode_awareness(states: Iterable[ClientState]) -> bytes:
    """Return the awareness update that holds `states`."""
    parts = [
        encode_varuint(state.client) + encode_varuint(state.clock) + encode_string(state.state)
        for state in states
    ]
    return encode_varuint(len(parts)) + b"".join(parts)
