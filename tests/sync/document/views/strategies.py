"""Contents that a document may hold, made up by Hypothesis."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from sync.document import schema
from sync.document.delta import Embed, Insert
from sync.document.views.lines import Line, contents_of

HASH = schema.image_of("ab" * 32)
TEXT = st.text(
    alphabet="ab *_`#->1.=|[]()!^\\~<&;:\"'é😀\u2028\u3000\xa0\t", min_size=1, max_size=12
)
WORDS = st.text(alphabet="ab*_`#->1.=|[]()!^\\~<&;:\"'é😀א", min_size=1, max_size=8)
"""No spaces: what Markdown says of these depends on nothing but the letters."""
ADDRESSES = st.sampled_from(
    ["https://example.org/a?b=c&d=e", 'HTTP://x/"<y>', "mailto:a@b.c", "inkstand:doc/1\\2"]
)
COLOURS = st.sampled_from(["#000000", "#ffffff", "#ABC", "rgb(1, 2,3)", "#ff0000"])


def some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return dictionaries with any of these fields."""
    return st.fixed_dictionaries({}, optional=fields)


FLAG = st.just(value=True)
EMPHASIS = {schema.BOLD: FLAG, schema.ITALIC: FLAG, schema.STRIKE: FLAG}
MARKS = some(
    **EMPHASIS,
    underline=FLAG,
    code=FLAG,
    link=ADDRESSES,
    color=COLOURS,
    background=COLOURS,
    script=st.sampled_from([schema.SUB, schema.SUPER]),
)
IMAGE = st.tuples(
    st.sampled_from([HASH, "https://example.org/p.png"]).map(lambda v: Embed({schema.IMAGE: v})),
    some(
        alt=st.text(alphabet='ab <&"]', min_size=1, max_size=5),
        width=st.integers(2, 9999),
        height=st.integers(2, 9999),
        link=ADDRESSES,
        bold=FLAG,
    ),
)
NOTE = st.tuples(
    st.text(alphabet="ab <&*\n\t", max_size=9).map(lambda v: Embed({schema.FOOTNOTE: v})),
    some(bold=FLAG, underline=FLAG),
)
DIVIDER = st.tuples(st.just(Embed({schema.DIVIDER: True})), some(bold=FLAG))
LANGUAGE = st.sampled_from([True, "python", "c++", 'a "b"'])
PLACE = {"align": st.sampled_from([schema.CENTER, schema.RIGHT, schema.JUSTIFY])} | {
    "direction": st.just(schema.RTL)
}
LEVEL = st.integers(1, schema.MAX_INDENT)
BLOCK = st.one_of(
    some(**PLACE, indent=LEVEL, blockquote=FLAG),
    some(**PLACE, indent=LEVEL, blockquote=FLAG, header=st.integers(1, 6)),
    some(**PLACE, indent=LEVEL, blockquote=FLAG, header=st.integers(1, 6)).flatmap(
        lambda block: st.sampled_from(schema.LISTS).map(lambda kind: {**block, "list": kind})
    ),
    some(**PLACE, indent=LEVEL, blockquote=FLAG).flatmap(
        lambda block: LANGUAGE.map(lambda language: {**block, "code-block": language})
    ),
)


@st.composite
def contents(draw: st.DrawFn) -> list[Insert]:
    """Everything of the schema."""
    result: list[Line] = []
    for block in draw(st.lists(BLOCK, min_size=1, max_size=6)):
        piece = st.one_of(st.tuples(TEXT, MARKS), IMAGE, NOTE, DIVIDER)
        if "code-block" in block:
            marks = some(bold=FLAG, italic=FLAG, underline=FLAG, color=COLOURS, link=ADDRESSES)
            piece = st.tuples(TEXT.map(lambda text: text.replace("\u2028", "")), marks)
        pieces = draw(st.lists(piece, max_size=4))
        result.append(Line([(text, marks) for text, marks in pieces if text], block))
    return contents_of(result)


@st.composite
def markdown_contents(draw: st.DrawFn) -> list[Insert]:
    """What Markdown can say."""
    marks = some(**EMPHASIS, link=ADDRESSES)
    text = st.tuples(WORDS, marks)
    code = st.tuples(WORDS, some(**EMPHASIS, link=ADDRESSES, code=FLAG))
    image = st.tuples(
        IMAGE.map(lambda image: image[0]),
        some(alt=st.text(alphabet="ab<&]*", min_size=1, max_size=5), link=ADDRESSES),
    )
    note = st.tuples(
        st.text(alphabet="ab<&*#", min_size=1, max_size=5).map(
            lambda value: Embed({schema.FOOTNOTE: value + "\n" + value})
        ),
        st.just({}),
    )
    result: list[Line] = []
    level = -1
    for _ in range(draw(st.integers(1, 6))):
        kind = draw(st.sampled_from(["text", "header", "list", "code", "divider"]))
        quote = {"blockquote": True} if draw(st.booleans()) else {}
        if bool(quote) != bool(result and "blockquote" in result[-1].block):
            level = -1
        if kind != "list":
            level = -1
        if kind == "code":
            row = draw(st.text(alphabet="a`~ #\t", max_size=8))
            language = draw(st.sampled_from([True, "python", "c++"]))
            result.append(Line([(row, {})] if row else [], {"code-block": language, **quote}))
            continue
        if kind == "divider":
            result.append(Line([(Embed({schema.DIVIDER: True}), {})], quote))
            continue
        pieces = draw(st.lists(st.one_of(text, code, image, note), min_size=1, max_size=5))
        block: dict[str, object] = {}
        if kind == "header":
            block = {"header": draw(st.integers(1, 6))}
        elif kind == "list":
            level = draw(st.integers(0, min(level + 1, schema.MAX_INDENT)))
            block = {"list": draw(st.sampled_from(schema.LISTS))}
            if level:
                block["indent"] = level
            pieces = draw(st.sampled_from([pieces, pieces, []]))
        result.append(Line(list(pieces), {**block, **quote}))
    return contents_of(result)
