"""What the sync engine tells the rest of the program: connection states and events."""

from __future__ import annotations

from dataclasses import dataclass

from sync.types import DocumentId


@dataclass(frozen=True, slots=True)
class Online:
    """The relay answers."""


@dataclass(frozen=True, slots=True)
class Connecting:
    """Not connected, and trying."""

    next_try_at: float | None = None
    """Unix seconds of the next attempt; None while one is under way."""
    reason: str | None = None
    """Why the last attempt failed, one sentence; None at the first."""


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
class LibraryChanged:
    """The list of documents has changed."""


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
    | LibraryChanged
    | InStep
    | AwarenessReceived
    | Problem
)
