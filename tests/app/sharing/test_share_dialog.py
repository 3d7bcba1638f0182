"""Sharing by the window: invited, joined, promoted, removed; offline it is read and not changed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from app.sharing import sharing
from app.sharing.dialog import ShareDialog
from app.sharing.joining import JoinDialog
from sync.client.invite_link import invite_url
from sync.types import Role
from tests.app.sharing.hands import change, choose, click, fill, people, reply, share, shown
from tests.end_to_end.desk import Desk
from tests.sync.relay.api.client import Api, Person
from tests.sync.relay.process import RelayProcess


@pytest.fixture(autouse=True)
def look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits ten seconds for what others have changed."""
    monkeypatch.setattr(sharing, "LOOK_AGAIN", 200)


def test_two_people_share_a_document(relay: RelayProcess, make_desk: Callable[[str], Desk]) -> None:
    a = make_desk("a")
    dialog = share(a)
    assert "needs a relay" in dialog.message.text()
    assert dialog.sign_in.isVisible()
    assert not dialog.inviting.isVisible()
    dialog.reject()
    a.sign_in(relay.url, "ada", "correct horse")
    a.wait_status("Saved on the relay", "Online")
    assert a.window.opened is not None
    document = a.window.opened.document_id

    # Ada makes an invite and copies its link.
    dialog = share(a)
    a.wait(lambda: people(dialog) == [("ada (this account)", "Owner")])
    assert not dialog.leave.isEnabled()
    assert not dialog.change.isEnabled()  # the last owner
    choose(a, dialog.inviting.role, 1)
    click(a, dialog.inviting.make)
    a.wait(dialog.inviting.made.isVisible)
    click(a, dialog.inviting.copy_link)
    link = QGuiApplication.clipboard().text()
    assert link.startswith("inkstand://join?relay=ws%3A%2F%2F127.0.0.1%3A")

    # A stranger joins with it, by a new account, and the document opens.
    b = make_desk("b")
    b.program.take_over(link)
    joining = shown(b, JoinDialog)
    assert f"127.0.0.1:{relay.port}" in joining.where.text()
    assert not joining.button.isEnabled()
    fill(b, joining.name, "eve")
    fill(b, joining.password, "short")
    b.bot.keyClick(joining.password, Qt.Key.Key_Return)
    b.wait(lambda: "look at password" in joining.message.text())
    fill(b, joining.password, "correct horse")
    b.bot.keyClick(joining.password, Qt.Key.Key_Return)
    b.wait(lambda: b.window.opened is not None and b.window.opened.document_id == document)
    b.wait(lambda: b.store.document(document).role is Role.COMMENTER)
    assert b.window.editor.isReadOnly()
    # What was on this device before was not sent to somebody else's relay.
    assert [r.elsewhere for r in b.store.documents() if r.id != document] == [""]

    # Ada sees it, makes Eve an editor; Eve's window follows, and her dialog too.
    eves = share(b)
    b.wait(lambda: people(eves)[1:] == [("eve (this account)", "Commenter")])
    assert "Only owners" in eves.message.text()
    assert not eves.change.isVisible()
    a.wait(lambda: ("eve", "Commenter") in people(dialog))
    a.wait(lambda: not dialog.inviting.made.isVisible())  # it is used up
    change(a, dialog, 1, "Editor")
    a.wait(lambda: ("eve", "Editor") in people(dialog))
    b.wait(lambda: not b.window.editor.isReadOnly())
    b.wait(lambda: people(eves)[1:] == [("eve (this account)", "Editor")])

    # Offline it can be read, and says why it cannot be changed.
    relay.kill()
    b.wait(lambda: "nothing can be changed" in eves.message.text())
    assert len(people(eves)) == 2
    assert not eves.leave.isEnabled()
    eves.reject()
    again = share(b)
    assert people(again) == [("ada", "Owner"), ("eve (this account)", "Editor")]
    relay.start()
    for desk in (a, b):
        desk.window.network.retry_now()
        desk.wait_status("Online")

    # Eve takes over, and removes Ada.
    a.wait(lambda: dialog.change.isVisible())
    change(a, dialog, 1, "ownership", answer="Hand over")
    b.wait(lambda: people(again) == [("ada", "Editor"), ("eve (this account)", "Owner")])
    change(b, again, 0, "Remove", answer="Cancel")
    change(b, again, 0, "Remove", answer="Remove")
    b.wait(lambda: people(again) == [("eve (this account)", "Owner")])
    a.wait(lambda: a.store.document(document).lost)
    a.wait(lambda: "no longer shared" in dialog.message.text())
    again.reject()
    dialog.reject()


def test_what_is_joined_opens_though_nobody_has_written_in_it(
    relay: RelayProcess, make_desk: Callable[[str], Desk]
) -> None:
    document = relay.admin("document", "create", "--owner", "ada", "--title", "Bare")
    api = Api(relay.port)
    ada = Person(relay.port, api.sign_in("ada").json)
    made = ada.post(f"/api/documents/{document}/invites", {"role": "editor"})
    desk = make_desk("b")
    desk.program.take_over(invite_url(relay.url, made.json["code"]))
    joining = shown(desk, JoinDialog)
    fill(desk, joining.name, "eve")
    fill(desk, joining.password, "correct horse")
    desk.bot.keyClick(joining.password, Qt.Key.Key_Return)
    desk.wait(lambda: desk.window.opened and desk.window.opened.document_id == document)
    desk.type("The first words.")
    desk.wait_status("Saved on the relay", "Online")


def test_an_open_invite_is_revoked_and_a_member_leaves(
    relay: RelayProcess, make_desk: Callable[[str], Desk]
) -> None:
    a, b = make_desk("a"), make_desk("b")
    a.sign_in(relay.url, "ada", "correct horse")
    a.wait_status("Saved on the relay", "Online")
    assert a.window.opened is not None
    document = a.window.opened.document_id
    dialog = share(a)
    a.wait(dialog.inviting.isVisible)
    click(a, dialog.inviting.make)
    a.wait(dialog.inviting.made.isVisible)
    revoked = dialog.inviting.code.text()
    click(a, dialog.inviting.revoke)
    a.wait(lambda: not dialog.inviting.invites.isVisible())
    assert not dialog.inviting.made.isVisible()
    click(a, dialog.inviting.make)
    a.wait(dialog.inviting.made.isVisible)
    code = dialog.inviting.code.text()

    # Ben is signed in at the same relay: a code is enough, and nobody asks who he is.
    b.sign_in(relay.url, "ben", "correct horse")
    b.wait_status("Online")
    b.focus()
    b.key(Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    joining = shown(b, JoinDialog)
    fill(b, joining.invite, "no invite at all")
    assert "no invite" in joining.message.text()
    assert not joining.button.isEnabled()
    fill(b, joining.invite, revoked)
    assert "Join as ben" in joining.where.text()
    click(b, joining.button)
    b.wait(lambda: "Ask for a new one" in joining.message.text())
    fill(b, joining.invite, code)
    b.bot.keyClick(joining.invite, Qt.Key.Key_Return)
    b.wait(lambda: b.window.opened is not None and b.window.opened.document_id == document)
    bens = share(b)
    b.wait(bens.leave.isEnabled)
    reply("Leave")
    click(b, bens.leave)
    b.wait(lambda: not b.window.findChildren(ShareDialog))
    b.wait(lambda: b.store.document(document).lost)
    dialog.reject()
