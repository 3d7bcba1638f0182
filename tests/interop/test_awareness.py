"""Carets go both ways between Inkstand and what y-quill or y-prosemirror pages publish."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.document.delta import insert
from sync.presence.awareness import Awareness
from sync.presence.states import COLOURS, PersonState, Selected
from sync.protocol import client as events
from sync.types import Origin
from tests.interop.test_provider import Provider
from tests.sync.relay.peer import Peer
from tests.sync.relay.process import RelayProcess


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[RelayProcess]:
    with RelayProcess(tmp_path / "relay") as relay:
        relay.add_user("ada")
        yield relay


def hear(peer: Peer, awareness: Awareness) -> None:
    """Take in what comes next of who is here."""
    awareness.receive(peer.until(events.AwarenessReceived).payload, 0.0)
    peer.events.clear()


def test_carets_are_read_on_both_sides_and_stay_with_their_words(relay: RelayProcess) -> None:
    document = relay.admin("document", "create", "--owner", "ada", "--title", "Book")
    token = relay.admin("token", "ada")
    with Peer(relay.url, document, token).joined() as ours:
        ours.write("ours 😀 words é\n", up_to=1)
        awareness = Awareness(ours.document.client_id)
        with Provider(relay.url, token, document) as theirs:
            theirs.until("synced", document)

            theirs.do("cursor", document, text="Theirs", attributes=[8, 11])
            said = None
            while not (said and said.selected):
                hear(ours, awareness)
                [said] = awareness.others.values()
            assert (said.name, said.colour) == ("Theirs", None)  # orange is none of ours
            ends = said.selected.anchor, said.selected.head
            assert [ours.document.resolve(end) for end in ends] == [8, 11]
            ours.document.apply(insert(0, "😀"), Origin.VIEW)
            assert [ours.document.resolve(end) for end in ends] == [10, 13]
            ours.document.undo()

            place = ours.document.relative_position
            awareness.set_own(PersonState("Ada", 2, Selected(place(5), place(13))))
            payload = awareness.to_send(0.0)
            assert payload is not None
            ours.protocol.send_awareness(ours.document_id, payload)
            ours.flush()
            while "Ada" not in str(theirs.until("awareness", document)["states"]):
                pass
            theirs.do("carets", document)
            ada = ["Ada", COLOURS[2], 5, 13]
            assert ada in theirs.until("carets", document)["carets"]
            theirs.do("insert", document, text="é😀")
            theirs.do("carets", document)
            assert ["Ada", COLOURS[2], 8, 16] in theirs.until("carets", document)["carets"]

            ours.protocol.send_awareness(ours.document_id, awareness.leave(1.0))
            ours.flush()
            while "Ada" in str(theirs.until("awareness", document)["states"]):
                pass
        while awareness.others:  # the process was killed: the relay says so
            hear(ours, awareness)
