from __future__ import annotations

import pytest

from app.editor.mirror import Mirror
from app.writing.counting import Counts, Tally, count
from sync.document.delta import Insert


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


def mirror(*texts: str) -> Mirror:
    return Mirror([Insert("\n".join(texts) + "\n")])


def test_only_what_changed_is_counted_again() -> None:
    shown = mirror("one two", "three")
    tally = Tally(shown)
    assert tally.total() == Counts(3, 12, 11)
    shown.replace(1, 1, mirror("four five six", "").paragraphs)
    assert tally.total() == Counts(5, 20, 17)
    shown.insert_text(0, 7, " more", "")
    shown.split(1, 4, "")
    assert tally.total() == Tally(shown).total() == Counts(6, 25, 21)
    tally.close()
    shown.insert_text(0, 0, "unheard ", "")
    assert tally.total() == Counts(6, 25, 21)


def test_what_is_replaced_before_it_was_counted_counts_nothing() -> None:
    shown = mirror(*("some words here",) * 40)
    tally = Tally(shown)
    assert tally.total(seconds=-1) is None
    shown.delete(0, 0, 16 * 20)
    other = Tally(shown)
    assert other.total() == Counts(60, 300, 260)
    assert tally.total() == Counts(60, 300, 260)


def test_a_long_text_is_counted_in_turns() -> None:
    tally = Tally(mirror(*("some words here",) * 100))
    turns = 1
    while (total := tally.total(seconds=-1)) is None:
        turns += 1
    assert turns == 7
    assert total == Counts(300, 1500, 1300)
