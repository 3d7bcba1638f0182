"""Members and invites, by the calls that the window makes, on a real relay."""

from __future__ import annotations

import pytest

from sync.client import account, invites, members
from sync.client.account import RelayDocument
from sync.client.engine import SyncEngine
from sync.errors import RelayRefused
from sync.types import Role
from tests.sync.client.listening import Device, new_document
from tests.sync.client.together import PAPER, PASSWORD, connect, together
from tests.sync.relay.process import RelayProcess


def roles(engine: SyncEngine) -> dict[str, Role]:
    found = engine.call(lambda *who: members.members(*who, PAPER)).result()
    return {member.name: member.role for member in found}


def id_of(engine: SyncEngine, name: str) -> str:
    found = engine.call(lambda *who: members.members(*who, PAPER)).result()
    return next(member.user_id for member in found if member.name == name)


def has_paper(device: Device) -> bool:
    known = {record.id for record in device.store.documents()}
    return PAPER in known and device.text_on_disk(PAPER) == "Start.\n"


def test_members_change_leave_and_take_over(
    relay: RelayProcess, devices: dict[str, Device]
) -> None:
    together(relay, devices, Role.EDITOR)
    ada, ben = devices["ada"].engine, devices["ben"].engine
    assert ada.call(account.me).result()[1] == "ada"
    assert roles(ada) == roles(ben) == {"ada": Role.OWNER, "ben": Role.EDITOR}
    bens, adas = id_of(ada, "ben"), id_of(ada, "ada")

    ada.call(lambda *who: members.change_role(*who, PAPER, bens, Role.VIEWER)).result()
    devices["ben"].wait_for(lambda: devices["ben"].store.document(PAPER).role is Role.VIEWER)
    with pytest.raises(RelayRefused, match="Only the owner"):
        ben.call(lambda *who: members.change_role(*who, PAPER, bens, Role.OWNER)).result()
    with pytest.raises(RelayRefused, match="needs an owner"):
        ada.call(lambda *who: members.remove(*who, PAPER, adas)).result()

    ada.call(lambda *who: members.transfer(*who, PAPER, bens)).result()
    assert roles(ben) == {"ada": Role.EDITOR, "ben": Role.OWNER}
    ada.call(lambda *who: members.remove(*who, PAPER, adas)).result()  # leaves
    devices["ada"].wait_for(lambda: devices["ada"].store.document(PAPER).lost)
    assert roles(ben) == {"ben": Role.OWNER}
    with pytest.raises(RelayRefused, match="no access to it"):
        roles(ada)


def test_invites_are_made_listed_revoked_and_used(
    relay: RelayProcess, devices: dict[str, Device]
) -> None:
    ada, ben = devices["ada"], devices["ben"]
    new_document(ada, PAPER, "Start.\n")
    connect(ada, relay, "ada")
    ada.wait_for(lambda: ada.in_step(PAPER))
    connect(ben, relay, "ben")

    def invite(role: Role) -> invites.Invite:
        return ada.engine.call(lambda *who: invites.create(*who, PAPER, role, 24)).result()

    def use(code: str | None) -> RelayDocument:
        assert code is not None
        return ben.engine.call(lambda *who: invites.accept(*who, code)).result()

    kept, revoked = invite(Role.COMMENTER), invite(Role.EDITOR)
    assert kept.code not in repr(kept)
    listed = ada.engine.call(lambda *who: invites.invites(*who, PAPER)).result()
    assert {one.id: (one.role, one.code) for one in listed} == {
        kept.id: (Role.COMMENTER, None),
        revoked.id: (Role.EDITOR, None),
    }
    ada.engine.call(lambda *who: invites.revoke(*who, PAPER, revoked.id)).result()
    with pytest.raises(RelayRefused, match="Ask for a new one"):
        use(revoked.code)
    assert use(kept.code).role is Role.COMMENTER
    ben.engine.retry_now()
    ben.wait_for(lambda: has_paper(ben))


def test_an_account_by_invite(relay: RelayProcess, devices: dict[str, Device]) -> None:
    ada, eve = devices["ada"], devices["ben"]
    new_document(ada, PAPER, "Start.\n")
    connect(ada, relay, "ada")
    ada.wait_for(lambda: ada.in_step(PAPER))
    made = ada.engine.call(lambda *who: invites.create(*who, PAPER, Role.VIEWER, 1)).result()
    assert made.code is not None
    eve.engine.start()
    with pytest.raises(RelayRefused, match="Choose another name"):
        eve.engine.sign_up(relay.url, made.code, "ada", PASSWORD).result()
    signed_in, document = eve.engine.sign_up(relay.url, made.code, "eve", PASSWORD).result()
    assert (signed_in.name, document.id, document.role) == ("eve", PAPER, Role.VIEWER)
    eve.wait_for(lambda: has_paper(eve))
    with pytest.raises(RelayRefused):
        eve.engine.sign_up(relay.url, made.code, "mallory", PASSWORD).result()
