"""What replacing changes: the smallest delta, the marks kept, groups in the new text."""

from __future__ import annotations

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from app.editor.mirror import Mirror
from app.find.query import BadPattern, Query
from app.find.replacing import delta_of, replacements
from app.find.search import EMBED
from sync.document.delta import Delete, Delta, Embed, Insert, Retain
from sync.document.document import Document
from sync.types import Origin

BOLD = {"bold": True}


def replace(contents: list[Insert], query: Query, new: str) -> tuple[Delta, list[Insert]]:
    document = Document()
    document.apply(list(contents), Origin.COMMAND)
    mirror = Mirror(document.contents())
    text = "\n".join(paragraph.text for paragraph in mirror.paragraphs)
    delta = delta_of(mirror.paragraphs, replacements(text, query, new))
    if delta:
        document.apply(delta, Origin.COMMAND)
    return delta, document.contents()


def test_only_what_differs_is_touched() -> None:
    delta, contents = replace([Insert("colour and colour\n")], Query("colour"), "color")
    assert delta == [Retain(4), Delete(1), Retain(10), Delete(1)]
    assert contents == [Insert("color and color\n")]


def test_new_text_has_the_marks_of_the_old() -> None:
    _, contents = replace(
        [Insert("one "), Insert("two", BOLD), Insert(" two\n")], Query("two"), "eight"
    )
    assert contents == [Insert("one "), Insert("eight", BOLD), Insert(" eight\n")]


def test_text_that_is_only_added_goes_with_what_it_follows() -> None:
    _, contents = replace([Insert("a", BOLD), Insert("b\n")], Query("a"), "aa")
    assert contents == [Insert("aa", BOLD), Insert("b\n")]


def test_a_new_paragraph_is_like_the_one_it_is_cut_from() -> None:
    contents = [Insert("a, b"), Insert("\n", {"list": "bullet"})]
    _, after = replace(contents, Query(", ", is_regex=True), r"\n")
    item = Insert("\n", {"list": "bullet"})
    assert after == [Insert("a"), item, Insert("b"), item]


def test_embeds_stay() -> None:
    image = Insert(Embed({"divider": True}))
    contents = [Insert("ab"), image, Insert("ab\n")]
    _, after = replace(contents, Query(".", is_regex=True), "x")
    assert after == [Insert("xx"), image, Insert("xx\n")]


@pytest.mark.parametrize(
    ("pattern", "new", "expected"),
    [
        (r"(\w+) (\w+)", "$2 $1", "lovelace ada"),
        (r"(?P<first>\w+) (?P<last>\w+)", "${last}, ${first}", "lovelace, ada"),
        (r"(\w+) (\w+)", "${1}s $$1 \\\\ $&", "adas $1 \\ ada lovelace"),
        (r"(x)?ada", "$1eve", "eve lovelace"),
        (r"$", "!", "ada lovelace!"),
        (r" ", r"\t", "ada\tlovelace"),
    ],
)
def test_groups(pattern: str, new: str, expected: str) -> None:
    _, after = replace([Insert("ada lovelace\n")], Query(pattern, is_regex=True), new)
    assert after == [Insert(expected + "\n")]


def test_plain_replacements_are_taken_as_they_are() -> None:
    _, after = replace([Insert("a\n")], Query("a"), r"$1\n")
    assert after == [Insert("$1\\n\n")]


@pytest.mark.parametrize("new", ["$2", "${2}", "${name}"])
def test_a_group_that_is_not_there_is_said(new: str) -> None:
    with pytest.raises(BadPattern, match="no group"):
        replacements("a", Query("(a)", is_regex=True), new)


TEXTS = st.lists(st.sampled_from(["a", "b", "ab", " ", "\n", "😀", "é", EMBED])).map("".join)


@given(
    st.lists(st.tuples(TEXTS, st.booleans())),
    st.sampled_from(["a", "ab", "a+", "b\n", "^", "\\s", "😀", "[^a]"]),
    st.sampled_from(["", "a", "xyz", "😀", "a\\nb", "$&$&"]),
)
def test_the_text_is_what_a_plain_substitution_makes(
    pieces: list[tuple[str, bool]], pattern: str, new: str
) -> None:
    contents = []
    for text, bold in pieces:
        for piece in regex.splititer("(\n|\ufffc)", text):
            if piece == EMBED:
                contents.append(Insert(Embed({"divider": True})))
            elif piece:
                contents.append(Insert(piece, BOLD if bold and piece != "\n" else {}))
    contents.append(Insert("\n"))
    _, after = replace(contents, Query(pattern, case=True, is_regex=True), new)

    def plain(parts: list[Insert]) -> str:
        return "".join(p.content if isinstance(p.content, str) else EMBED for p in parts)

    made = new.replace("\\n", "\n")
    expected = regex.sub(
        pattern,
        lambda m: m.group() if EMBED in m.group() else made.replace("$&", m.group()),
        plain(contents)[:-1],
        flags=regex.MULTILINE,
    )
    assert plain(after) == expected + "\n"
