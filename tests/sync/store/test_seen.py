"""What changed while the person was away: what others wrote and removed, and nothing else."""

from __future__ import annotations

import random

import pytest

from sync.document.comparison import Kind
from sync.document.delta import delete, format_range, insert
from sync.errors import UnknownDocument
from sync.store.database import Database
from sync.store.history import History, News
from sync.store.store import Store
from sync.types import DocumentId, Origin
from tests.sync.store.conftest import PAPER
from tests.sync.store.writing import ME, Desk, Elsewhere


@pytest.fixture
def desk(store: Store) -> Desk:
    desk = Desk(store, PAPER)
    desk.type(insert(0, "One line.\nAnother line.\n"), origin=Origin.COMMAND)
    return desk


@pytest.fixture
def history(store: Store) -> History:
    return store.history


@pytest.fixture
def bob(desk: Desk) -> Elsewhere:
    return Elsewhere(desk, 2, "bob")


def told(news: News | None) -> list[tuple[str, int, str, tuple[str | None, ...]]]:
    assert news is not None
    return [(str(c.kind), c.start, c.text, c.by) for c in news.changes]


def kept_state(database: Database) -> bytes | None:
    with database.reading() as connection:
        (state,) = connection.execute("SELECT state FROM seen").fetchone()
    return None if state is None else bytes(state)


def compact(store: Store) -> None:
    store.acknowledge(PAPER, store.last_sequence(PAPER)).result()
    assert store.compact(PAPER)


def test_before_the_first_look_there_is_no_news(
    history: History, desk: Desk, bob: Elsewhere
) -> None:
    bob.type(insert(0, "Bob. "))
    desk.sync(bob)
    assert history.changes_since_seen(PAPER, ME) is None
    assert history.with_news() == []
    history.mark_seen(PAPER).result()
    assert told(history.changes_since_seen(PAPER, ME)) == []


def test_an_unknown_document(history: History) -> None:
    nowhere = DocumentId("nowhere")
    with pytest.raises(UnknownDocument):
        history.changes_since_seen(nowhere, ME)
    with pytest.raises(UnknownDocument):
        history.mark_seen(nowhere).result()


@pytest.mark.parametrize("compacted", [False, True])
def test_what_others_wrote_and_removed(
    store: Store, history: History, desk: Desk, bob: Elsewhere, compacted: bool
) -> None:
    history.mark_seen(PAPER).result()
    desk.type(insert(0, "Mine. "))
    bob.type(delete(10, 7), insert(4, "short "), format_range(0, 3, {"bold": True}))
    desk.sync(bob)
    desk.type(delete(0, 1))
    if compacted:
        compact(store)
    assert history.with_news() == [PAPER]
    news = history.changes_since_seen(PAPER, ME)
    assert told(news) == [
        ("inserted", 9, "short ", ("bob",)),
        ("removed", 21, "Another", ()),
    ]
    assert news is not None
    assert news.changes[1].writers == (ME,)
    assert news.sequence == store.last_sequence(PAPER)
    assert desk.document.text() == "ine. One short line.\n line.\n"
    history.mark_seen(PAPER, news.sequence).result()
    assert told(history.changes_since_seen(PAPER, ME)) == []
    assert history.with_news() == []


def test_a_document_in_step_costs_nothing(
    store: Store, history: History, desk: Desk, bob: Elsewhere
) -> None:
    history.mark_seen(PAPER).result()
    desk.type(insert(0, "Mine. "))
    compact(store)
    assert kept_state(store.database) is None
    desk.type(insert(0, "Mine. "))
    bob.type(insert(0, "Bob. "))
    desk.sync(bob)
    assert kept_state(store.database) is None
    history.mark_seen(PAPER).result()
    compact(store)
    assert kept_state(store.database) is None
    assert told(history.changes_since_seen(PAPER, ME)) == []


def test_the_state_that_was_seen_is_kept_until_it_is_caught_up_with(
    store: Store, history: History, desk: Desk, bob: Elsewhere
) -> None:
    history.mark_seen(PAPER).result()
    for number in range(3):
        bob.type(insert(0, f"Bob {number}. "))
        desk.sync(bob)
        compact(store)
    kept = kept_state(store.database)
    assert kept is not None
    assert told(history.changes_since_seen(PAPER, ME)) == [
        ("inserted", 0, "Bob 2. Bob 1. Bob 0. ", ("bob",))
    ]
    # A look at less than the snapshot holds cannot be told from none.
    history.mark_seen(PAPER, store.last_sequence(PAPER).__class__(2)).result()
    assert kept_state(store.database) == kept
    history.mark_seen(PAPER).result()
    assert kept_state(store.database) is None


def test_what_was_seen_stays_seen(history: History, desk: Desk, bob: Elsewhere) -> None:
    history.mark_seen(PAPER).result()
    bob.type(insert(0, "Bob. "))
    desk.sync(bob)
    seen = desk.store.last_sequence(PAPER)
    history.mark_seen(PAPER, seen).result()
    history.mark_seen(PAPER, type(seen)(1)).result()
    assert told(history.changes_since_seen(PAPER, ME)) == []


