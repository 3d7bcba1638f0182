"""What the window may say about saving: pure functions of known facts.

A status never claims more than the disks hold, so the worst fact speaks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

from sync.client.events import (
    Connecting,
    ConnectionState,
    Offline,
    Online,
    SignedOut,
    Trouble,
)
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
    lost: bool = False
    """Whether the relay has it and no longer lets this person see it."""
    elsewhere: str | None = None
    """The relay that it belongs to instead of this profile's; "": none."""


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
    if facts.elsewhere:
        text = phrase("Saved on this device; it belongs to {relay}", relay=facts.elsewhere)
        return Status(text, Level.WAITING)
    if facts.elsewhere is not None:
        return Status(phrase("Saved on this device only"), Level.WAITING)
    if facts.lost:
        return Status(phrase("Only on this device: no longer shared with you"), Level.WAITING)
    if facts.waiting and isinstance(connection, Connecting | Offline):
        waiting = phrase_many(
            "Saved on this device (1 change waiting)",
            "Saved on this device ({count} changes waiting)",
            facts.waiting,
        )
        return Status(waiting, Level.WAITING)
    if facts.waiting or not facts.on_relay:
        return Status(phrase("Saved on this device"), Level.WAITING)
    return Status(phrase("Saved on the relay"), Level.GOOD)


@dataclass(frozen=True, slots=True)
class LibraryFacts:
    """What is known about all documents together."""

    save_error: str | None = None
    """Why a document that is open cannot be saved; None if all can."""
    waiting: int = 0
    """Changes on this device that the relay has not acknowledged."""
    documents_waiting: int = 0
    """Documents that they are in."""
    documents_refused: int = 0
    """Documents with changes that the relay refused."""
    all_on_relay: bool = False
    """Whether the relay knows each document."""


def library_status(facts: LibraryFacts, connection: ConnectionState) -> Status:
    """Return what is said about all documents together: the worst of them speaks."""
    if facts.save_error is not None:
        return Status(phrase("Cannot save: {reason}", reason=facts.save_error), Level.BAD)
    if facts.documents_refused:
        refused = phrase_many(
            "Changes in 1 document were refused",
            "Changes in {count} documents were refused",
            facts.documents_refused,
        )
        return Status(refused, Level.BAD)
    if facts.waiting and not isinstance(connection, SignedOut):
        waiting = phrase_many(
            "Saved on this device ({changes} in 1 document waiting)",
            "Saved on this device ({changes} in {count} documents waiting)",
            facts.documents_waiting,
            changes=changes(facts.waiting),
        )
        return Status(waiting, Level.WAITING)
    if facts.waiting or not facts.all_on_relay:
        return Status(phrase("Saved on this device"), Level.WAITING)
    return Status(phrase("Everything is saved on the relay"), Level.GOOD)


def progress_text(done: int, total: int) -> str:
    """Return what is said while documents are brought in step."""
    return phrase("Getting in step: {done} of {total} documents", done=done, total=total)


def connection_status(connection: ConnectionState, now: float) -> Status:
    """Return what the status line says about the connection; `now` in Unix seconds."""
    match connection:
        case Online():
            return Status(phrase("Online"), Level.GOOD)
        case Connecting(next_try_at, _, trouble):
            if next_try_at is None:
                return Status(phrase("Connecting…"), Level.BUSY)
            seconds = max(1, math.ceil(next_try_at - now))
            return Status(_trying_again(trouble, seconds), Level.WAITING)
        case SignedOut(reason):
            return Status(reason or phrase("Signed out"), Level.WAITING)
        case Offline(reason):
            return Status(reason or phrase("Offline"), Level.WAITING)


def _trying_again(trouble: Trouble, seconds: int) -> str:
    match trouble:
        case Trouble.NO_NETWORK:
            return phrase("No network, next try in {seconds} s", seconds=seconds)
        case Trouble.NO_RELAY:
            return phrase("Relay unreachable, next try in {seconds} s", seconds=seconds)
        case Trouble.OTHER:
            return phrase("Connecting in {seconds} s", seconds=seconds)
