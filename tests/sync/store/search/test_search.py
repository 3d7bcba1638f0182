"""What is found, and in which shape; over real files."""

from __future__ import annotations

import tempfile
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.document.delta import Embed, Insert, insert
from sync.document.document import Document
from sync.store.search import index
from sync.store.search.folding import fold
from sync.store.search.results import Range, Results
from sync.store.store import Store
from sync.types import DocumentId, Origin, comments_id, library_id
from tests.sync.store.search.library import add, ids, remove, rewrite, search


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "profile") as store:
        yield store


def cut(text: str, ranges: tuple[Range, ...]) -> list[str]:
    """Return the parts of a text that ranges in UTF-16 units name."""
    encoded = text.encode("utf-16-le")
    return [
        encoded[2 * each.start : 2 * (each.start + each.length)].decode("utf-16-le")
        for each in ranges
    ]


def test_words_phrases_and_exclusions(store: Store) -> None:
    add(store, "moby", "Call me Ishmael. The white whale, the whale!")
    add(store, "duck", "A white duck is no whale")
    add(store, "cafe", "Éclairs im Straßencafé")
    assert ids(store, "whale") == ["moby", "duck"]  # the more of it, the earlier
    assert ids(store, "whal") == ["moby", "duck"]
    assert sorted(ids(store, "WHITE wha")) == ["duck", "moby"]
    assert ids(store, '"white whale"') == ["moby"]
    assert ids(store, '"whale white"') == []
    assert ids(store, "whale -duck") == ["moby"]
    assert ids(store, 'white -"white whale"') == ["duck"]
    assert ids(store, "eclairs strassencafe") == ["cafe"]
    assert ids(store, "hale") == []
    assert ids(store, "-whale") == ids(store, "") == ids(store, '"') == ids(store, "🐳") == []


def test_any_part_of_a_text_without_spaces_is_found(store: Store) -> None:
    add(store, "tokyo", "昨日、東京都へ行きました。")
    add(store, "kyoto", "京都の東")
    add(store, "seoul", "서울대학교에서")
    add(store, "bangkok", "กรุงเทพมหานคร")
    assert ids(store, "東京") == ["tokyo"]
    assert sorted(ids(store, "京都")) == ["kyoto", "tokyo"]
    assert ids(store, "行きました") == ["tokyo"]
    assert ids(store, "東 京都 -昨日") == ["kyoto"]
    assert ids(store, "대학교") == ids(store, unicodedata.normalize("NFD", "대학교")) == ["seoul"]
    assert ids(store, "대하") == ["seoul"]  # on the way to the next syllable
    assert ids(store, "มหานคร") == ["bangkok"]


def test_titles_come_first(store: Store) -> None:
    add(store, "much", "whale whale whale whale", "Ahab")
    add(store, "title", "nothing of it here", "The Whale")
    add(store, "both", "no more", "A white whale")
    assert ids(store, "whale")[2] == "much"
    assert ids(store, "white wh") == ["both"]
    assert ids(store, "ahab whale") == ["much"]
    (found,) = search(store, "white wh").found
    assert cut(found.title, found.title_hits) == ["white", "wh"]
    assert (found.snippet, found.hits, found.places) == ("no more ", 0, ())


def test_a_snippet_shows_hits_and_nothing_that_acts(store: Store) -> None:
    text = "👍 " * 200 + "far\n<b>away</b> \u202ethe Wälé\tsleeps " + "again " * 200
    add(store, "moby", text)
    (found,) = search(store, "wale sleeps").found
    assert "<b>away</b>  the Wälé sleeps" in found.snippet
    assert len(found.snippet) <= 160
    assert cut(found.snippet, found.snippet_hits) == ["Wälé", "sleeps"]
    assert cut(text, found.places) == ["Wälé", "sleeps"]
    assert found.hits == 2


def test_the_snippet_is_where_most_of_the_words_are(store: Store) -> None:
    add(store, "moby", "whale " + "and so on " * 100 + "a white whale " + "and so on " * 100)
    (found,) = search(store, "white whale").found
    assert cut(found.snippet, found.snippet_hits) == ["white", "whale"]
    assert found.hits == 3


