"""An older text comes back by an edit that leaves alone whatever is there already."""

from __future__ import annotations

import os

import pytest

from sync.document import authoring
from sync.document.delta import (
    Delete,
    Delta,
    Embed,
    Insert,
    Retain,
    change_of_length,
    delete,
    format_range,
    insert,
)
from sync.document.document import Document
from sync.document.restoring import restoring
from sync.types import Origin
from tests.sync.document.several import Table

SEEDS = range(int(os.environ.get("INKSTAND_FUZZ_SEEDS", "8")))
TEXT = "The first line.\nThe second one, with 😀 in it.\n"


def document_of(text: str, client: int = 1) -> Document:
    document = Document(client_id=client, author="ada")
    document.apply(insert(0, text), Origin.COMMAND)
    return document


def restore(document: Document, version: bytes) -> None:
    delta = restoring(document.encode_state(), version)
    document.apply_in_slices(delta, Origin.COMMAND)


def test_only_what_differs_is_touched() -> None:
    document = document_of(TEXT)
    version = document.encode_state()
    document.apply(insert(4, "very "), Origin.VIEW)
    document.apply(delete(25, 7), Origin.VIEW)
    document.apply(format_range(0, 3, {"bold": True}), Origin.COMMAND)
    delta = restoring(document.encode_state(), version)
    assert delta[0] == Retain(3, {"bold": None})
    assert sum(part.length for part in delta if isinstance(part, Insert)) == 7
    assert change_of_length(delta) == 2
    document.apply(delta, Origin.COMMAND)
    assert document.contents() == [Insert(TEXT)]
    assert restoring(document.encode_state(), version) == []


def test_it_is_one_step_to_undo() -> None:
    document = document_of(TEXT)
    version = document.encode_state()
    document.apply([*delete(0, 10), Insert("Another")], Origin.VIEW)
    document.apply(format_range(2, 20, {"italic": True}), Origin.COMMAND)
    after = document.contents()
    restore(document, version)
    assert document.contents() == [Insert(TEXT)]
    document.undo()
    assert document.contents() == after
    document.redo()
    assert document.contents() == [Insert(TEXT)]


def test_places_elsewhere_stay() -> None:
    document = document_of(TEXT)
    version = document.encode_state()
    start, end = document.relative_position(20), document.relative_position(26, -1)
    document.apply(insert(0, "Before all that. "), Origin.VIEW)
    restore(document, version)
    assert (document.resolve(start), document.resolve(end)) == (20, 26)


def test_the_last_newline_stays() -> None:
    document = document_of("a\n")
    version = document.encode_state()
    document.apply([Retain(1), Insert("\n", {"header": 1}), *delete(0, 1)][:2], Origin.VIEW)
    document.apply(delete(2, 1), Origin.VIEW)  # as a page elsewhere may do it
    last = document.relative_position(1)
    restore(document, version)
    assert document.contents() == [Insert("a\n")]
    assert document.resolve(last) == 1


def test_a_version_without_a_last_newline_gets_one() -> None:
    document = document_of("a\n")
    restore(document, Document().encode_state())
    assert document.contents() == [Insert("\n")]


def test_formats_and_embeds_come_back() -> None:
    document = document_of(TEXT)
    document.apply(insert(3, Embed({"image": "sha256:0"}), {"link": "https://x.y"}), Origin.COMMAND)
    document.apply(format_range(16, 1, {"header": 2}), Origin.COMMAND)
    version, before = document.encode_state(), document.contents()
    document.apply(delete(0, 20), Origin.VIEW)
    document.apply(format_range(0, 10, {"bold": True}), Origin.COMMAND)
    restore(document, version)
    assert document.contents() == before


def test_what_others_write_meanwhile_stays_and_nothing_doubles() -> None:
    here = document_of(TEXT)
    version = here.encode_state()
    here.apply([*delete(4, 5), Insert("second")], Origin.VIEW)
    there = Document.load(here.encode_state(), client_id=2)
    restore(here, version)
    there.apply(insert(there.length - 4, "their words "), Origin.VIEW)
    there.apply(insert(0, "Theirs. "), Origin.VIEW)
    here.apply_update(there.encode_state())
    there.apply_update(here.encode_state())
    assert here.text() == there.text()
    assert here.text() == "Theirs. The first line.\nThe second one, with 😀 in their words it.\n"


def test_a_long_way_back_goes_in_slices_and_is_one_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authoring, "MOST_OPERATIONS", 7)
    document = document_of("word 😀 " * 50 + "\n")
    version, before = document.encode_state(), document.contents()
    for number in range(49, 0, -1):
        document.apply([Retain(8 * number), Delete(5), Insert(f"{number} ")], Origin.VIEW)
    document.apply(format_range(9, 20, {"bold": True}), Origin.COMMAND)
    after = document.contents()
    told: list[Delta] = []
    document.on_change(lambda delta, _: told.append(delta))
    restore(document, version)
    assert document.contents() == before
    assert len(told) > 10
    assert all(len(delta) <= 7 for delta in told)
    document.undo()
    assert document.contents() == after


@pytest.mark.parametrize("seed", SEEDS)
def test_any_version_comes_back_whatever_happened(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(authoring, "MOST_OPERATIONS", 2 if seed % 2 else 1000)
    table = Table(seed)
    versions = []
    for person in (*table.people, *table.people):
        table.steps(12)
        versions.append((person.document.encode_state(), person.document.contents()))
    for version, contents in versions:
        person = table.rng.choice(table.people)
        restore(person.document, version)
        assert person.document.contents() == contents
        table.steps(3)
        table.exchange()
        one, *others = (p.document.contents() for p in table.people)
        assert all(other == one for other in others)


@pytest.mark.parametrize("seed", SEEDS)
def test_words_written_meanwhile_are_there_once(seed: int) -> None:
    table = Table(seed)
    version = table.people[0].document.encode_state()
    table.steps(30)
    table.exchange()
    here, there = (person.document for person in table.people[:2])
    restore(here, version)
    for number in range(3):
        index = 0 if number == 0 else there.length - 1
        there.apply(insert(index, f"<{number}>"), Origin.VIEW)
    table.exchange()
    assert here.text() == there.text()
    assert all(here.text().count(f"<{number}>") == 1 for number in range(3))
