"""Keystrokes in a row that became one update make the document that they made each by itself."""

from __future__ import annotations

from collections.abc import Iterable

import pycrdt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.document.deletions import read_deletions
from sync.document.keystroke_runs import MOST, Run, match_keystroke
from sync.document.updates import read_header, read_state_vector

TEXT = "content"


class Desk:
    """Somebody who types letter by letter."""

    def __init__(self, number: int) -> None:
        self.doc: pycrdt.Doc[pycrdt.Text] = pycrdt.Doc(client_id=1000 + number)
        self.text = self.doc.get(TEXT, type=pycrdt.Text)
        self.updates: list[bytes] = []
        self._subscription = self.doc.observe(lambda event: self.updates.append(event.update))

    def take(self, updates: Iterable[bytes]) -> None:
        for update in updates:
            self.doc.apply_update(update)

    def said(self) -> list[bytes]:
        updates, self.updates = self.updates, []
        return updates


def runs_of(updates: Iterable[bytes]) -> list[bytes]:
    """Return the same in as few updates as can be."""
    found: list[bytes | Run] = []
    for update in updates:
        keystroke = match_keystroke(update)
        if keystroke is None:
            found.append(update)
        elif not (found and isinstance(found[-1], Run) and found[-1].add(keystroke)):
            found.append(Run(keystroke))
    return [one.update() if isinstance(one, Run) else one for one in found]


def same(one: pycrdt.Doc[pycrdt.Text], other: pycrdt.Doc[pycrdt.Text]) -> None:
    assert str(one[TEXT]) == str(other[TEXT])
    assert read_state_vector(one.get_state()) == read_state_vector(other.get_state())
    states = [doc.get_update() for doc in (one, other)]
    assert read_deletions(states[0]) == read_deletions(states[1])
    assert read_header(states[0]) == read_header(states[1])


# Who; where, of a thousand; how many keys in a row from there; backwards: deletions.
STRETCHES = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 999), st.integers(-6, 12), st.booleans()),
    max_size=25,
)


@given(STRETCHES)
def test_everybody_has_the_same_text(stretches: list[tuple[int, int, int, bool]]) -> None:
    desks = [Desk(number) for number in range(3)]
    first = Desk(9)
    first.text += "hello world"
    start = first.said()
    plain, joined = Desk(10), Desk(11)
    for desk in (*desks, plain, joined):
        desk.take(start)
        desk.said()
    heard: list[list[bytes]] = [[] for _ in desks]
    for who, where, count, hears in stretches:
        desk = desks[who]
        at = where * len(desk.text) // 1000
        for step in range(abs(count)):
            if count > 0:
                desk.text.insert(at + step, "abcdefghijkl"[step])
            elif 0 < at - step <= len(desk.text):
                del desk.text[at - step - 1 : at - step]
        said = desk.said()
        plain.take(said)
        once = runs_of(said)
        assert len(once) <= len(said)
        joined.take(once)
        for other, pending in enumerate(heard):
            if other != who:
                pending += once
        if hears:  # meanwhile others' words have come
            desk.take(heard[who])
            desk.said()
            heard[who].clear()
    same(plain.doc, joined.doc)
    for desk, pending in zip(desks, heard, strict=True):
        desk.take(pending)
        same(desk.doc, joined.doc)


def test_a_word_is_one_item_and_what_was_rubbed_out_one_deletion() -> None:
    desk = Desk(1)
    desk.text += "x."
    start = desk.said()
    for at, letter in enumerate("writing"):
        desk.text.insert(1 + at, letter)
    for at in range(7, 4, -1):
        del desk.text[at : at + 1]
    said = desk.said()
    [update] = runs_of(said)
    assert len(said) == 10
    assert b"\x07writing" in update
    [ranges] = read_deletions(update).values()
    assert len(ranges) == 1
    assert len(update) < len(said[0]) + 20
    reader = Desk(2)
    reader.take([*start, update])
    same(reader.doc, desk.doc)


def test_one_alone_is_left_as_it_is() -> None:
    desk = Desk(1)
    desk.text += "x"
    desk.said()
    desk.text += "y"
    [said] = desk.said()
    assert runs_of([said]) == [said]


@pytest.mark.parametrize("gap", [1, 5])
def test_what_does_not_follow_is_another_update(gap: int) -> None:
    desk = Desk(1)
    desk.text += "x"
    desk.said()
    for letter in "abcdefgh":
        desk.text += letter
    said = desk.said()
    del said[1 : 1 + gap]
    assert len(runs_of(said)) == 2


def test_no_update_grows_for_ever() -> None:
    desk = Desk(1)
    desk.text += "x"
    desk.said()
    for _ in range(2 * MOST):
        desk.text += "y"
    assert len(runs_of(desk.said())) == 2
