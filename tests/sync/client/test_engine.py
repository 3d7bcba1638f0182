"""Engines against a real relay process: real sockets, real files, kill -9."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.client.credentials import SessionOnly
from sync.client.events import (
    AwarenessReceived,
    InStep,
    LibraryChanged,
    Offline,
    Online,
    RemoteUpdate,
    SignedOut,
)
from sync.document.delta import Delete, insert
from sync.document.library import Library
from sync.document.updates import read_header
from sync.errors import SignInRefused
from sync.types import LOCAL_LIBRARY, DocumentId, Origin, Role, library_id
from tests.sync.client.listening import Device, new_document
from tests.sync.client.together import (
    PAPER,
    PASSWORD,
    connect,
    converge,
    share,
    shows,
    together,
    type_at,
)
from tests.sync.relay.process import RelayProcess


def test_two_devices_converge(relay: RelayProcess, devices: dict[str, Device]) -> None:
    ada, ben = devices["ada"], devices["ben"]
    together(relay, devices)
    here, there = ada.open(PAPER), ben.open(PAPER)
    type_at(here, 0, "Ada writes. ")
    type_at(there, 0, "Ben too. ")
    text = converge(ada, ben)
    assert "Ada writes. " in text
    assert "Ben too. " in text
    for device, document in ((ada, here), (ben, there)):
        # An event follows the log, so it may still be on its way.
        device.wait_for(lambda device=device, document=document: shows(device, document, text))
    assert ada.problems == ben.problems == []
    # Nothing of one's own comes back, and nothing comes twice; but keys may come as one update.
    with ada.store.database.reading() as connection:
        rows = connection.execute("SELECT origin, bytes FROM updates").fetchall()
    assert [origin for origin, _ in rows].count("view") == len("Ada writes. ")
    headers = [read_header(update) for origin, update in rows if origin == "remote"]
    came = [
        (client, clock)
        for header in headers
        for client, start in header.starts.items()
        for clock in range(start, header.ends[client])
    ]
    assert len(came) == len(set(came)) == len("Ben too. ")
    assert {client for client, _ in came} == {there.client_id}


def test_the_relay_is_killed_and_both_edit(
    relay: RelayProcess, devices: dict[str, Device], tmp_path: Path
) -> None:
    ada, ben = devices["ada"], devices["ben"]
    together(relay, devices)
    here, there = ada.open(PAPER), ben.open(PAPER)
    for round_number in range(2):
        relay.kill()
        for device in (ada, ben):
            device.wait_for(lambda device=device: device.engine.state != Online())
        type_at(here, 0, f"Ada {round_number}. ")
        type_at(there, 0, f"Ben {round_number}. ")
        for device in (ada, ben):
            device.wait_for(lambda device=device: device.has_nothing_unsaved())
            assert device.store.document(PAPER).waiting == 7
        relay.start()
        for device in (ada, ben):
            device.engine.retry_now()
        text = converge(ada, ben)
        assert f"Ada {round_number}. " in text
        assert f"Ben {round_number}. " in text
    ada.engine.stop()
    ben.engine.stop()
    relay.restart()
    with Device(tmp_path / "third") as third:
        connect(third, relay, "ada")
        third.wait_for_event(LibraryChanged)
        third.wait_for(lambda: third.text_on_disk(PAPER) == text)


def test_a_relay_put_back_to_a_backup_hears_of_deletions_again(
    relay: RelayProcess, devices: dict[str, Device], tmp_path: Path
) -> None:
    """A deletion moves no clock: only the relay's own Step2 shows that it has lost one."""
    ada, ben = devices["ada"], devices["ben"]
    together(relay, devices)
    backup = str(tmp_path / "backup")
    relay.admin("backup", backup)
    ada.open(PAPER).apply([Delete(5)], Origin.VIEW)
    assert converge(ada, ben) == ".\n"
    ben.engine.stop()
    relay.stop()
    relay.admin("restore", backup, "--replace")
    relay.start()
    ada.engine.retry_now()
    with Device(tmp_path / "third") as third:
        connect(third, relay, "ben")
        third.wait_for_event(LibraryChanged)
        third.wait_for(lambda: third.text_on_disk(PAPER) == ".\n")


def test_a_long_absence_is_one_step2_and_a_long_burst_is_pipelined(
    relay: RelayProcess, devices: dict[str, Device]
) -> None:
    ada, ben = devices["ada"], devices["ben"]
    together(relay, devices)
    document = ada.open(PAPER)
    type_at(document, 0, "x" * 3000)
    converge(ada, ben)
    relay.kill()
    type_at(document, 0, "y" * 3000)
    ada.wait_for(lambda: ada.store.document(PAPER).waiting == 3000)
    ben.events.clear()
    relay.start()
    ada.engine.retry_now()
    ben.engine.retry_now()
    assert converge(ada, ben) == "y" * 3000 + "x" * 3000 + "Start.\n"
    ben.wait_for_event(RemoteUpdate)
    assert sum(isinstance(event, RemoteUpdate) for event in ben.events) == 1


