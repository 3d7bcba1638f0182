from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.client.events import Connecting, ConnectionState, Offline, Online, SignedOut
from sync.status import (
    DocumentFacts,
    Level,
    LibraryFacts,
    connection_status,
    document_status,
    library_status,
)

ONLINE, TRYING, LATER = Online(), Connecting(), Connecting(104.0, "no answer")

TEXTS: list[tuple[DocumentFacts, ConnectionState, str]] = [
    (DocumentFacts(on_relay=True), ONLINE, "Saved on the relay"),
    (DocumentFacts(on_relay=True), LATER, "Saved on the relay"),
    (DocumentFacts(), SignedOut(), "Saved on this device"),
    (DocumentFacts(waiting=3), SignedOut(), "Saved on this device"),
    (DocumentFacts(waiting=3, on_relay=True), ONLINE, "Saved on this device"),
    (DocumentFacts(waiting=3, on_relay=True), LATER, "Saved on this device (3 changes waiting)"),
    (DocumentFacts(waiting=1), TRYING, "Saved on this device (1 change waiting)"),
    (DocumentFacts(waiting=259_778), Offline(), "Saved on this device (259,778 changes waiting)"),
    (DocumentFacts(unsaved=1, waiting=3), ONLINE, "Saving…"),
    (
        DocumentFacts(unsaved=1, save_error="the disk is full"),
        ONLINE,
        "Cannot save: the disk is full",
    ),
    (DocumentFacts(save_error="the disk is full", on_relay=True), ONLINE, "Saved on the relay"),
    (
        DocumentFacts(refused=2, refused_reason="You may only read.", on_relay=True),
        ONLINE,
        "Refused: You may only read.",
    ),
    (DocumentFacts(refused=2), ONLINE, "Refused: the relay gave no reason"),
]


@pytest.mark.parametrize(("facts", "connection", "text"), TEXTS)
def test_the_text(facts: DocumentFacts, connection: ConnectionState, text: str) -> None:
    assert document_status(facts, connection).text == text


@pytest.mark.parametrize(
    ("connection", "text"),
    [
        (ONLINE, "Online"),
        (TRYING, "Connecting…"),
        (LATER, "Connecting in 4 s"),
        (Connecting(100.2), "Connecting in 1 s"),
        (Connecting(90.0), "Connecting in 1 s"),
        (SignedOut(), "Signed out"),
        (SignedOut("Your sign-in has ended."), "Your sign-in has ended."),
        (Offline(), "Offline"),
    ],
)
def test_the_connection(connection: ConnectionState, text: str) -> None:
    assert connection_status(connection, 100.0).text == text


FACTS = st.builds(
    DocumentFacts,
    unsaved=st.integers(0, 2),
    waiting=st.integers(0, 2),
    refused=st.integers(0, 2),
    refused_reason=st.none() | st.just("no"),
    save_error=st.none() | st.just("full"),
    on_relay=st.booleans(),
)


@given(FACTS, st.sampled_from([ONLINE, TRYING, LATER, Offline(), SignedOut()]))
def test_never_more_than_the_truth(facts: DocumentFacts, connection: ConnectionState) -> None:
    status = document_status(facts, connection)
    everywhere = facts.on_relay and not (facts.unsaved or facts.waiting or facts.refused)
    assert (status.text == "Saved on the relay") == everywhere == (status.level is Level.GOOD)
    if facts.unsaved:
        assert not status.text.startswith("Saved")


@pytest.mark.parametrize(
    ("facts", "connection", "text"),
    [
        (LibraryFacts(all_on_relay=True), ONLINE, "Everything is saved on the relay"),
        (LibraryFacts(), ONLINE, "Saved on this device"),
        (
            LibraryFacts(waiting=3, documents_waiting=2, all_on_relay=True),
            LATER,
            "Saved on this device (3 changes in 2 documents waiting)",
        ),
        (LibraryFacts(waiting=3, documents_waiting=2), SignedOut(), "Saved on this device"),
        (
            LibraryFacts(documents_refused=1, waiting=3, documents_waiting=2),
            ONLINE,
            "Changes in 1 document were refused",
        ),
        (LibraryFacts(save_error="full", documents_refused=1), ONLINE, "Cannot save: full"),
    ],
)
def test_the_worst_document_speaks_for_all(
    facts: LibraryFacts, connection: ConnectionState, text: str
) -> None:
    assert library_status(facts, connection).text == text


def test_a_document_that_is_no_longer_shared_is_not_called_saved_on_the_relay() -> None:
    lost = DocumentFacts(on_relay=True, lost=True)
    assert document_status(lost, ONLINE).text.startswith("Only on this device")
