from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.store.search.folding import _FOLDING, Folded, fold


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Éléphant NAÏVE Ångström", "elephant naive angstrom"),
        ("Straße STRASSE", "strasse strasse"),
        ("ﬁne Øre łódź æon œuvre", "fine ore lodz aeon oeuvre"),
        ("Ἀθῆναι йод İstanbul ılık", "αθηναι иод istanbul ilik"),
        ("don’t well-known a/b, c.", "don t well known a b c"),
        ("soft\u00adhyphen zero\u200dwidth", "softhyphen zerowidth"),
        ("東京都へ", "東 京 都 へ"),
        ("ﾃﾚﾋﾞ テレビ", "テ レ ヒ テ レ ヒ"),
        ("iPhone充電", "iphone 充 電"),
        ("한국", unicodedata.normalize("NFD", "한") + " " + unicodedata.normalize("NFD", "국")),
        ("a👍🏽b ❤️ ☃", "a b"),
        ("x\0y\nz\ufffcw \ud800", "x y z w"),
        ("कि का", "कि का"),
    ],
)
def test_words(text: str, words: str) -> None:
    assert fold(text).split() == words.split()


@given(st.text())
def test_composed_or_not_is_the_same(text: str) -> None:
    decomposed = unicodedata.normalize("NFD", text)
    composed = unicodedata.normalize("NFC", text)
    assert fold(decomposed).split() == fold(composed).split()


@given(
    st.text()
    | st.text(st.characters(min_codepoint=0x2FF0, max_codepoint=0x3110))
    | st.text(st.characters(max_codepoint=0x7F))
)
def test_a_text_is_folded_as_its_characters_are(text: str) -> None:
    assert fold(text).split() == text.translate(_FOLDING).split()


@given(st.text())
def test_folded_words_stay_as_they_are_and_have_no_syntax(text: str) -> None:
    folded = fold(text)
    assert fold(folded).split() == folded.split()
    assert all(
        character == " " or character.isalnum() or character > "\x7f" for character in folded
    )


@given(st.text(st.sampled_from("aé ß東がヴ。、ー한\u0301👍\n"), max_size=5_000))
def test_the_way_back(text: str) -> None:
    folded = Folded(text)
    assert folded.text == fold(text)
    origins = [folded.origin(index) for index in range(len(folded.text))]
    expected = [at for at, character in enumerate(text) for _ in fold(character)]
    assert origins == expected
