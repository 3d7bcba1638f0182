"""What people type to find something, and what FTS5 is asked for it.

Words must all occur; the last one may be unfinished. "Words in quotes" must stand in this order,
and so must those that punctuation holds together (well-known). A minus before a word or a
quotation leaves out the documents that have it. Nothing that is typed is an error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sync.store.search.folding import fold, is_part_of_unspaced

LONGEST = 1_000
"""Code points of a query that are read."""

MOST_WORDS = 32
"""Words of a query that are looked for."""

_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»", '"'))
_PART = re.compile(r'(-?)(?:"([^"]*)("?)|(\S+))')


@dataclass(frozen=True, slots=True)
class Term:
    """One word, or several that follow each other; folded."""

    words: tuple[str, ...]
    prefix: bool = False
    """Whether the last word may go on."""

    @property
    def is_phrase(self) -> bool:
        """Whether it is more than a word."""
        return len(self.words) > 1

    @property
    def match(self) -> str:
        """The term in the language of FTS5. Folded words have no quotes in them."""
        return '"' + " ".join(self.words) + '"' + ("*" if self.prefix else "")

    @property
    def pattern(self) -> str:
        """A regular expression that finds the term, and the space before it, in folded text.

        It begins with letters, which `re` looks for much faster than for what may be around them.
        """
        words = " +".join(map(re.escape, self.words))
        return f" {words}" + ("" if self.prefix else r"(?![^ ])")


@dataclass(frozen=True, slots=True)
class Query:
    """What must occur in a document, and what must not."""

    terms: tuple[Term, ...] = ()
    excluded: tuple[Term, ...] = ()


def parse(text: str) -> Query:
    """Return what a person asks for; a query without a word to look for finds nothing."""
    terms: list[Term] = []
    excluded: list[Term] = []
    left = MOST_WORDS
    last_is_open = False
    for minus, quoted, closing, bare in _PART.findall(text[:LONGEST].translate(_QUOTES)):
        words = tuple(fold(bare or quoted).split())[:left]
        if not words:
            continue
        left -= len(words)
        last_is_open = not minus and not closing
        (excluded if minus else terms).append(Term(words))
    if last_is_open:
        terms[-1:] = _unfinished(terms[-1].words)
    return Query(tuple(dict.fromkeys(terms)), tuple(dict.fromkeys(excluded)))


def _unfinished(words: tuple[str, ...]) -> list[Term]:
    """Return the terms for words of which the last one may go on.

    FTS5 finds the beginning of a word fast only by itself, not at the end of a phrase, unless
    few words begin so: there it is looked for anywhere.
    """
    if len(words) == 1 or is_part_of_unspaced(words[-1]):
        return [Term(words, prefix=True)]
    return [Term(words[:-1]), Term(words[-1:], prefix=True)]
