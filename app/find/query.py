"""What is looked for, what came of it, and what can go wrong: plain values, no Qt."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field


class BadPattern(ValueError):
    """A regular expression that cannot be searched for; `reason` and `position` say why."""

    def __init__(self, reason: str, position: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.position = position
        """Code points into the expression, None where there is no one place."""


class TookTooLong(Exception):
    """The search was given up after `TIME_LIMIT`."""


class Cancelled(Exception):
    """Nobody waits for this search any more."""


@dataclass(frozen=True)
class Query:
    """What is looked for and how."""

    text: str
    case: bool = False
    whole_word: bool = False
    is_regex: bool = False


@dataclass
class Hits:
    """Where it was found, in order, as UTF-16 units; hits do not overlap."""

    starts: array[int] = field(default_factory=lambda: array("q"))
    ends: array[int] = field(default_factory=lambda: array("q"))
    more: bool = False
    """Whether there are more than are kept."""

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, number: int) -> tuple[int, int]:
        return self.starts[number], self.ends[number]

    def between(self, start: int, end: int) -> range:
        """Return the numbers of the hits that touch a range."""
        return range(bisect_left(self.ends, start), bisect_right(self.starts, end))

    def at(self, start: int, end: int) -> int | None:
        """Return the number of the hit that is exactly there."""
        number = bisect_left(self.starts, start)
        while number < len(self) and self.starts[number] == start:
            if self.ends[number] == end:
                return number
            number += 1
        return None

    def after(self, position: int) -> int | None:
        """Return the number of the first hit that begins at a position or behind it."""
        number = bisect_left(self.starts, position)
        return number if number < len(self) else None

    def before(self, position: int) -> int | None:
        """Return the number of the last hit that ends at a position or before it."""
        number = bisect_right(self.ends, position) - 1
        return number if number >= 0 else None
