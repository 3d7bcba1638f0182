"""Which words are checked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.spelling.words import as_written, words


def checked(text: str, skipped: list[tuple[int, int]] | None = None, **more: bool) -> list[str]:
    return [word for _, _, word in words(text, skipped or [], **more)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Plain words, and more.", ["Plain", "words", "and", "more"]),
        ("don't rock’n’roll 'quoted' dogs’", ["don't", "rock'n'roll", "quoted", "dogs"]),
        ("well-known", ["well", "known"]),
        ("a I", []),
        ("R2D2 x_y 3rd MP3s", []),
        ("NASA is", ["is"]),
        ("see https://example.org/teh?a=teh, or", ["see", "or"]),
        ("write to teh.wriet@exampel.com now", ["write", "to", "now"]),
        ("www.teh.org teh.com #teh @teh /usr/teh", []),
        ("press Ctrl+Z or Strg+Umschalt+B, not Ctlr", ["press", "or", "not", "Ctlr"]),
        ("salt+pepper", ["salt", "pepper"]),
        ("naïve Übermaß слово λόγος", ["naïve", "Übermaß", "слово", "λόγος"]),
        ("e\u0301te\u0301", ["été"]),
        ("hy\u00adphen", ["hyphen"]),
        ("می\u200cروم", ["می\u200cروم"]),
        ("日本語 ไทย", []),
        ("x" * 100, []),
        ("one\ufffctwo", ["one", "two"]),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert checked(text) == expected


def test_capitals_when_wanted() -> None:
    assert checked("NASA is", capitals=True) == ["NASA", "is"]


def test_code_and_links_are_left_out() -> None:
    assert checked("one two three four", [(4, 7), (14, 18)]) == ["one", "three"]


def test_suggestions_have_the_apostrophes_of_the_page() -> None:
    assert as_written("don't", "dont’t") == "don’t"
    assert as_written("don't", "dont't") == "don't"


@given(st.text(max_size=80), st.lists(st.tuples(st.integers(0, 80), st.integers(0, 80))))
def test_words_lie_in_order_and_outside_what_is_skipped(
    text: str, skipped: list[tuple[int, int]]
) -> None:
    at = 0
    skipped = [(min(pair), max(pair)) for pair in skipped]
    for start, end, _ in words(text, skipped):
        assert at <= start < end <= len(text)
        assert not any(start < b and a < end for a, b in skipped if a < b)
        at = end


def test_a_text_without_spaces_takes_no_quadratic_time() -> None:
    for piece in ("a.", "a@", "aa", "www.", "a-", "://"):
        checked(piece * 30_000)  # minutes, if it were
