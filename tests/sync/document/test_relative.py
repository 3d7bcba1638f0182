"""Relative positions against what peers may send; `tests/interop` compares them with Yjs."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.document import followed, items, placing
from sync.document.delta import delete, insert
from sync.document.document import Document
from sync.document.relative import RelativePosition
from sync.errors import InvalidChange, InvalidPosition
from sync.lib0 import encode_string, encode_varuint
from sync.types import Origin

numbers = st.integers(-(2**70), 2**70) | st.floats() | st.none() | st.booleans() | st.text()
ids = st.fixed_dictionaries({}, optional={"client": numbers, "clock": numbers}) | numbers
jsons = st.fixed_dictionaries(
    {}, optional={"item": ids, "type": ids, "tname": numbers, "assoc": numbers}
)


def sample() -> Document:
    document = Document(client_id=7)
    document.apply(insert(0, "Wörter 😀\n"), Origin.COMMAND)
    document.set_title("a title")
    return document


@given(jsons)
def test_a_peer_may_say_anything(value: object) -> None:
    document = sample()
    try:
        position = RelativePosition.from_json(value)
    except InvalidPosition:
        return
    assert document.resolve(position) in (None, *range(document.length + 1))


@given(st.binary(max_size=40))
def test_a_peer_may_send_any_bytes(data: bytes) -> None:
    try:
        position = RelativePosition.decode(data)
    except InvalidPosition as error:
        assert str(error).startswith("A place in the text could not be found: ")  # noqa: PT017
        return
    sample().resolve(position)
    assert RelativePosition.decode(position.encode()) == position


@given(st.integers(0, 2**53 - 1), st.integers(0, 2**53 - 1), st.integers(1 - 2**53, 2**53 - 1))
def test_what_is_written_is_read(client: int, clock: int, assoc: int) -> None:
    for position in (
        RelativePosition((client, clock), None, None, assoc),
        RelativePosition(None, "content", None, assoc),
        RelativePosition(None, None, (client, clock), assoc),
    ):
        assert RelativePosition.decode(position.encode()) == position
        assert RelativePosition.from_json(position.to_json()) == position


def test_numbers_may_come_back_as_floats() -> None:
    value: dict[str, Any] = {"type": None, "item": {"client": 7.0, "clock": 2.0}, "assoc": -0.0}
    assert RelativePosition.from_json(value) == RelativePosition((7, 2))


@pytest.mark.parametrize(
    "position",
    [
        RelativePosition((8, 0)),
        RelativePosition((7, 10**6)),
        RelativePosition((7, 2**52)),
        RelativePosition((7, 10)),  # the title's
        RelativePosition(None, "meta"),
        RelativePosition(None, None, (7, 0)),
        RelativePosition(),
    ],
)
def test_places_that_are_not_in_the_content(position: RelativePosition) -> None:
    assert sample().resolve(position) is None


@pytest.mark.parametrize("index", [-1, 11])
def test_places_outside_are_refused(index: int) -> None:
    with pytest.raises(InvalidChange):
        sample().relative_position(index)


def test_a_comment_stays_when_its_text_goes_and_comes_back() -> None:
    document = sample()
    start, end = document.relative_position(1), document.relative_position(6, -1)
    document.apply(delete(0, 7), Origin.COMMAND)
    assert (document.resolve(start), document.resolve(end)) == (0, 0)
    document.undo()
    assert (document.resolve(start), document.resolve(end)) == (1, 6)


def test_undo_is_remembered_before_the_first_position_is_asked_for() -> None:
    document = sample()
    start = sample().relative_position(3)
    document.apply(delete(0, 7), Origin.COMMAND)
    document.undo()
    assert document.resolve(start) == 3


def test_much_unread_is_read_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(followed, "MAX_UNREAD_BYTES", 100)
    document = sample()
    place = document.relative_position(3)
    for _ in range(20):
        document.apply(insert(0, "é😀"), Origin.VIEW)
    assert document.resolve(place) == 63


def test_typing_makes_one_item_and_not_one_a_letter() -> None:
    document = sample()
    following = items.ItemList(document.encode_state())
    document.on_update(lambda update, _: following.apply(update))
    for number in range(50):
        document.apply(insert(3 + number, "é"), Origin.VIEW)
    for number in range(50):
        document.apply(delete(52 - number, 1), Origin.VIEW)
    assert len(list(following)) <= 4
    assert following.length == document.length


def test_a_text_made_to_take_for_ever_has_no_positions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(placing, "_MOST_STEPS", 1_000)
    # Each of many clients put a letter first, before another letter of the same text.
    structs = [
        b"\1" + encode_varuint(1000 - n) + b"\0\x44\1" + encode_varuint(n) + encode_string("x")
        for n in range(60)
    ]
    text = b"\1\1\0\4\1" + encode_string("content") + encode_string("y" * 60)
    document = Document(client_id=1)
    document.apply_update(encode_varuint(61) + b"".join([*structs, text]) + b"\0")
    assert document.resolve(RelativePosition(None, "content")) is None
    with pytest.raises(InvalidPosition):
        document.relative_position(0)
    assert document.length == 120
