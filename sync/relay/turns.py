"""Lets those who send little go first, however much others send at once.

One read from a socket brings up to 256 KiB: ten thousand small messages, or hundreds of
tokens to be checked, and everybody else would wait for the last of them. So each reads
for a moment only; what is left over waits in line with what others left, and all of
them together get a moment of each tick.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Protocol

FIRST_SECONDS = 0.0005
"""What one connection may take at once: a typist needs a tenth of it."""
TURN_SECONDS = 0.001
"""What all who left something over get together in one tick; and those who begin in it."""
SHORT_TURN_SECONDS = 0.0004
"""The same when somebody has come lately who sends little, and so may come again meanwhile."""
LATELY_SECONDS = 0.1
STAND_BACK = 2
"""Ticks that they wait when somebody has begun: so many it takes until others have been told."""


class Greedy(Protocol):
    """Who may have more to do than fits in a moment."""

    def take_turn(self, until: float) -> bool:
        """Do something, and go on until `until` on the loop's clock; whether more is left."""


class Turns:
    """Belongs to its event loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._line: deque[Greedy] = deque()
        self._scheduled = False
        self._standing_back = 0
        self._firsts_until: float | None = None
        """Until when others may begin in this tick; None before the first."""
        self._little = -LATELY_SECONDS
        """When somebody was done at once."""

    def first(self, who: Greedy) -> None:
        """Let somebody begin, unless many have in this tick; what is left is done in turns."""
        now = self._loop.time()
        if self._firsts_until is None:
            self._firsts_until = now + TURN_SECONDS
            self._loop.call_soon(self._next_tick)
        more = now >= self._firsts_until or who.take_turn(now + FIRST_SECONDS)
        if self._standing_back == 0:
            self._standing_back = STAND_BACK + 1  # the last is a round: nobody waits for ever
        if more:
            self._line.append(who)
            self._go_on()
        else:
            self._little = now

    def _next_tick(self) -> None:
        self._firsts_until = None

    def _go_on(self) -> None:
        if self._line and not self._scheduled:
            self._scheduled = True
            self._loop.call_soon(self._go_round)

    def _go_round(self) -> None:
        self._scheduled = False
        if self._standing_back > 1:
            self._standing_back -= 1
            self._go_on()
            return
        self._standing_back = 0
        now = self._loop.time()
        turn = TURN_SECONDS if now - self._little > LATELY_SECONDS else SHORT_TURN_SECONDS
        each = turn / len(self._line)
        until = now + turn
        try:
            while self._line and (now := self._loop.time()) < until:
                who = self._line.popleft()
                if who.take_turn(now + each):
                    self._line.append(who)
        finally:
            self._go_on()
