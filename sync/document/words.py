"""Where words begin and end, and which words two texts have in common.

Texts are `Units`: one character for each UTF-16 unit.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from sync.document.edition import Block, Units

# Marks belong to the letter before them; surrogates, joiners and selectors stay together, so
# that no character is cut. Where words are not separated, each ideograph or kana is one;
# and so is each embed.
_SINGLE = "\u2e80-\u312f\u31a0-\ua4cf\uf900-\ufaff\U00010000-\U0010ffff"
_WORD = re.compile(rf"(?:(?![{_SINGLE}])[\w'’\u0300-\u036f\u200d\ufe0e\ufe0f\ud800-\udfff])+")
_TOKEN = re.compile(rf"{_WORD.pattern}|.", re.DOTALL)
_WORTH_KEEPING = re.compile(r"[\w\n\ud800-\udfff\U00010000-\U0010ffff]")
"""Between two words that differ, a space that happens to be the same says nothing."""
_LINE = re.compile(r"[^\n]*\n|[^\n]+")

LONGEST_WORD = 100
"""UTF-16 units; what is longer is cut somewhere, so that a wall of letters is not one change."""

_MOST_PAIRS = 400_000
"""Words of one text times words of the other that are compared one by one: 0.1 s."""


@dataclass(frozen=True, slots=True)
class Gap:
    """What stands between two blocks: a range of the older text, and one of the newer."""

    at: int
    end: int
    to: int
    stop: int


def gaps(blocks: Iterable[Block], old: Units, new: Units) -> Iterator[Gap]:
    """Return what stands between blocks, before the first and behind the last."""
    return _between(blocks, Gap(0, len(old), 0, len(new)))


def is_boundary(text: Units, at: int) -> bool:
    """Whether no word goes on across a place."""
    if not 0 < at < len(text):
        return True
    pair = _WORD.match(text, at - 1, at + 1)
    return pair is None or pair.end() <= at


def tokens(text: Units, start: int, end: int) -> list[tuple[int, int]]:
    """Return start and end of each word, space and other character between two places."""
    return [match.span() for match in _TOKEN.finditer(text, start, end)]


def whole_words(blocks: list[Block], old: Units, new: Units) -> list[Block]:
    """Return blocks without the parts of words at their ends."""
    result = []
    for at, to, length in blocks:
        first, last = 0, length
        while first < min(length, LONGEST_WORD) and not _both(old, at + first, new, to + first):
            first += 1
        shortest = max(first, length - LONGEST_WORD)
        while last > shortest and not _both(old, at + last, new, to + last):
            last -= 1
        if last > first:
            result.append((at + first, to + first, last - first))
    return result


def whole_characters(blocks: list[Block], old: Units, new: Units) -> list[Block]:
    """Return the blocks that are the same indeed, without half a surrogate pair at their ends."""
    result = []
    for at, to, length in blocks:
        if old[at : at + length] != new[to : to + length]:
            continue  # whoever cut a pair in two has spoiled it (yjs `ContentString.splice`)
        first = int("\udc00" <= old[at] <= "\udfff")
        last = length - int("\ud800" <= old[at + length - 1] <= "\udbff")
        if last > first:
            result.append((at + first, to + first, last - first))
    return result


def match(blocks: list[Block], old: Units, new: Units) -> list[Block]:
    """Return blocks together with what is the same between them, word by word."""
    found = [
        block
        for gap in gaps(blocks, old, new)
        if gap.at < gap.end and gap.to < gap.stop
        for block in _common(old, new, gap)
    ]
    return join_blocks(sorted([*blocks, *found]))


def _both(old: Units, at: int, new: Units, to: int) -> bool:
    return is_boundary(old, at) and is_boundary(new, to)


def _common(old: Units, new: Units, gap: Gap) -> list[Block]:
    """Return what is the same in a gap; by lines first where there are many words."""
    if old[gap.at : gap.end] == new[gap.to : gap.stop]:
        return [(gap.at, gap.to, gap.end - gap.at)]
    ours, theirs = tokens(old, gap.at, gap.end), tokens(new, gap.to, gap.stop)
    if len(ours) * len(theirs) <= _MOST_PAIRS:
        return _common_words(old, ours, new, theirs)
    result = lines = _common_lines(old, new, gap)
    for rest in _between(lines, gap):
        ours, theirs = tokens(old, rest.at, rest.end), tokens(new, rest.to, rest.stop)
        if len(ours) * len(theirs) <= _MOST_PAIRS:
            result = result + _common_words(old, ours, new, theirs)
    return result


def _common_lines(old: Units, new: Units, gap: Gap) -> list[Block]:
    """Return the most lines that are in both in the same order, of those that are there once.

    In time that grows with their number, whatever they are ("patience diff"): the longest
    rising row of places, by the heaps of a game of patience.
    """
    ours = _places_of_lines(old, gap.at, gap.end)
    theirs = _places_of_lines(new, gap.to, gap.stop)
    heaps: list[int] = []  # place in the newer text of the last line of the best row so long
    rows: list[tuple[Block, int]] = []  # line, and number of the one before it in its row
    tops: list[int] = []
    for line, at in ours.items():
        to = theirs.get(line, -1)
        if at < 0 or to < 0:
            continue
        heap = bisect_left(heaps, to)
        heaps[heap : heap + 1] = [to]
        tops[heap : heap + 1] = [len(rows)]
        rows.append(((at, to, len(line)), tops[heap - 1] if heap else -1))
    blocks = []
    number = tops[-1] if tops else -1
    while number >= 0:
        block, number = rows[number]
        blocks.append(block)
    return blocks[::-1]


def _places_of_lines(text: Units, start: int, end: int) -> dict[str, int]:
    """Return where each line is, -1 for one that is there more than once."""
    places: dict[str, int] = {}
    for match in _LINE.finditer(text, start, end):
        places[match[0]] = -1 if match[0] in places else match.start()
    return places


def _between(blocks: Iterable[Block], whole: Gap) -> Iterator[Gap]:
    at, to = whole.at, whole.to
    for block in (*blocks, (whole.end, whole.stop, 0)):
        if at < block[0] or to < block[1]:
            yield Gap(at, block[0], to, block[1])
        at, to = block[0] + block[2], block[1] + block[2]


def _common_words(
    old: Units, ours: list[tuple[int, int]], new: Units, theirs: list[tuple[int, int]]
) -> list[Block]:
    matcher = SequenceMatcher(
        None,
        [old[slice(*span)] for span in ours],
        [new[slice(*span)] for span in theirs],
        autojunk=False,
    )
    blocks = [
        (ours[a][0], theirs[b][0], ours[a + size - 1][1] - ours[a][0])
        for a, b, size in matcher.get_matching_blocks()
        if size
    ]
    return [
        (at, to, length) for at, to, length in blocks if _WORTH_KEEPING.search(old, at, at + length)
    ]


def join_blocks(blocks: list[Block]) -> list[Block]:
    """Return blocks with those that go on in the next one joined."""
    result: list[Block] = []
    for at, to, length in blocks:
        if result and result[-1][0] + result[-1][2] == at and result[-1][1] + result[-1][2] == to:
            result[-1] = result[-1][0], result[-1][1], result[-1][2] + length
        else:
            result.append((at, to, length))
    return result
