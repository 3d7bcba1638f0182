"""What was said about one place, and what was decided: the values that a window shows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from sync.document.comment_entries import ACCEPTED, REJECTED, WITHDRAWN, Suggestion
from sync.document.relative import RelativePosition

_MENTION = re.compile(r"(?<![0-9A-Za-z])@([0-9a-f]{32})(?![0-9A-Za-z])")


class Verdict(StrEnum):
    """What has become of a suggestion."""

    OPEN = "open"
    ACCEPTED = ACCEPTED
    REJECTED = REJECTED
    WITHDRAWN = WITHDRAWN


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody said."""

    id: str
    author: str
    """User id."""
    created: int
    """Unix milliseconds."""
    body: str
    """Plain text, to be shown as such."""
    edited: int | None = None
    """When it was last changed (Unix milliseconds); None if it never was."""

    @property
    def mentions(self) -> tuple[str, ...]:
        """User ids that the body names as `@user id`, each once; nobody has checked them."""
        return tuple(dict.fromkeys(_MENTION.findall(self.body)))


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decided about a suggestion."""

    by: str
    """User id."""
    at: int
    """Unix milliseconds."""
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Thread:
    """What was said about one place, oldest first."""

    id: str
    author: str
    """User id; empty if the thread was deleted while somebody answered."""
    created: int
    start: RelativePosition
    end: RelativePosition
    quote: str
    """The words that stood there, at most `MAX_QUOTE` characters of them."""
    resolved: bool
    resolved_by: str | None
    """User id of who said so last, or said that it is not."""
    comments: tuple[Comment, ...]
    suggestion: Suggestion | None = None
    decisions: tuple[Decision, ...] = ()
    """About the suggestion, oldest first."""

    @property
    def verdict(self) -> Verdict:
        """What is decided: one acceptance counts more than all else, as the words are in."""
        verdicts = {decision.verdict for decision in self.decisions}
        for verdict in (Verdict.ACCEPTED, Verdict.WITHDRAWN, Verdict.REJECTED):
            if verdict in verdicts:
                return verdict
        return Verdict.OPEN
