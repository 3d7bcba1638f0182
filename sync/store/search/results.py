"""What a search found, ready to be shown: plain text, and ranges in it."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import islice

from sync.document.positions import EMBED, utf16_length
from sync.store.search.extract import Extract
from sync.store.search.folding import Folded
from sync.store.search.query import Query
from sync.types import DocumentId

SNIPPET = 160
"""Code points of a snippet, at most."""

_BEFORE = 40
"""Code points of a snippet before the first hit in it."""

MOST_HITS = 1_000
"""Hits that are counted in one document."""

MOST_PLACES = 20
"""Hits of a document whose places are told."""

_NOT_SHOWN = dict.fromkeys(
    (
        *range(0x20),
        *range(0x7F, 0xA0),
        *range(0x2028, 0x202F),
        *range(0x2066, 0x206A),
    ),
    " ",
)
"""Ends of lines, embeds, controls, and what would turn round the text beside a snippet."""


@dataclass(frozen=True, slots=True)
class Range:
    """A part of a text, in UTF-16 units."""

    start: int
    length: int


@dataclass(frozen=True, slots=True)
class Found:
    """One document that was found."""

    document_id: DocumentId
    title: str
    title_hits: tuple[Range, ...]
    """In `title`."""
    snippet: str
    """A line of the text around hits; the text's beginning if only the title has any."""
    snippet_hits: tuple[Range, ...]
    """In `snippet`."""
    hits: int
    """In the text, title aside; `MOST_HITS` stands for more."""
    places: tuple[Range, ...]
    """The first hits in the document as it was when it was indexed; a hit in a footnote or in
    what an image is said to show is where the embed is."""


@dataclass(frozen=True, slots=True)
class Results:
    """What a query found."""

    found: tuple[Found, ...]
    """The page that was asked for, best first."""
    total: int
    """Documents found, on all pages."""
    unindexed: int
    """Documents with changes that this does not know of yet."""


def pattern_of(query: Query) -> re.Pattern[str]:
    """Return what finds the terms in folded text; the number of the group is the term's."""
    return re.compile("|".join(f"({term.pattern})" for term in query.terms))


def show(document_id: DocumentId, title: str, extract: Extract, query: Query) -> Found:
    """Return what is shown of a document that a query has found."""
    pattern = pattern_of(query)
    text = extract.text
    hits = _hits(text, pattern)
    start = _best_start(hits)
    snippet, offset = _snippet(text, start)
    return Found(
        document_id,
        title,
        _ranges(title, [(start, end) for start, end, _ in islice(_hits(title, pattern), 20)]),
        snippet,
        _ranges(
            snippet,
            [
                (start - offset, min(end - offset, len(snippet)))
                for start, end, _ in hits
                if offset <= start < offset + len(snippet)
            ],
        ),
        len(hits),
        _places(extract, hits),
    )


def _hits(text: str, pattern: re.Pattern[str]) -> list[tuple[int, int, int]]:
    """Return start and end (code points) of the hits in a text, and which term each is."""
    folded = Folded(text)
    found = islice(pattern.finditer(folded.text), MOST_HITS)
    return [
        (folded.origin(hit.start()), folded.origin(hit.end() - 1) + 1, hit.lastindex or 0)
        for hit in found
    ]


def _best_start(hits: list[tuple[int, int, int]]) -> int:
    """Return the hit from which on most of the terms are seen; the first of equals."""
    best, most = 0, 0
    for number, (start, _, _) in enumerate(hits):
        seen = {
            term for at, end, term in hits[number : number + 20] if end <= start + SNIPPET - _BEFORE
        }
        if len(seen) > most:
            best, most = start, len(seen)
    return best


def _snippet(text: str, hit: int) -> tuple[str, int]:
    """Return a line around a hit, from and to ends of words, and where in the text it begins."""
    start = max(0, hit - _BEFORE)
    if start:
        space = re.search(r"\s", text[start:hit])
        start += space.end() if space else 0
    end = min(len(text), start + SNIPPET)
    if end < len(text):
        space = re.search(r"\s\S*\Z", text[hit:end])
        end = hit + space.start() if space and space.start() > SNIPPET // 4 else end
    return text[start:end].translate(_NOT_SHOWN), start


def _ranges(text: str, hits: list[tuple[int, int]]) -> tuple[Range, ...]:
    ranges = []
    at = units = 0
    for start, end in hits:
        units += utf16_length(text[at:start])
        length = utf16_length(text[start:end])
        ranges.append(Range(units, length))
        at, units = end, units + length
    return tuple(ranges)


def _places(extract: Extract, hits: list[tuple[int, int, int]]) -> tuple[Range, ...]:
    begins = [start for start, _ in extract.notes]
    places = []
    for start, end, _ in hits[:MOST_PLACES]:
        note = bisect_right(begins, start) - 1
        if note < 0:
            places.append((start, end))
        else:
            embed = extract.notes[note][1]
            places.append((embed, embed + len(EMBED)))
    places = sorted(set(places))
    return _ranges(extract.text, places)
