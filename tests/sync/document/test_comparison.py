"""What changed between two states: in words for people, and to the character."""

from __future__ import annotations

import os
from itertools import pairwise

import pytest

from sync.document import words
from sync.document.alignment import align
from sync.document.columns import ItemsUnreadable
from sync.document.comparison import Change, Kind, compare
from sync.document.deletions import Removers, deletions_of, read_deletions
from sync.document.delta import Delta, Embed, Insert, delete, format_range, insert
from sync.document.document import Document
from sync.document.edition import OBJECT, Edition, EmbedNames, shown
from sync.types import Origin
from tests.sync.document.several import Person, Table, units

SEEDS = range(int(os.environ.get("INKSTAND_FUZZ_SEEDS", "8")))


def document_of(text: str, author: str = "ada", client: int = 1) -> Document:
    document = Document(client_id=client, author=author)
    document.apply(insert(0, text), Origin.COMMAND)
    return document


def changed(text: str, *deltas: Delta, by: str = "bob") -> list[Change]:
    """What comes of a text by Ada when somebody changes it."""
    old = document_of(text).encode_state()
    document = Document.load(old, client_id=2, author=by)
    for delta in deltas:
        document.apply(delta, Origin.VIEW)
    return compare(old, document.encode_state())


def told(changes: list[Change]) -> list[tuple[str, int, str, tuple[str | None, ...]]]:
    return [(str(c.kind), c.start, c.text, c.by) for c in changes]


def test_words_come_and_go_as_wholes() -> None:
    changes = changed("a quick brown fox\n", insert(7, "er"), delete(10, 5), insert(10, "red"))
    assert told(changes) == [
        ("removed", 2, "quick", ()),
        ("inserted", 2, "quicker", ("bob",)),
        ("removed", 10, "brown", ()),
        ("inserted", 10, "red", ("bob",)),
    ]
    assert [c.writers for c in changes] == [(), (), ("ada",), ()]
    assert (changes[2].old_start, changes[2].old_length) == (8, 5)


def test_what_is_typed_again_is_no_change() -> None:
    assert changed("one two\n", delete(4, 3), insert(4, "two")) == []


def test_what_undo_brings_back_is_no_change() -> None:
    old = document_of("one two three\n").encode_state()
    document = Document.load(old, client_id=2, author="bob")
    document.apply(delete(2, 8), Origin.COMMAND)
    document.undo()
    assert compare(old, document.encode_state()) == []
    assert compare(old, document.encode_state(), words=False) == []


def test_formats_are_named() -> None:
    changes = changed("one two\n", format_range(0, 3, {"bold": True}), insert(3, "!", {}))
    assert told(changes) == [
        ("formatted", 0, "one", ()),
        ("inserted", 3, "!", ("bob",)),
    ]
    assert changes[0].attributes == ("bold",)


def test_characters_outside_of_ascii_are_never_cut() -> None:
    text = "naïve 😀👩🏽‍🚀 中文字\n"
    old = document_of(text)
    state, before = old.encode_state(), units(old)
    for change in (delete(6, 2), insert(8, "🚀"), delete(old.length - 4, 2), insert(4, "e\u0301")):
        old.apply(change, Origin.VIEW)
        changes = compare(state, old.encode_state())
        assert all(c.text.encode() for c in changes)
        check(changes, before, units(old))
    assert told(changes)[0] == ("removed", 0, "naïve", ())


def test_embeds_are_compared_by_what_they_are() -> None:
    picture = Embed({"image": "sha256:1"})
    old = document_of("a\n")
    old.apply(insert(1, picture), Origin.COMMAND)
    state = old.encode_state()
    old.apply([*delete(1, 1), Insert(picture)], Origin.COMMAND)
    assert compare(state, old.encode_state()) == []
    old.apply([*delete(1, 1), Insert(Embed({"image": "sha256:2"}))], Origin.COMMAND)
    assert told(compare(state, old.encode_state())) == [
        ("removed", 1, OBJECT, ()),
        ("inserted", 1, OBJECT, ("ada",)),
    ]


def test_two_people_in_one_word_and_side_by_side() -> None:
    old = document_of("one\n").encode_state()
    bob = Document.load(old, client_id=2, author="bob")
    cy = Document.load(old, client_id=3, author="cy")
    bob.apply(insert(3, "s"), Origin.VIEW)
    cy.apply(insert(0, "t"), Origin.VIEW)
    bob.apply(insert(4, " two"), Origin.VIEW)
    bob.apply_update(cy.encode_state())
    cy.apply_update(bob.encode_state())
    cy.apply(insert(cy.length - 1, " three"), Origin.VIEW)
    changes = compare(old, cy.encode_state())
    assert told(changes) == [
        ("removed", 0, "one", ()),
        ("inserted", 0, "tones", ("cy", "bob")),
        ("inserted", 5, " two", ("bob",)),
        ("inserted", 9, " three", ("cy",)),
    ]


