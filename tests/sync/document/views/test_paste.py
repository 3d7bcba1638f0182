"""HTML as real programs write it (tests/data/paste), and as nobody should."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.document import schema, views
from sync.document.delta import Embed, Insert
from sync.document.views.html_tags import names
from tests.sync.document.views.shown import shown

PASTE = Path(__file__).parents[3] / "data" / "paste"

EXPECTED = {
    "word": [
        "header=1|The Harbour",
        "header=1|Arrival",
        (
            "align=center|She came {bold:slowly} and {italic:late}, with {underline:two} cases and "
            "{strike:one} {color=#c00000:red} {background=#ffff00:coat}; H{script=sub:2}O."
            "{footnote=Water, that is.}"
        ),
        "|",
        "list=bullet|Rope",
        "indent=1,list=bullet|hemp",
        "list=ordered|First",
        "indent=2,list=ordered|deep",
        "blockquote|“Wait,” he said.",
        (
            "align=justify,indent=1|Set in. {link=https://example.org/tide?a=1&b=2:Tide tables}"
            " and contents."
        ),
        "align=right,direction=rtl|שלום",
        "|A quay",
        "|High\t06:10",
        "|Low\t12:40",
    ],
    "google-docs": [
        "header=1|Arrival",
        (
            "|She came {bold:slowly} and {italic:late}, {underline:two} {strike:one} "
            "{color=#cc0000:red} {background=#ffff00:coat} H{script=sub:2}O  "
            "{link=https://example.org/tide:Tides}."
        ),
        "|",
        "list=bullet|Rope",
        "indent=1,list=bullet|hemp",
        "indent=2,list=ordered|deep",
        "list=bullet|Oil",
        "list=ordered|First",
        "list=checked|packed",
        "list=unchecked|paid",
        "align=center,indent=1|Set in",
        "|{divider}",
        "|High\t06:10",
        "|Low\t12:40",
    ],
    "libreoffice": [
        "header=1|Arrival",
        (
            "align=center|She came {bold:slowly} and {italic:late}, {underline:two} {strike:one} "
            "{color=#c9211e:red} {background=#ffff00:coat} H{script=sub:2}O"
            "{footnote=Water, that is.}."
        ),
        "|",
        "list=bullet|Rope",
        "indent=1,list=bullet|hemp",
        "list=ordered|First",
        "indent=1|Set in by an inch and a bit, {link=https://example.org/tide:Tides} end.",
        "blockquote|Quoted words",
        "code-block|if sea:",
        "code-block|    sail()",
        "|High\t06:10",
        "|A quay",
    ],
    "github": [
        "header=2|Set sail",
        (
            "|Read the chart, see {link=https://example.org/:the site}, run {code:make sail} and"
            " note{footnote=Twice, if need be.}.\u2028Second row."
        ),
        "list=checked|packed",
        "list=unchecked|paid",
        "indent=1,list=bullet|the {bold:fee}",
        "list=ordered|First",
        "indent=1|and more of it",
        "list=ordered|Second",
        "code-block=python|if sea:",
        "code-block=python|    sail()",
        "code-block=python|",
        "code-block=python|# done",
        "blockquote|Quoted",
        "|{divider}",
        (
            "|{alt=A quay,link=https://camo.example.net/abc:image=https://camo.example.net/abc} "
            "{strike:old}"
        ),
    ],
    "chrome": [
        "header=3|News of the harbour",
        (
            "|A\xa0boat came in. {color=#c81e1e,italic:Late}, "
            "{link=https://example.org/boat:the boat} said the crew."
        ),
        "|One row",
        "|",
        "|another",
        "|Tide\tTime",
        "|High",
        "|\t12:40",
        "|Two",
        "|rows",
        "|beside",
        "|Term",
        "|meaning",
        "list=bullet|a",
        "indent=1,list=bullet|b",
        "indent=1|after",
        "list=bullet|",
        (
            "|Keyboard {code:Ctrl}, {background=#fff59d:marked}, x{script=super:2}, Logo"
            "{alt=A quay,height=480,width=640:image=https://example.org/quay.jpg}"
        ),
    ],
}


@pytest.mark.parametrize("name", EXPECTED)
def test_structure_is_kept_and_junk_dropped(name: str) -> None:
    html = (PASTE / f"{name}.html").read_text(encoding="utf-8")
    assert shown(views.from_html(html)) == EXPECTED[name]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("just text", ["|just text"]),
        ("", ["|"]),
        ("a<br>b<br><p>c<br></p>", ["|a\u2028b", "|c"]),
        ("<b>bold <span style='font-weight:normal'>not</span></b>", ["|{bold:bold }not"]),
        ("<ul><ul><ul><li>deep</ul></ul></ul>", ["indent=2,list=bullet|deep"]),
        ("<ul>" * 12 + "<li>deepest", ["indent=8,list=bullet|deepest"]),
        ("<li data-list='checked' class='ql-indent-3'>Quill", ["indent=3,list=checked|Quill"]),
        ("<a href='javascript:x()'>a</a><a href='vbscript:x'>b</a>", ["|ab"]),
        ("<a href='#part'>a part</a>", ["|a part"]),
        ("x<sup><a href='#cite_note-1'>[1]</a></sup>", ["|x{script=super:[1]}"]),
        ("<p>\xa0</p><p></p><p>a</p>", ["|", "|a"]),
        ("<pre>\na\n\n  b</pre>", ["code-block|a", "code-block|", "code-block|  b"]),
        ("<p>one <!-- gone --> two</p>", ["|one two"]),
        ("<img src='file:///etc/passwd' alt='secret'>", ["|secret"]),
        ("<img src='data:text/html,<script>x</script>'>", ["|"]),
        ("a\x00\x07b\ud800c\r\nd", ["|ab?c d"]),
    ],
)
def test_small_things(html: str, expected: list[str]) -> None:
    assert shown(views.from_html(html)) == expected


def test_images_go_through_the_sink() -> None:
    seen: list[str] = []

    def sink(source: str) -> str | None:
        seen.append(source)
        return schema.image_of("ab" * 32)

    html = '<img src="data:image/png;base64,AAAA" alt="x"><img src="https://example.org/a.png">'
    contents = views.from_html(html, sink)
    assert seen == ["data:image/png;base64,AAAA"]
    assert contents[0] == Insert(Embed({"image": "sha256:" + "ab" * 32}), {"alt": "x"})


def test_html_out_fetches_nothing_by_itself() -> None:
    html = views.to_html([Insert(Embed({"image": "https://example.org/a.png"})), Insert("\n")])
    assert not re.search(r"\ssrc=", html)


def test_html_out_has_what_the_caller_gives_for_a_hash() -> None:
    image = Insert(Embed({"image": schema.image_of("ab" * 32)}), {"alt": 'a "quay"'})
    html = views.to_html([image, Insert("\n")], lambda digest: f"data:image/png;base64,{digest}")
    assert f'<img src="data:image/png;base64,{"ab" * 32}" alt="a &quot;quay&quot;">' in html


def test_more_than_can_be_read_is_refused() -> None:
    with pytest.raises(ValueError, match="more than"):
        views.from_html("x" * (views.MAX_HTML + 1))


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 100_000 + "the words",
        "<x></y>" * 100_000 + "the words",
        "<foo><div></foo></div>" * 50_000 + "the words",
        "".join(f"<b id={n}>" for n in range(5_000)) + "<p>" * 5_000 + "the words",
        "<ul><li>" * 50_000 + "the words",
        "<table><tr><td>" * 30_000 + "the words",
    ],
)
def test_what_chokes_a_parser_comes_in_as_text(html: str) -> None:
    assert "the words" in "".join(shown(views.from_html(html)))


TAGS = st.sampled_from(
    sorted(
        names(
            "a b p div ul ol li table tr td img span pre code h1 blockquote sup hr br input",
            "script style svg math iframe font o:p body section",
        )
    )
)
ATTRIBUTES = st.sampled_from(
    [
        "",
        ' href="javascript:alert(1)"',
        ' href=" java\tscript:alert(1)"',
        ' href="#fn1" class="footnote-ref"',
        ' id="fn1"',
        ' src="x" onerror="alert(1)"',
        ' src="https://example.org/x.png"',
        ' style="color:red;background:url(javascript:alert(1));mso-list:l0 level99999 lfo1"',
        ' style="mso-list:Ignore"',
        ' style="white-space:pre;font-weight:99999999999;margin-left:1e9pt;display:none"',
        ' role="checkbox" aria-checked="true" aria-level="999999999999"',
        ' class="ql-indent-99 language-<x>" dir=rtl align=justify',
        ' data-color="url(x)" data-language="\x00"',
        ' type="checkbox" checked',
        ' width="999999999999999" height="-1"',
    ]
)
SOUP = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["<", "</"]), TAGS, ATTRIBUTES, st.just(">")).map("".join),
        st.text(alphabet="ab <>&;\"'\n\t\xa0\u2028\x00\ufffc😀", max_size=6),
        st.sampled_from(["<!--", "-->", "<![if !x]>", "<![CDATA[", "&#0;", "&lt;script&gt;", "<!"]),
    ),
    max_size=30,
).map("".join)


@given(SOUP)
def test_hostile_html_neither_fails_nor_gets_through(html: str) -> None:
    contents = views.from_html(html)
    assert contents[-1].content == "\n" or str(contents[-1].content).endswith("\n")
    for part in contents:
        if isinstance(part.content, Embed):
            assert schema.shown_embed(part.content, part.attributes)
        else:
            marks, block = part.attributes, part.attributes
            allowed = {**schema.shown_marks(marks), **schema.shown_block(block)}
            assert allowed == part.attributes
    out = views.to_html(contents)
    assert not re.search(r"<(script|iframe|svg|style)|\son\w+=|href=.javascript", out, re.I)
    assert views.from_html(out) == contents
