"""What stands before the sanitiser: HTML that would take it minutes is told by its tags alone.

An HTML parser walks the open elements for each block, and repeats the formatting
ones that were left open in each paragraph. Measured with nh3 0.3.8: 20,000 nested
`<div>` 1.4 s, 200,000 of them minutes. No program writes such HTML.
"""

from __future__ import annotations

import re

from sync.document.views.html_tags import names

MAX_DEPTH = 400
"""Elements in elements."""
MAX_REPEATED = 1_000_000
"""Formatting elements that blocks would repeat, all together."""

_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
_VOID = names(
    "area base br col embed hr img input link meta param source track wbr frame",
)
_CLOSE_BY_THEMSELVES = names(
    "p li td th tr tbody thead tfoot dt dd option optgroup rt rp html head body",
)
_FORMATTING = names("a b big code em font i nobr s small strike strong tt u")
_STRUCTURE = names(
    "address article aside blockquote center details div dir dl fieldset figure footer form",
    "header h1 h2 h3 h4 h5 h6 main menu nav ol pre section summary table ul",
)


def is_hostile(html: str) -> bool:
    """Whether a parser would choke on it; one pass, with bounded memory."""
    open_tags: list[str] = []
    unclosed = repeated = 0
    for match in _TAG.finditer(html):
        closes, name = match.groups()
        name = name.lower()
        if name in _VOID:
            continue
        if name in _CLOSE_BY_THEMSELVES:
            repeated += unclosed
        elif not closes:
            open_tags.append(name)
            if name in _FORMATTING:
                unclosed += 1
            else:
                repeated += unclosed
        elif name in open_tags:
            unclosed -= name in _FORMATTING
            # A block is closed with all that is in it; a formatting element alone.
            if name in _FORMATTING:
                del open_tags[len(open_tags) - 1 - open_tags[::-1].index(name)]
            elif open_tags[-1] == name:
                open_tags.pop()
            elif name in _STRUCTURE:
                del open_tags[len(open_tags) - 1 - open_tags[::-1].index(name) :]
        if len(open_tags) > MAX_DEPTH or repeated > MAX_REPEATED:
            return True
    return False
