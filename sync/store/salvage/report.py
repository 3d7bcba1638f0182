"""What a salvage brought over and what it could not read, for the person and for the disk."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from sync.phrases import phrase, phrase_many


@dataclass(frozen=True, slots=True)
class Loss:
    """What could not be read of one document."""

    document_id: str
    title: str
    changes: int
    """Rows of its log; 0 if nothing says how many there were."""
    since: str | None
    """Time of the last readable change before, ISO 8601, UTC; None: from the beginning."""
    until: str | None
    """Time of the first readable change after; None: to the end."""
    backup: str | None
    """Time of the backup that it was completed from, as the backup's name says it."""

    @property
    def sentence(self) -> str:
        """One sentence for the person."""
        what = (
            phrase_many("1 change", "{count} changes", self.changes)
            if self.changes
            else phrase("an unknown number of changes")
        )
        said = phrase(
            "“{title}”: {changes}, from {since} to {until}.",
            title=self.title,
            changes=what,
            since=_shown(self.since) or phrase("the beginning"),
            until=_shown(self.until) or phrase("the end"),
        )
        if self.backup is None:
            return said
        return f"{said} {phrase('Completed from the backup of {time}.', time=self.backup)}"


@dataclass(frozen=True, slots=True)
class Salvage:
    """One salvage of one database."""

    aside: str
    """The folder that the damaged database is kept in."""
    documents: int
    """How many were brought over."""
    losses: tuple[Loss, ...]
    unknown: int
    """Rows of which nobody can tell what they were."""
    signed_out: bool
    """Whether it is not known any more who was signed in."""

    @property
    def sentences(self) -> list[str]:
        """What a person should know, one thing each."""
        said = [
            phrase_many(
                "The database on this device was damaged. 1 document was brought over into a new "
                "one; the damaged file is kept in {folder}.",
                "The database on this device was damaged. {count} documents were brought over into "
                "a new one; the damaged file is kept in {folder}.",
                self.documents,
                folder=self.aside,
            )
        ]
        if not (self.losses or self.unknown):
            said.append(phrase("Everything in it could be read."))
        if self.losses:
            said.append(
                phrase(
                    "What could not be read is listed here; what the relay has of it comes back "
                    "by itself."
                )
            )
            said += [loss.sentence for loss in self.losses]
        if self.unknown:
            said.append(
                phrase_many(
                    "1 more entry could not be told apart and was left out.",
                    "{count} more entries could not be told apart and were left out.",
                    self.unknown,
                )
            )
        if self.signed_out:
            said.append(phrase("Sign in again to bring this device in step."))
        return said

    def to_json(self) -> str:
        """Return it as it is kept until the person has seen it."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Salvage:
        """Return what `to_json` made. Raises `ValueError`, `TypeError` or `KeyError`."""
        values = json.loads(text)
        losses = tuple(Loss(**loss) for loss in values.pop("losses"))
        return cls(**values, losses=losses)


def _shown(time: str | None) -> str:
    """Return a time without its seconds and the letter between date and hour."""
    return "" if time is None else f"{time[:10]} {time[11:16]}"
