"""Why it cannot be known whether there is a newer version; `app.errors` says it in words."""

from __future__ import annotations

from datetime import datetime


class UpdateProblem(Exception):
    """Base of all of them."""


class IndexUnreachable(UpdateProblem):
    """It was not to be had; the text says why, in words that follow a colon."""


class IndexUnreadable(UpdateProblem):
    """What was found is no index."""


class IndexForged(UpdateProblem):
    """It is not signed with a key that this package trusts."""


class IndexExpired(UpdateProblem):
    """It is too old to be believed: somebody may be holding newer ones back."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until
        """The moment, in UTC, from which on it is not to be believed."""


class IndexOlder(UpdateProblem):
    """A later one was seen here before: somebody hands out an old one."""
