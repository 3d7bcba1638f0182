"""The whole library on a device: documents never opened, those beside them, lost ones, copies."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest

from sync.client import openings
from sync.client.events import (
    DocumentReplaced,
    InStep,
    LibraryChanged,
    Online,
    Progress,
    RemoteUpdate,
)
from sync.document.comments import Comments
from sync.document.delta import insert
from sync.document.document import Document
from sync.errors import CannotDiscard
from sync.store.compaction import build_document
from sync.store.copying import copy_document
from sync.types import DocumentId, Origin, Role, comments_id, library_id
from tests.sync.client.listening import Device, new_document
from tests.sync.client.together import PAPER, connect, converge, share, together, type_at
from tests.sync.relay.process import RelayProcess


def texts(device: Device) -> dict[DocumentId, str]:
    return {record.id: device.text_on_disk(record.id) for record in device.store.documents()}


def make_many(device: Device, count: int) -> dict[DocumentId, str]:
    for number in range(count):
        new_document(device, DocumentId(f"d{number}"), f"text {number}\n")
    return {DocumentId(f"d{number}"): f"text {number}\n" for number in range(count)}


def wanted(device: Device) -> int:
    """How many documents the last sync had to bring in step."""
    return max((event.total for event in device.events if isinstance(event, Progress)), default=0)


def again(device: Device) -> Device:
    """Close a device and open it once more, signed in."""
    device.__exit__()
    return Device(device.store.data_dir)


class TestMany:
    def test_more_documents_than_stay_open(
        self,
        relay: RelayProcess,
        devices: dict[str, Device],
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(openings, "LIVE", 5)
        ada = devices["ada"]
        expected = make_many(ada, 40)
        connect(ada, relay, "ada")
        ada.wait_for_event(InStep)
        with Device(tmp_path / "second") as second:
            connect(second, relay, "ada")
            second.wait_for_event(InStep)
            assert texts(second) == expected
            # What is typed in a document that was closed meanwhile is sent all the same.
            document = second.open(DocumentId("d0"))
            type_at(document, 0, "More ")
            second.wait_for(lambda: second.in_step(DocumentId("d0")))
            # It comes to the other device when that looks at the list.
            ada.engine.retry_now()
            ada.wait_for(lambda: ada.text_on_disk(DocumentId("d0")) == "More text 0\n")

    def test_what_is_in_step_is_not_asked_for_again(
        self, relay: RelayProcess, devices: dict[str, Device], tmp_path: Path
    ) -> None:
        ada = devices["ada"]
        expected = make_many(ada, 30)
        connect(ada, relay, "ada")
        ada.wait_for_event(InStep)
        second = Device(tmp_path / "second")
        connect(second, relay, "ada")
        second.wait_for_event(InStep)
        assert wanted(second) == 31  # and the library
        second.wait_for(lambda: all(r.relay_state for r in second.store.documents()))
        second.__exit__()
        type_at(ada.open(DocumentId("d7")), 0, "New ")
        ada.wait_for(lambda: ada.in_step(DocumentId("d7")))
        with Device(tmp_path / "second") as second:
            connect(second, relay, "ada")
            second.wait_for_event(InStep)
            assert wanted(second) == 2
            assert texts(second) == {**expected, DocumentId("d7"): "New text 7\n"}
        # A relay that was started again may hold something else: a backup, perhaps.
        relay.restart()
        with Device(tmp_path / "second") as second:
            connect(second, relay, "ada")
            second.wait_for_event(InStep)
            assert wanted(second) == 31

    def test_the_first_sync_is_interrupted_and_goes_on(
        self, relay: RelayProcess, devices: dict[str, Device], tmp_path: Path
    ) -> None:
        ada = devices["ada"]
        expected = make_many(ada, 60)
        connect(ada, relay, "ada")
        ada.wait_for_event(InStep)
        second = Device(tmp_path / "second")
        connect(second, relay, "ada")
        second.wait_for(lambda: any(r.relay_state for r in second.store.documents()))
        second.__exit__()
        with Device(tmp_path / "second") as second:
            there = sum(bool(record.relay_state) for record in second.store.documents())
            assert there
            connect(second, relay, "ada")
            second.wait_for_event(InStep)
            assert wanted(second) == 61 - there
            assert texts(second) == expected
            told = [event for event in second.events if isinstance(event, Progress)]
            assert [event.done for event in told] == sorted(event.done for event in told)


class TestBeside:
    def test_comments_and_libraries_follow_the_person(
        self, relay: RelayProcess, devices: dict[str, Device], tmp_path: Path
    ) -> None:
        ada, ben = devices["ada"], devices["ben"]
        together(relay, devices, Role.COMMENTER)
        account = ben.store.account()
        assert account is not None
        updates: list[tuple[bytes, Origin]] = []
        comments = Comments(account.user_id)
        text, _ = build_document(ben.store.load(PAPER))
        start, end = text.relative_position(0), text.relative_position(5)
        comments.on_update(lambda update, origin: updates.append((update, origin)))
        comments.add(start, end, "Start", "Why so soon?")
        beside = comments_id(PAPER)
        ben.store.create_document(beside, "", updates, account.user_id).result()
        ben.engine.notify_saved(beside)
        ben.wait_for(lambda: ben.in_step(beside))
        assert [record.id for record in ben.store.documents()] == [PAPER]

        ada.engine.retry_now()
        ada.wait_for(lambda: beside in [r.id for r in ada.store.documents(implied=True)])
        ada.wait_for(lambda: ada.store.last_sequence(beside) > 0)
        stored = ada.store.load(beside)
        read = Comments("somebody")
        for update in stored.updates:
            read.apply_update(update)
        assert [thread.comments[0].body for thread in read.threads()] == ["Why so soon?"]

        # Each person's library comes to all of their devices, and to nobody else's.
        mine = library_id(account.user_id)
        ben.wait_for(lambda: ben.in_step(mine))
        ben.store.append_local(mine, updates[0][0], Origin.COMMAND, None).result()
        ben.engine.notify_saved(mine)
        with Device(tmp_path / "second") as second:
            connect(second, relay, "ben")
            second.wait_for_event(InStep)
            assert second.store.load(mine).updates
            assert second.store.load(beside).updates
        assert mine not in [record.id for record in ada.store.documents(implied=True)]


class TestLost:
    def test_the_copy_here_stays_and_comes_in_step_when_shared_again(
        self, relay: RelayProcess, devices: dict[str, Device]
    ) -> None:
        ada, ben = devices["ada"], devices["ben"]
        together(relay, devices)
        relay.admin("document", "share", PAPER, "--user", "ben", "--role", "none")
        ben.wait_for(lambda: ben.store.document(PAPER).lost)
        assert ben.text_on_disk(PAPER) == "Start.\n"
        # It can be written in like a private one: nothing leaves, nothing goes.
        type_at(ben.open(PAPER), 0, "Mine. ")
        ben.wait_for(lambda: ben.text_on_disk(PAPER) == "Mine. Start.\n")
        ben.wait_for(lambda: ben.store.document(PAPER).refused == 6)
        record = ben.store.document(PAPER)
        assert record.lost
        assert record.waiting == 0
        assert ada.text_on_disk(PAPER) == "Start.\n"
        share(relay, "ben", Role.EDITOR)
        ben.engine.retry_now()
        assert converge(ada, ben) == "Mine. Start.\n"
        assert not ben.store.document(PAPER).lost


class TestRefused:
    def refuse(self, relay: RelayProcess, devices: dict[str, Device]) -> Device:
        ben = devices["ben"]
        together(relay, devices, Role.VIEWER)
        type_at(ben.open(PAPER), 0, "Mine. ")
        ben.wait_for(lambda: ben.store.document(PAPER).refused == 6)
        ben.replicas.pop(PAPER).close()
        return ben

    def test_kept_as_a_copy_of_ones_own(
        self, relay: RelayProcess, devices: dict[str, Device]
    ) -> None:
        ben = self.refuse(relay, devices)
        copy = copy_document(ben.store, PAPER, "Mine", "ben")
        ben.engine.notify_saved(copy)
        ben.wait_for(lambda: ben.in_step(copy))
        record = ben.store.document(copy)
        assert (record.title, record.role) == ("Mine", Role.OWNER)
        assert ben.text_on_disk(copy) == "Mine. Start.\n"
        assert ben.store.document(PAPER).refused == 6

    def test_given_up_for_what_the_relay_has(
        self, relay: RelayProcess, devices: dict[str, Device]
    ) -> None:
        ada, ben = devices["ada"], self.refuse(relay, devices)
        type_at(ada.open(PAPER), 0, "Hers. ")
        ada.wait_for(lambda: ada.in_step(PAPER))
        ben.engine.discard_changes(PAPER).result()
        ben.wait_for_event(DocumentReplaced(PAPER))
        record = ben.store.document(PAPER)
        assert (record.waiting, record.refused, record.refused_reason) == (0, 0, None)
        ben.wait_for(lambda: ben.text_on_disk(PAPER) == "Hers. Start.\n")
        # And it lives on: what is written now is an edit like any other.
        share(relay, "ben", Role.EDITOR)
        ben.wait_for(lambda: ben.store.document(PAPER).role is Role.EDITOR)
        type_at(ben.open(PAPER), 0, "His. ")
        assert converge(ada, ben) == "His. Hers. Start.\n"

    def test_nothing_is_given_up_without_the_relay(
        self, relay: RelayProcess, devices: dict[str, Device]
    ) -> None:
        ben = self.refuse(relay, devices)
        relay.kill()
        ben.wait_for(lambda: not isinstance(ben.engine.state, Online))  # it has noticed
        with pytest.raises(CannotDiscard):
            ben.engine.discard_changes(PAPER).result()
        assert ben.text_on_disk(PAPER) == "Mine. Start.\n"
        assert ben.store.document(PAPER).refused == 6


class TestCollisions:
    def test_a_profile_copied_to_another_machine(
        self, relay: RelayProcess, devices: dict[str, Device], tmp_path: Path
    ) -> None:
        ada = devices["ada"]
        new_document(ada, PAPER, "Start.\n")
        connect(ada, relay, "ada")
        ada.wait_for(lambda: ada.in_step(PAPER))
        relay.kill()
        type_at(ada.open(PAPER), 0, "Both. ")
        ada.wait_for(lambda: ada.store.document(PAPER).waiting == 6)
        ada.replicas.pop(PAPER).close()
        ada.engine.stop()
        ada.store.close()
        shutil.copytree(tmp_path / "ada", tmp_path / "twin")
        with Device(tmp_path / "ada") as one, Device(tmp_path / "twin") as twin:
            type_at(one.open(PAPER), 0, "One. ")
            type_at(twin.open(PAPER), 0, "Twin. ")
            relay.start()
            connect(one, relay, "ada")
            connect(twin, relay, "ada")
            text = converge(one, twin)
        assert sorted(text.split()) == ["Both.", "One.", "Start.", "Twin."]

    def test_a_client_id_that_somebody_else_writes_with_is_noticed(self) -> None:
        one, other = Document(client_id=7), Document(client_id=7)
        kept: list[bytes] = []
        other.on_update(lambda update, _: kept.append(update))
        one.apply_update(Document().encode_state())
        assert not one.collided
        other.apply(insert(0, "theirs"), Origin.COMMAND)
        one.apply_update(kept[0])
        assert one.collided
        assert not other.collided
        other.apply_update(kept[0])  # one's own, brought back by a relay
        assert not other.collided


def test_a_month_apart_merges_and_keeps_every_word_once(
    relay: RelayProcess, devices: dict[str, Device]
) -> None:
    ada, ben = devices["ada"], devices["ben"]
    together(relay, devices)
    relay.kill()
    words = {name: [f"{name}{number}" for number in range(1_500)] for name in devices}

    def write(name: str) -> None:
        device = devices[name]
        document = device.open(PAPER)
        for number, word in enumerate(words[name]):
            place = document.length * (number % 7) // 7
            text = document.text()
            while place and text[place - 1] not in " \n":
                place -= 1
            document.apply(insert(place, f"{word} "), Origin.VIEW)
        device.replicas.pop(PAPER).close(60)

    for thread in [threading.Thread(target=write, args=[name]) for name in devices]:
        thread.start()
        thread.join()
    relay.start()
    ada.engine.retry_now()
    ben.engine.retry_now()
    text = converge(ada, ben)
    assert sorted(text.split()) == sorted([*words["ada"], *words["ben"], "Start."])


def test_news_of_shares_come_by_themselves(relay: RelayProcess, devices: dict[str, Device]) -> None:
    ada, ben = devices["ada"], devices["ben"]
    connect(ben, relay, "ben")
    new_document(ada, PAPER, "Start.\n")
    connect(ada, relay, "ada")
    ada.wait_for(lambda: ada.in_step(PAPER))
    ben.events.clear()
    share(relay, "ben", Role.VIEWER)
    ben.engine.retry_now()
    ben.wait_for_event(LibraryChanged)
    ben.wait_for_event(RemoteUpdate)
    assert texts(ben) == {PAPER: "Start.\n"}
