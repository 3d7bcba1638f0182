"""Two windows on one document: each sees the other, and each may do what its role says, at once."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QMenu

from tests.end_to_end.desk import Desk
from tests.sync.relay.process import RelayProcess

CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


def share(relay: RelayProcess, document: str, role: str) -> None:
    relay.admin("document", "share", document, "--user", "ben", "--role", role)


def open_both(
    relay: RelayProcess, make_desk: Callable[[str], Desk], role: str = "editor"
) -> tuple[Desk, Desk, str]:
    document = relay.admin("document", "create", "--owner", "ada", "--title", "Book")
    share(relay, document, role)
    desks = []
    for name in ("ada", "ben"):
        desk = make_desk(name)
        desk.sign_in(relay.url, name, "correct horse")
        desk.wait(lambda desk=desk: len(desk.titles) == 2)
        desk.open(document)
        desks.append(desk)
    return desks[0], desks[1], document


def names(desk: Desk) -> list[str]:
    return [button.text() for button in desk.window.presence.bar.buttons]


def caret_of(desk: Desk) -> int | None:
    """Where a window has the only other person's caret."""
    room = desk.window.presence.room
    assert room is not None
    return next((guest.caret for guest in room.guests), None)


def test_who_is_here_and_where(relay: RelayProcess, make_desk: Callable[[str], Desk]) -> None:
    a, b, _ = open_both(relay, make_desk)
    a.wait(lambda: names(a) == ["ben"] and names(b) == ["ada"])
    a.focus()
    a.type("Line\n" * 40)
    b.wait(lambda: b.text == a.text)
    end = len(a.text)
    b.wait(lambda: caret_of(b) == end)

    # A click on the name leads to the caret; the own one stays.
    bar = b.window.editor.verticalScrollBar()
    assert bar.value() == 0
    [ada] = b.window.presence.bar.buttons
    assert ada.accessibleName() == "ada is here. Go to their caret"
    b.bot.mouseClick(ada, Qt.MouseButton.LeftButton)
    assert bar.value() > 0
    assert b.window.editor.textCursor().position() == 0

    # By keys: who is here, follow.
    bar.setValue(0)
    b.focus()
    b.key(Qt.Key.Key_Home, CTRL)
    b.key(Qt.Key.Key_P, CTRL | ALT)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    b.bot.keyClick(menu, Qt.Key.Key_Down)
    b.bot.keyClick(menu, Qt.Key.Key_Right)
    person = menu.actions()[0].menu()
    assert isinstance(person, QMenu)
    assert person.isVisible()
    b.bot.keyClick(person, Qt.Key.Key_F)
    b.wait(lambda: "Following ada" in b.window.presence.bar.note.text())
    assert bar.value() > 0
    a.key(Qt.Key.Key_Home, CTRL)
    b.wait(lambda: bar.value() == 0)
    b.type("I ")  # who writes follows nobody
    assert b.window.presence.following.client is None
    assert b.window.presence.bar.note.text() == "No longer following ada"

    # Typed in front of it, the caret goes along with its words.
    a.wait(lambda: a.text.startswith("I "))
    a.key(Qt.Key.Key_End, CTRL)
    b.wait(lambda: caret_of(b) == end + 2)
    b.type("too ")
    assert caret_of(b) == end + 6

    # Whoever leaves is gone at once; who comes back is there at once.
    untitled = next(record.id for record in b.store.documents() if record.title != "Book")
    b.open(untitled)
    a.wait(lambda: names(a) == [])
    assert names(b) == []
    b.open(next(record.id for record in b.store.documents() if record.title == "Book"))
    a.wait(lambda: names(a) == ["ben"])
    b.wait(lambda: names(b) == ["ada"])

    # Without a connection nobody knows; afterwards all do.
    relay.kill()
    a.wait(lambda: names(a) == [] and names(b) == [])
    relay.start()
    for desk in (a, b):
        desk.wait(desk.window.status_line.retry.isVisible)  # no attempt is under way
        desk.bot.mouseClick(desk.window.status_line.retry, Qt.MouseButton.LeftButton)
    a.wait(lambda: names(a) == ["ben"] and names(b) == ["ada"])
    b.window.close()
    b.network.stop()
    a.wait(lambda: names(a) == [])


def test_a_role_takes_hold_while_the_document_is_open(
    relay: RelayProcess, make_desk: Callable[[str], Desk]
) -> None:
    a, b, document = open_both(relay, make_desk, "viewer")
    window = b.window
    b.wait(window.editor.isReadOnly)
    b.wait(lambda: names(a) == ["ben"])  # who reads is seen, too
    a.focus()
    a.type("Words of ada")
    b.wait(lambda: b.text == "Words of ada")
    b.focus()
    b.type("not allowed")
    assert b.text == "Words of ada"
    bold = window.actions_.format.marks["bold"]
    usual = a.window.actions_.format.marks["bold"].toolTip()
    assert window.role_line.isVisible()
    assert window.role_line.label.text() == "You may read this document, not change it."
    assert window.status_line.role.isVisible()
    assert not bold.isEnabled()
    assert bold.toolTip() == "You may read this document, not change it."
    assert window.toolbar.style_box.toolTip() == bold.toolTip()
    assert not window.actions_.file.rename.isEnabled()

    share(relay, document, "editor")
    b.wait(lambda: not window.editor.isReadOnly())
    assert window.role_line.label.text() == "You may change this document now."
    assert not window.status_line.role.isVisible()
    assert bold.isEnabled()
    assert bold.toolTip() == usual
    b.key(Qt.Key.Key_End, CTRL)
    b.type(" and of ben")
    a.wait(lambda: a.text == "Words of ada and of ben")
    b.wait_status("Saved on the relay")

    share(relay, document, "commenter")
    b.wait(window.editor.isReadOnly)
    assert "comment on it" in window.role_line.label.text()
    assert window.role_line.isVisible()
    # A document of one's own in the same window is not read-only.
    untitled = next(record.id for record in b.store.documents() if record.title != "Book")
    b.open(untitled)
    assert not window.role_line.isVisible()
    assert not window.editor.isReadOnly()
    assert bold.toolTip() == usual
    at = window.editor.viewport().rect().center() - QPoint(0, 100)
    b.bot.mouseClick(window.editor.viewport(), Qt.MouseButton.LeftButton, pos=at)
    b.type("mine")
    assert b.text == "mine"
