"""What nodes tell each other, and what a bus must do; `tests/sync/relay/bus` holds each to it.

A bus makes things quicker, never right: the log does that. What a bus says of an update is
true only once the update is on disk, so nobody is ever told "saved" because of it, and
whatever it loses is read from the log.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from sync.types import DocumentId, Sequence


@dataclass(frozen=True, slots=True)
class Updates:
    """Updates of one document that are on disk, one after the other in its log."""

    document_id: DocumentId
    first: Sequence
    updates: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Written:
    """The same without the updates: they are too long for the bus, and each reads the log."""

    document_id: DocumentId
    last: Sequence


@dataclass(frozen=True, slots=True)
class Presence:
    """Who is here, as one person says on the node that tells it."""

    document_id: DocumentId
    user_id: str
    payload: bytes = field(repr=False)
    """A y-protocols awareness update."""


@dataclass(frozen=True, slots=True)
class WhoIsHere:
    """A node that has just opened a document asks the others for their `Presence`."""

    document_id: DocumentId


@dataclass(frozen=True, slots=True)
class DrainWanted:
    """An administrator wants the nodes of that name to send their clients to the others and end."""

    name: str


@dataclass(frozen=True, slots=True)
class Draining:
    """A node of that name does so."""

    name: str
    connections: int


AboutDocument = Updates | Written | Presence | WhoIsHere
AboutNodes = DrainWanted | Draining
Message = AboutDocument | AboutNodes


class Listener(Protocol):
    """Who is told what comes; called on the event loop, and must return soon."""

    def heard(self, node: str, message: Message, /) -> None:
        """Another node has said something: each node's words in the order in which it said them."""

    def missed(self) -> None:
        """What was said until now may not have come; it will from here on."""


class Bus(Protocol):
    """Belongs to the event loop. Nothing here waits for another node, or raises."""

    @property
    def node(self) -> str:
        """The id of this node: of this process, never used again."""

    @property
    def up(self) -> bool:
        """Whether what is said is heard, as far as is known."""

    def start(self, listener: Listener) -> None:
        """Begin to listen. Call it once."""

    async def follow(self, document_id: DocumentId) -> None:
        """Return once all that is said about a document from now on comes, or `missed` follows.

        Each call takes a call of `unfollow`.
        """

    def unfollow(self, document_id: DocumentId) -> None:
        """Hear no more about a document, sooner or later."""

    def say(self, message: Message) -> None:
        """Tell all other nodes, soon. It is thrown away if it cannot be told now."""

    async def close(self) -> None:
        """Say what is to be said, if that is quick, and end."""
