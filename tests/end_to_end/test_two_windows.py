"""The main job: type offline in one window, read it in another; the status line never lies."""

from __future__ import annotations

import os
import re
from collections.abc import Callable

from PySide6.QtCore import Qt

from tests.end_to_end.desk import Desk
from tests.sync.relay.process import RelayProcess

CTRL = Qt.KeyboardModifier.ControlModifier


def test_offline_in_both_then_in_step(
    relay: RelayProcess, make_desk: Callable[[str], Desk]
) -> None:
    a = make_desk("a")
    assert a.status == "Saved on this device Signed out"
    a.sign_in(relay.url, "ada", "correct horse")
    a.wait_status("Saved on the relay", "Online")
    assert a.window.opened is not None
    document = a.window.opened.document_id
    relay.admin("document", "share", document, "--user", "ben", "--role", "editor")

    b = make_desk("b")
    b.sign_in(relay.url, "ben", "correct horse")
    b.wait(lambda: any(record.id == document for record in b.store.documents()))
    b.wait(lambda: len(b.titles) == 2)
    b.open(document)
    b.wait_status("Saved on the relay")

    # Without a relay both go on writing, and both say so.
    relay.kill()
    for desk in (a, b):
        desk.wait(lambda desk=desk: re.search(r"next try in \d+ s ·$", desk.status))
        assert desk.window.status_line.retry.isVisible()
    a.focus()
    a.key(Qt.Key.Key_1, CTRL | Qt.KeyboardModifier.AltModifier)
    a.type("The island\nWritten at sea")
    a.wait_status("(2", "changes waiting)")
    b.focus()
    b.type("From the shore.")
    b.wait(lambda: re.search(r"\(\d+ changes waiting\)", b.status))
    for desk in (a, b):
        assert "Saved on the relay" not in desk.status

    relay.start()
    a.bot.mouseClick(a.window.status_line.retry, Qt.MouseButton.LeftButton)
    b.bot.mouseClick(b.window.status_line.retry, Qt.MouseButton.LeftButton)
    for desk in (a, b):
        desk.wait_status("Saved on the relay", "Online")
        assert not desk.window.banner.isVisible()
    a.wait(lambda: a.text == b.text)
    for words in ("The island", "Written at sea", "From the shore."):
        assert a.text.count(words) == 1

    # And live: a word typed here is read there, and only then called saved on the relay.
    a.type(" Live.")
    b.wait(lambda: "Live." in b.text)
    a.wait_status("Saved on the relay")
    assert a.seen.index("Saved on this device Signed out") == 0

    picture = os.environ.get("INKSTAND_SCREENSHOT")
    if picture:
        a.window.grab().save(picture)


def test_wrong_passwords_and_addresses_are_said_in_the_dialog(
    relay: RelayProcess, make_desk: Callable[[str], Desk]
) -> None:
    desk = make_desk("a")
    dialog = desk.sign_in(relay.url, "ada", "wrong")
    desk.wait(lambda: dialog.message.text() == "Wrong name or password.")
    dialog.reject()
    port = relay.port
    relay.kill()
    dialog = desk.sign_in(f"ws://127.0.0.1:{port}", "ada", "correct horse")
    desk.wait(lambda: dialog.message.text().startswith("Cannot reach the relay at"))
    dialog.reject()
    assert desk.status == "Saved on this device Signed out"


def test_no_keyring_is_said_and_the_session_goes_on(
    relay: RelayProcess, make_desk: Callable[[str], Desk]
) -> None:
    desk = make_desk("a")
    desk.sign_in(relay.url, "ada", "correct horse")
    desk.wait_status("Online")
    desk.wait(lambda: "only until Inkstand closes" in desk.window.banner.text)
    assert desk.window.banner.isVisible()


def test_a_sign_in_that_has_ended_is_said_and_writing_goes_on(
    relay: RelayProcess, make_desk: Callable[[str], Desk]
) -> None:
    desk = make_desk("a")
    desk.sign_in(relay.url, "ada", "correct horse")
    desk.wait_status("Saved on the relay", "Online")
    relay.admin("user", "deactivate", "ada")
    desk.wait(lambda: "Sign in again" in desk.window.banner.text)
    assert desk.window.banner.isVisible()
    desk.focus()
    desk.type("still writing")
    desk.wait_status("Saved on this device")
    assert desk.window.actions_.account.sign_in.isVisible()


def test_a_viewer_reads_and_is_told_why_not_to_type(
    relay: RelayProcess, make_desk: Callable[[str], Desk]
) -> None:
    document = relay.admin("document", "create", "--owner", "ada", "--title", "Book")
    relay.admin("document", "share", document, "--user", "ben", "--role", "viewer")
    desk = make_desk("b")
    desk.sign_in(relay.url, "ben", "correct horse")
    desk.wait(lambda: len(desk.titles) == 2)
    desk.open(document)
    desk.wait(desk.window.editor.isReadOnly)
    desk.type("not allowed")
    assert desk.text == ""
    assert "may read" in desk.window.role_line.label.text()
    assert desk.window.role_line.isVisible()
    # A role that grows takes hold too.
    relay.admin("document", "share", document, "--user", "ben", "--role", "editor")
    desk.wait(lambda: not desk.window.editor.isReadOnly())
