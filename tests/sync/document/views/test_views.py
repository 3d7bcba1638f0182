from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.document import views
from sync.document.delta import Embed, Insert

RICH: list[Insert] = [
    Insert("Title"),
    Insert("\n", {"header": 1}),
    Insert("Some "),
    Insert("bold", {"bold": True}),
    Insert(" and "),
    Insert("both", {"bold": True, "italic": True}),
    Insert(", a "),
    Insert("link", {"link": "https://example.org/"}),
    Insert(" and "),
    Insert("code", {"code": True}),
    Insert(".\none"),
    Insert("\n", {"list": "ordered"}),
    Insert("inner"),
    Insert("\n", {"list": "bullet", "indent": 1}),
    Insert("two"),
    Insert("\n", {"list": "ordered"}),
]


def test_markdown() -> None:
    assert views.to_markdown(RICH) == (
        "# Title\n\n"
        "Some **bold** and ***both***, a [link](<https://example.org/>) and `code`.\n\n"
        "1. one\n    - inner\n2. two\n"
    )


def test_markdown_comes_back_as_it_went_out() -> None:
    assert views.from_markdown(views.to_markdown(RICH)) == RICH


@given(st.text(alphabet="ab*_`#->1. []()\\~<é😀", min_size=1, max_size=30))
def test_no_text_turns_into_markup(text: str) -> None:
    text = " ".join(text.split()) or "x"
    exported = views.to_markdown([Insert(text + "\n")])
    assert views.from_markdown(exported) == [Insert(text + "\n")]


def test_json_has_the_structure() -> None:
    result = views.to_json(RICH)
    assert [node["type"] for node in result["content"]] == ["heading", "paragraph", "orderedList"]
    one, two = result["content"][2]["content"]
    assert [node["type"] for node in one["content"]] == ["paragraph", "bulletList"]
    assert [node["type"] for node in two["content"]] == ["paragraph"]
    assert result["content"][0] == {
        "type": "heading",
        "attrs": {"level": 1},
        "content": [{"type": "text", "text": "Title"}],
    }


@pytest.mark.parametrize("target", ["javascript:alert(1)", "data:text/html,x", "file:///etc", 5])
def test_unsafe_links_are_never_exported(target: object) -> None:
    contents = [Insert("text", {"link": target}), Insert("\n")]
    assert str(target) not in views.to_markdown(contents)
    assert str(target) not in str(views.to_json(contents))
    assert str(target) not in views.to_html(contents)


def test_unsafe_links_are_never_imported() -> None:
    contents = views.from_markdown("[x](javascript:alert(1)) <script>alert(1)</script>\n")
    assert all("link" not in part.attributes for part in contents)


def test_unsafe_embeds_are_left_out_of_text() -> None:
    contents = [Insert("a"), Insert(Embed({"image": "x"})), Insert("b\n")]
    assert views.to_text(contents) == "ab\n"


@pytest.mark.parametrize("operations", [None, {}, [1], [{"insert": "x", "attributes": 3}]])
def test_what_is_no_delta_is_refused(operations: object) -> None:
    with pytest.raises(ValueError, match=r"^(not a|attributes)"):
        views.inserts_from_json(operations)
