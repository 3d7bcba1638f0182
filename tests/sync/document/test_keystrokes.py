"""What is taken for a keystroke without being read is one that would have been read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.document.delta import Delete, Delta, Insert, Retain, insert
from sync.document.document import Document
from sync.document.keystrokes import is_keystroke, read_keystroke
from sync.document.updates import read_header
from sync.errors import InvalidUpdate
from sync.types import Origin


def typed(*changes: Delta) -> list[bytes]:
    document = Document()
    updates: list[bytes] = []
    document.on_update(lambda update, _: updates.append(update))
    for change in changes:
        document.apply(change, Origin.VIEW)
    return updates


KEYSTROKES = typed(
    insert(0, "ab"), insert(2, "c"), insert(1, "x"), insert(0, "y"), [Retain(1), Delete(1)]
)[1:]


def test_what_people_type_is_recognised() -> None:
    assert all(map(is_keystroke, KEYSTROKES))


def test_it_says_what_reading_it_would_say() -> None:
    assert [read_keystroke(update) for update in KEYSTROKES] == list(map(read_header, KEYSTROKES))


@pytest.mark.parametrize(
    "change", [insert(1, "é"), insert(1, "\n"), [Retain(1), Insert("x", {"bold": True})]]
)
def test_what_must_be_read_is_not(change: Delta) -> None:
    assert not is_keystroke(typed(insert(0, "ab"), change)[-1])


@given(st.sampled_from(KEYSTROKES), st.data())
def test_damage_is_noticed(keystroke: bytes, data: st.DataObject) -> None:
    damaged = bytearray(keystroke)
    for _ in range(data.draw(st.integers(0, 3))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    update = bytes(damaged)
    try:
        header = read_header(update)
    except InvalidUpdate:
        assert not is_keystroke(update)
        assert read_keystroke(update) is None
    else:
        assert not is_keystroke(update) or header.ends or header.needs
        assert read_keystroke(update) == (header if is_keystroke(update) else None)
