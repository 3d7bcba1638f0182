"""Who wrote what, against people who each write with letters of their own."""

from __future__ import annotations

import os

import pytest

from sync.document import placing
from sync.document.attribution import Written
from sync.document.delta import insert
from sync.document.document import Document
from sync.errors import InvalidChange
from sync.types import Origin
from tests.sync.document.several import Person, Table, cells

SEEDS = range(int(os.environ.get("INKSTAND_FUZZ_SEEDS", "8")))


def check(document: Document, start: int, end: int, users: dict[int | None, str]) -> None:
    runs = document.attribution(start, end)
    assert sum(run.length for run in runs) == end - start
    at = start
    for run in runs:
        assert (run.start, run.length > 0) == (at, True)
        at += run.length
    at = 0
    for text, units in cells(document):
        owner = Person.owner(text)
        if start <= at and at + units <= end and owner is not None:
            (run,) = [r for r in runs if r.start <= at < r.start + r.length]
            assert run.start + run.length >= at + units
            assert run.user == users[owner], (text, run)
        at += units


@pytest.mark.parametrize("seed", SEEDS)
def test_everybody_has_what_they_wrote(seed: int) -> None:
    table = Table(seed)
    users: dict[int | None, str] = {person.number: person.user for person in table.people}
    for _ in range(12):
        table.steps(10)
        for person in table.people:
            check(person.document, 0, person.document.length, users)
    table.exchange()
    texts = {person.document.text() for person in table.people}
    assert len(texts) == 1
    loaded = Document.load(table.people[0].document.encode_state())
    document = table.people[1].document
    check(document, 0, document.length, users)
    assert loaded.attribution() == document.attribution()
    points = [0]
    for _, length in cells(document):
        points.append(points[-1] + length)
    for _ in range(20):
        start, end = sorted(table.rng.choices(points, k=2))
        check(document, start, end, users)


def test_a_client_that_nobody_owns_up_to() -> None:
    document = Document(client_id=5)
    assert document.attribution() == []
    document.apply(insert(0, "a😀\n"), Origin.COMMAND)
    assert document.attribution() == [Written(0, 4, None, 5)]
    document.author = "ada"
    document.apply(insert(4, "b"), Origin.COMMAND)
    assert document.attribution() == [Written(0, 5, "ada", 5)]
    assert document.authors() == {5: "ada"}
    with pytest.raises(InvalidChange):
        document.attribution(3, 6)


def test_what_nobody_can_put_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    document = Document(client_id=5, author="ada")
    for number in range(40):
        document.apply(insert(0, f"{number}\n"), Origin.COMMAND)
    monkeypatch.setattr(placing, "_MOST_STEPS", -1)
    other = Document.load(document.encode_state())
    other.apply_update(two_at_one_place(other))
    assert other.attribution() == [Written(0, other.length, None, None)]


def two_at_one_place(document: Document) -> bytes:
    """Return an update in which two people wrote at the start at once."""
    state = document.encode_state()
    copies = [Document.load(state, client_id=client) for client in (90, 91)]
    for copy in copies:
        copy.apply(insert(0, "x"), Origin.COMMAND)
    copies[0].apply_update(copies[1].encode_state())
    return copies[0].encode_state()
