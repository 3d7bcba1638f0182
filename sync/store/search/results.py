"""What a search found, ready to be shown: plain text, and ranges in it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

from sync.document.positions import EMBED, utf16_length
from sync.store.search.extract import Extract
from sync.store.search.folding import Folded
from sync.store.search.query import Query, Term
from sync.types import DocumentId

SNIPPET = 160
"""Code points of a snippet, at most."""

_BEFORE = 40
"""Code points of a snippet before the first hit in it."""

MOST_HITS = 1_000
"""Hits that are counted in one document."""

_COMPARED = 200
"""Hits of which the best is looked for, to begin a snippet with."""

_AROUND = 20
"""Hits on either side of the best that may be in a snippet with it."""

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


_Hit: TypeAlias = tuple[int, int, int]
"""Start and end in folded text, and which of the terms it is."""


def locate(text: str, query: Query) -> tuple[tuple[Range, ...], int]:
    """Return where the hits are in a text as it is now, and which of them is the best.

    The best is the one that `Found.snippet` begins with. Without any hit it is 0.
    """
    folded = Folded(text)
    hits = _hits(folded, query, MOST_HITS)
    if not hits:
        return (), 0
    best = _best(hits, len(query.terms))
    origins = _origins(folded, hits)
    ranges = _ranges(text, origins)
    start = utf16_length(text[: origins[best][0]])
    return ranges, max(0, bisect_right(ranges, start, key=lambda each: each.start) - 1)


def show(document_id: DocumentId, title: str, extract: Extract, query: Query) -> Found:
    """Return what is shown of a document that a query has found."""
    text = extract.text
    folded = Folded(text)
    hits = _hits(folded, query, MOST_HITS)
    best = _best(hits, len(query.terms))
    snippet, offset = _snippet(text, folded.origin(hits[best][0]) if hits else 0)
    shown = [
        (start - offset, min(end - offset, len(snippet)))
        for start, end in _origins(folded, hits[max(0, best - _AROUND) : best + _AROUND])
        if offset <= start < offset + len(snippet)
    ]
    folded_title = Folded(title)
    in_title = _hits(folded_title, query, MOST_PLACES)
    return Found(
        document_id,
        title,
        _ranges(title, _origins(folded_title, in_title)),
        snippet,
        _ranges(snippet, shown),
        len(hits),
        _places(extract, _origins(folded, hits[:MOST_PLACES])),
    )


def _hits(folded: Folded, query: Query, most: int) -> list[_Hit]:
    """Return the first hits; none overlaps another."""
    text = f" {folded.text} "
    every: list[_Hit] = []
    for number, term in enumerate(query.terms):
        every += [(start, end - 1, number) for start, end in islice(_spans(text, term), most)]
    if len(query.terms) < 2:
        return every
    hits: list[_Hit] = []
    behind = 0
    for hit in sorted(every, key=lambda hit: (hit[0], -hit[1])):
        if hit[0] >= behind:
            hits.append(hit)
            behind = hit[1]
    return hits[:most]


def _spans(text: str, term: Term) -> Iterator[tuple[int, int]]:
    """Yield where a term stands in folded text, with the space before it."""
    if term.is_phrase:
        yield from map(re.Match.span, re.finditer(term.pattern, text))
        return
    # `str.find` is ten times as fast as `re`.
    word = f" {term.words[0]}"
    wanted = word if term.prefix else f"{word} "
    at = text.find(wanted)
    while at >= 0:
        end = at + len(word)
        yield at, end
        at = text.find(wanted, end)


def _origins(folded: Folded, hits: Iterable[_Hit]) -> list[tuple[int, int]]:
    """Return start and end (code points) of hits in the text that was folded."""
    return [(folded.origin(start), folded.origin(end - 1) + 1) for start, end, _ in hits]


def _best(hits: list[_Hit], terms: int) -> int:
    """Return the hit from which on most of so many terms are seen; the first of equals."""
    best, most = 0, 0
    for number, (first, _, _) in enumerate(hits[:_COMPARED]):
        limit = first + SNIPPET - _BEFORE
        near = hits[number : number + _AROUND]
        seen = {term for _, end, term in near if end <= limit}
        if len(seen) > most:
            best, most = number, len(seen)
            if most == terms:
                break  # nothing can be better
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
    """Return hits in UTF-16 units; one that shares a character with the last goes on behind it."""
    ranges = []
    at = units = 0
    for first, end in hits:
        start = max(first, at)
        if start < end:
            units += utf16_length(text[at:start])
            length = utf16_length(text[start:end])
            ranges.append(Range(units, length))
            at, units = end, units + length
    return tuple(ranges)


def _places(extract: Extract, hits: list[tuple[int, int]]) -> tuple[Range, ...]:
    begins = [start for start, _ in extract.notes]
    places = set()
    for start, end in hits:
        note = bisect_right(begins, start) - 1
        if note < 0:
            places.add((start, end))
        else:
            embed = extract.notes[note][1]
            places.add((embed, embed + len(EMBED)))
    return _ranges(extract.text, sorted(places))
