"""Others' carets stay beside their characters, whoever edits; colours and names are theirs."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.presence.room import Guest, Room
from sync.document.delta import insert
from sync.document.document import Document
from sync.presence.states import COLOURS, PersonState, Selected, write_state
from sync.protocol.awareness import GONE, ClientState, decode_awareness, encode_awareness
from sync.types import Origin
from tests.interop.yjs import boundaries, edit

pytestmark = pytest.mark.usefixtures("qapp")


def document(text: str = "The island lay low.\n") -> Document:
    made = Document()
    made.apply(insert(0, text), Origin.COMMAND)
    return made


def said(client: int, clock: int, state: PersonState | None) -> bytes:
    text = GONE if state is None else write_state(state)
    return encode_awareness([ClientState(client, clock, text)])


def selected(where: Document, anchor: int, head: int, assoc: int = 0) -> Selected:
    return Selected(where.relative_position(anchor, assoc), where.relative_position(head, assoc))


def guest(room: Room, client: int) -> Guest:
    found = room.guest(client)
    assert found is not None
    return found


@given(seed=st.integers(0, 2**32 - 1))
def test_carets_are_where_yjs_says_after_any_edits(seed: int) -> None:
    rng = random.Random(seed)
    ours, theirs = document(), Document()
    theirs.apply_update(ours.encode_state())
    to_them: list[bytes] = []
    to_us: list[bytes] = []
    ours.on_update(lambda update, _: to_them.append(update))
    theirs.on_update(lambda update, _: to_us.append(update))
    room = Room(ours)
    positions = {}
    for client in (5, 6, 7):
        places = [rng.choice(boundaries(theirs)) for _ in range(2)]
        positions[client] = selected(theirs, *places, rng.choice([0, -1]))
        room.receive(said(client, 1, PersonState("Ben", 0, positions[client])))
    for _ in range(12):
        edit(rng.choice([ours, theirs]), rng)
        if rng.random() < 0.5:
            for update in to_us:
                ours.apply_update(update)
            to_us.clear()
        for client, position in positions.items():
            assert guest(room, client).caret == ours.resolve(position.head)
            ends = (ours.resolve(position.anchor), ours.resolve(position.head))
            if None not in ends:
                assert guest(room, client).selected == tuple(sorted(ends))  # type: ignore[type-var]
    room.close()


def test_a_caret_beside_words_that_have_not_come_appears_with_them(qtbot: QtBot) -> None:
    ours, theirs = document(), Document()
    theirs.apply_update(ours.encode_state())
    theirs.apply(insert(3, " green"), Origin.VIEW)
    room = Room(ours)
    room.receive(said(5, 1, PersonState("Ben", 0, selected(theirs, 5, 5))))
    assert guest(room, 5).caret is None
    with qtbot.waitSignal(room.carets_changed):
        ours.apply_update(theirs.encode_state())
    assert guest(room, 5).caret == 5
    room.close()


def test_who_writes_is_told_from_whose_caret_the_text_pushes() -> None:
    ours = document()
    theirs = Document()
    theirs.apply_update(ours.encode_state())
    room = Room(ours)
    room.receive(said(5, 1, PersonState("Ben", 0, selected(theirs, 4, 4))))
    room.receive(said(6, 1, PersonState("Cleo", 1, selected(theirs, 9, 9))))
    active: list[set[int]] = []
    room.active.connect(active.append)
    theirs.apply(insert(4, "x"), Origin.VIEW)
    ours.apply_update(theirs.encode_state())
    assert active == [{5}]
    assert (guest(room, 5).caret, guest(room, 6).caret) == (5, 10)
    ours.apply(insert(0, "y"), Origin.VIEW)  # nobody but this person has done anything
    assert active == [{5}]
    assert (guest(room, 5).caret, guest(room, 6).caret) == (6, 11)
    room.close()


def test_two_who_ask_for_one_colour_get_two() -> None:
    room = Room(document())
    for client in range(2, 2 + len(COLOURS)):
        room.receive(said(client, 1, PersonState(f"Person {client}", 3)))
    assert sorted(one.colour for one in room.guests) == list(range(len(COLOURS)))
    assert guest(room, 2).colour == 3
    room.receive(said(50, 1, PersonState("Person 2", 3)))  # another device of the same
    assert guest(room, 50).colour == 3
    room.close()


def test_a_client_that_says_nothing_of_a_person_is_not_shown() -> None:
    room = Room(document())
    room.receive(encode_awareness([ClientState(9, 1, "{}")]))
    assert room.guests == []
    room.receive(said(9, 2, PersonState("Ben")))
    assert [one.name for one in room.guests] == ["Ben"]
    room.receive(said(9, 3, None))
    assert room.guests == []
    room.close()


def test_the_own_caret_is_told_and_that_one_has_left(qtbot: QtBot) -> None:
    ours = document()
    room = Room(ours)
    heard: list[bytes] = []
    room.to_say.connect(heard.append)
    room.introduce("Ada", "user-1")
    room.select(4, 10)
    qtbot.waitUntil(lambda: any(b"tname" in payload for payload in heard))
    [state] = decode_awareness(heard[-1])
    assert state.client == ours.client_id
    other = Room(ours)
    other.receive(encode_awareness([ClientState(99, 1, state.state)]))
    assert guest(other, 99).selected == (4, 10)
    assert guest(other, 99).name == "Ada"
    assert decode_awareness(room.close())[0].state == GONE
    other.close()


def test_nobody_is_shown_without_a_connection() -> None:
    room = Room(document())
    room.receive(said(5, 3, PersonState("Ben")))
    room.forget_others()
    assert room.guests == []
    room.receive(said(5, 3, PersonState("Ben")))  # the relay's list after the reconnect
    assert [one.name for one in room.guests] == ["Ben"]
    room.close()
    QApplication.processEvents()
