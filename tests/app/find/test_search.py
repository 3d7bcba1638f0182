"""Search alone: what is a hit and where, in UTF-16 units."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.find.query import BadPattern, Cancelled, Query, TookTooLong
from app.find.search import search


def found(text: str, query: Query) -> list[str]:
    units = text.encode("utf-16-le")
    hits = search(text, query)
    return [
        units[2 * s : 2 * e].decode("utf-16-le")
        for s, e in zip(hits.starts, hits.ends, strict=True)
    ]


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        (Query("the"), "The other", ["The", "the"]),
        (Query("the", case=True), "The other", ["the"]),
        (Query("the", whole_word=True), "The other", ["The"]),
        (Query("-x", whole_word=True), "a -x -xy", ["-x"]),
        (Query("a.c"), "abc a.c", ["a.c"]),
        (Query("a.c", is_regex=True), "abc a.c", ["abc", "a.c"]),
        (Query("^b.*$", is_regex=True), "abc\nbcd\nb", ["bcd", "b"]),
        (Query("c\\nb", is_regex=True), "abc\nbcd", ["c\nb"]),
        (Query("a|the", whole_word=True, is_regex=True), "a the tha", ["a", "the"]),
        (Query("don't"), "don\u2019t don't", ["don\u2019t", "don't"]),
        (Query('"a b"'), "\u201ca\u00a0b\u201d", ["\u201ca\u00a0b\u201d"]),
        (Query("é"), "\u00e9 e\u0301", ["\u00e9", "e\u0301"]),
        (Query("É"), "\u00e9 e\u0301", ["\u00e9", "e\u0301"]),
        (Query("слово"), "😀 Слово", ["Слово"]),
        (Query("x.y", is_regex=True), "x\ufffcy xzy", ["xzy"]),
        (Query("\ufffc"), "x\ufffcy", []),
        (Query(""), "abc", []),
    ],
)
def test_what_is_found(query: Query, text: str, expected: list[str]) -> None:
    assert found(text, query) == expected


PIECES = st.sampled_from(["a", "b", "ab", " ", "\n", "😀", "é", "e\u0301", "\ufffc", "字"])


@given(st.lists(PIECES).map("".join), st.sampled_from(["a", "ab", "字", "😀", "b a"]))
def test_hits_are_where_a_plain_search_finds_them(text: str, wanted: str) -> None:
    hits = search(text, Query(wanted, case=True))
    expected, at = [], text.find(wanted)
    while at >= 0:
        start = len(text[:at].encode("utf-16-le")) // 2
        expected.append((start, start + len(wanted.encode("utf-16-le")) // 2))
        at = text.find(wanted, at + len(wanted))
    assert [hits[n] for n in range(len(hits))] == expected


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_expression_does_harm(pattern: str, text: str) -> None:
    try:
        hits = search(text, Query(pattern, is_regex=True), time_limit=0.5)
    except (BadPattern, TookTooLong):
        return
    length = len(text.encode("utf-16-le")) // 2
    assert all(
        0 <= start <= end <= length for start, end in zip(hits.starts, hits.ends, strict=True)
    )


@given(st.lists(PIECES).map("".join), st.integers(0, 30), st.integers(0, 30))
def test_neighbours_of_a_position(text: str, start: int, end: int) -> None:
    start, end = min(start, end), max(start, end)
    hits = search(text, Query("a|b", is_regex=True))
    spans = [hits[n] for n in range(len(hits))]
    after, before = hits.after(start), hits.before(start)
    assert (None if after is None else spans[after]) == next(
        (span for span in spans if span[0] >= start), None
    )
    assert (None if before is None else spans[before]) == next(
        (span for span in reversed(spans) if span[1] <= start), None
    )
    touched = [spans[n] for n in hits.between(start, end)]
    assert touched == [span for span in spans if span[1] >= start and span[0] <= end]


def test_only_in_a_range() -> None:
    hits = search("ab ab ab", Query("ab"), within=(1, 7))
    assert [hits[n] for n in range(len(hits))] == [(3, 5)]


def test_more_than_are_kept_is_said() -> None:
    hits = search("aaaa", Query("a"), limit=3)
    assert len(hits) == 3
    assert hits.more
    assert not search("aaa", Query("a"), limit=3).more


def test_a_pattern_that_would_never_end_is_given_up() -> None:
    with pytest.raises(TookTooLong):
        search("a" * 60 + "!", Query("(a+)+$|(a|aa)+$", is_regex=True), time_limit=0.2)


@pytest.mark.parametrize("pattern", ["(", "[", "*a", "a{2,1}", "(?P<x", "\\", "(" * 900])
def test_a_bad_pattern_says_why(pattern: str) -> None:
    with pytest.raises(BadPattern) as error:
        search("text", Query(pattern, is_regex=True))
    assert error.value.reason


def test_nobody_waits_any_more() -> None:
    with pytest.raises(Cancelled):
        search("aaa", Query("a"), cancelled=lambda: True)
