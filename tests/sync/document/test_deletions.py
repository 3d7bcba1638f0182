"""What an update deletes, read from its bytes."""

from __future__ import annotations

import random

import pytest

from sync.document.deletions import deletions_in, includes, read_deletions
from sync.document.delta import Delete, Retain, insert
from sync.document.document import Document
from sync.errors import InvalidUpdate
from sync.types import Origin


def test_an_update_with_text_says_the_same_as_one_without() -> None:
    rng = random.Random(1)
    document = Document(client_id=1)
    document.apply(insert(0, "a sentence of some length\n"), Origin.COMMAND)
    for _ in range(20):
        at = rng.randrange(document.length - 1)
        document.apply([*([Retain(at)] if at else []), Delete(1)], Origin.VIEW)
        document.apply(insert(rng.randrange(document.length), "x"), Origin.VIEW)
    whole = deletions_in(document.encode_state())
    assert whole == read_deletions(document.update_since(document.state_vector()))
    assert sum(end - start for start, end in whole[1]) == 20


def test_one_who_deleted_more_is_not_included() -> None:
    ours = {1: [(0, 5), (8, 9)]}
    assert includes(ours, {1: [(1, 3), (8, 9)]})
    assert includes(ours, {})
    assert not includes(ours, {1: [(4, 6)]})
    assert not includes(ours, {2: [(0, 1)]})


@pytest.mark.parametrize("update", [b"", b"\x00", b"\x00\x01\x01\x05\x01"])
def test_what_breaks_off_is_refused(update: bytes) -> None:
    with pytest.raises(InvalidUpdate):
        read_deletions(update)
