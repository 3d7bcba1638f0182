"""Going back to an older state by an ordinary edit.

Only an edit keeps what others write at the same time, and lets comments and carets elsewhere
stay where they are. Nothing is put back in place of what is there already, so nothing doubles.
"""

from __future__ import annotations

from sync.document.alignment import align
from sync.document.delta import Delete, Delta, Insert, Retain, compact
from sync.document.edition import Block, Edition, EmbedNames, other_attributes
from sync.document.words import gaps, match


def restoring(current: bytes, version: bytes) -> Delta:
    """Return the change that makes of the text of one state that of an older one.

    It fits a document in state `current` (`Document.encode_state`) and is to be applied by
    `Document.apply_in_slices` with `Origin.COMMAND`: one step to undo. Characters that are in
    both stay; where some were deleted and typed again, equal words do. Takes seconds for a
    megabyte, so it is to be called on a thread of its own, while nobody changes the document:
    a change in between means to ask again. Raises `InvalidUpdate`.
    """
    embeds = EmbedNames()
    before, now = Edition.read(version, embeds), Edition.read(current, embeds)
    if not before.units.endswith("\n"):  # the last newline is never deleted here
        before = Edition.of(version, [*before.contents, Insert("\n")], before.authors, embeds)
    blocks = match(align(before, now).kept, before.units, now.units)
    blocks = _with_last_newline(blocks, before, now)
    edits: list[tuple[int, int, Delta]] = [
        (gap.to, gap.stop, [Delete(gap.stop - gap.to), *before.inserts(gap.at, gap.end)])
        for gap in gaps(blocks, before.units, now.units)
    ]
    edits += [
        (to, to + units, [Retain(units, values)])
        for _, to, units, values in other_attributes(blocks, before, now)
    ]
    delta: Delta = []
    at = 0
    for start, end, operations in sorted(edits, key=lambda edit: edit[:2]):
        delta += [Retain(start - at), *operations]
        at = end
    return compact(delta)


def _with_last_newline(blocks: list[Block], version: Edition, current: Edition) -> list[Block]:
    """Return blocks in which the last newline stays, if nothing is said about it."""
    end, stop = len(version.units), len(current.units)
    at, to, length = blocks[-1] if blocks else (0, 0, 0)
    if current.units.endswith("\n") and at + length < end and to + length < stop:
        return [*blocks, (end - 1, stop - 1, 1)]
    return blocks
