"""A snapshot may take a log's place only if it is the same document."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pycrdt
import pytest

from sync.relay.storage.base import StoredLog
from sync.relay.storage.replay import CannotFold, Replay, deeply, fold
from sync.types import Sequence
from tests.sync.relay.storage.conftest import typed, typed_and_deleted


def log_of(updates: list[bytes]) -> StoredLog:
    return StoredLog(None, updates, Sequence(len(updates)))


def recorded(work: Callable[[pycrdt.Doc[Any]], None], client_id: int = 1) -> list[bytes]:
    """Return the updates of a document that is not Inkstand's."""
    doc: pycrdt.Doc[Any] = pycrdt.Doc(client_id=client_id)
    updates: list[bytes] = []
    doc.observe(lambda event: updates.append(event.update))
    work(doc)
    return updates


def all_kinds(doc: pycrdt.Doc[Any]) -> None:
    text = doc.get("content", type=pycrdt.Text)
    text.insert(0, "Grüße 😀\n", {"bold": True})
    text.insert_embed(2, {"image": "x"}, {})
    text.format(0, 2, {"bold": None, "link": "https://example.org"})
    items = doc.get("items", type=pycrdt.Array)
    items.append(1.5)
    items.append(pycrdt.Map({"a": pycrdt.Text("deep"), "b": [1, {"c": None}]}))
    meta = doc.get("meta", type=pycrdt.Map)
    meta["title"] = "One"
    meta["title"] = "Two"
    meta["gone"] = pycrdt.Array([1, 2, 3])
    del meta["gone"]
    page = doc.get("page", type=pycrdt.XmlFragment)
    paragraph = page.children.append(pycrdt.XmlElement("p", {"class": "x"}))
    paragraph.children.append(pycrdt.XmlText("hello"))
    page.children.append(pycrdt.XmlElement("hr"))
    del text[1:3]


@pytest.mark.parametrize(
    "updates",
    [typed("one ", "two 😀", "three"), typed_and_deleted(300), recorded(all_kinds)],
    ids=["typed", "deleted", "all kinds"],
)
def test_a_snapshot_is_the_same_document(updates: list[bytes]) -> None:
    state = fold(log_of(updates))
    one, other = Replay.of(log_of(updates)), Replay.of_state(state)
    assert one.clocks() == other.clocks()
    assert one.deletions() == other.deletions()
    assert one.view() == other.view()
    # And it goes on being the same with what comes later, in the middle of it too.
    assert fold(StoredLog(state, [], Sequence(9))) == state


def test_whoever_is_behind_gets_the_same_from_either() -> None:
    updates = typed_and_deleted(60)
    behind = Replay()
    behind.apply(updates[:51])
    whole = Replay.of(log_of(updates))
    folded = Replay.of_state(fold(log_of(updates)))
    behind.apply([folded.since(behind.state_vector())])
    assert behind.view() == whole.view()
    assert behind.deletions() == whole.deletions()


@pytest.mark.parametrize("seed", range(5))
def test_two_who_write_at_once_and_a_log_that_is_cut_anywhere(seed: int) -> None:
    rng = random.Random(seed)
    docs = [pycrdt.Doc(client_id=number + 1) for number in range(2)]
    texts = [doc.get("content", type=pycrdt.Text) for doc in docs]
    log: list[bytes] = []
    for doc in docs:
        doc.observe(lambda event: log.append(event.update))
    for _ in range(60):
        doc, text = rng.choice(list(zip(docs, texts, strict=True)))
        if rng.random() < 0.3 and len(text) > 2:
            at = rng.randrange(len(text) - 1)
            del text[at : at + 1]
        else:
            text.insert(rng.randint(0, len(text)), rng.choice("abc") * rng.randint(1, 4), {})
        if rng.random() < 0.2:  # they meet; what the relay logs of that is nothing new
            kept = len(log)
            for one, other in (docs, docs[::-1]):
                one.apply_update(other.get_update(one.get_state()))
            del log[kept:]
    whole = Replay.of(log_of(log))
    cut = rng.randrange(1, len(log))
    try:
        state = fold(log_of(log[:cut]))
    except CannotFold:  # what one wrote builds on what the log has only behind the cut
        return
    parts = Replay.of(StoredLog(state, log[cut:], Sequence(len(log))))
    assert parts.view() == whole.view()
    assert parts.deletions() == whole.deletions()


class TestRefusals:
    def test_a_gap(self) -> None:
        updates = typed("one ", "two ", "three")
        with pytest.raises(CannotFold, match="1 update built on changes that are not there"):
            fold(log_of([updates[0], updates[2]]))

    def test_an_unreadable_update(self) -> None:
        with pytest.raises(CannotFold, match="1 update cannot be read"):
            fold(log_of([*typed("one"), b"\x01\x01nonsense"]))

    def test_a_turned_bit(self) -> None:
        stored = StoredLog(None, typed("one", "two"), Sequence(2), (Sequence(1),))
        with pytest.raises(CannotFold, match="1 update are not as they were written"):
            fold(stored)

    @pytest.mark.parametrize(
        ("wrong", "what"),
        [
            (lambda updates: updates[:-1], "state vector"),
            (lambda updates: [*updates[:-2], updates[-1]], "deletions"),
            (lambda updates: [u.replace(b"0007", b"0009") for u in updates], "content"),
        ],
        ids=["older", "nothing deleted", "another letter"],
    )
    def test_a_snapshot_that_is_another_document(
        self,
        monkeypatch: pytest.MonkeyPatch,
        wrong: Callable[[list[bytes]], list[bytes]],
        what: str,
    ) -> None:
        updates = typed_and_deleted(8)[:15]  # the last two: a deletion, an insertion
        other = Replay()
        other.apply(wrong(updates))
        state = other.state()
        # As if encoding had a fault: whatever is asked for its state gives that of another one.
        monkeypatch.setattr(Replay, "state", lambda _: state)
        with pytest.raises(CannotFold, match=f"another {what} than"):
            fold(log_of(updates))


def test_what_is_nested_deeply_overflows_no_stack() -> None:
    doc: pycrdt.Doc[Any] = pycrdt.Doc(client_id=1)
    updates: list[bytes] = []
    doc.observe(lambda event: updates.append(event.update))
    inner = doc.get("meta", type=pycrdt.Map)
    for _ in range(300):
        inner["x"] = pycrdt.Map()
        inner = inner["x"]
    assert deeply(lambda: Replay.of(log_of(updates)).incomplete) is False
