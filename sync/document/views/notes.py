"""Footnotes of HTML: references in the text, and texts that come after it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sync.document import schema
from sync.document.delta import Embed
from sync.document.views.lines import Piece, plain

_REFERENCE = re.compile(
    r"_?(?:ftn|edn)\d+|ftnt\d+|sd(?:foot|end)note\d+(?:sym)?|fn:?-?\d+|user-content-fn-.+"
    r"|cite_note-.+|footnote-\d+"
)
"""Where references lead: Word, Google Docs, LibreOffice, pandoc, GitHub, Wikipedia."""


def note_key(href: str, *, surely: bool) -> str | None:
    """Return the key of the footnote that an address leads to; None if it leads to none.

    `surely`: whether something else has said that it is a footnote. Word's
    `#_ftn1` and the element `ftn1` have one key, as LibreOffice's
    `#sdfootnote1sym` and `sdfootnote1` do.
    """
    name = href[1:]
    if not href.startswith("#") or not (surely or _REFERENCE.fullmatch(name)):
        return None
    return name.removeprefix("_").removesuffix("sym") or None


class Notes:
    """References as they are met, then the texts."""

    def __init__(self) -> None:
        self._wanted: set[str] = set()
        self._last = ""
        self._texts: dict[str, list[str]] = {}
        self._references: list[tuple[str, str]] = []

    def want(self, key: str) -> None:
        """Note that the text refers to a footnote."""
        self._wanted.add(key)
        self._last = key

    def is_wanted(self, name: str) -> bool:
        """Whether an element's name or id is that of a footnote that was referred to."""
        return note_key("#" + name, surely=True) in self._wanted

    def begin(self, key: str) -> None:
        """Note that a footnote's text begins; it may be empty."""
        self._texts.setdefault(key, [])

    def refer(self, label: str) -> str:
        """Return what stands for the reference to the footnote last wanted, till `resolved`.

        `label` is what the reference shows.
        """
        self._references.append((self._last, label.strip()))
        return str(len(self._references) - 1)

    def add(self, key: str, pieces: Iterable[Piece]) -> None:
        """Add a paragraph to a footnote's text."""
        self._texts.setdefault(key, []).append(plain(pieces))

    def resolved(self, pieces: Iterable[Piece]) -> list[Piece]:
        """Return pieces with the texts of footnotes; one that has none keeps what it showed."""
        result: list[Piece] = []
        for content, marks in pieces:
            if not isinstance(content, Embed) or schema.FOOTNOTE not in content.value:
                result.append((content, marks))
                continue
            key, label = self._references[int(str(content.value[schema.FOOTNOTE]))]
            if key in self._texts:
                text = "\n".join(self._texts[key])[: schema.MAX_FOOTNOTE]
                result.append((Embed({schema.FOOTNOTE: text}), marks))
            elif label:
                result.append((label, {**marks, schema.SCRIPT: schema.SUPER}))
        return result
