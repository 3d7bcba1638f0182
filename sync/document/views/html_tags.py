"""Names of HTML: what is read, and what is thrown away with all that is in it."""

from __future__ import annotations

from sync.document import schema


def names(*lists: str) -> frozenset[str]:
    """Return names that are written with spaces between them."""
    return frozenset(" ".join(lists).split())


BLOCKS = names(
    "address article aside blockquote center dd details div dl dt fieldset figcaption figure",
    "footer form h1 h2 h3 h4 h5 h6 header li main nav ol p pre section summary table td th tr ul",
)
"""Elements that end a paragraph."""
INLINE = names(
    "a abbr b big br caption cite code del dfn em font hr i img input ins kbd label mark q s samp",
    "small span strike strong sub sup tbody tfoot thead tt u var",
)
DROPPED = names(
    "script style title iframe object embed applet noscript noembed noframes template select",
    "button textarea svg canvas audio video map xml annotation",
)
ATTRIBUTES = {
    "*": {"style", "class", "id", "dir", "align", "role", "aria-hidden", "aria-level", "hidden"},
    "a": {"href", "name", "data-footnote-ref"},
    "img": {"src", "alt", "width", "height", "data-src"},
    "font": {"color"},
    "input": {"type", "checked"},
    "li": {"aria-checked", "data-checked", "data-list", "data-aria-level"},
    "ul": {"data-checked"},
    "pre": {"data-language"},
    "span": {"data-color", "data-background"},
}
MARKS: dict[str, str] = {
    **dict.fromkeys(("b", "strong"), schema.BOLD),
    **dict.fromkeys(("i", "em", "cite", "dfn", "var"), schema.ITALIC),
    "u": schema.UNDERLINE,
    **dict.fromkeys(("s", "strike", "del"), schema.STRIKE),
    **dict.fromkeys(("code", "tt", "kbd", "samp"), schema.CODE),
}
HIGHLIGHT = "#fff59d"
"""What `<mark>` looks like where nothing else is said."""
HIDDEN_CLASSES = frozenset(
    {"sr-only", "visually-hidden", "MsoCommentReference", "MsoCommentText", "mw-editsection"}
)
