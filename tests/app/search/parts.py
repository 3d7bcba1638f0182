"""What ranges of a text mark."""

from __future__ import annotations

from collections.abc import Iterable

from sync.store.search.results import Range


def parts(text: str, ranges: Iterable[Range]) -> list[str]:
    units = text.encode("utf-16-le")
    return [
        units[2 * each.start : 2 * (each.start + each.length)].decode("utf-16-le")
        for each in ranges
    ]
