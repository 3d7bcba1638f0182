"""Signing in again, other accounts, another password: by the window, on real relays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt

from app.account.password import PasswordDialog
from app.account.relays import RelaysDialog
from app.dialogs.sign_in import SignInDialog
from tests.app.sharing.hands import click, fill, reply, share, shown
from tests.end_to_end.desk import Desk
from tests.sync.relay.process import RelayProcess

PASSWORD = "correct horse"


def test_a_sign_in_that_ends_is_a_banner_with_one_button(
    relay: RelayProcess, make_desk: Callable[[str], Desk]
) -> None:
    desk = make_desk("a")
    desk.sign_in(relay.url, "ada", PASSWORD)
    desk.wait_status("Saved on the relay", "Online")
    # No keyring works here: that is said at once, and stands in the menu as long as it is so.
    desk.wait(lambda: "only until Inkstand closes" in desk.window.banner.text)
    account = desk.window.actions_.account
    assert "only until Inkstand closes" in account.who.text()
    assert f"ada at 127.0.0.1:{relay.port}" in account.who.text()

    relay.admin("user", "sign-out", "ada")
    banner = desk.window.banner
    desk.wait(lambda: banner.action.isVisible())
    assert banner.text.startswith("Your sign-in has ended.")
    desk.focus()
    desk.type("Writing goes on. ")
    desk.wait(lambda: "Saved on this device" in desk.status)
    click(desk, banner.action)
    dialog = shown(desk, SignInDialog)
    assert (dialog.address.text(), dialog.name.text()) == (relay.url, "ada")
    desk.bot.keyClicks(dialog.password, PASSWORD)
    desk.bot.keyClick(dialog.password, Qt.Key.Key_Return)
    desk.wait_status("Saved on the relay", "Online")

    # Another password, typed twice.
    account.password.trigger()
    changing = shown(desk, PasswordDialog)
    fill(desk, changing.old, "wrong")
    fill(desk, changing.new, "another horse")
    fill(desk, changing.again, "an other horse")
    desk.bot.keyClick(changing.again, Qt.Key.Key_Return)
    assert "not typed twice" in changing.message.text()
    fill(desk, changing.again, "another horse")
    desk.bot.keyClick(changing.again, Qt.Key.Key_Return)
    desk.wait(lambda: "old password is wrong" in changing.message.text())
    fill(desk, changing.old, PASSWORD)
    desk.bot.keyClick(changing.old, Qt.Key.Key_Return)
    desk.wait(lambda: not desk.window.findChildren(PasswordDialog))
    desk.wait_status("Saved on the relay", "Online")

    # Who signs out on purpose is not asked to sign in again.
    account.sign_out.trigger()
    desk.wait_status("Signed out")
    assert not banner.action.isVisible()
    assert account.sign_in.isVisible()


def test_documents_of_another_relay_wait_and_are_moved_on_request(
    relay: RelayProcess, make_desk: Callable[[str], Desk], tmp_path: Path
) -> None:
    desk = make_desk("a")
    desk.sign_in(relay.url, "ada", PASSWORD)
    desk.wait_status("Saved on the relay", "Online")
    assert desk.window.opened is not None
    document = desk.window.opened.document_id
    with RelayProcess(tmp_path / "other") as other:
        other.add_user("ada")
        desk.window.actions_.account.relays.trigger()
        dialog = shown(desk, RelaysDialog)
        assert not dialog.use.isEnabled()  # it is in use
        click(desk, dialog.other)
        signing_in = shown(desk, SignInDialog)
        for field, text in (
            (signing_in.address, other.url),
            (signing_in.name, "ada"),
            (signing_in.password, PASSWORD),
        ):
            fill(desk, field, text)
        desk.bot.keyClick(signing_in.password, Qt.Key.Key_Return)
        desk.wait_status("Online")
        desk.wait(lambda: dialog.list.topLevelItemCount() == 2)
        dialog.reject()
        desk.wait(lambda: f"belongs to {relay.url}" in desk.status)
        asked = share(desk)
        assert f"belongs to the relay at {relay.url}" in asked.message.text()
        assert not asked.inviting.isVisible()
        asked.reject()

        # Back by the list, without a password; then over there after all.
        for url, note in ((relay.url, "Saved on the relay"), (other.url, "belongs to")):
            desk.window.actions_.account.relays.trigger()
            dialog = shown(desk, RelaysDialog)
            choose_account(desk, dialog, url)
            click(desk, dialog.use)
            desk.wait_status(note)
            dialog.reject()
        desk.window.actions_.account.relays.trigger()
        dialog = shown(desk, RelaysDialog)
        choose_account(desk, dialog, relay.url)
        reply("Send")
        click(desk, dialog.move_here)
        desk.wait_status("Saved on the relay")
        desk.wait(lambda: not dialog.move_here.isEnabled())
        reply("Forget")
        click(desk, dialog.forget)
        desk.wait(lambda: dialog.list.topLevelItemCount() == 1)
        dialog.reject()
        assert desk.store.document(document).elsewhere is None


def choose_account(desk: Desk, dialog: RelaysDialog, url: str) -> None:
    """Choose an account by the arrow keys."""
    dialog.list.setFocus()
    desk.bot.keyClick(dialog.list, Qt.Key.Key_Home)
    for _ in range(dialog.list.topLevelItemCount()):
        if (dialog.chosen_key or "").endswith(url):
            return
        desk.bot.keyClick(dialog.list, Qt.Key.Key_Down)
    raise AssertionError(url)
