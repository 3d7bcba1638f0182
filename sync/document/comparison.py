"""What changed between two states of a document: words that came and went, and by whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from sync.document.alignment import Alignment, Piece, align
from sync.document.deletions import Removers
from sync.document.edition import Block, Edition, EmbedNames, other_attributes, shown
from sync.document.words import Gap, gaps, match, tokens, whole_words

By: TypeAlias = tuple[str | None, ...]
"""User ids, each once; None among them stands for somebody of whom nothing is known."""


class Kind(StrEnum):
    """What happened to a range."""

    INSERTED = "inserted"
    REMOVED = "removed"
    FORMATTED = "formatted"


@dataclass(frozen=True, slots=True)
class Change:
    """One range that came, went, or has other attributes."""

    kind: Kind
    start: int
    """Where it begins in the newer text (UTF-16 units); of what went: where it stood."""
    length: int
    """UTF-16 units in the newer text; 0 for what went."""
    old_start: int
    """Where it begins in the older text; of what came: where it would."""
    old_length: int
    """UTF-16 units in the older text; 0 for what came."""
    text: str
    """What came or went, `edition.OBJECT` for each embed; what has other attributes."""
    by: By
    """Who did that; empty where nothing says so: a removal elsewhere, a format."""
    writers: By = ()
    """Of what went: who had written it."""
    attributes: tuple[str, ...] = ()
    """Names of attributes that are not what they were, sorted."""


def compare(
    old: bytes, new: bytes, removers: Removers | None = None, *, words: bool = True
) -> list[Change]:
    """Return what changed from one state to another, in the order of the newer text.

    With `words` a word of which a part changed has changed as a whole; without, ranges are
    exact, to the character. What went comes before what came in its place. Text that was
    deleted and brought back is no change. `removers` says who deleted what. Takes seconds for
    a megabyte, so it is to be called on a thread of its own. Raises `InvalidUpdate`.
    """
    embeds = EmbedNames()
    before, after = Edition.read(old, embeds), Edition.read(new, embeds)
    if before.contents == after.contents:
        return []
    alignment = align(before, after)
    blocks = alignment.kept
    if words:
        blocks = whole_words(blocks, before.units, after.units)
    blocks = match(blocks, before.units, after.units)
    names = {**before.authors, **after.authors}
    told = _Told(before, after, alignment, names, removers or Removers({}), words)
    changes = [
        change for gap in gaps(blocks, before.units, after.units) for change in told.changes(gap)
    ]
    changes += _formatted(blocks, before, after)
    return sorted(changes, key=lambda change: (change.start, _ORDER[change.kind]))


_ORDER = {Kind.REMOVED: 0, Kind.INSERTED: 1, Kind.FORMATTED: 2}


class _Told:
    """Tells who did what in one gap after another, from the first to the last."""

    def __init__(
        self,
        old: Edition,
        new: Edition,
        alignment: Alignment,
        names: dict[int, str],
        removers: Removers,
        words: bool,
    ) -> None:
        self._old, self._new, self._words = old, new, words
        self._came = _Labels(alignment.inserted, lambda piece: [(piece[1], names.get(piece[2]))])
        self._went = _Labels(
            alignment.removed,
            lambda piece: [(end - start, user) for start, end, user in removers.of(*_ids(piece))],
        )
        self._wrote = _Labels(alignment.removed, lambda piece: [(piece[1], names.get(piece[2]))])

    def changes(self, gap: Gap) -> Iterator[Change]:
        """Return what went in a gap, and then what came."""
        for start, end, by in self._ranges(self._old.units, gap.at, gap.end, self._went):
            text = shown(self._old.units[start:end])
            writers = tuple(dict.fromkeys(user for _, _, user in self._wrote.between(start, end)))
            by = tuple(user for user in by if user is not None)
            yield Change(Kind.REMOVED, gap.to, 0, start, end - start, text, by, writers)
        for start, end, by in self._ranges(self._new.units, gap.to, gap.stop, self._came):
            text = shown(self._new.units[start:end])
            yield Change(Kind.INSERTED, start, end - start, gap.end, 0, text, by)

    def _ranges(
        self, units: str, start: int, end: int, labels: _Labels
    ) -> Iterator[tuple[int, int, By]]:
        """Return a range in parts, each done by somebody else than the one before."""
        if start == end:
            return
        pieces = labels.between(start, end)
        if self._words:
            cells = _by_word(units, start, end, pieces)
        else:
            cells = ((at, (user,)) for at, _, user in pieces)
        first = start
        by: By = ()
        for at, users in cells:
            if users and by and users != by:
                yield first, at, by
                first, by = at, users
            by = by or users
        yield first, end, by


class _Labels:
    """Users beside pieces of a text, asked for from the start to the end."""

    def __init__(
        self, pieces: Sequence[Piece], label: Callable[[Piece], list[tuple[int, str | None]]]
    ) -> None:
        self._pieces = pieces
        self._label = label
        self._next = 0

    def between(self, start: int, end: int) -> list[tuple[int, int, str | None]]:
        """Return start, end and user of what lies in a range, in order."""
        while self._next < len(self._pieces) and _end(self._pieces[self._next]) <= start:
            self._next += 1
        found = []
        number = self._next
        while number < len(self._pieces) and self._pieces[number][0] < end:
            at = self._pieces[number][0]
            for length, user in self._label(self._pieces[number]):
                if at < end and at + length > start:
                    found.append((max(at, start), min(at + length, end), user))
                at += length
            number += 1
        return found


def _ids(piece: Piece) -> tuple[int, int, int]:
    return piece[2], piece[3], piece[1]


def _end(piece: Piece) -> int:
    return piece[0] + piece[1]


def _by_word(
    units: str, start: int, end: int, pieces: list[tuple[int, int, str | None]]
) -> Iterator[tuple[int, By]]:
    """Return where the words of a range begin, and all users who had a part in each one."""
    number = 0
    for first, last in tokens(units, start, end):
        users = []
        while number < len(pieces) and pieces[number][0] < last:
            users.append(pieces[number][2])
            if pieces[number][1] > last:
                break
            number += 1
        yield first, tuple(dict.fromkeys(users))


def _formatted(blocks: Iterable[Block], old: Edition, new: Edition) -> list[Change]:
    """Return the ranges whose attributes are not what they were, each as long as can be."""
    changes: list[Change] = []
    for at, to, length, values in other_attributes(blocks, old, new):
        names = tuple(values)
        start = to
        last = changes[-1] if changes else None
        if (
            last is not None
            and last.attributes == names
            and (last.start + last.length, last.old_start + last.old_length) == (to, at)
        ):
            start, at, length = last.start, last.old_start, last.length + length
            changes.pop()
        text = shown(new.units[start : start + length])
        changes.append(Change(Kind.FORMATTED, start, length, at, length, text, (), (), names))
    return changes
