"""What replacing hits changes, as the smallest delta. No Qt in here.

Positions are UTF-16 units unless a name says otherwise. `app.find.search` is imported
where it is used: it takes a while.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from app.editor.mirror import Paragraph, attributes_of, split_runs, text_marks_key
from app.find.query import BadPattern, Query
from app.utf16 import Utf16Index
from sync.document.delta import Attributes, Delete, Delta, Insert, Retain, compact
from sync.document.positions import utf16_length

_REFERENCE = re.compile(
    r"\$(?:(?P<dollar>\$)|(?P<all>&)|(?P<number>\d{1,2})|\{(?P<name>\w+)\})"
    r"|\\(?:(?P<newline>n)|(?P<tab>t)|(?P<slash>\\))"
)


@dataclass(frozen=True)
class Replacement:
    """`old` at `start` becomes `new`."""

    start: int
    old: str
    new: str

    @property
    def end(self) -> int:
        """Where `old` ends."""
        return self.start + utf16_length(self.old)


def template(text: str, query: Query) -> Callable[[Any], str]:
    r"""Return what makes a match's replacement.

    With regular expressions `$1`, `${name}` and `$&` (all of it) stand for what was
    found, `\n` for a new paragraph, `\t` for a tab, `$$` and `\\` for themselves;
    a group that took no part is empty. Raises `BadPattern` for a group there is not.
    """
    if not query.is_regex:
        return lambda _: text
    from app.find.search import compiled

    pattern = compiled(query)
    for reference in _REFERENCE.finditer(text):
        number, name = reference["number"], reference["name"]
        if number is not None and int(number) > pattern.groups:
            raise BadPattern(f"there is no group ${number}")
        if name is not None and name not in pattern.groupindex and not _is_group(name, pattern):
            raise BadPattern(f"there is no group ${{{name}}}")

    def expand(match: Any) -> str:
        return str(_REFERENCE.sub(lambda reference: _expanded(reference, match), text))

    return expand


def _is_group(name: str, pattern: Any) -> bool:
    return name.isascii() and name.isdigit() and int(name) <= pattern.groups


def _expanded(reference: Any, match: Any) -> str:
    if reference["dollar"]:
        return "$"
    if reference["all"]:
        return str(match.group())
    if reference["newline"]:
        return "\n"
    if reference["tab"]:
        return "\t"
    if reference["slash"]:
        return "\\"
    name = reference["number"] or reference["name"]
    return match.group(int(name) if name.isascii() and name.isdigit() else name) or ""


def replacements(
    text: str,
    query: Query,
    new: str,
    *,
    within: tuple[int, int] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> list[Replacement]:
    """Return what is replaced, in order. Raises what `search` and `template` do."""
    from app.find.search import matches

    expand = template(new, query)
    index = Utf16Index(text)
    result = []
    for match in matches(text, query, cancelled=cancelled):
        start, end = (index.units(point) for point in match.span())
        if within is None or (within[0] <= start and end <= within[1]):
            result.append(Replacement(start, match.group(), expand(match)))
    return result


def delta_of(
    paragraphs: Iterable[Paragraph], replaced: Iterable[Replacement], begins: int = 0
) -> Delta:
    """Return the delta that makes the replacements, which come in order.

    `paragraphs` are those from position `begins` on. Only what differs is touched. New
    text has the marks of the text in whose place it stands, a new paragraph the
    attributes of the one that it is cut from.
    """
    delta: Delta = []
    at = 0
    walk = _Walk(paragraphs, begins)
    for one in replaced:
        head, gone, put = _differing(one.old, one.new)
        start = one.start + utf16_length(head)
        delta.append(Retain(start - at))
        at = start + utf16_length(gone)
        delta.append(Delete(at - start))
        if put:
            paragraph, offset = walk.to(start)
            marks, block = _marks_at(paragraph, offset, bool(gone)), attributes_of(paragraph.block)
            for piece in re.split("(\n)", put):
                if piece:
                    delta.append(Insert(piece, block if piece == "\n" else marks))
    return compact(delta)


class _Walk:
    """Goes through paragraphs forwards."""

    def __init__(self, paragraphs: Iterable[Paragraph], begins: int) -> None:
        self._rest = iter(paragraphs)
        self._paragraph = next(self._rest)
        self._begins = begins

    def to(self, position: int) -> tuple[Paragraph, int]:
        """Return the paragraph at a position that is not before the last one, and where in it."""
        while position - self._begins >= self._paragraph.length:
            self._begins += self._paragraph.length
            self._paragraph = next(self._rest)
        return self._paragraph, position - self._begins


def _differing(old: str, new: str) -> tuple[str, str, str]:
    """Return what both begin with, and what differs of each when the common end is off, too."""
    shorter = min(len(old), len(new))
    head = 0
    while head < shorter and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < shorter - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return old[:head], old[head : len(old) - tail], new[head : len(new) - tail]


def _marks_at(paragraph: Paragraph, offset: int, replaces: bool) -> Attributes:
    """Return the marks for text at an offset: of what it replaces, else of what it follows."""
    before, behind = split_runs(paragraph.runs, offset)
    chosen = (behind[:1] or before[-1:]) if replaces or not before else before[-1:]
    return attributes_of(text_marks_key(chosen[0][1])) if chosen else {}
