"""Words and what texts have in common, whatever they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.document import words
from sync.document.words import gaps, is_boundary, match, tokens, whole_words

texts = st.text(alphabet="ab é'\n😀中\u0301", max_size=60).map(
    lambda text: "".join(
        chr(int.from_bytes(text.encode("utf-16-le")[i : i + 2], "little"))
        for i in range(0, len(text.encode("utf-16-le")), 2)
    )
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It's one.", ["It's", " ", "one", "."]),
        ("naïve cafe\u0301", ["naïve", " ", "cafe\u0301"]),
        ("中文 ひらa", ["中", "文", " ", "ひ", "ら", "a"]),
        ("a\n\nb", ["a", "\n", "\n", "b"]),
        ("x\U00010000y", ["x", "\U00010000", "y"]),  # an embed
    ],
)
def test_what_a_word_is(text: str, found: list[str]) -> None:
    assert [text[slice(*span)] for span in tokens(text, 0, len(text))] == found


@given(texts)
def test_words_cover_the_text_and_end_at_boundaries(text: str) -> None:
    spans = tokens(text, 0, len(text))
    assert "".join(text[slice(*span)] for span in spans) == text
    assert all(is_boundary(text, start) for start, _ in spans)


@pytest.mark.parametrize("most", [0, 20, 400_000])
@given(old=texts, new=texts)
def test_what_is_in_common_is_the_same_and_in_order(most: int, old: str, new: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(words, "_MOST_PAIRS", most)
        blocks = match([], old, new)
        at = to = 0
        for start, place, length in blocks:
            assert start >= at
            assert place >= to
            assert length > 0
            assert old[start : start + length] == new[place : place + length]
            at, to = start + length, place + length
        assert match([], old, old) == ([(0, 0, len(old))] if old else [])
        rest = sum(gap.end - gap.at for gap in gaps(blocks, old, new))
        assert rest + sum(length for _, _, length in blocks) == len(old)
        for start, place, length in whole_words(blocks, old, new):
            assert is_boundary(old, start)
            assert is_boundary(new, place)
            assert is_boundary(old, start + length)
            assert is_boundary(new, place + length)


def test_lines_that_moved_cost_no_more_than_their_number() -> None:
    lines = [f"{number % 200}\n" for number in range(20_000)]
    assert match([], "".join(lines) + "the end\n", "the end\n" + "".join(reversed(lines)))
