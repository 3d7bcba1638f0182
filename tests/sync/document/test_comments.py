"""Comments written by several people, on copies that meet now and then."""

from __future__ import annotations

import random

import pycrdt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.document.comment_entries import MAX_BODY
from sync.document.comments import Comments
from sync.document.relative import RelativePosition
from sync.errors import InvalidChange

PLACE = RelativePosition((1, 2))


def meet(*copies: Comments) -> None:
    for one in copies:
        for other in copies:
            other.apply_update(one.update_since(other.state_vector()))


def test_a_thread_with_a_reply() -> None:
    ada, ben = Comments("ada"), Comments("ben")
    thread_id = ada.add(PLACE, PLACE, "the words", "Really?")
    meet(ada, ben)
    ben.reply(thread_id, "Yes.")
    ben.resolve(thread_id)
    meet(ada, ben)
    [thread] = ada.threads()
    assert ada.threads() == ben.threads()
    assert (thread.author, thread.quote, thread.resolved) == ("ada", "the words", True)
    assert thread.start == PLACE
    assert [(c.author, c.body) for c in thread.comments] == [("ada", "Really?"), ("ben", "Yes.")]
    ada.resolve(thread_id, False)
    assert not ada.threads()[0].resolved


def test_replies_at_the_same_time_both_stay() -> None:
    ada, ben = Comments("ada"), Comments("ben")
    thread_id = ada.add(PLACE, PLACE, "", "Well?")
    meet(ada, ben)
    ada.reply(thread_id, "one")
    ben.reply(thread_id, "two")
    meet(ada, ben)
    assert {c.body for c in ada.threads()[0].comments} == {"Well?", "one", "two"}
    assert ada.threads() == ben.threads()


def test_own_comments_only() -> None:
    ada, ben = Comments("ada"), Comments("ben")
    thread_id = ada.add(PLACE, PLACE, "", "Ada's")
    meet(ada, ben)
    [comment] = ben.threads()[0].comments
    for change in (lambda: ben.edit(comment.id, "mine"), lambda: ben.delete(comment.id)):
        with pytest.raises(InvalidChange, match="another person's"):
            change()
    ada.edit(comment.id, "better")
    assert [c.body for c in ada.threads()[0].comments] == ["better"]
    ada.delete(comment.id)
    assert ada.threads() == []
    for body in ("", "  ", "x" * (MAX_BODY + 1)):
        with pytest.raises(InvalidChange, match="characters"):
            ada.reply(thread_id, body)
    with pytest.raises(InvalidChange, match="not there"):
        ada.reply("nowhere", "x")


def test_what_has_another_shape_is_left_out() -> None:
    ada = Comments("ada")
    ada.add(PLACE, PLACE, "", "shown")
    stranger: pycrdt.Doc = pycrdt.Doc()
    stranger.get("threads", type=pycrdt.Map)["bad"] = {"author": 3}
    stranger.get("threads", type=pycrdt.Map)["worse"] = "text"
    stranger.get("comments", type=pycrdt.Map)["bad"] = {"author": "x", "created": float("inf")}
    stranger.get("resolutions", type=pycrdt.Map)["bad"] = [1]
    ada.apply_update(stranger.get_update())
    assert [c.body for t in ada.threads() for c in t.comments] == ["shown"]


@given(st.integers(0, 1_000_000))
def test_copies_that_have_met_are_equal(seed: int) -> None:
    rng = random.Random(seed)
    people = [Comments(name) for name in ("ada", "ben", "eve")]
    for _ in range(20):
        act(rng, rng.choice(people))
        if rng.random() < 0.3:
            meet(*rng.sample(people, 2))
    meet(*people)
    assert people[0].threads() == people[1].threads() == people[2].threads()


def act(rng: random.Random, person: Comments) -> None:
    """Do something that the person may do."""
    threads = person.threads()
    own = [c.id for t in threads for c in t.comments if c.author == person.author]
    match rng.randrange(5):
        case 0 if own:
            person.edit(rng.choice(own), f"edited {rng.random()}")
        case 1 if own:
            person.delete(rng.choice(own))
        case 2 if threads:
            person.reply(rng.choice(threads).id, "reply")
        case 3 if threads:
            person.resolve(rng.choice(threads).id, rng.random() < 0.5)
        case _:
            person.add(PLACE, PLACE, "quote", "thread")