def test_footnotes_and_images_are_found_where_they_stand(store: Store) -> None:
    document = Document()
    image = Insert(Embed({"image": "https://example.org/a.png"}), {"alt": "a quay"})
    contents = [
        Insert("😀 text"),
        Insert(Embed({"footnote": "a white whale"})),
        image,
        Insert("\n"),
    ]
    updates: list[tuple[bytes, Origin]] = []
    document.on_update(lambda update, origin: updates.append((update, origin)))
    document.apply([*contents], Origin.COMMAND)
    store.create_document(DocumentId("notes"), "Notes", updates).result()
    (found,) = search(store, "whale").found
    assert (found.places, found.hits) == ((Range(7, 1),), 1)
    assert cut(found.snippet, found.snippet_hits) == ["whale"]
    (found,) = search(store, "quay").found
    assert found.places == (Range(8, 1),)


def test_pages_and_totals(store: Store) -> None:
    for number in range(7):
        add(store, f"d{number}", "whale " * (number + 1))
    every = search(store, "whale")
    pages = [store.search.search("whale", limit=3, offset=offset) for offset in (0, 3, 6, 9)]
    assert [len(page.found) for page in pages] == [3, 3, 1, 0]
    assert {page.total for page in pages} == {7}
    assert tuple(found for page in pages for found in page.found) == every.found


def test_documents_that_are_not_to_be_found_are_not(store: Store) -> None:
    for name in ("one", "two", "trash"):
        add(store, name, "whale")
    store.search.catch_up()
    results = store.search.search("whale", without={DocumentId("trash"), DocumentId("unknown")})
    assert {found.document_id for found in results.found} == {"one", "two"}
    assert results.total == 2


def test_comments_and_libraries_are_no_content(store: Store) -> None:
    moby = add(store, "moby", "whale")
    add(store, comments_id(moby), "whale")
    add(store, library_id("ada"), "whale")
    assert ids(store, "whale") == ["moby"]
    assert store.search.stale() == []


def test_what_is_not_indexed_yet_is_known(store: Store) -> None:
    moby = add(store, "moby", "whale")
    assert store.search.search("whale") == Results((), 0, 1)
    store.search.catch_up()
    assert store.search.search("whale").unindexed == 0
    rewrite(store, moby, "duck")
    (stale,) = store.search.stale()
    assert (stale.id, stale.last_sequence) == ("moby", store.last_sequence(moby))
    assert store.search.search("whale").unindexed == 1
    assert (ids(store, "whale"), ids(store, "duck")) == ([], ["moby"])


def test_a_new_title_is_found(store: Store) -> None:
    moby = add(store, "moby", "text", "Whale")
    assert ids(store, "whale") == ["moby"]
    store.rename_document(moby, "Duck").result()
    assert (ids(store, "whale"), ids(store, "duck")) == ([], ["moby"])


def test_a_removed_document_leaves(store: Store) -> None:
    moby = add(store, "moby", "whale")
    assert ids(store, "whale") == ["moby"]
    remove(store, moby)
    assert store.search.search("whale").found == ()
    # Another takes its place in the table.
    add(store, "duck", "duck")
    assert ids(store, "whale") == []
    assert store.search.search("whale").total == 0
    assert ids(store, "duck") == ["duck"]


def test_a_page_that_is_not_full_because_documents_went_says_so(store: Store) -> None:
    names = [add(store, f"d{number}", "whale") for number in range(3)]
    store.search.catch_up()
    remove(store, names[1])
    results = store.search.search("whale")
    assert (len(results.found), results.total) == (2, 2)


WORDS = st.sampled_from(
    ["é", "e", "straße", "strasse", "東京", "京", "don't", "Whale", "whales", "👍"]
)
TEXTS = st.lists(WORDS, max_size=6).map(" ".join)


