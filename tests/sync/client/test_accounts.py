"""Several accounts on one device: each relay gets its own documents, and nothing is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.client import account
from sync.client.address import parse_address
from sync.client.events import Online, SignedOut
from sync.errors import NotSignedIn, RelayRefused
from sync.store.accounts import HERE
from sync.types import DocumentId, Role
from tests.sync.client.listening import Device, new_document
from tests.sync.client.together import PAPER, PASSWORD, connect, together, type_at
from tests.sync.relay.process import RelayProcess


def known_documents(relay: RelayProcess) -> set[str]:
    """Return what the relay has of Ada's."""
    address = parse_address(relay.url)
    tokens = account.sign_in(address, "ada", PASSWORD)
    return {one.id for one in account.list_documents(address, tokens.access_token)}


def test_signing_in_elsewhere_leaks_nothing_and_loses_nothing(
    relay: RelayProcess, devices: dict[str, Device], tmp_path: Path
) -> None:
    ada = devices["ada"]
    new_document(ada, PAPER, "Start.\n")
    connect(ada, relay, "ada")
    ada.wait_for(lambda: ada.in_step(PAPER))
    first = ada.store.account()
    assert first is not None
    ada.engine.sign_out().result()
    ada.wait_for(lambda: ada.engine.state == SignedOut())
    document = ada.open(PAPER)
    type_at(document, 0, "Later. ")
    ada.wait_for(lambda: ada.store.document(PAPER).waiting == 7)
    drafted = DocumentId("draft")  # made while the first account was the profile's
    new_document(ada, drafted, "Draft.\n")

    with RelayProcess(tmp_path / "other") as other:
        other.add_user("ada")
        ada.engine.sign_in(other.url, "ada", PASSWORD).result()
        ada.wait_for(lambda: ada.engine.state == Online())
        made = DocumentId("made")
        new_document(ada, made, "Made there.\n")
        ada.engine.notify_saved(made)
        ada.engine.notify_saved(PAPER)
        ada.wait_for(lambda: ada.in_step(made))
        assert known_documents(other) & {PAPER, drafted, made} == {made}
        assert ada.store.document(PAPER).elsewhere == relay.url
        assert ada.store.totals().waiting == 0

        # Back again: what was written meanwhile goes where it belongs, and nowhere else.
        ada.engine.sign_in(relay.url, "ada", PASSWORD).result()
        ada.wait_for(lambda: ada.in_step(PAPER) and ada.in_step(drafted))
        assert known_documents(relay) & {PAPER, drafted, made} == {PAPER, drafted}
        assert ada.text_on_disk(PAPER) == "Later. Start.\n"
        assert ada.text_on_disk(made) == "Made there.\n"

        # And by the account that is remembered: nobody has to type a password.
        second = next(a for a in ada.store.accounts() if a.relay_url == other.url)
        ada.engine.use_account(second).result()
        ada.wait_for(lambda: ada.engine.state == Online())
        ada.wait_for(lambda: ada.store.account() == second)
        ada.wait_for(lambda: ada.in_step(made))

        # Moved on purpose, because the person says so.
        ada.store.move_documents(first.key, second.key).result()
        ada.engine.retry_now()
        ada.wait_for(lambda: ada.in_step(PAPER))
        with Device(tmp_path / "second") as device:
            connect(device, other, "ada")
            device.wait_for(lambda: device.store.homes().get(second.key) == 3)
            device.wait_for(lambda: device.text_on_disk(PAPER) == "Later. Start.\n")


def test_what_was_written_before_is_kept_from_a_relay_on_request(
    relay: RelayProcess, devices: dict[str, Device]
) -> None:
    ada = devices["ada"]
    new_document(ada, PAPER, "Diary.\n")
    ada.engine.start()
    ada.engine.sign_in(relay.url, "ada", PASSWORD, keep_here=True).result()
    ada.wait_for(lambda: ada.engine.state == Online())
    new_document(ada, DocumentId("made"), "For the team.\n")
    ada.engine.notify_saved(DocumentId("made"))
    ada.wait_for(lambda: ada.in_step(DocumentId("made")))
    assert PAPER not in known_documents(relay)
    who = ada.store.account()
    assert who is not None
    ada.store.move_documents(HERE, who.key).result()
    ada.engine.retry_now()
    ada.wait_for(lambda: ada.in_step(PAPER))


def test_another_person_at_the_same_relay_gets_what_is_shared_with_them(
    relay: RelayProcess, devices: dict[str, Device]
) -> None:
    ada, ben = devices["ada"], devices["ben"]
    together(relay, devices, Role.EDITOR)
    private = DocumentId("private")
    new_document(ada, private, "Mine.\n")
    ada.engine.notify_saved(private)
    ada.wait_for(lambda: ada.in_step(private))
    # Ben signs in on Ada's device.
    ada.engine.sign_in(relay.url, "ben", PASSWORD).result()
    ada.wait_for(lambda: ada.store.document(PAPER).elsewhere is None)
    ada.wait_for(lambda: ada.store.document(PAPER).role is Role.EDITOR and ada.in_step(PAPER))
    assert ada.store.document(private).elsewhere == relay.url
    assert ada.store.document(private).refused == 0
    assert private not in {record.id for record in ben.store.documents()}
    ada.engine.sign_in(relay.url, "ada", PASSWORD).result()
    ada.wait_for(lambda: ada.store.document(PAPER).role is Role.OWNER and ada.in_step(PAPER))
    assert ada.store.document(private).elsewhere is None


def test_a_token_is_given_to_its_own_relay_only(
    relay: RelayProcess, devices: dict[str, Device], tmp_path: Path
) -> None:
    ada = devices["ada"]
    connect(ada, relay, "ada")
    first = ada.store.account()
    assert first is not None
    session = ada.engine._session
    assert session.access_token(first)
    with RelayProcess(tmp_path / "other") as other:
        other.add_user("ada")
        ada.engine.sign_in(other.url, "ada", PASSWORD).result()
        # What an earlier connection may still ask for in that moment.
        with pytest.raises(NotSignedIn):
            session.access_token(first)


def test_changing_the_password_ends_other_sign_ins(
    relay: RelayProcess, devices: dict[str, Device]
) -> None:
    ada, other = devices["ada"], devices["ben"]
    connect(ada, relay, "ada")
    connect(other, relay, "ada")
    with pytest.raises(RelayRefused, match="old password is wrong"):
        ada.engine.change_password("wrong", "another horse").result()
    ada.engine.change_password(PASSWORD, "another horse").result()
    other.wait_for(lambda: isinstance(other.engine.state, SignedOut))
    ada.wait_for(lambda: ada.engine.state == Online())
    new_document(ada, PAPER, "Start.\n")
    ada.engine.notify_saved(PAPER)
    ada.wait_for(lambda: ada.in_step(PAPER))
    other.engine.sign_in(relay.url, "ada", "another horse").result()
    other.wait_for(lambda: other.engine.state == Online())
