"""What the sync engine tells the rest of the program: connection states and events."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from sync.types import DocumentId


@dataclass(frozen=True, slots=True)
class Online:
    """The relay answers."""


class Trouble(Enum):
    """What kept an attempt to connect from coming about."""

    NO_NETWORK = "no network"
    """This machine reaches nothing at all."""
    NO_RELAY = "no relay"
    """There is a network, and the relay does not answer."""
    OTHER = "other"
    """The relay answered, and asked for patience, hung up, or made no sense."""


@dataclass(frozen=True, slots=True)
class Connecting:
    """Not connected, and trying."""

    next_try_at: float | None = None
    """Unix seconds of the next attempt; None while one is under way."""
    reason: str | None = None
    """Why the last attempt failed, one sentence; None at the first."""
    trouble: Trouble = Trouble.OTHER
    """What kind of reason that is."""


@dataclass(frozen=True, slots=True)
class Offline:
    """Not connected, and not trying."""

    reason: str | None = None
    """One sentence; None if there is nothing to say, as before the start."""


@dataclass(frozen=True, slots=True)
class SignedOut:
    """There is nobody to connect as."""

    reason: str | None = None
    """Why the sign-in ended, one sentence; None if the person knows."""


ConnectionState = Online | Connecting | Offline | SignedOut


@dataclass(frozen=True, slots=True)
class ConnectionChanged:
    """The connection is in another state now."""

    state: ConnectionState


@dataclass(frozen=True, slots=True)
class RemoteUpdate:
    """Other people's work; it is in the store already."""

    document_id: DocumentId
    update: bytes


@dataclass(frozen=True, slots=True)
class DocumentChanged:
    """What the store says about a document has changed: what waits, what was refused, the role."""

    document_id: DocumentId


@dataclass(frozen=True, slots=True)
class DocumentReplaced:
    """What this device held of a document is gone, as was asked; the relay's text is here now."""

    document_id: DocumentId


@dataclass(frozen=True, slots=True)
class LibraryChanged:
    """The list of documents has changed."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of the documents that were not in step are so now; told each hundredth."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class InStep:
    """Every document is on the relay as it is on this device, and the other way round."""


@dataclass(frozen=True, slots=True)
class AwarenessReceived:
    """Who else is in a document: a y-protocols awareness update."""

    document_id: DocumentId
    payload: bytes


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that the person should know, once."""

    sentence: str


Event = (
    ConnectionChanged
    | RemoteUpdate
    | DocumentChanged
    | DocumentReplaced
    | LibraryChanged
    | Progress
    | InStep
    | AwarenessReceived
    | Problem
)