def test_reconnecting_in_step_writes_nothing(
    relay: RelayProcess, devices: dict[str, Device]
) -> None:
    ada, ben = devices["ada"], devices["ben"]
    together(relay, devices)
    document = ben.open(PAPER)
    document.apply(insert(0, "gone"), Origin.VIEW)
    document.undo()  # so that every Step2 carries a deletion
    document.apply(insert(0, "x"), Origin.VIEW)
    assert converge(ada, ben) == "xStart.\n"
    before = [device.store.last_sequence(PAPER) for device in (ada, ben)]
    for _ in range(3):
        for device in (ada, ben):
            device.events.clear()
        relay.restart()
        for device in (ada, ben):
            device.engine.retry_now()
            device.wait_for_event(InStep)
    assert [device.store.last_sequence(PAPER) for device in (ada, ben)] == before


def test_a_viewers_change_is_refused_and_kept(
    relay: RelayProcess, devices: dict[str, Device]
) -> None:
    ada, ben = devices["ada"], devices["ben"]
    together(relay, devices, Role.VIEWER)
    assert ben.store.document(PAPER).role is Role.VIEWER
    document = ben.open(PAPER)
    type_at(document, 0, "Mine. ")
    ben.wait_for(lambda: ben.store.document(PAPER).refused == 6)
    record = ben.store.document(PAPER)
    assert record.waiting == 0
    assert record.refused_reason
    assert ben.text_on_disk(PAPER) == "Mine. Start.\n"
    assert ada.text_on_disk(PAPER) == "Start.\n"
    # Still so after a restart of everything; then the role is raised and it goes through.
    ben.events.clear()
    relay.restart()
    ben.engine.retry_now()
    ben.wait_for_event(InStep)
    assert ben.store.document(PAPER).refused == 6
    share(relay, "ben", Role.EDITOR)
    ben.wait_for(lambda: ben.in_step(PAPER))
    assert converge(ada, ben) == "Mine. Start.\n"
    assert ben.store.document(PAPER).refused_reason is None


def test_a_role_lowered_while_offline(relay: RelayProcess, devices: dict[str, Device]) -> None:
    ada, ben = devices["ada"], devices["ben"]
    together(relay, devices)
    document = ben.open(PAPER)
    relay.kill()
    type_at(document, 0, "Mine. ")
    ben.wait_for(lambda: ben.store.document(PAPER).waiting == 6)
    share(relay, "ben", Role.VIEWER)
    relay.start()
    ben.engine.retry_now()
    ben.wait_for(lambda: ben.store.document(PAPER).refused == 6)
    assert ben.text_on_disk(PAPER) == "Mine. Start.\n"
    assert ada.text_on_disk(PAPER) == "Start.\n"


def test_a_document_made_while_connected_is_published(
    relay: RelayProcess, devices: dict[str, Device]
) -> None:
    ada = devices["ada"]
    connect(ada, relay, "ada")
    for number in range(3):
        document_id = DocumentId(f"new-{number}")
        new_document(ada, document_id, f"{number}\n")
        ada.wait_for(lambda document_id=document_id: ada.in_step(document_id))  # type: ignore[misc]
        assert ada.store.document(document_id).role is Role.OWNER


def test_many_documents_come_by_themselves(
    relay: RelayProcess, devices: dict[str, Device], tmp_path: Path
) -> None:
    ada = devices["ada"]
    for number in range(60):
        new_document(ada, DocumentId(f"d{number}"), f"text {number}\n")
    connect(ada, relay, "ada")
    ada.wait_for_event(InStep)
    assert all(record.on_relay and not record.waiting for record in ada.store.documents())
    with Device(tmp_path / "second") as second:
        second.engine.open_first(DocumentId("d59"))
        connect(second, relay, "ada")
        second.wait_for_event(InStep)
        first = next(event for event in second.events if isinstance(event, RemoteUpdate))
        assert first.document_id == "d59"
        for number in range(60):
            assert second.text_on_disk(DocumentId(f"d{number}")) == f"text {number}\n"


def test_a_wrong_password(relay: RelayProcess, devices: dict[str, Device]) -> None:
    ada = devices["ada"]
    ada.engine.start()
    with pytest.raises(SignInRefused, match=r"Wrong name or password\."):
        ada.engine.sign_in(relay.url, "ada", "wrong").result()
    assert ada.store.account() is None


