"""Quotation marks, apostrophes, dashes and the ellipsis, as the document's language has them.

Quotation marks come from Unicode CLDR (element `delimiters`) through Qt's
QLocale; where its data is not what people write, a table here says so, with
its source. A language that neither knows keeps its straight quotes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QLocale

from app.editor.line import Line, Rewrite

NARROW = "\u202f"
"""Narrow no-break space."""

NO_BREAK = "\u00a0"
"""No-break space."""

APOSTROPHE = "’"


@dataclass(frozen=True)
class Quotes:
    """What the keys " and ' stand for: outer marks and inner marks, opening and closing."""

    outer: tuple[str, str]
    inner: tuple[str, str]
    space: str = ""
    """What stands between an outer mark and what it encloses."""

    high: bool = False
    """Whether a space before ; : ! ? is one that does not break (French)."""


_DIFFERENT: dict[str, Quotes] = {
    # Imprimerie nationale, Lexique des règles typographiques: a space that does not break inside
    # guillemets and before high punctuation; English marks inside.
    "fr": Quotes(("«", "»"), ("“", "”"), NARROW, high=True),
    # Office québécois de la langue française: the same, but none before ; ! ?
    "fr-CA": Quotes(("«", "»"), ("“", "”"), NO_BREAK),
    # Bundeskanzlei, Schreibweisungen, and Guide du typographe (Lausanne): guillemets.
    "fr-CH": Quotes(("«", "»"), ("‹", "›"), NARROW, high=True),
    "de-CH": Quotes(("«", "»"), ("‹", "›")),
    # CLDR has single marks outside, as newspapers; Taalunie (taaladvies.net) knows both, and the
    # key " stands for double ones.
    "nl": Quotes(("“", "”"), ("‘", "’")),
}

LANGUAGES: tuple[str, ...] = (
    *("bg", "ca", "cs", "da", "de", "de-CH", "el", "en", "en-GB", "es", "et", "eu", "fi", "fr"),
    *("fr-CA", "fr-CH", "ga", "hr", "hu", "is", "it", "it-CH", "lt", "lv", "nb", "nl", "pl"),
    *("pt", "pt-PT", "ro", "ru", "sk", "sl", "sr", "sv", "tr", "uk"),
)
"""BCP 47 tags of the languages that the menu offers."""


@lru_cache(maxsize=64)
def quotes_of(language: str) -> Quotes | None:
    """Return the quotation marks of a language (BCP 47 tag); None if they are not known."""
    parts = language.replace("_", "-").split("-")
    for tag in (language, parts[0].lower()):
        if tag in _DIFFERENT:
            return _DIFFERENT[tag]
    locale = QLocale(language)
    if locale.language() is QLocale.Language.C:
        return None
    outer, inner = (
        locale.quoteString("x", style).split("x")
        for style in (
            QLocale.QuotationStyle.StandardQuotation,
            QLocale.QuotationStyle.AlternateQuotation,
        )
    )
    if len(outer) != 2 or len(inner) != 2:
        return None
    return Quotes((outer[0], outer[1]), (inner[0], inner[1]))


def on_character(line: Line, language: str) -> Rewrite | None:
    """Return what the character before the caret, just typed, makes of the text there."""
    before = line.before
    if not before or line.in_code(max(0, len(before) - 4), len(before)) or _looks_like_code(before):
        return None
    quotes = quotes_of(language)
    found = None
    match before[-1]:
        case ".":
            found = _ellipsis(before)
        case '"' if quotes:
            found = _outer(before, quotes)
        case "'" if quotes:
            found = _inner(before, quotes)
        case ";" | ":" | "!" | "?" if quotes and quotes.high:
            found = _high(before)
    found = found or _dash(before)
    if found is None and quotes:
        found = _second_thought(before, quotes)
    return line.replaced(*found) if found else None


def on_enter(line: Line) -> Rewrite | None:
    """Return what the end of a paragraph makes of the dashes before it."""
    before = line.before
    if line.in_code(max(0, len(before) - 3), len(before)) or _looks_like_code(before):
        return None
    found = _dash(f"{before}\n")
    return line.replaced(found[0], len(before), found[2].removesuffix("\n")) if found else None


