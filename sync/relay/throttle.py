"""Lets nobody guess for ever: counts failures by name and by network address, in memory.

A name waits at most `WINDOW` seconds after its last failures, so a stranger who
guesses at somebody's password can hinder that person for a while, never lock
them out for good: who is signed in stays so, and refreshing is not throttled.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

from sync.errors import InkstandError
from sync.relay.places import network_of

WINDOW = 60.0
"""Seconds for which a failure counts."""
FAILURES = 10
"""Allowed within `WINDOW` for one name or one person."""
FAILURES_FROM_ONE_PLACE = 100
"""Allowed within `WINDOW` from one network address, whatever the names."""
_KEPT = 10_000
"""Names and addresses of which failures are remembered: no stranger can make it more memory."""


class Throttled(InkstandError):
    """Too many failures; come again in `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__("Too many attempts. Wait a moment, then try again.")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Key:
    """What failures are counted by."""

    kind: str
    name: str
    allowed: int = FAILURES


def network_key(place: str) -> Key:
    """Return the key of a network address."""
    return Key("place", network_of(place), FAILURES_FROM_ONE_PLACE)


class Throttle:
    """Any thread may use it."""

    def __init__(self) -> None:
        self._failures: OrderedDict[tuple[str, str], list[float]] = OrderedDict()
        self._lock = threading.Lock()

    def check(self, *keys: Key) -> None:
        """Raise `Throttled` if one of the keys has failed too often of late."""
        now = time.monotonic()
        with self._lock:
            for key in keys:
                times = self._failures.get((key.kind, key.name), [])
                recent = [at for at in times if now - at < WINDOW]
                if len(recent) >= key.allowed:
                    raise Throttled(WINDOW - (now - recent[-key.allowed]))

    def note_failure(self, *keys: Key) -> None:
        """Count a failure for each key."""
        now = time.monotonic()
        with self._lock:
            for key in keys:
                times = self._failures.setdefault((key.kind, key.name), [])
                times.append(now)
                del times[: -key.allowed]
                self._failures.move_to_end((key.kind, key.name))
            while len(self._failures) > _KEPT:
                self._failures.popitem(last=False)