def contains(text: str, words: list[str], beginning: str) -> bool:
    """Whether a text has some folded words, and one that begins so; told without an index."""
    have = fold(text).split()
    return set(words) <= set(have) and any(word.startswith(beginning) for word in have)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_what_was_indexed_bit_by_bit_is_what_is_indexed_anew(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder)) as store:
        texts: dict[DocumentId, str] = {}
        for step in range(data.draw(st.integers(1, 8))):
            action = data.draw(st.sampled_from(["add", "rewrite", "remove", "index"]))
            if action == "index":
                store.search.catch_up()
            elif action == "add" or not texts:
                text = data.draw(TEXTS)
                texts[add(store, f"d{step}", text)] = text
            else:
                document_id = data.draw(st.sampled_from(sorted(texts)))
                if action == "remove":
                    remove(store, document_id)
                    del texts[document_id]
                else:
                    texts[document_id] = data.draw(TEXTS)
                    rewrite(store, document_id, texts[document_id])
        queries = data.draw(st.lists(WORDS, min_size=1, max_size=5))
        before = [search(store, query) for query in queries]
        assert store.search.check()
        store.search.rebuild()
        assert [search(store, query) for query in queries] == before
        for query in queries:
            words = fold(query).split()
            if len(words) == 1:
                expected = {each for each, text in texts.items() if contains(text, [], words[0])}
                assert set(ids(store, query)) == expected


@pytest.fixture(scope="module")
def library() -> Iterator[tuple[Store, dict[str, str]]]:
    """A library that is only read."""
    texts = {
        "one": "Ein Straßencafé, l'été; naïve",
        "two": "東京 ﬁne a_b 1½ ½ İstanbul",
        "three": "q\u0307\u0323 한국 ά Ω ☃ \u200b x",
    }
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder)) as store:
        for name, text in texts.items():
            add(store, name, text)
        store.search.catch_up()
        yield store, texts


@settings(max_examples=300, deadline=None)
@given(
    st.text()
    | st.lists(st.sampled_from("\"-*():^{}+ ANDORNTabcé東한\0'\\"), max_size=12).map("".join)
)
def test_nothing_that_is_typed_is_an_error(
    library: tuple[Store, dict[str, str]], text: str
) -> None:
    store, _ = library
    results = store.search.search(text)
    assert results.total == len(results.found)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_every_part_of_a_document_finds_it(
    library: tuple[Store, dict[str, str]], data: st.DataObject
) -> None:
    """Any words of its text, in any order, the last one cut short; and the hits are there."""
    store, texts = library
    name = data.draw(st.sampled_from(sorted(texts)))
    words = data.draw(st.lists(st.sampled_from(fold(texts[name]).split()), min_size=1, max_size=4))
    last = words.pop()
    beginning = last[: data.draw(st.integers(1, len(last)))]
    found = {
        one.document_id: one for one in store.search.search(" ".join([*words, beginning])).found
    }
    assert set(found) == {each for each, text in texts.items() if contains(text, words, beginning)}
    for covered in cut(texts[name], found[DocumentId(name)].places):
        assert any(word in fold(covered) for word in (*words, beginning))


def test_the_index_is_private_and_holds_no_more_than_it_says(store: Store, tmp_path: Path) -> None:
    moby = add(store, "moby", "unmistakable")
    store.search.catch_up()
    path = tmp_path / "profile" / "search.db"
    assert path.stat().st_mode & 0o777 == 0o600
    rewrite(store, moby, "")
    store.search.catch_up()
    with index.open_index(path).reading() as connection:
        vocabulary = "CREATE VIRTUAL TABLE temp.v USING fts5vocab(main, words, row)"
        connection.execute("PRAGMA query_only=OFF")
        connection.execute(vocabulary)
        assert connection.execute("SELECT term FROM temp.v").fetchall() == []


def test_inserting_at_the_start_moves_the_places(store: Store) -> None:
    moby = add(store, "moby", "white whale")
    (found,) = search(store, "whale").found
    assert found.places == (Range(6, 5),)
    document = Document.load(None, store.load(moby).updates)
    updates: list[tuple[bytes, Origin]] = []
    document.on_update(lambda update, origin: updates.append((update, origin)))
    document.apply(insert(0, "𝒜 "), Origin.VIEW)
    store.append_local_all(moby, updates, None).result()
    (found,) = search(store, "whale").found
    assert found.places == (Range(9, 5),)
