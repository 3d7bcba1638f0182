"""Turns any exception into what a person reads: what happened, why, and the way on.

The one place for that. What Inkstand raises on purpose says the first two by itself
(`sync.errors`); what follows from it in a window is said here, and so is what others raise.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from app.updates.problems import (
    IndexExpired,
    IndexForged,
    IndexOlder,
    IndexUnreachable,
    UpdateProblem,
)
from sync.errors import (
    AttachmentRefused,
    CannotSave,
    ConnectionLost,
    ExportFailed,
    ImportFailed,
    InkstandError,
    RelayUnreachable,
)
from sync.phrases import explain_os_error

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class Explained:
    """An exception in words; each part is a sentence, or empty where another one has said it."""

    what: str
    why: str = ""
    way_on: str = ""

    @property
    def text(self) -> str:
        """All that there is to say."""
        return " ".join(part for part in (self.what, self.why, self.way_on) if part)


def explain(error: BaseException) -> Explained:
    """Return what a person should know about an exception; never anything secret in it."""
    if isinstance(error, InkstandError):
        return Explained(str(error), way_on=_way_on(error))
    if isinstance(error, UpdateProblem):
        return _explain_update(error)
    if isinstance(error, TimeoutError):
        return Explained(
            translate("Errors", "This took too long and was given up."),
            way_on=translate("Errors", "Try again in a moment."),
        )
    if isinstance(error, OSError):
        return Explained(
            translate("Errors", "The system refused to do this: %1.").replace(
                "%1", explain_os_error(error)
            ),
            way_on=translate("Errors", "Choose another place, or make that one usable."),
        )
    if isinstance(error, MemoryError):
        return Explained(
            translate("Errors", "There is not enough memory for this."),
            way_on=translate("Errors", "Close other programs, then try again."),
        )
    if isinstance(error, sqlite3.Error):
        return Explained(
            translate("Errors", "The database on this device did not answer as it should."),
            way_on=translate("Errors", "Try again; if it stays so, start Inkstand anew."),
        )
    return Explained(
        translate("Errors", "Something went wrong in Inkstand itself."),
        translate("Errors", "The text is kept, and writing goes on."),
        translate("Errors", "“Problem reports” in the Help menu shows what is known about it."),
    )


def said(error: BaseException) -> str:
    """Return all that there is to say about an exception."""
    return explain(error).text


def _way_on(error: InkstandError) -> str:
    match error:
        case CannotSave():
            return translate("Errors", "Make room on the disk, or export the text to another one.")
        case ConnectionLost():
            return ""  # it is tried again by itself
        case RelayUnreachable():
            return translate("Errors", "Check the address and the network, then try again.")
        case ExportFailed():
            return translate("Errors", "Choose another place for the file.")
        case ImportFailed():
            return translate("Errors", "Choose another file.")
        case AttachmentRefused():
            return translate("Errors", "Save it in another format or size, then add it again.")
    return ""


def _explain_update(error: UpdateProblem) -> Explained:
    ask = translate("Errors", "Look where you have Inkstand from, and tell them of it.")
    match error:
        case IndexUnreachable():
            return Explained(
                translate("Errors", "The list of versions cannot be reached: %1.").replace(
                    "%1", str(error)
                ),
                way_on=translate("Errors", "Check the network, then try again."),
            )
        case IndexForged():
            return Explained(
                translate("Errors", "The list of versions is not signed as it should be."),
                translate("Errors", "It may be somebody else’s, so nothing in it is believed."),
                ask,
            )
        case IndexExpired():
            until = QDateTime.fromSecsSinceEpoch(int(error.until.timestamp())).date()
            return Explained(
                translate("Errors", "The list of versions was only good until %1.").replace(
                    "%1", QLocale().toString(until, QLocale.FormatType.LongFormat)
                ),
                translate("Errors", "A newer one may be held back on the way."),
                translate("Errors", "See that this computer’s clock is right, then try again."),
            )
        case IndexOlder():
            return Explained(
                translate("Errors", "The list of versions is older than the one seen before."),
                translate("Errors", "A newer one may be held back on the way."),
                translate("Errors", "Try again on another network, or another day."),
            )
    return Explained(
        translate("Errors", "What is found in the place of the list of versions is none."), "", ask
    )