def test_who_removed_it_where_that_is_known() -> None:
    old = document_of("one two three\n").encode_state()
    bob = Document.load(old, client_id=2, author="bob")
    sent: list[bytes] = []
    bob.on_update(lambda update, _: sent.append(update))
    bob.apply(delete(0, 4), Origin.VIEW)
    cy = Document.load(bob.encode_state(), client_id=3)
    cy.apply(delete(0, 3), Origin.VIEW)
    removers = Removers({"bob": read_deletions(deletions_of(sent))})
    assert told(compare(old, cy.encode_state(), removers)) == [
        ("removed", 0, "one ", ("bob",)),
        ("removed", 0, "two", ()),
    ]


def test_from_a_newer_state_to_an_older_one() -> None:
    document = document_of("one two\n")
    old = document.encode_state()
    document.apply(insert(3, " and"), Origin.VIEW)
    new = document.encode_state()
    assert told(compare(new, old)) == [("removed", 3, " and", ())]
    assert told(compare(old, new)) == [("inserted", 3, " and", ("ada",))]


def test_states_of_which_neither_builds_on_the_other() -> None:
    old = document_of("one\n").encode_state()
    left, right = (Document.load(old, client_id=n, author=f"u{n}") for n in (2, 3))
    left.apply(insert(0, "left "), Origin.VIEW)
    right.apply(insert(3, " right"), Origin.VIEW)
    assert told(compare(left.encode_state(), right.encode_state())) == [
        ("removed", 0, "left ", ()),
        ("inserted", 3, " right", ("u3",)),
    ]


@pytest.mark.parametrize("words_", [True, False])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_changes_lead_from_the_old_text_to_the_new_one(seed: int, words_: bool) -> None:
    table = Table(seed)
    users = {person.number: person.user for person in table.people}
    person = table.people[1]
    states = []
    for _ in range(6):
        states.append((person.document.encode_state(), units(person.document)))
        table.steps(15)
    table.exchange()
    states.append((person.document.encode_state(), units(person.document)))
    for (old, before), (new, after) in (*pairwise(states), (states[0], states[-1])):
        changes = compare(old, new, words=words_)
        check(changes, before, after)
        for change in changes:
            if change.kind is Kind.INSERTED:
                owners = {Person.owner(letter) for letter in change.text} - {None}
                # Of a word that has changed in part only, not all have had a part in it.
                assert words_ or {users[owner] for owner in owners if owner is not None} <= {
                    *change.by
                }
                assert words_ or len(change.by) == 1


def check(changes: list[Change], before: str, after: str) -> None:
    at = to = 0
    old_kept, new_kept = [], []
    for change in changes:
        if change.kind is Kind.FORMATTED:
            continue
        assert change.old_start >= at
        assert change.start >= to
        old_kept.append(before[at : change.old_start])
        new_kept.append(after[to : change.start])
        at, to = change.old_start + change.old_length, change.start + change.length
        if change.old_length:
            assert change.text == shown(before[change.old_start : at])
        if change.length:
            assert change.text == shown(after[change.start : to])
    old_kept.append(before[at:])
    new_kept.append(after[to:])
    # Embeds have different stand-ins in texts that were read one by one.
    assert shown("".join(old_kept)) == shown("".join(new_kept))


def test_many_words_without_ids_in_common_are_compared_by_lines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = [f"line {number} of a long text\n" for number in range(400)]
    old = document_of("".join(lines)).encode_state()
    lines[200] = "line 200 of a very long text\n"
    new = document_of("".join(lines), client=2).encode_state()
    monkeypatch.setattr(words, "_MOST_PAIRS", 1000)
    assert told(compare(old, new)) == [("inserted", after_line(lines, 200), "very ", ("ada",))]


def after_line(lines: list[str], number: int) -> int:
    return len("".join(lines[:number])) + len("line 200 of a ")


def test_what_cannot_be_put_in_order_is_compared_as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    document = document_of("one two three\n")
    old = document.encode_state()
    document.apply([*delete(4, 3), Insert("2")], Origin.VIEW)
    monkeypatch.setattr("sync.document.alignment.ItemList", unreadable)
    editions = [Edition.read(state, EmbedNames()) for state in (old, document.encode_state())]
    assert align(*editions).kept == []
    assert told(compare(old, document.encode_state())) == [
        ("removed", 4, "two", ()),
        ("inserted", 4, "2", ()),
    ]


def unreadable(_: bytes) -> None:
    raise ItemsUnreadable("too many were put in one place")


def test_a_wall_of_letters_is_not_one_change() -> None:
    changes = changed("x" * 5000 + "\n", insert(2500, "y"))
    assert sum(c.length for c in changes) <= 2 * words.LONGEST_WORD + 1