def test_own_edits_on_another_device_are_seen(history: History, desk: Desk) -> None:
    history.mark_seen(PAPER).result()
    laptop = Elsewhere(desk, 5, ME)
    laptop.type(insert(0, "From the laptop. "))
    desk.sync(laptop)
    assert history.with_news() == [PAPER]
    assert told(history.changes_since_seen(PAPER, ME)) == []
    laptop.type(delete(0, 5))  # nobody can tell who that was
    desk.sync(laptop)
    assert told(history.changes_since_seen(PAPER, ME)) == []  # it came and went unseen
    laptop.type(delete(laptop.document.length - 6, 5))
    desk.sync(laptop)
    assert told(history.changes_since_seen(PAPER, ME)) == [("removed", 30, "line.", ())]


def test_an_unknown_page_and_what_nobody_signed_in_for(
    history: History, desk: Desk, store: Store
) -> None:
    desk.document.author = None
    history.mark_seen(PAPER).result()
    page = Elsewhere(desk, 9, None)
    page.type(insert(0, "Page. "))
    desk.sync(page)
    desk.type(delete(6, 4))
    compact(store)
    assert told(history.changes_since_seen(PAPER, None)) == [("inserted", 0, "Page. ", (None,))]


def test_what_others_brought_back_is_no_news(history: History, desk: Desk, bob: Elsewhere) -> None:
    history.mark_seen(PAPER).result()
    bob.type(delete(0, 9))
    bob.document.undo()
    desk.sync(bob)
    assert desk.document.text() == "One line.\nAnother line.\n"
    assert told(history.changes_since_seen(PAPER, ME)) == []


def test_a_look_in_the_middle_of_a_compaction(
    store: Store, history: History, desk: Desk, bob: Elsewhere
) -> None:
    """Rather something twice than not at all."""
    history.mark_seen(PAPER).result()
    for number in range(2):
        bob.type(insert(0, f"Bob {number}. "))
        desk.sync(bob)
    last = store.last_sequence(PAPER)
    settle = history.before_snapshot(PAPER, last)
    history.mark_seen(PAPER, type(last)(last - 1)).result()
    store.database.submit(settle).result()
    assert kept_state(store.database) is not None
    compact(store)
    assert told(history.changes_since_seen(PAPER, ME)) == [
        ("inserted", 0, "Bob 1. Bob 0. ", ("bob",))
    ]


@pytest.mark.parametrize("seed", range(8))
def test_all_that_others_did_and_nothing_of_ones_own(store: Store, seed: int) -> None:
    """Each writes with letters of their own; compactions and looks come at any time."""
    rng = random.Random(seed)
    desk = Desk(store, PAPER)
    desk.type(insert(0, "\n"), origin=Origin.COMMAND)
    others = [Elsewhere(desk, 2, "bob"), Elsewhere(desk, 3, "cy")]
    letters = {desk.document: "aé", others[0].document: "b😀", others[1].document: "cç"}
    store.history.mark_seen(PAPER).result()
    seen = desk.document.text()
    for _ in range(60):
        who = rng.choice([desk, *others])
        text = who.document.text()
        match rng.randrange(8):
            case 0:
                desk.sync(*others)
            case 1:
                compact(store)
            case 2 if rng.random() < 0.4:
                store.history.mark_seen(PAPER).result()
                seen = desk.document.text()
            case 3 if len(text) > 3:
                at = rng.randrange(len(text) - 1)
                units = len(text[:at].encode("utf-16-le")) // 2
                who.type(delete(units, 1 + (text[at] > "\uffff")))
            case _:
                at = rng.randrange(len(text))
                units = len(text[:at].encode("utf-16-le")) // 2
                who.type(insert(units, "".join(rng.choices(letters[who.document], k=3))))
    news = store.history.changes_since_seen(PAPER, ME)
    assert news is not None
    text = desk.document.text().encode("utf-16-le")
    for change in news.changes:
        if change.kind is Kind.INSERTED:
            shown = text[2 * change.start : 2 * (change.start + change.length)].decode("utf-16-le")
            assert change.text == shown
            assert change.by in (("bob",), ("cy",))
            assert set(shown) <= set("b😀" if change.by == ("bob",) else "cç")
    for mine, theirs in (("aé", False), ("b😀cç", True)):
        came = "".join(c.text for c in news.changes if c.kind is Kind.INSERTED)
        went = "".join(c.text for c in news.changes if c.kind is Kind.REMOVED)
        for letter in mine:
            assert theirs or letter not in came
            if theirs:  # what one removed oneself is not told
                grown = desk.document.text().count(letter) - seen.count(letter)
                assert grown <= came.count(letter) - went.count(letter)
