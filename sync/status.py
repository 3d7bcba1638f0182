"""What the window may say about saving: pure functions of known facts.

A status never claims more than the disks hold, so the worst fact speaks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

from sync.client.events import Connecting, ConnectionState, Offline, Online, SignedOut
from sync.phrases import phrase, phrase_many


class Level(Enum):
    """How worried the person should be."""

    GOOD = "good"
    BUSY = "busy"
    """Will be good by itself in a moment."""
    WAITING = "waiting"
    """Safe on this device, not on the relay."""
    BAD = "bad"
    """Needs the person."""


@dataclass(frozen=True, slots=True)
class Status:
    """One short sentence and how serious it is."""

    text: str
    level: Level


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """What is known about one document."""

    unsaved: int = 0
    """Changes that are only in memory (`Replica.unsaved`)."""
    waiting: int = 0
    """Changes on this device that the relay has not acknowledged."""
    refused: int = 0
    """Changes that the relay refused."""
    refused_reason: str | None = None
    """The relay's sentence about it."""
    save_error: str | None = None
    """Why the last write failed (`CannotSave.detail`); None while writing works."""
    on_relay: bool = False
    """Whether the relay knows the document."""


def changes(count: int) -> str:
    """Return "1 change", "2 changes" and so on."""
    return phrase_many("1 change", "{count} changes", count)


def document_status(facts: DocumentFacts, connection: ConnectionState) -> Status:
    """Return what the status line says about a document."""
    if facts.save_error is not None and facts.unsaved:
        return Status(phrase("Cannot save: {reason}", reason=facts.save_error), Level.BAD)
    if facts.unsaved:
        return Status(phrase("Saving…"), Level.BUSY)
    if facts.refused:
        reason = facts.refused_reason or phrase("the relay gave no reason")
        return Status(phrase("Refused: {reason}", reason=reason), Level.BAD)
    if facts.waiting and isinstance(connection, Connecting | Offline):
        waiting = phrase_many(
            "Offline: 1 change waiting", "Offline: {count} changes waiting", facts.waiting
        )
        return Status(waiting, Level.WAITING)
    if facts.waiting or not facts.on_relay:
        return Status(phrase("Saved on this device"), Level.WAITING)
    return Status(phrase("Saved on the relay"), Level.GOOD)


def connection_status(connection: ConnectionState, now: float) -> Status:
    """Return what the status line says about the connection; `now` in Unix seconds."""
    match connection:
        case Online():
            return Status(phrase("Online"), Level.GOOD)
        case Connecting(next_try_at):
            if next_try_at is None:
                return Status(phrase("Connecting…"), Level.BUSY)
            seconds = max(1, math.ceil(next_try_at - now))
            return Status(phrase("Connecting in {seconds} s", seconds=seconds), Level.WAITING)
        case SignedOut(reason):
            return Status(reason or phrase("Signed out"), Level.WAITING)
        case Offline(reason):
            return Status(reason or phrase("Offline"), Level.WAITING)
