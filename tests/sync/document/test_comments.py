"""Comments written by several people, on copies that meet now and then."""

from __future__ import annotations

import random

import pycrdt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.document.comment_entries import MAX_BODY, MAX_TIME, ROOTS
from sync.document.comments import Comments
from sync.document.document import Document
from sync.document.relative import RelativePosition
from sync.document.review import Review
from sync.errors import InvalidChange, InvalidUpdate

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


def test_a_deleted_comment_leaves_its_answers() -> None:
    ada, ben = Comments("ada"), Comments("ben")
    thread_id = ada.add(PLACE, PLACE, "the words", "Really?")
    meet(ada, ben)
    ben.reply(thread_id, "Yes.")
    meet(ada, ben)
    ada.delete(ada.threads()[0].comments[0].id)
    with pytest.raises(InvalidChange, match="others have answered"):
        ada.delete_thread(thread_id)
    with pytest.raises(InvalidChange, match="another person's thread"):
        ben.delete_thread(thread_id)
    [thread] = ada.threads()
    assert (thread.quote, [c.body for c in thread.comments]) == ("the words", ["Yes."])
    ada.tidy(thread_id)
    meet(ada, ben)
    assert ben.threads() == []


def test_an_answer_to_a_thread_that_goes_in_the_same_moment_stays() -> None:
    ada, ben = Comments("ada"), Comments("ben")
    thread_id = ada.add(PLACE, PLACE, "the words", "Really?")
    meet(ada, ben)
    ada.delete_thread(thread_id)
    ben.reply(thread_id, "Yes.")
    meet(ada, ben)
    [thread] = ada.threads()
    assert ada.threads() == ben.threads()
    assert (thread.author, [c.body for c in thread.comments]) == ("", ["Yes."])
    with pytest.raises(InvalidChange, match="not there any more"):
        ada.reply(thread_id, "No.")


def test_a_changed_comment_says_so() -> None:
    ada = Comments("ada")
    ada.add(PLACE, PLACE, "", "first")
    [comment] = ada.threads()[0].comments
    assert comment.edited is None
    ada.edit(comment.id, "second")
    [changed] = ada.threads()[0].comments
    assert (changed.body, changed.created) == ("second", comment.created)
    assert changed.edited is not None


def test_who_is_mentioned() -> None:
    ben, eve = "b" * 32, "e1" * 16
    ada = Comments("ada")
    ada.add(PLACE, PLACE, "", f"@{ben}, ask (@{eve}) or @{ben}; not x@{eve}, @{eve}0 or @nobody")
    assert ada.threads()[0].comments[0].mentions == (ben, eve)


def test_what_is_unread() -> None:
    ada, ben = Comments("ada"), Comments("ben")
    thread_id = ada.add(PLACE, PLACE, "", "first")
    meet(ada, ben)
    assert len(ben.unread(b"")) == 1
    seen = ben.state_vector()
    assert ben.unread(seen) == frozenset()
    ben.reply(thread_id, "own")
    answer = ada.reply(thread_id, "second")
    gone = ada.reply(thread_id, "third")
    ada.edit(answer, "second, better")
    ada.edit(answer, "second, best")
    ada.delete(gone)
    meet(ada, ben)
    assert ben.unread(seen) == {answer}
    ada.edit(answer, "changed, not new")
    meet(ada, ben)
    seen = ben.state_vector()
    ada.edit(answer, "again")
    meet(ada, ben)
    assert ben.unread(seen) == frozenset()
    with pytest.raises(InvalidUpdate):
        ben.unread(b"\x05nonsense")


def test_listeners_hear_which_threads_have_changed() -> None:
    ada, ben = Comments("ada"), Comments("ben")
    heard: list[frozenset[str]] = []
    stop = ben.on_change(heard.append)
    first = ada.add(PLACE, PLACE, "", "first")
    second = ada.add(PLACE, PLACE, "", "second")
    meet(ada, ben)
    assert heard == [{first, second}]
    ada.edit(ada.threads()[1].comments[0].id, "changed")
    ben.resolve(first)
    meet(ada, ben)
    assert set().union(*heard[1:]) == {first, ada.threads()[1].id}
    stop()
    heard.clear()
    ben.resolve(second)
    assert heard == []


def test_a_time_that_lies_makes_no_answer_disappear() -> None:
    ada, eve = Comments("ada"), Comments("eve")
    thread_id = eve.add(PLACE, PLACE, "", "first")
    key = eve.threads()[0].comments[0].id
    eve._write([("comments", key, {**eve._own("comments", key), "created": MAX_TIME})])
    meet(ada, eve)
    ada.reply(thread_id, "an answer")
    assert {c.body for c in ada.threads()[0].comments} == {"first", "an answer"}


json = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers(-(2**53), 2**53) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=10,
)
FIELDS = [
    "author",
    "created",
    "thread",
    "body",
    "edited",
    "start",
    "end",
    "quote",
    "suggestion",
    "by",
    "at",
    "resolved",
    "verdict",
    "replacement",
    "attributes",
    "left",
    "right",
    "insert",
    "client",
    "clock",
    "tname",
    "assoc",
]


@given(
    st.sampled_from(ROOTS),
    st.text(max_size=5) | st.sampled_from(["t", "t/accepted/eve"]),
    st.recursive(
        json | st.sampled_from(["t", "eve", "accepted", 1]),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner),
        max_leaves=20,
    ),
)
def test_a_peer_may_put_anything_anywhere(root: str, key: str, value: object) -> None:
    stranger: pycrdt.Doc = pycrdt.Doc()
    stranger.get(root, type=pycrdt.Map)[key] = value
    place = PLACE.to_json()
    about = {"author": "eve", "created": 1, "start": place, "end": place, "quote": ""}
    threads = stranger.get("threads", type=pycrdt.Map)
    threads["odd"] = {**about, "suggestion": value}
    threads["words"] = {
        **about,
        "suggestion": {"replacement": [value], "left": None, "right": value},
    }
    ada = Comments("ada")
    ada.apply_update(stranger.get_update())
    review = Review(Document(client_id=1), ada)
    for placed in review.threads():
        assert placed.thread.verdict
    assert ada.unread(b"") is not None


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
