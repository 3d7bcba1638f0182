"""Refused tokens in the log: a line for the first from an address, one a minute for the rest.

One socket may bring ten thousand, and who guesses must not fill the disk.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from sync.relay.throttle import network_key

EVERY_SECONDS = 60.0
MOST_PLACES = 1_000
"""Network addresses that are told apart within that; the tokens from all others are one line."""
ELSEWHERE = "elsewhere"

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Place:
    since: float
    more: int = 0
    reason: str = ""
    """Why the last of them was refused."""


class Refusals:
    """Belongs to the event loop; times are on its clock."""

    def __init__(self) -> None:
        self._places: dict[str, _Place] = {}

    def note(self, place: str, reason: str, now: float) -> None:
        """A token from a network address was refused."""
        name = network_key(place).name
        if name not in self._places and len(self._places) >= MOST_PLACES:
            name = place = ELSEWHERE
        known = self._places.get(name)
        if known is None:
            self._places[name] = _Place(now)
            _log.info("Refused a token", extra={"reason": reason, "place": place})
        else:
            known.more += 1
            known.reason = reason

    def tick(self, now: float, every: float = EVERY_SECONDS) -> None:
        """Write down what has been refused for so many seconds; call it now and then."""
        for name, known in list(self._places.items()):
            if now - known.since < every:
                continue
            if not known.more:
                del self._places[name]
                continue
            _log.info(
                "Refused more tokens",
                extra={"count": known.more, "reason": known.reason, "place": name},
            )
            self._places[name] = _Place(now)
