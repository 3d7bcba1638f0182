"""Which attributes each character has, without asking pycrdt, which walks the text to say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

_BLOCK = 256
"""Runs in a fresh block; one is split when it has twice as many."""

_STRIDE = 64
"""Blocks whose lengths are added up in one go."""

Attributes: TypeAlias = Mapping[str, object]

_Run: TypeAlias = tuple[int, Attributes]
"""UTF-16 units and their attributes, which nobody changes."""


class AttributeRuns:
    """The attributes of a text in runs of characters that have the same; units are UTF-16.

    All indices must be inside of the text.
    """

    def __init__(self, runs: Iterable[_Run] = ()) -> None:
        everything = list(runs)
        self._blocks = [
            everything[start : start + _BLOCK] for start in range(0, len(everything), _BLOCK)
        ] or [[]]
        self._lengths = [sum(length for length, _ in block) for block in self._blocks]

    def __iter__(self) -> Iterator[_Run]:
        for block in self._blocks:
            yield from block

    def at(self, index: int) -> Attributes:
        """Return the attributes of the unit at an index."""
        number, run, _ = self._find(index)
        return self._blocks[number][run][1]

    def insert(self, index: int, length: int, attributes: Attributes) -> None:
        """Put units in at an index."""
        number, run, offset = self._find(index - 1) if index else (0, -1, -1)
        block = self._blocks[number]
        self._lengths[number] += length
        if run >= 0 and block[run][1] == attributes:
            block[run] = (block[run][0] + length, attributes)
            return
        fresh = [(length, attributes)]
        if run >= 0 and offset + 1 < block[run][0]:
            old, beside = block[run]
            block[run] = (offset + 1, beside)
            fresh.append((old - offset - 1, beside))
        block[run + 1 : run + 1] = fresh
        self._halve(number)

    def delete(self, index: int, length: int) -> None:
        """Take units away from an index on."""
        while length:
            number, run, offset = self._find(index)
            block = self._blocks[number]
            units, attributes = block[run]
            taken = min(units - offset, length)
            self._lengths[number] -= taken
            length -= taken
            if taken < units:
                block[run] = (units - taken, attributes)
                continue
            del block[run]
            if not block and len(self._blocks) > 1:
                del self._blocks[number]
                del self._lengths[number]

    def change(self, index: int, length: int, changes: Attributes) -> None:
        """Change attributes (None: taken away) of units from an index on."""
        end = index + length
        while index < end:
            number, run, offset = self._find(index)
            block = self._blocks[number]
            units, attributes = block[run]
            taken = min(units - offset, end - index)
            pieces = [
                (offset, attributes),
                (taken, merged(attributes, changes)),
                (units - offset - taken, attributes),
            ]
            block[run : run + 1] = [piece for piece in pieces if piece[0]]
            if not offset and run and block[run - 1][1] == block[run][1]:
                block[run - 1 : run + 1] = [(block[run - 1][0] + taken, block[run][1])]
            index += taken
            self._halve(number)

    def _find(self, index: int) -> tuple[int, int, int]:
        """Return block, run, and where in it the unit at an index is."""
        lengths = self._lengths
        number = 0
        while index >= (units := sum(lengths[number : number + _STRIDE])):
            if number >= len(lengths):
                raise IndexError("there is no such unit")
            index -= units
            number += _STRIDE
        while index >= lengths[number]:
            index -= lengths[number]
            number += 1
        for run, (units, _) in enumerate(self._blocks[number]):
            if index < units:
                return number, run, index
            index -= units
        raise AssertionError("a block is shorter than its length")

    def _halve(self, number: int) -> None:
        block = self._blocks[number]
        if len(block) <= 2 * _BLOCK:
            return
        self._blocks[number : number + 1] = [block[:_BLOCK], block[_BLOCK:]]
        first = sum(length for length, _ in block[:_BLOCK])
        self._lengths[number : number + 1] = [first, self._lengths[number] - first]


def merged(attributes: Attributes, changes: Attributes) -> Attributes:
    """Return attributes with changes made to them; None takes one away."""
    both = {**attributes, **changes}
    return {name: value for name, value in both.items() if value is not None}
