"""Which documents a query finds, best first."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter

from sync.store.search.query import Query, Term

MOST_RANKED = 1_000
"""Documents that are put in order by how much they are about the words (bm25): about 10 µs each.
More are found only by what says nothing about a document, like a letter or "the"."""

SHORTEST_EXPANDED = 4
"""Letters of an unfinished word, alone, from which on all words that begin so count for the order;
of fewer, only the word that is just this. Beside others an unfinished word does not count: FTS5
would read the places of all words that begin so, 40 ms for "math"."""

_TITLE, _TEXT = 10.0, 1.0
"""Weights for bm25."""


def match(connection: sqlite3.Connection, query: Query) -> list[int]:
    """Return the numbers of all documents that a query finds.

    First come those that have more of the words in their title, then those that are more about
    them, then the newest.
    """
    found = _candidates(connection, query)
    in_titles: Counter[int] = Counter()
    for term in query.terms:
        in_titles.update(_numbers(connection, "titles", term.match))
    scores = _scores(connection, query, found) if 1 < len(found) <= MOST_RANKED else {}
    known = found & (in_titles.keys() | scores.keys())
    first = sorted(known, key=lambda number: (-in_titles[number], scores.get(number, 0.0), -number))
    return first + sorted(found - known, reverse=True)


def _candidates(connection: sqlite3.Connection, query: Query) -> set[int]:
    found: set[int] | None = None
    for table, terms in _by_table(query.terms):
        some = _numbers(connection, table, " AND ".join(term.match for term in terms))
        found = some if found is None else found & some
        if not found:
            return set()
    if found is None:
        return set()
    for table, terms in _by_table(query.excluded):
        found -= _numbers(connection, table, " OR ".join(term.match for term in terms))
    return found


def _by_table(terms: tuple[Term, ...]) -> list[tuple[str, list[Term]]]:
    words = [term for term in terms if not term.is_phrase]
    phrases = [term for term in terms if term.is_phrase]
    return [(table, some) for table, some in (("words", words), ("phrases", phrases)) if some]


def _numbers(connection: sqlite3.Connection, table: str, expression: str) -> set[int]:
    sql = f"SELECT rowid FROM {table} WHERE {table} MATCH ?"  # noqa: S608
    return {number for (number,) in connection.execute(sql, [expression])}


def _scores(connection: sqlite3.Connection, query: Query, found: set[int]) -> dict[int, float]:
    """Return how much documents are about the words: the less, the more."""
    terms = [term for term in query.terms if not term.prefix or term.is_phrase]
    if not terms:
        (word,) = query.terms
        terms = [word if len(word.words[0]) >= SHORTEST_EXPANDED else Term(word.words)]
    rows = connection.execute(
        f"SELECT rowid, bm25(phrases, {_TITLE}, {_TEXT}) FROM phrases WHERE phrases MATCH ?"  # noqa: S608
        # The plus keeps SQLite from asking FTS5 for each document by itself.
        " AND +rowid IN (SELECT value FROM json_each(?))",
        [" AND ".join(term.match for term in terms), json.dumps(list(found))],
    )
    return dict(rows)
