"""A device that lost part of its database, or went back to a backup, and its relay."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.client.events import Online
from sync.document.delta import delete, insert
from sync.document.document import Document
from sync.document.updates import read_state_vector
from sync.store import backup, restore
from sync.store.migrations import DATABASE
from sync.types import DocumentId, Origin
from tests.sync.client.listening import Device, new_document
from tests.sync.relay.process import RelayProcess
from tests.sync.store.library import PAGE

PAPER = DocumentId("paper")
PASSWORD = "correct horse"


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[RelayProcess]:
    with RelayProcess(tmp_path / "relay") as relay:
        relay.add_user("ada")
        yield relay


def connect(device: Device, relay: RelayProcess) -> None:
    device.engine.sign_in(relay.url, "ada", PASSWORD).result()
    device.engine.start()
    device.wait_for(lambda: device.engine.state == Online())
    device.wait_for(lambda: all(device.in_step(one.id) for one in device.store.documents()))


def write(device: Device, *words: str) -> Document:
    document = device.open(PAPER)
    for word in words:
        document.apply(insert(document.length - 1, word + " "), Origin.VIEW)
    device.wait_for(device.has_nothing_unsaved)
    return document


def text_elsewhere(relay: RelayProcess, folder: Path) -> str:
    """Return what a device gets that has nothing yet."""
    with Device(folder) as other:
        connect(other, relay)
        other.wait_for(lambda: PAPER in [record.id for record in other.store.documents()])
        other.wait_for(lambda: other.text_on_disk(PAPER) != "")
        return other.text_on_disk(PAPER)


def test_after_going_back_nothing_is_lost_or_doubled(relay: RelayProcess, tmp_path: Path) -> None:
    profile = tmp_path / "ada"
    with Device(profile) as ada:
        new_document(ada, PAPER, "Start. \n")
        connect(ada, relay)
        write(ada, "before", "waiting")
        # In the outbox of the backup, or on their way; the relay has them soon after.
        backup.back_up(profile, tmp_path / "backups")
        document = ada.replicas[PAPER].document
        document.apply(insert(document.length - 1, "later "), Origin.VIEW)
        document.apply(delete(0, 7), Origin.VIEW)
        ada.wait_for(ada.has_nothing_unsaved)
        ada.engine.notify_saved(PAPER)
        ada.wait_for(lambda: ada.in_step(PAPER))
        used = set(read_state_vector(document.state_vector()))
    restore.restore(tmp_path / "backups", profile)
    with Device(profile) as ada:
        assert ada.text_on_disk(PAPER) == "Start. before waiting \n"
        here = write(ada, "offline")
        assert here.client_id not in used
        connect(ada, relay)
        # Which of two words written at one place comes first is for their client ids to say.
        ada.wait_for(lambda: "later " in ada.text_on_disk(PAPER))
        ada.wait_for(lambda: ada.text_on_disk(PAPER).startswith("before waiting "))
        ada.wait_for(lambda: ada.in_step(PAPER))
        text = ada.text_on_disk(PAPER)
    words = text.split()
    assert sorted(words) == sorted(["before", "waiting", "later", "offline"])
    assert text_elsewhere(relay, tmp_path / "other") == text


def lose_some_of_the_log(profile: Path) -> None:
    path = profile / DATABASE
    data = bytearray(path.read_bytes())
    leaves = [
        at
        for at in range(0, len(data), PAGE)
        if data[at] == 10 and data[at : at + PAGE].count(b"viewme") > 5
    ]
    assert len(leaves) >= 3
    for at in leaves[1::2]:
        data[at : at + PAGE] = bytes(PAGE)
    path.write_bytes(data)


def test_after_a_salvage_the_relay_fills_the_gaps(relay: RelayProcess, tmp_path: Path) -> None:
    profile = tmp_path / "ada"
    with Device(profile) as ada:
        new_document(ada, PAPER, "Start. \n")
        connect(ada, relay)
        document = write(ada, *map(str, range(400)))
        ada.engine.notify_saved(PAPER)
        ada.wait_for(lambda: ada.in_step(PAPER))
        text, used = document.text(), set(read_state_vector(document.state_vector()))
    with Device(profile) as ada:  # not sent: only a deletion, which shows in no state vector
        document = ada.open(PAPER)
        document.apply(delete(0, 7), Origin.VIEW)
        ada.wait_for(ada.has_nothing_unsaved)
    lose_some_of_the_log(profile)
    with Device(profile) as ada:
        report = ada.store.salvage()
        (loss,) = report.losses
        assert loss.changes > 10
        assert ada.store.document(PAPER).waiting > 0
        here = write(ada, "after")
        assert here.client_id not in used
        connect(ada, relay)
        ada.wait_for(lambda: " 399 " in ada.text_on_disk(PAPER))
        ada.wait_for(lambda: ada.in_step(PAPER))
        healed = ada.text_on_disk(PAPER)
        assert sorted(healed.split()) == sorted([*text.removeprefix("Start. ").split(), "after"])
    assert text_elsewhere(relay, tmp_path / "other") == healed
