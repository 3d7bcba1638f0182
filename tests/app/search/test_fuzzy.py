"""Which titles are meant by some letters of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.search.fuzzy import Title, best
from sync.document.positions import utf16_length
from sync.types import DocumentId
from tests.app.search.parts import parts


def found(text: str, *titles: str) -> list[str]:
    made = [Title(DocumentId(str(number)), title) for number, title in enumerate(titles)]
    return [fits.title.text for fits in best(text, made)]


def marked(text: str, title: str) -> list[str]:
    (fits,) = best(text, [Title(DocumentId("1"), title)])
    return parts(title, fits.title.ranges(fits.places))


def test_nothing_typed_is_everything_as_it_was() -> None:
    assert found("", "b", "a") == ["b", "a"]
    assert found("  ", "b", "a") == ["b", "a"]
    assert found("!", "b", "!") == []


def test_the_better_ways_come_first() -> None:
    titles = ["Women", "A mention", "Meeting notes", "The mn", "Mn and more", "Mnemonics"]
    assert found("mn", *titles) == [
        *("Mn and more", "Mnemonics", "The mn", "Meeting notes", "Women", "A mention")
    ]


def test_equals_stay_in_order() -> None:
    assert found("note", "Note b", "Note a", "x") == ["Note b", "Note a"]


@pytest.mark.parametrize(
    ("text", "title", "letters"),
    [
        ("note", "My Notes", ["Note"]),
        ("uber", "Über Nacht", ["Über"]),
        ("strasse", "Die Straße", ["Straße"]),
        ("nacht ub", "Über Nacht", ["Üb", "Nacht"]),
        ("mn", "Meeting Notes", ["M", "N"]),
        ("ote", "My 😀 Notes", ["ote"]),
        ("京", "東京都", ["京"]),
        ("東都", "東京都", ["東", "都"]),
        ("mts", "My 😀 Notes", ["M", "t", "s"]),
        ("ﬁ", "Fi", ["Fi"]),
        ("f", "ﬁn", ["ﬁ"]),
    ],
)
def test_the_letters_are_marked(text: str, title: str, letters: list[str]) -> None:
    assert marked(text, title) == letters


def test_every_word_must_be_there() -> None:
    assert found("white whale", "The whale, white", "The white duck") == ["The whale, white"]
    assert found("zq", "Quiz") == []


@given(st.text(max_size=12), st.text(max_size=30))
def test_ranges_lie_in_the_title(text: str, title: str) -> None:
    title = title.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    for fits in best(text, [Title(DocumentId("1"), title)]):
        at = 0
        for each in fits.title.ranges(fits.places):
            assert each.start >= at
            assert each.length > 0
            at = each.start + each.length
        assert at <= utf16_length(title)


@given(st.text(min_size=1, max_size=30), st.data())
def test_a_part_of_a_title_finds_it(title: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(title) - 1))
    end = data.draw(st.integers(start + 1, len(title)))
    part = title[start:end]
    made = Title(DocumentId("1"), title)
    if made.words.strip() and any(letter.isalnum() and letter.isascii() for letter in part):
        assert best(part, [made])


def test_it_is_given_up() -> None:
    titles = [Title(DocumentId(str(number)), "note") for number in range(2_000)]
    looks = iter([False, True])
    assert len(best("n", titles, lambda: next(looks))) == 512
