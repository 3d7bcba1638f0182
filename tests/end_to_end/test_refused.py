"""What the relay refused is kept, copied, or given up knowingly."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt

from tests.end_to_end.desk import Desk
from tests.sync.relay.process import RelayProcess

PASSWORD = "correct horse"


def test_a_role_lowered_while_offline(
    relay: RelayProcess, make_desk: Callable[[str], Desk]
) -> None:
    a, b = make_desk("a"), make_desk("b")
    a.sign_in(relay.url, "ada", PASSWORD)
    a.wait_status("Saved on the relay", "Online")
    a.focus()
    a.type("Hers.")
    a.wait_status("Saved on the relay", "Online")
    assert a.window.opened is not None
    document = a.window.opened.document_id
    relay.admin("document", "share", document, "--user", "ben", "--role", "editor")
    b.sign_in(relay.url, "ben", PASSWORD)
    b.wait(lambda: len(b.titles) == 2)
    b.open(document)
    b.wait(lambda: b.text == "Hers.")
    b.wait_status("Saved on the relay")

    relay.kill()
    b.focus()
    b.key(Qt.Key.Key_End)
    b.type(" His.")
    b.wait_status("waiting)")
    relay.admin("document", "share", document, "--user", "ben", "--role", "viewer")
    relay.start()
    b.window.network.retry_now()
    b.wait_status("Refused: ", "Online")
    assert b.text == "Hers. His."
    b.wait(lambda: "“Duplicate” in the File menu" in b.window.banner.text)
    actions = b.window.actions_.file

    # A copy is a document of one's own, and goes to the relay like any other.
    actions.duplicate.trigger()
    b.wait(lambda: len(b.titles) == 3)
    assert b.text == "Hers. His."
    b.wait_status("Saved on the relay")
    assert not actions.discard.isEnabled()

    # To give it up is asked for, and Cancel is the way out.
    b.open(document)
    b.wait_status("Refused: ")
    b.answer("Cancel")
    actions.discard.trigger()
    assert b.text == "Hers. His."
    b.answer("Discard")
    actions.discard.trigger()
    b.wait(lambda: b.text == "Hers.")
    b.wait_status("Saved on the relay")
    assert not actions.discard.isEnabled()
    assert b.window.opened is not None
    assert b.window.opened.document_id == document
