"""Messages as bytes, and what else comes as bytes."""

from __future__ import annotations

import contextlib

from hypothesis import given
from hypothesis import strategies as st

from sync.relay.bus.base import (
    Draining,
    DrainWanted,
    Message,
    Presence,
    Updates,
    WhoIsHere,
    Written,
)
from sync.relay.bus.entries import MOST_BYTES, MOST_UPDATES, Malformed, decode, encode, pack
from sync.types import DocumentId, Sequence

documents = st.text(min_size=1, max_size=60).map(DocumentId)
sequences = st.integers(1, 2**53 - 1).map(Sequence)
names = st.text(max_size=60)
messages: st.SearchStrategy[Message] = st.one_of(
    st.builds(
        Updates,
        documents,
        sequences,
        st.lists(st.binary(max_size=40), min_size=1, max_size=5).map(tuple),
    ),
    st.builds(Written, documents, sequences),
    st.builds(Presence, documents, names, st.binary(max_size=40)),
    st.builds(WhoIsHere, documents),
    st.builds(DrainWanted, names),
    st.builds(Draining, names, st.integers(0, 10**6)),
)


@given(names, messages)
def test_what_is_encoded_is_decoded(node: str, message: Message) -> None:
    assert decode(encode(node, message)) == (node, message)


@given(st.binary(max_size=200))
def test_whatever_comes_is_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(Malformed):
        decode(data)


@given(names, messages, st.data())
def test_a_damaged_entry_is_read_or_refused(
    node: str, message: Message, data: st.DataObject
) -> None:
    entry = bytearray(encode(node, message))
    at = data.draw(st.integers(0, len(entry) - 1))
    entry[at] ^= data.draw(st.integers(1, 255))
    with contextlib.suppress(Malformed):
        decode(bytes(entry))


@given(sequences, st.lists(st.integers(0, 2 * MOST_BYTES), min_size=1, max_size=20))
def test_packed_updates_are_all_named_in_order_and_no_entry_is_long(
    first: Sequence, sizes: list[int]
) -> None:
    updates = [bytes(size) for size in sizes]
    named = first
    for message in pack(DocumentId("book"), first, updates):
        match message:
            case Updates(_, start, some):
                assert start == named
                assert list(some) == updates[start - first : start - first + len(some)]
                assert sum(map(len, some)) <= MOST_BYTES
                named = Sequence(named + len(some))
            case Written(_, last):
                assert last == named
                assert len(updates[last - first]) > MOST_BYTES
                named = Sequence(named + 1)
    assert named == first + len(updates)


def test_many_small_updates_are_no_long_entry() -> None:
    made = pack(DocumentId("book"), Sequence(1), [b""] * (MOST_UPDATES + 1))
    assert [len(message.updates) for message in made if isinstance(message, Updates)] == [
        MOST_UPDATES,
        1,
    ]
    for message in made:
        assert decode(encode("node", message)) == ("node", message)
