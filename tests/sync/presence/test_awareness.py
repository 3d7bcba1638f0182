"""Who is here: the model keeps y-protocols' rules, and believes nobody's clock or length."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from sync.document.relative import RelativePosition
from sync.presence.awareness import (
    MOST_OTHERS,
    RENEWAL,
    SHORTEST_PAUSE,
    SILENCE,
    Awareness,
)
from sync.presence.states import (
    COLOURS,
    LONGEST_NAME,
    PersonState,
    Selected,
    clean_name,
    read_state,
    write_state,
)
from sync.protocol.awareness import GONE, ClientState, decode_awareness, encode_awareness

ADA, BEN, CLEO = 1, 2, 3
BEN_IS_HERE = PersonState("Ben", 1)


def said(client: int, clock: int, state: PersonState | None = BEN_IS_HERE) -> bytes:
    text = GONE if state is None else write_state(state)
    return encode_awareness([ClientState(client, clock, text)])


def test_the_larger_clock_wins_and_gone_at_the_same_clock() -> None:
    ada = Awareness(ADA)
    assert ada.receive(said(BEN, 5), 0.0) == {BEN}
    assert ada.receive(said(BEN, 4, PersonState("Older")), 1.0) == set()
    assert ada.receive(said(BEN, 5, PersonState("As old")), 1.0) == set()
    assert ada.others == {BEN: BEN_IS_HERE}
    assert ada.receive(said(BEN, 5, None), 2.0) == {BEN}
    assert ada.others == {}
    assert ada.receive(said(BEN, 5), 3.0) == set()  # what came late does not bring him back
    assert ada.receive(said(BEN, 6), 3.0) == {BEN}


def test_silence_is_measured_by_the_own_clock() -> None:
    ada = Awareness(ADA)
    ada.receive(said(BEN, 1), 0.0)
    ada.receive(said(BEN, 2), 20.0)  # the same again: a sign of life
    assert ada.next_at() == 20.0 + SILENCE
    assert ada.expire(20.0 + SILENCE - 0.01) == set()
    assert ada.expire(20.0 + SILENCE) == {BEN}
    assert ada.others == {}
    assert ada.receive(said(BEN, 3), 60.0) == {BEN}


def test_at_most_ten_a_second_go_out_and_one_at_rest() -> None:
    ada = Awareness(ADA)
    now, sent = 0.0, []
    for number in range(1_000):  # ten seconds of a caret that never rests
        now = number / 100
        ada.set_own(PersonState("Ada", 0, caret(number)))
        if ada.to_send(now) is not None:
            sent.append(now)
    assert len(sent) <= 10 / SHORTEST_PAUSE + 1
    assert all(later >= one + SHORTEST_PAUSE for one, later in pairwise(sent))
    due = ada.next_at()
    assert due is not None
    update = ada.to_send(due)  # where it came to rest is said, too
    assert update is not None
    assert read_state(decode_awareness(update)[0].state) == PersonState("Ada", 0, caret(999))
    assert ada.to_send(due + RENEWAL - 0.01) is None
    assert ada.next_at() == due + RENEWAL
    renewed = ada.to_send(due + RENEWAL)
    assert renewed is not None
    assert decode_awareness(renewed)[0].clock == decode_awareness(update)[0].clock + 1


def test_who_has_not_said_anything_is_not_renewed() -> None:
    ada = Awareness(ADA)
    assert ada.next_at() is None
    assert ada.to_send(100.0) is None


def test_after_a_reconnect_others_take_it_as_news() -> None:
    ada, ben = Awareness(ADA), Awareness(BEN)
    ada.set_own(PersonState("Ada", 0))
    first = ada.to_send(0.0)
    assert first is not None
    assert ben.receive(first, 0.0) == {ADA}
    [state] = decode_awareness(first)
    # What the relay says when a socket ends: gone, by the clock that it had.
    gone = encode_awareness([ClientState(ADA, state.clock, GONE)])
    assert ben.receive(gone, 1.0) == {ADA}
    ada.say_again()
    again = ada.to_send(1.0)
    assert again is not None
    assert ben.receive(again, 1.0) == {ADA}


def test_we_contradict_who_says_that_we_have_left() -> None:
    ada, ben = Awareness(ADA), Awareness(BEN)
    ada.set_own(PersonState("Ada"))
    update = ada.to_send(0.0)
    assert update is not None
    ada.receive(said(ADA, 7, None), 1.0)
    assert ada.others == {}
    again = ada.to_send(1.0)
    assert again is not None
    ben.receive(said(ADA, 7, None), 1.0)
    assert ben.receive(again, 1.0) == {ADA}
    ada.receive(again, 2.0)  # the relay's list has us, too
    assert ada.to_send(2.0) is None


def test_leaving_is_told_at_once() -> None:
    ada, ben = Awareness(ADA), Awareness(BEN)
    ada.set_own(PersonState("Ada"))
    ben.receive(ada.to_send(0.0) or b"", 0.0)
    assert ben.receive(ada.leave(0.01), 0.01) == {ADA}
    assert ben.others == {}
    assert ada.next_at() is None


def test_a_crowd_is_bounded_and_makes_room() -> None:
    ada = Awareness(ADA)
    text = write_state(BEN_IS_HERE)
    crowd = [ClientState(client, 1, text) for client in range(10, 10 + 2 * MOST_OTHERS)]
    assert len(ada.receive(encode_awareness(crowd), 0.0)) == MOST_OTHERS
    assert len(ada.others) == MOST_OTHERS
    ada.receive(said(10, 1, None), 1.0)
    assert ada.receive(said(BEN, 1), 1.0) == {BEN}


@given(st.binary(max_size=200))
def test_any_bytes_are_taken(payload: bytes) -> None:
    ada = Awareness(ADA)
    ada.set_own(PersonState("Ada"))
    ada.receive(payload, 0.0)
    assert ADA not in ada.others


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=60),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["user", "name", "color", "cursor", "anchor", "head", "item", "client"])
            | st.text(max_size=5),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(json_values)
def test_any_state_is_read_as_something_that_may_be_shown(value: Any) -> None:
    state = read_state(json.dumps(value))
    assert state is None or state.colour is None or state.colour < len(COLOURS)
    if state is not None:
        assert len(state.name) <= LONGEST_NAME
        assert read_state(write_state(state)) == state


@given(st.text(max_size=300))
def test_a_name_is_one_short_line_without_controls(name: str) -> None:
    shown = clean_name(name)
    assert len(shown) <= LONGEST_NAME
    assert not any(
        ord(letter) < 32 or letter in "\u202a\u202e\u2066\u2069\u200f" for letter in shown
    )
    assert "\u2028" not in shown
    assert shown == shown.strip()
    assert clean_name(shown) == shown


def test_names_that_people_have_stay() -> None:
    for name in ("Ada Lovelace", "José", "Nguyễn Văn A", "שרה", "علی‌رضا", "小野", "👩🏽‍🚀 Sally"):
        assert clean_name(name) == name
    assert clean_name("evil\u202egnp.exe\nsecond\tline") == "evilgnp.exe second line"
    assert clean_name("Z" + "\u0300" * 50) == "Z" + "\u0300" * 3
    assert clean_name("x" * 100) == "x" * (LONGEST_NAME - 1) + "…"


def test_a_colour_of_another_palette_is_not_taken_over() -> None:
    for color in ("#ff0000", "red", "url(http://example.org)", 7, None):
        state = read_state(json.dumps({"user": {"name": "X", "color": color}}))
        assert state == PersonState("X", None)
    state = read_state(json.dumps({"user": {"name": "X", "color": COLOURS[3].upper()}}))
    assert state == PersonState("X", 3)


def test_a_state_that_is_too_long_counts_as_none() -> None:
    assert read_state(json.dumps({"user": {"name": "X"}, "more": "x" * 5_000})) is None


def caret(clock: int) -> Selected:
    place = RelativePosition((7, clock), "content")
    return Selected(place, place)


class Talk(RuleBasedStateMachine):
    """Three clients over a network that repeats, reorders and loses; in the end all is true."""

    clients = (ADA, BEN, CLEO)

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.models = {client: Awareness(client) for client in self.clients}
        self.own: dict[int, PersonState | None] = dict.fromkeys(self.clients)
        self.said: list[tuple[int, bytes]] = []
        self.sent_at: dict[int, float] = {}

    def _say(self, client: int) -> None:
        update = self.models[client].to_send(self.now)
        if update is not None:
            last = self.sent_at.get(client)
            assert last is None or self.now >= last + SHORTEST_PAUSE
            self.sent_at[client] = self.now
            self.said.append((client, update))

    @rule(client=st.sampled_from(clients), number=st.integers(0, 50))
    def move(self, client: int, number: int) -> None:
        self.own[client] = PersonState(f"Client {client}", client, caret(number))
        self.models[client].set_own(self.own[client])
        self._say(client)

    @rule(client=st.sampled_from(clients))
    def leave(self, client: int) -> None:
        if self.own[client] is not None:
            self.own[client] = None
            self.said.append((client, self.models[client].leave(self.now)))
            self.sent_at[client] = self.now

    @rule(seconds=st.sampled_from([0.01, 0.1, 1.0, 14.0, 31.0]))
    def wait(self, seconds: float) -> None:
        self.now += seconds
        for client, model in self.models.items():
            model.expire(self.now)
            self._say(client)

    @rule(to=st.sampled_from(clients), pick=st.randoms(use_true_random=False))
    def deliver(self, to: int, pick: Any) -> None:
        """One of all that was ever said, an old one perhaps."""
        if self.said:
            self.models[to].receive(pick.choice(self.said)[1], self.now)

    @invariant()
    def nobody_sees_themselves(self) -> None:
        for client, model in self.models.items():
            assert client not in model.others

    def teardown(self) -> None:
        """Let everybody speak once more and all hear it: then all know who is here, and where."""
        for model in self.models.values():
            model.say_again()
        for _ in range(4):
            self.now += 1.0
            for client in self.clients:
                self._say(client)
            for sender, update in self.said[-12:]:
                for client, model in self.models.items():
                    if client != sender:
                        model.receive(update, self.now)
        self.now += SILENCE - 10
        for client in self.clients:
            here = {other: own for other, own in self.own.items() if own and other != client}
            seen = {k: v for k, v in self.models[client].others.items() if self.own[k] is not None}
            assert seen == here
            self.models[client].expire(self.now + SILENCE)
            assert self.models[client].others == {}


TestTalk = Talk.TestCase
