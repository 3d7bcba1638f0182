"""Real dictionaries: the bundled ones, the system's through enchant, a person's own words."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.resources import resources
from app.spelling.checker import Checker
from app.spelling.speller import Enchant, Hunspell, best
from app.spelling.word_list import WordList

OWN = resources() / "dictionaries"


@pytest.fixture
def checker(tmp_path: Path) -> Checker:
    return Checker(OWN, WordList(tmp_path / "words.txt"))


def wrong(checker: Checker, text: str) -> list[str]:
    units = text.encode("utf-16-le")
    return [units[2 * a : 2 * b].decode("utf-16-le") for a, b in checker.misspelled(text)]


@pytest.mark.parametrize("source", [Enchant(), Hunspell([OWN])], ids=["enchant", "hunspell"])
def test_both_sources_know_english(source: Enchant | Hunspell) -> None:
    assert "en_US" in source.languages()
    speller = source.open("en_US")
    assert speller.check("colorful")
    assert speller.check("don't")
    assert not speller.check("teh")
    assert "the" in speller.suggest("teh")


def test_misspelled_words_in_utf16_units(checker: Checker) -> None:
    assert checker.use("en_US", "Latn") == "en_US"
    assert wrong(checker, "😀 teh right wrods, don’t") == ["teh", "wrods"]
    assert checker.suggest("wrods")[0] == "words"
    assert "doesn’t" in checker.suggest("dosn’t")


def test_british_and_american(checker: Checker) -> None:
    checker.use("en_GB", "Latn")
    assert wrong(checker, "colour color") == ["color"]
    checker.use("en_US", "Latn")
    assert wrong(checker, "colour color") == ["colour"]


def test_letters_of_other_scripts_are_left_alone(checker: Checker) -> None:
    checker.use("en_US", "Latn")
    assert wrong(checker, "слово λόγος wrods") == ["wrods"]


def test_no_dictionary_marks_nothing(checker: Checker) -> None:
    assert checker.use("xx_XX", "Latn") is None
    assert wrong(checker, "teh wrods") == []
    assert checker.suggest("teh") == []


def test_own_and_ignored_words(checker: Checker, tmp_path: Path) -> None:
    checker.use("en_US", "Latn")
    checker.add("Inkstandish")
    checker.ignore("wrods")
    text = "Inkstandish Inkstandish’s inkstandish wrods Wrods teh"
    assert wrong(checker, text) == ["inkstandish", "teh"]
    assert (tmp_path / "words.txt").read_text() == "Inkstandish\n"
    checker.remove("Inkstandish")
    assert wrong(checker, "Inkstandish") == ["Inkstandish"]


def test_the_word_list_is_the_persons_to_edit(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_bytes("# names\nAda\n  Böll \n\nbroken \xff\n".encode("latin-1"))
    words = WordList(path)
    assert "Ada" in words.words()
    words.add("Zoë")
    assert path.read_bytes().startswith("# names\nAda\n  Böll \n".encode("latin-1"))
    path.write_text("Eve\n", encoding="utf-8")
    assert words.words() == {"Eve"}
    words.add("Eve")
    assert path.read_text(encoding="utf-8") == "Eve\n"
    path.unlink()
    assert words.words() == frozenset()
    assert [one.name for one in tmp_path.iterdir()] == []


@pytest.mark.parametrize(
    ("wanted", "there", "chosen"),
    [
        ("en_GB", ["en_US", "en_GB"], "en_GB"),
        ("en-GB", ["en_US", "en_GB"], "en_GB"),
        ("en_NZ", ["en_AU", "en_GB", "en_US"], "en_US"),
        ("de_CH", ["de_AT", "de_DE"], "de_DE"),
        ("eo", ["eo"], "eo"),
        ("fr_FR", ["en_US"], None),
    ],
)
def test_the_best_dictionary_for_a_language(
    wanted: str, there: list[str], chosen: str | None
) -> None:
    assert best(wanted, there) == chosen
