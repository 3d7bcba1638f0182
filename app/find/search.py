"""Finds what a person looks for in a text. No Qt in here: it runs on any thread.

The text is that of the page: paragraphs joined by newlines, U+FFFC for each
embed. A hit never holds an embed, so nothing that is replaced does. Positions
in hits are UTF-16 units. Importing `regex` takes 90 ms, so this module is imported
only when somebody looks for something.
"""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

import regex

from app.find.query import BadPattern, Cancelled, Hits, Query, TookTooLong
from app.utf16 import Utf16Index

EMBED = "\ufffc"
"""Stands for an embed in the text."""

MAX_HITS = 100_000
"""Hits that are kept; a text with more of them is said to have "100,000+"."""

TIME_LIMIT = 2.0
"""Seconds that one search may take: patterns like `(a+)+$` would never end."""

_PAUSE_EVERY = 200
"""Hits between two chances for the window's thread to run."""

_TWINS = {
    "'": "['\u2018\u2019]",
    '"': '["\u201c\u201d\u201e]',
    " ": "[ \u00a0\u202f]",
}
"""What a keyboard has and what the page makes of it: straight and curly quotes, spaces."""


def compiled(query: Query) -> Any:
    """Return a query as a compiled pattern of `regex`. Raises `BadPattern`."""
    source = query.text if query.is_regex else _literal(query.text)
    flags = regex.VERSION0 | regex.MULTILINE
    if not query.case:
        flags |= regex.IGNORECASE
    try:
        if query.is_regex:
            regex.compile(source, flags)  # so that positions in errors are the person's
        if query.whole_word:
            source = rf"(?<!\w)(?:{source})(?!\w)"
        return regex.compile(source, flags)
    except regex.error as error:
        # The stubs lack what regex says of its errors.
        raise BadPattern(getattr(error, "msg", str(error)), getattr(error, "pos", None)) from None
    except (RecursionError, OverflowError, ValueError, IndexError) as error:
        raise BadPattern(f"too complicated ({type(error).__name__})") from None


def _literal(text: str) -> str:
    """Return a pattern for a text, however its accents are stored and its quotes are drawn."""
    parts: list[str] = []
    for character in regex.findall(r"\X", text):
        if character in _TWINS:
            parts.append(_TWINS[character])
            continue
        forms = dict.fromkeys(
            (character, *(unicodedata.normalize(form, character) for form in ("NFC", "NFD")))
        )
        escaped = [regex.escape(form) for form in forms]
        parts.append(escaped[0] if len(escaped) == 1 else f"(?:{'|'.join(escaped)})")
    return "".join(parts)


def search(
    text: str,
    query: Query,
    *,
    within: tuple[int, int] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    limit: int = MAX_HITS,
    time_limit: float = TIME_LIMIT,
) -> Hits:
    """Return all hits; `within` (UTF-16 units) only those that lie in a range wholly.

    Raises `BadPattern`, `TookTooLong` or, when `cancelled()` says so, `Cancelled`.
    """
    hits = Hits()
    if not query.text:
        return hits
    index = Utf16Index(text)
    for match in matches(text, query, cancelled=cancelled, time_limit=time_limit):
        start, end = match.span()
        start, end = index.units(start), index.units(end)
        if within is not None and not (within[0] <= start and end <= within[1]):
            continue
        if len(hits) == limit:
            hits.more = True
            break
        hits.starts.append(start)
        hits.ends.append(end)
    return hits


def matches(
    text: str,
    query: Query,
    *,
    cancelled: Callable[[], bool] = lambda: False,
    time_limit: float = TIME_LIMIT,
) -> Iterator[Any]:
    """Yield the matches of `regex` that hold no embed. Raises as `search` does."""
    pattern = compiled(query)
    may_hold_embed = query.is_regex or EMBED in query.text
    try:
        for number, match in enumerate(pattern.finditer(text, timeout=time_limit)):
            if number % _PAUSE_EVERY == 0:
                if cancelled():
                    raise Cancelled
                time.sleep(0)  # gives the interpreter to whoever waits for it
            if not (may_hold_embed and EMBED in match.group()):
                yield match
    except TimeoutError:
        raise TookTooLong from None
