"""Which documents are open, whatever comes in which order."""

from __future__ import annotations

from collections import deque
from typing import cast

from hypothesis import given
from hypothesis import strategies as st

from sync.client.exchange import Exchange
from sync.client.openings import OPENING_AT_A_TIME, Openings
from sync.types import DocumentId


class Document:
    """What `Openings` looks at of an exchange."""

    def __init__(self) -> None:
        self.caught_up = False
        self.in_step = False

    def close(self) -> None:
        self.caught_up = False


class Connection:
    """A relay that opens what it is asked to."""

    def __init__(self, live: int) -> None:
        self.first: deque[DocumentId] = deque()
        self.open: dict[DocumentId, Document] = {}
        self.openings = Openings(self.first, self.open_document, self.close_document, live)

    def open_document(self, document_id: DocumentId) -> Exchange:
        assert document_id not in self.open
        self.open[document_id] = Document()
        return cast("Exchange", self.open[document_id])

    def close_document(self, document_id: DocumentId) -> None:
        assert self.open.pop(document_id).in_step

    def settle(self, document_id: DocumentId, *, in_step: bool = True) -> None:
        if document_id in self.open:
            self.open[document_id].caught_up = True
            self.open[document_id].in_step = in_step
            self.openings.moved(document_id)
            self.openings.open_next()

    def settle_all(self) -> None:
        while not self.openings.in_step or any(not d.caught_up for d in self.open.values()):
            for document_id in list(self.open):
                self.settle(document_id)


def named(*numbers: int) -> list[DocumentId]:
    return [DocumentId(f"d{number}") for number in numbers]


def test_what_somebody_looks_at_goes_first() -> None:
    connection = Connection(live=1_000)
    everything = named(*range(100))
    connection.openings.list(dict.fromkeys(everything))
    for document_id in everything:
        connection.openings.want(document_id)
    connection.first.extend(named(99, 98))
    connection.openings.open_next()
    assert list(connection.open)[:3] == named(99, 98, 0)
    assert len(connection.open) == OPENING_AT_A_TIME
    connection.first.appendleft(*named(77))
    connection.settle(*named(0))
    assert list(connection.open)[-1] == named(77)[0]


def test_what_is_in_step_is_opened_for_its_news_only_when_nothing_waits() -> None:
    connection = Connection(live=3)
    connection.openings.list(dict.fromkeys(named(0, 1, 2, 3, 4), "s"))
    connection.openings.want(*named(0))
    connection.openings.open_next()
    assert next(iter(connection.open)) == named(0)[0]
    assert not connection.openings.in_step
    connection.settle(*named(0))
    assert connection.openings.in_step  # though others are being opened
    connection.settle_all()
    assert len(connection.open) == 3
    assert connection.openings.reached == dict.fromkeys(connection.open, "s")


class Steps:
    """What may happen to a connection, in any order."""

    kinds = st.sampled_from(["want", "add", "settle", "news", "look", "list", "drop"])
    every = st.lists(st.tuples(kinds, st.integers(0, 30)), max_size=150)


@given(Steps.every)
def test_everything_that_is_wanted_comes_in_step(steps: list[tuple[str, int]]) -> None:
    connection = Connection(live=4)
    openings = connection.openings
    dropped: set[DocumentId] = set()
    wanted: set[DocumentId] = set()
    for kind, number in steps:
        (document_id,) = named(number)
        match kind:
            case "want":
                openings.want(document_id)
                wanted.add(document_id)
                dropped.discard(document_id)
            case "add":
                openings.add(document_id)
                wanted.add(document_id)
                dropped.discard(document_id)
            case "settle":
                connection.settle(document_id)
            case "news":
                openings.busy(document_id)
                if document_id in connection.open and connection.open[document_id].caught_up:
                    connection.settle(document_id, in_step=False)
            case "look":
                connection.first.appendleft(document_id)
            case "list":
                openings.list({document_id: f"s{number}"})
            case _:
                openings.drop(document_id)
                connection.open.pop(document_id, None)
                dropped.add(document_id)
        openings.open_next()
        assert 0 <= openings.done <= openings.total
        assert openings.in_step <= (openings.total == 0)
    connection.settle_all()
    assert openings.in_step
    assert (openings.done, openings.total) == (0, 0)
    kept = len(set(connection.first)) + 4 + OPENING_AT_A_TIME
    assert len(connection.open) <= kept
    for document_id in wanted - dropped:
        openings.want(document_id)  # what is closed can be opened again
        openings.open_next()
    connection.settle_all()
