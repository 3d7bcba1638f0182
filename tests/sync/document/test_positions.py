from __future__ import annotations

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.document.positions import TextIndex, point_at_utf16, utf8_length, utf16_length
from sync.errors import InvalidChange

# ASCII, two and three byte characters, combining marks, surrogate pairs, NUL (an embed).
CHARACTERS = "ab\n é́ßאع中あ\u2028\ufffc😀👩🏽‍🚀𝔘\0"
texts = st.text(alphabet=CHARACTERS, max_size=40)
long_texts = st.builds(lambda part, times: part * times, texts, st.integers(1, 200))


def utf16_boundaries(text: str) -> list[int]:
    return list(accumulate((2 if c > "\uffff" else 1 for c in text), initial=0))


@given(texts)
def test_lengths_are_those_of_the_encodings(text: str) -> None:
    assert utf16_length(text) == len(text.encode("utf-16-le")) // 2
    assert utf8_length(text) == len(text.encode())
    for point, units in enumerate(utf16_boundaries(text)):
        assert point_at_utf16(text, units) == point


@given(long_texts, st.data())
def test_index_converts_as_the_encodings_do(text: str, data: st.DataObject) -> None:
    index = TextIndex([text])
    assert str(index) == text
    boundaries = utf16_boundaries(text)
    for _ in range(5):
        point = data.draw(st.integers(0, len(text)))
        utf8 = len(text[:point].encode())
        assert index.utf8_at(boundaries[point]) == utf8
        assert index.utf16_at(utf8) == boundaries[point]


@given(st.lists(st.tuples(st.integers(0), st.integers(0), long_texts), max_size=12))
def test_index_follows_edits(edits: list[tuple[int, int, str]]) -> None:
    text = ""
    index = TextIndex()
    for start, length, inserted in edits:
        start %= len(text) + 1
        end = min(len(text), start + length % 3000)
        boundaries = utf16_boundaries(text)
        index.delete(boundaries[start], boundaries[end] - boundaries[start])
        index.insert(boundaries[start], inserted)
        text = text[:start] + inserted + text[end:]
        assert str(index) == text
        assert (index.utf16_length, index.utf8_length) == (utf16_length(text), utf8_length(text))
        boundaries = utf16_boundaries(text)
        middle = len(text) // 2
        assert index.utf8_at(boundaries[middle]) == utf8_length(text[:middle])
        assert index.slice(boundaries[middle], boundaries[-1]) == text[middle:]


def test_a_position_inside_a_character_is_refused() -> None:
    index = TextIndex(["a😀é"])
    with pytest.raises(InvalidChange):
        index.utf8_at(2)
    with pytest.raises(InvalidChange):
        index.utf16_at(3)


@pytest.mark.parametrize("position", [-1, 5])
def test_a_position_outside_is_refused(position: int) -> None:
    index = TextIndex(["abcd"])
    with pytest.raises(InvalidChange):
        index.utf8_at(position)
    with pytest.raises(InvalidChange):
        index.utf16_at(position)
