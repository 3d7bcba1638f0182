"""When to try to connect again: no socket, no clock, just the policy.

Exponential backoff with jitter, so that clients that lost one relay do not come back
together (Brooker, "Exponential Backoff And Jitter", AWS, 2015). The first delay is
anywhere between nothing and its bound, the later ones in the upper half of theirs: with
anything between nothing and the bound, the moment in which a relay is back sees twice the
mean, measured and by arithmetic (docs/decisions/0019).

A relay that dies takes thousands of connections with it in one moment, and half a second
is no window for them. So it says beforehand over how many seconds its crowd is to come
back; then everybody keeps the place in that window which chance gave them.
"""

from __future__ import annotations

import random

FIRST_BOUND = 0.5
"""Seconds that the first delay has at most; each failure doubles the bound."""

LARGEST_BOUND = 30.0
"""Seconds that no delay exceeds, unless the relay asked for more."""

HEALTHY_AFTER = 30.0
"""Seconds that a connection must last before failures are forgotten.

Without it a relay that accepts and hangs up at once would be asked without end.
"""

LONGEST_RETRY_AFTER = 3600.0
"""Seconds: what a relay may ask for at most."""


class Backoff:
    """Counts failures and says how long to wait. Times are seconds of any steady clock."""

    def __init__(self, rng: random.Random | None = None) -> None:
        self._rng = rng or random.SystemRandom()
        self._failures = 0
        self._crowd = 0.0
        self._window = 0.0
        """Seconds over which the crowd of a relay that has died comes back; 0 if none has."""
        self._retry_after = 0.0
        self._is_placed = False
        """Whether this client has its place in the window."""
        self._connected_at: float | None = None

    @property
    def bound(self) -> float:
        """Seconds that the next delay has at most, apart from what the relay asked for."""
        # Beyond 2^16 the bound is long reached; the exponent must not grow for ever.
        return min(LARGEST_BOUND, FIRST_BOUND * 2.0 ** min(self._failures, 16))

    def connected(self, now: float) -> None:
        """Note that a connection works."""
        self._connected_at = now
        self._crowd = self._window = 0.0

    def crowd(self, seconds: float) -> None:
        """Note over how long the relay wants its clients back if it dies."""
        self._crowd = min(seconds, LARGEST_BOUND)

    def relay_is_gone(self) -> None:
        """Note that it was the relay that ended the connection, and so all of them."""
        self._window = self._crowd
        self._is_placed = False

    def retry_after(self, seconds: float) -> None:
        """Note that the relay asks not to be tried again before `seconds` have passed."""
        self._retry_after = min(max(self._retry_after, seconds), LONGEST_RETRY_AFTER)

    def wake(self) -> None:
        """Forget everything: the network or the person says that it is worth a try now."""
        self._failures = 0
        self._retry_after = 0.0
        self._window = 0.0

    def next_delay(self, now: float) -> float:
        """Note that an attempt failed or a connection was lost; return seconds to wait."""
        connected_at, self._connected_at = self._connected_at, None
        if connected_at is not None and now - connected_at >= HEALTHY_AFTER:
            self._failures = 0
        if connected_at is not None and self._retry_after:
            # Sent away in good order, to another node perhaps, and a little later by that one: no
            # failure, and the relay has chosen the moment for this one of its crowd.
            delay = self._retry_after + self._rng.uniform(0.0, FIRST_BOUND)
        else:
            delay = self._retry_after + self._jitter()
            self._failures += 1
        self._retry_after = 0.0
        return delay

    def _jitter(self) -> float:
        bound = self.bound
        if self._window > bound:
            # A second draw would make the crowd denser than the first one did.
            first, self._is_placed = not self._is_placed, True
            return self._rng.uniform(0.0, self._window) if first else self._window
        return self._rng.uniform(bound / 2 if self._failures else 0.0, bound)