def test_a_deactivated_person_is_signed_out_and_keeps_everything(
    relay: RelayProcess, devices: dict[str, Device]
) -> None:
    ben = devices["ben"]
    together(relay, devices)
    document = ben.open(PAPER)
    relay.admin("user", "deactivate", "ben")
    ben.wait_for(lambda: isinstance(ben.engine.state, SignedOut))
    assert ben.problems[-1].startswith("Your sign-in has ended.")
    type_at(document, 0, "Kept. ")
    ben.wait_for(lambda: ben.text_on_disk(PAPER) == "Kept. Start.\n")
    assert ben.store.document(PAPER).waiting == 6


def test_signing_out_and_in_again(relay: RelayProcess, devices: dict[str, Device]) -> None:
    ada = devices["ada"]
    new_document(ada, PAPER, "Start.\n")
    connect(ada, relay, "ada")
    ada.wait_for(lambda: ada.in_step(PAPER))
    ada.engine.sign_out().result()
    ada.wait_for(lambda: ada.engine.state == SignedOut())
    document = ada.open(PAPER)
    type_at(document, 0, "Later. ")
    ada.wait_for(lambda: ada.store.document(PAPER).waiting == 7)
    ada.engine.sign_in(relay.url, "ada", PASSWORD).result()
    ada.wait_for(lambda: ada.in_step(PAPER))


def test_who_is_here_is_passed_on(relay: RelayProcess, devices: dict[str, Device]) -> None:
    ada, ben = devices["ada"], devices["ben"]
    together(relay, devices)
    payload = b'\x01\x05\x01\x0b{"name":"A"}'[:3] + b'\x0c{"name":"A"}'
    ben.engine.join(PAPER, 6)
    ada.engine.send_awareness(PAPER, 5, payload)
    ben.wait_for_event(AwarenessReceived(PAPER, payload))
    ben.events.clear()
    relay.restart()
    ada.engine.retry_now()
    ben.engine.retry_now()
    ben.wait_for_event(AwarenessReceived(PAPER, payload))


def test_nothing_secret_is_written(
    relay: RelayProcess, devices: dict[str, Device], tmp_path: Path
) -> None:
    ada = devices["ada"]
    new_document(ada, PAPER, "Start.\n")
    ada.engine.start()
    signed_in = ada.engine.sign_in(relay.url, "ada", PASSWORD).result()
    assert isinstance(signed_in.keeping, SessionOnly)
    ada.wait_for(lambda: ada.in_step(PAPER))
    account = ada.store.account()
    assert account is not None
    access = ada.engine._session.access_token(account)
    refresh = ada.credentials.load(f"{account.user_id} at {account.relay_url}")
    assert refresh
    ada.engine.stop()
    content = b"".join(path.read_bytes() for path in (tmp_path / "ada").iterdir())
    assert b"Start." in content or ada.text_on_disk(PAPER) == "Start.\n"
    for secret in (access, refresh, PASSWORD):
        assert secret.encode() not in content


def test_stopping_is_idempotent_and_possible_before_the_start(tmp_path: Path) -> None:
    with Device(tmp_path / "a") as device:
        device.engine.stop()
        device.engine.retry_now()
        assert device.engine.state == Offline()


def favourites(device: Device, library: DocumentId) -> list[str]:
    stored = device.store.load(library)
    read = Library.load(stored.snapshot, stored.updates)
    read.set_known([PAPER])
    return [str(document) for document in read.view().favourites]


def test_what_was_organised_before_the_first_sign_in_moves_to_the_account(
    relay: RelayProcess, devices: dict[str, Device], tmp_path: Path
) -> None:
    ada = devices["ada"]
    library = Library()
    library.favour([PAPER])
    update = library.encode_state()
    ada.store.create_document(LOCAL_LIBRARY, "", [(update, Origin.COMMAND)]).result()
    new_document(ada, PAPER, "Start.\n")
    connect(ada, relay, "ada")
    account = ada.store.account()
    assert account is not None
    mine = library_id(account.user_id)
    ada.wait_for(lambda: mine in [r.id for r in ada.store.documents(implied=True)])
    ada.wait_for(lambda: favourites(ada, mine) == [PAPER])
    ada.wait_for(lambda: favourites(ada, LOCAL_LIBRARY) == [])
    local = ada.store.document(LOCAL_LIBRARY)
    assert (local.on_relay, local.waiting, local.refused) == (False, 0, 0)
    assert local.role is None
    assert not ada.problems
    ada.wait_for(lambda: ada.in_step(mine))
    with Device(tmp_path / "second") as second:
        connect(second, relay, "ada")
        second.wait_for_event(InStep)
        assert favourites(second, mine) == [PAPER]
    # It is one person's: who signs in afterwards on this device has none of it.
    ada.engine.sign_in(relay.url, "ben", PASSWORD).result()
    ben = ada.store.account()
    assert ben is not None
    his = library_id(ben.user_id)
    ada.wait_for(lambda: his in [r.id for r in ada.store.documents(implied=True)])
    ada.wait_for(lambda: ada.in_step(his))
    assert favourites(ada, his) == []
