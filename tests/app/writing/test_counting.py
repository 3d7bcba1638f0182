from __future__ import annotations

import pytest

from app.editor.mirror import Paragraph
from app.writing.counting import Counts, Tally, count


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("one two  three", 3),
        ("don’t well-known e.g. 3.14 snake_case", 6),
        ("— “quoted” … --", 1),
        ("中文字", 3),
        ("カタカナ語 and English", 7),
        ("e\u0301te\u0301 שלום عربي", 3),
        ("한국어 문장", 2),
        ("a\ufffcb", 1),
    ],
)
def test_words(text: str, words: int) -> None:
    assert count(text).words == words


def test_characters() -> None:
    assert count("a 😀\u2028b\ufffc") == Counts(2, 5, 3)


def paragraphs(*texts: str) -> list[Paragraph]:
    return [Paragraph.of([(text, "")], "") for text in texts]


def test_a_tally_follows_replaced_paragraphs() -> None:
    tally = Tally()
    shown = paragraphs("one two", "three")
    assert tally.total(shown) == Counts(3, 12, 11)
    shown[1:] = paragraphs("four five six", "")
    assert tally.total(shown) == Counts(5, 20, 17)


def test_a_long_text_is_counted_in_turns() -> None:
    tally = Tally()
    shown = paragraphs(*("some words here",) * 100)
    turns = 1
    while (total := tally.total(shown, seconds=-1)) is None:
        turns += 1
    assert turns == 7
    assert total == Counts(300, 1500, 1300)
