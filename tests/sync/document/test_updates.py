from __future__ import annotations

import random
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.document.delta import delete, insert
from sync.document.document import Document
from sync.document.updates import CausalBuffer, read_header
from sync.errors import InvalidUpdate
from sync.types import Origin
from tests.sync.document.test_document import random_delta


def history(seed: int, steps: int = 20) -> tuple[Document, list[bytes]]:
    """Two writers in step, and every update in a causal order."""
    rng = random.Random(seed)
    one, two = Document(client_id=1), Document(client_id=2)
    updates: list[bytes] = []
    one.on_update(lambda update, _: (updates.append(update), two.apply_update(update)))
    two.on_update(lambda update, _: (updates.append(update), one.apply_update(update)))
    for _ in range(steps):
        writer = rng.choice((one, two))
        writer.apply(random_delta(writer, rng), Origin.COMMAND)
        if rng.random() < 0.1:
            writer.undo()
    return one, updates


@given(st.integers(0, 2**32))
def test_any_order_gives_the_same_text(seed: int) -> None:
    original, updates = history(seed)
    random.Random(seed).shuffle(updates)
    copy = Document()
    for update in updates:
        copy.apply_update(update)
    assert not copy.missing
    assert copy.contents() == original.contents()


def test_a_gap_waits_and_says_so() -> None:
    document = Document()
    updates: list[bytes] = []
    document.on_update(lambda update, _: updates.append(update))
    for number, letter in enumerate("abc"):
        document.apply(insert(number, letter), Origin.COMMAND)
    copy = Document()
    copy.apply_update(updates[0])
    copy.apply_update(updates[2])
    assert copy.missing
    assert copy.text() == "a"
    copy.apply_update(document.update_since(copy.state_vector()))
    assert not copy.missing
    assert copy.text() == "abc"


def test_a_book_that_waits_for_one_change_keeps_nothing_waiting() -> None:
    """Deletions fit nearly always; each was followed by a look at all that waited: minutes."""
    original = Document(client_id=1)
    updates: list[bytes] = []
    original.on_update(lambda update, _: updates.append(update))
    original.apply(insert(0, "." * 6_000), Origin.VIEW)
    for number in range(5_000):
        original.apply(insert(original.length, "a"), Origin.VIEW)
        original.apply(delete(number % 7, 1), Origin.VIEW)
    copy = Document()
    for update in updates[:1] + updates[2:]:
        copy.apply_update(update)
    assert copy.missing
    assert "a" not in copy.text()
    copy.apply_update(updates[1])
    assert not copy.missing
    assert copy.text() == original.text()


def test_own_edits_are_no_gap() -> None:
    document = Document(client_id=1)
    updates: list[bytes] = []
    document.on_update(lambda update, _: updates.append(update))
    document.apply(insert(0, "a"), Origin.COMMAND)
    copy = Document.load(None, updates, client_id=1)
    copy.apply(insert(1, "b"), Origin.COMMAND)
    other = Document.load(copy.encode_state())
    other.on_update(lambda update, _: copy.apply_update(update))
    other.apply(insert(2, "c"), Origin.COMMAND)
    assert copy.text() == "abc"
    assert not copy.missing


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(InvalidUpdate):
        read_header(data)


@given(st.integers(0, 2**32), st.floats(0, 1, exclude_max=True), st.integers(1, 255))
def test_a_broken_update_never_harms(seed: int, where: float, damage: int) -> None:
    # pycrdt writes attributes in any order, so the same seed may give other bytes.
    _, updates = history(seed, steps=4)
    update = bytearray(updates[seed % len(updates)])
    update[int(where * len(update))] ^= damage
    document = Document()
    document.apply(insert(0, "kept\n"), Origin.COMMAND)
    try:
        document.apply_update(bytes(update))
    except InvalidUpdate:
        assert document.text() == "kept\n"
    document.apply(insert(0, "still "), Origin.COMMAND)
    assert "still " in document.text()


def test_the_header_names_what_an_update_needs() -> None:
    one, two = Document(client_id=1), Document(client_id=2)
    one.apply(insert(0, "ab"), Origin.COMMAND)
    two.apply_update(one.encode_state())
    updates: list[bytes] = []
    two.on_update(lambda update, _: updates.append(update))
    two.apply(insert(1, "😀"), Origin.COMMAND)
    header = read_header(updates[0])
    assert (header.starts, header.ends, header.needs) == ({2: 0}, {2: 2}, {1: 2})


def test_garbage_leaves_the_buffer_as_it_was() -> None:
    buffer = CausalBuffer(Document().state_vector)
    with pytest.raises(InvalidUpdate):
        buffer.admit(b"\xff\xff")
    assert not buffer.missing
