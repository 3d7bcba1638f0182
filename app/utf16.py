"""Code point indices of a text as UTF-16 units, for many indices of one text."""

from __future__ import annotations

import re
from bisect import bisect_left

_ASTRAL = re.compile("[\U00010000-\U0010ffff]")


class Utf16Index:
    """Converts indices of one text; characters beyond U+FFFF count two units."""

    def __init__(self, text: str) -> None:
        # isascii is a flag; most other texts have no such character either.
        self._astral = [] if text.isascii() else [m.start() for m in _ASTRAL.finditer(text)]

    def units(self, point: int) -> int:
        """Return the UTF-16 index of a code point index."""
        return point + bisect_left(self._astral, point) if self._astral else point
