"""What updates delete, read from their bytes."""

from __future__ import annotations

import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sync.document.deletions import (
    Removers,
    deletions_of,
    includes,
    join_deletions,
    joined,
    overlaps,
    read_deletions,
)
from sync.document.delta import Insert, delete, insert
from sync.document.document import Document
from sync.document.updates import EMPTY_UPDATE
from sync.errors import InvalidUpdate
from sync.types import Origin

ranges = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 9))).map(
    lambda pairs: joined(sorted((start, start + length) for start, length in pairs))
)


def test_what_each_update_deletes() -> None:
    document = Document(client_id=7)
    updates: list[bytes] = []
    document.on_update(lambda update, _: updates.append(update))
    document.apply(insert(0, "0123456789"), Origin.VIEW)
    document.apply(delete(2, 3), Origin.VIEW)
    document.apply([*delete(0, 1), Insert("x", {"bold": True})], Origin.COMMAND)
    first = deletions_of(updates[:2])
    assert read_deletions(first) == {7: [(2, 5)]}
    both = join_deletions([first, deletions_of(updates[2:])])
    assert read_deletions(both) == {7: [(0, 1), (2, 5)]}
    assert deletions_of([updates[0], b"no update", b"\1\1"]) == EMPTY_UPDATE
    assert read_deletions(EMPTY_UPDATE) == {}


def test_an_update_with_text_says_the_same_as_one_without() -> None:
    rng = random.Random(1)
    document = Document(client_id=1)
    document.apply(insert(0, "a sentence of some length\n"), Origin.COMMAND)
    for _ in range(20):
        document.apply(delete(rng.randrange(document.length - 1), 1), Origin.VIEW)
        document.apply(insert(rng.randrange(document.length), "x"), Origin.VIEW)
    whole = read_deletions(document.encode_state())
    assert whole == read_deletions(document.update_since(document.state_vector()))
    assert sum(end - start for start, end in whole[1]) == 20


def test_one_who_deleted_more_is_not_included() -> None:
    ours = {1: [(0, 5), (8, 9)]}
    assert includes(ours, {1: [(1, 3), (8, 9)]})
    assert includes(ours, {})
    assert not includes(ours, {1: [(4, 6)]})
    assert not includes(ours, {2: [(0, 1)]})


@pytest.mark.parametrize("update", [b"", b"\1", b"\0\1\1", b"\1\1\1\1\xff"])
def test_bytes_that_are_no_update(update: bytes) -> None:
    with pytest.raises(InvalidUpdate):
        read_deletions(update)


@given(ranges, st.integers(0, 70), st.integers(0, 70))
@example([(5, 9)], 8, 7)
def test_overlaps_are_what_both_have(some: list[tuple[int, int]], start: int, end: int) -> None:
    both = {n for first, last in some for n in range(first, last)} & set(range(start, end))
    found = list(overlaps(some, start, end))
    assert {n for first, last in found for n in range(first, last)} == both
    assert sum(last - first for first, last in found) == len(both)


@given(ranges, ranges, st.integers(0, 60), st.integers(1, 20))
def test_each_unit_has_one_remover_or_none(
    ada: list[tuple[int, int]], bob: list[tuple[int, int]], clock: int, length: int
) -> None:
    pieces = Removers({"ada": {1: ada}, "bob": {1: bob}}).of(1, clock, length)
    assert [n for start, end, _ in pieces for n in range(start, end)] == [
        *range(clock, clock + length)
    ]
    for start, end, user in pieces:
        for n in range(start, end):
            who = {
                name
                for name, some in (("ada", ada), ("bob", bob))
                if any(first <= n < last for first, last in some)
            }
            assert user in (who or {None})
