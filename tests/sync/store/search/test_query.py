from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.store.search.query import MOST_WORDS, Query, Term, parse


def words(*texts: str) -> tuple[Term, ...]:
    """Terms as people write them: a star for an unfinished word."""
    return tuple(Term(tuple(text.rstrip("*").split()), prefix=text.endswith("*")) for text in texts)


@pytest.mark.parametrize(
    ("text", "terms", "excluded"),
    [
        ("", [], []),
        (' - "" -"" ?! 👍', [], []),
        ("White WHALE", ["white", "whale*"], []),
        ("whale ", ["whale*"], []),
        ('"white whale"', ["white whale"], []),
        ("“white whale” ahab", ["white whale", "ahab*"], []),
        ('"white wha', ["white", "wha*"], []),
        ('"the white wha', ["the white", "wha*"], []),
        ("whale -white", ["whale"], ["white"]),
        ('whale -"white one" ahab', ["whale", "ahab*"], ["white one"]),
        ("well-known fact", ["well known", "fact*"], []),
        ("-white", [], ["white"]),
        ("東京", ["東 京*"], []),
        ("NEAR(a b) OR title:x AND *", ["near a", "b", "or", "title x", "and*"], []),
        ("a a a*", ["a", "a*"], []),
    ],
)
def test_what_is_asked_for(text: str, terms: list[str], excluded: list[str]) -> None:
    assert parse(text) == Query(words(*terms), words(*excluded))


def test_no_more_than_so_many_words() -> None:
    query = parse(" ".join(f"w{number}" for number in range(200)))
    assert len(query.terms) == MOST_WORDS


@given(st.text())
def test_anything_can_be_typed(text: str) -> None:
    query = parse(text)
    for term in (*query.terms, *query.excluded):
        assert all(term.words)
