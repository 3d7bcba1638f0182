"""What a room says to its members: encoded once, joined once a tick, one write for each.

Measured with a hundred readers: joining once for all of them, not once for each,
multiplies what one processor delivers (docs/measurements.md).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from sync.protocol import messages as m
from sync.relay.framing import encode_message


class Member(Protocol):
    """One address on one connection, as a room sees it."""

    address: str
    user_id: str

    def send_encoded(self, data: bytes, messages: int) -> None:
        """Send some WebSocket messages that are encoded for `address`, now."""

    def settle(self, ticket: int, reason: str | None) -> None:
        """Acknowledge an update that is on disk, or refuse it for `reason`."""


class Seat:
    """What a room knows of a member."""

    __slots__ = ("clients", "generation", "held", "knows_who", "member", "shut")

    def __init__(self, member: Member) -> None:
        self.member = member
        self.clients: set[int] = set()
        """Yjs client ids whose awareness is this member's to say."""
        self.generation: int | None = None
        """The room's when the member's last Step1 came; None before the first."""
        self.knows_who = False
        """Whether the member was told who is here: then it must hear of who comes and goes, too."""
        self.shut: str | None = None
        """Why nothing is taken until the next Step1: what follows builds on what was refused."""
        self.held: list[tuple[bytes, int]] | None = []
        """Messages that wait until the member's Step1 is answered; None if none does."""

    @property
    def user_id(self) -> str:
        """Who it is."""
        return self.member.user_id


class Broadcast:
    """Belongs to the event loop. Each hears the messages in the order in which they were said."""

    def __init__(self, seats: dict[Member, Seat], last_words: Callable[[], object]) -> None:
        """Speak to all of `seats`, as they are at the end of the tick.

        `last_words` is called before: it may say something.
        """
        self._seats = seats
        self._last_words = last_words
        self._scheduled = False
        self._said: list[tuple[m.Message, Seat | None]] = []
        """With each message, who does not hear it: its author, if that is one of them."""

    def say(self, message: m.Message, but: Seat | None) -> None:
        """Tell everybody who has sent a Step1, at the end of this tick; of awareness, also those
        who were told who is here."""
        self._said.append((message, but))
        self.soon()

    def soon(self) -> None:
        """Tell them at the end of this tick."""
        if not self._scheduled:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._end_of_tick)

    def _end_of_tick(self) -> None:
        self._scheduled = False
        self.flush()

    def flush(self) -> None:
        """Tell them now."""
        self._last_words()
        if not self._said:
            return
        said, self._said = self._said, []
        authors = {seat for _, seat in said}
        encoded: dict[str, list[bytes]] = {}  # almost always one: few addresses carry a session id
        joined: dict[str, bytes] = {}
        for member, seat in list(self._seats.items()):
            if seat in authors and len(authors) == 1:
                continue
            if seat.generation is None and not seat.knows_who:
                continue
            address = member.address
            messages = encoded.get(address)
            if messages is None:
                messages = encoded[address] = [encode_message(address, one) for one, _ in said]
                joined[address] = b"".join(messages)
            if seat.generation is None:
                heard = [
                    one
                    for one, (message, but) in zip(messages, said, strict=True)
                    if but is not seat and isinstance(message, m.Awareness)
                ]
                if heard:
                    member.send_encoded(b"".join(heard), len(heard))
                continue
            if seat in authors:
                heard = [
                    one for one, (_, but) in zip(messages, said, strict=True) if but is not seat
                ]
                data, count = b"".join(heard), len(heard)
            else:
                data, count = joined[address], len(messages)
            if seat.held is None:
                member.send_encoded(data, count)
            else:
                seat.held.append((data, count))