_Found = tuple[int, int, str]
"""Start and end (code points) of what is replaced, and by what."""


def _looks_like_code(before: str) -> bool:
    """Whether the caret is in an address, or behind a backtick that will close as code."""
    word = before.rstrip().rsplit(None, 1)
    if before[-1] not in (" ", "\n") and word and re.search(r"://|^\W*www\.|^```", word[-1]):
        return True
    tail = before[-400:]
    return tail.count("`") % 2 == 1 and re.search(r"(?:^|[^\w`])`[^\s`][^`]*$", tail) is not None


def _ellipsis(before: str) -> _Found | None:
    if before.endswith("...") and not before.endswith("...."):
        return len(before) - 3, len(before), "…"
    return None


def _dash(before: str) -> _Found | None:
    """Make a dash of two or three hyphens, once it is seen what stands behind them."""
    found = re.search(r"(?<!-)(--|---)([^-])\Z", before)
    if found is None:
        return None
    lead, behind = before[: found.start()], found.group(2)
    long = found.group(1) == "---"
    if behind in ">|+=<" or lead[-1:] in ("!", "<", "|", "+", "="):
        return None  # an arrow, a comment, a table
    at_start = not lead.strip()
    if at_start and behind == "\n":
        return None  # a divider
    if not long and (at_start or lead[-1].isspace()) and not behind.isspace():
        return None  # an option of a command
    return found.start(), len(before), ("—" if long else "–") + behind


def _opens(lead: str, quotes: Quotes) -> bool:
    """Whether a quotation mark behind `lead` opens."""
    return (
        not lead
        or lead[-1].isspace()
        or lead[-1] in "([{<-–—/\ufffc"
        or (lead[-1] in (quotes.outer[0], quotes.inner[0]) and not _closes_too(lead, quotes))
    )


def _closes_too(lead: str, quotes: Quotes) -> bool:
    """Whether the mark that `lead` ends with is one that closes here (as in ”…”)."""
    last = lead[-1]
    closing = last in (quotes.outer[1], quotes.inner[1])
    return closing and len(lead) > 1 and not _opens(lead[:-1], quotes)


def _is_open(lead: str, marks: tuple[str, str]) -> bool:
    """Whether a quotation in `lead` is not closed yet."""
    opening, closing = marks
    if opening == closing:
        return lead.count(opening) % 2 == 1
    return lead.rfind(opening) > lead.rfind(closing)


def _outer(before: str, quotes: Quotes) -> _Found:
    lead, end = before[:-1], len(before)
    if quotes.space and lead.endswith(" ") and _is_open(lead, quotes.outer):
        return end - 2, end, quotes.space + quotes.outer[1]  # the space was typed
    if _opens(lead, quotes):
        return end - 1, end, quotes.outer[0] + quotes.space
    space = "" if lead.endswith(quotes.space) else quotes.space
    return end - 1, end, space + quotes.outer[1]


def _inner(before: str, quotes: Quotes) -> _Found:
    lead, end = before[:-1], len(before)
    if _opens(lead, quotes):
        return end - 1, end, quotes.inner[0]
    mark = quotes.inner[1] if _is_open(lead, quotes.inner) else APOSTROPHE
    return end - 1, end, mark


def _high(before: str) -> _Found | None:
    """Keep high punctuation on the line of the word before it."""
    if len(before) < 3 or before[-2] != " " or before[-3].isspace():
        return None
    return len(before) - 2, len(before), (NO_BREAK if before[-1] == ":" else NARROW) + before[-1]


def _second_thought(before: str, quotes: Quotes) -> _Found | None:
    """Mend a mark that the character behind it shows to be another one."""
    end = len(before)
    if end < 2:
        return None
    lead, mark, last = before[:-2], before[-2], before[-1]
    if quotes.space and last == " " and before[-3:-1] == quotes.outer[0] + quotes.space:
        return end - 1, end, ""  # the space is there already
    opened, closed = quotes.inner
    inside_word = closed != APOSTROPHE and mark == closed and lead[-1:].isalpha() and last.isalpha()
    year = mark == opened and opened in "‘‚" and not lead[-1:].isalnum() and last.isdigit()
    if inside_word or year:
        return end - 2, end, APOSTROPHE + last
    return None
