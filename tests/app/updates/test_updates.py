"""Looking for a newer version by hand: from the Help menu, the settings, and by itself."""

from __future__ import annotations

import json
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox
from pytestqt.qtbot import QtBot

from app import program
from app.preferences.dialog import SettingsDialog
from app.preferences.updates import UpdatesPage
from app.updates.dialog import UpdateDialog
from sync import __version__
from tests.app.updates.server import IndexServer, Publisher, gives, serving
from tests.end_to_end.desk import Desk
from tests.sync.relay.authority import Authority

CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


class Browser(QObject):
    """Takes what would be shown in the person's browser."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def open(self, address: QUrl) -> None:
        self.opened.append(address.toString())


@pytest.fixture
def browser() -> Iterator[Browser]:
    browser = Browser()
    QDesktopServices.setUrlHandler("https", browser, "open")
    yield browser
    QDesktopServices.unsetUrlHandler("https")


@pytest.fixture
def publisher() -> Publisher:
    return Publisher()


OpenDesk = Callable[..., Desk]


@pytest.fixture
def open_desk(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, publisher: Publisher
) -> Iterator[OpenDesk]:
    """Opens windows of a package that looks for newer versions at an address."""
    desks = []

    def make(address: str, language: str = "en") -> Desk:
        build = tmp_path / "resources"
        build.mkdir(exist_ok=True)
        keys = [b64encode(publisher.public).decode()]
        settings = json.dumps({"update_index": address, "update_keys": keys})
        (build / "build.json").write_text(settings)
        monkeypatch.setattr(program, "resources", lambda: build)
        desks.append(Desk(qtbot, tmp_path / "profile", language))
        desks[-1].focus()
        return desks[-1]

    yield make
    for desk in desks:
        desk.close()


def look(desk: Desk) -> UpdateDialog:
    """Help › Check for updates…, by keys."""
    desk.window.activateWindow()
    desk.wait(desk.window.isActiveWindow)
    QTest.keyClick(desk.window, Qt.Key.Key_H, ALT)
    desk.wait(lambda: QApplication.activePopupWidget() is not None)
    QTest.keyClick(QApplication.activePopupWidget(), Qt.Key.Key_U)
    dialog = desk.window.findChild(UpdateDialog)
    assert isinstance(dialog, UpdateDialog)
    desk.wait(dialog.isActiveWindow)
    return dialog


def answered(desk: Desk, dialog: UpdateDialog) -> str:
    desk.wait(lambda: "Looking" not in dialog.message.text())
    return dialog.message.text()


def test_a_newer_version_with_what_is_new_and_the_way_to_it(
    server: IndexServer, open_desk: OpenDesk, publisher: Publisher, browser: Browser
) -> None:
    server.answer = gives(publisher.index())
    desk = open_desk(server.address)
    dialog = look(desk)
    text = answered(desk, dialog)
    assert text == f"There is a newer version: Inkstand 99.0.0. This is {__version__}."
    assert dialog.notes.toPlainText() == "Everything is <b>better</b>.", "as text, not as HTML"
    assert not dialog.again.isVisible()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert browser.opened == ["https://example.org/inkstand"]
    desk.wait(lambda: desk.window.findChild(UpdateDialog) is None)
    assert [path for path, _ in server.asked] == ["/inkstand.json"], "and nothing else is fetched"
    assert desk.window.settings.updates_serial == 5


def test_the_newest_version(server: IndexServer, open_desk: OpenDesk, publisher: Publisher) -> None:
    server.answer = gives(publisher.index(version=__version__))
    desk = open_desk(server.address)
    dialog = look(desk)
    assert answered(desk, dialog) == f"This is the newest version: Inkstand {__version__}."
    assert not dialog.notes.isVisible()
    assert not dialog.go.isVisible()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    desk.wait(lambda: desk.window.findChild(UpdateDialog) is None)


def test_offline_and_then_not(
    server: IndexServer, open_desk: OpenDesk, publisher: Publisher, authority: Authority
) -> None:
    port = server.port
    server.close()
    desk = open_desk(server.address)
    dialog = look(desk)
    assert answered(desk, dialog) == (
        "The list of versions cannot be reached: nothing answers there. "
        "Check the network, then try again."
    )
    with serving(authority, port) as again:
        again.answer = gives(publisher.index())
        desk.wait(dialog.again.hasFocus)
        QTest.keyClick(dialog.again, Qt.Key.Key_Space)
        assert "99.0.0" in answered(desk, dialog)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda made: made().replace(b"99.0.0", b"99.0.1"), "is not signed as it should be"),
        (lambda _: Publisher().index(), "is not signed as it should be"),
        (lambda _: b"<html>", "in the place of the list of versions is none"),
        (lambda made: made(serial=4), "is older than the one seen before"),
    ],
)
def test_what_is_not_believed_is_said(
    server: IndexServer,
    open_desk: OpenDesk,
    publisher: Publisher,
    spoil: Callable[[Callable[..., bytes]], bytes],
    sentence: str,
) -> None:
    desk = open_desk(server.address)
    desk.window.settings.updates_serial = 5
    server.answer = gives(spoil(publisher.index))
    dialog = look(desk)
    assert sentence in answered(desk, dialog)
    assert not dialog.go.isVisible()
    assert desk.window.settings.updates_serial == 5
    assert desk.window.settings.updates_looked == ""


def test_one_that_is_held_back_ends(
    server: IndexServer, open_desk: OpenDesk, publisher: Publisher
) -> None:
    """It was good when it was signed; a year later somebody still hands it out."""
    soon = datetime.now(UTC) + timedelta(seconds=0.5)
    server.answer = gives(publisher.index(expires=soon.isoformat()))
    desk = open_desk(server.address)
    desk.wait(lambda: datetime.now(UTC) > soon)
    assert "was only good until" in answered(desk, look(desk))


def test_nobody_waits_for_who_has_closed_the_dialog(
    server: IndexServer, open_desk: OpenDesk, publisher: Publisher
) -> None:
    asked, end = threading.Event(), threading.Event()
    server.answer = lambda _: (asked.set(), end.wait(30))  # type: ignore[assignment, return-value]
    desk = open_desk(server.address)
    dialog = look(desk)
    desk.wait(asked.is_set)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    desk.wait(lambda: desk.window.findChild(UpdateDialog) is None)
    del dialog
    server.answer = gives(publisher.index())
    assert "99.0.0" in answered(desk, look(desk)), "though the server still holds the first one"
    end.set()


class TestByItself:
    def test_it_looks_once_a_week_for_who_wants_it(
        self, server: IndexServer, open_desk: OpenDesk, publisher: Publisher
    ) -> None:
        server.answer = gives(publisher.index())
        desk = open_desk(server.address)
        settings, updates, banner = desk.window.settings, desk.program.updates, desk.window.banner
        assert settings.look_for_updates is False
        updates.look_if_due()
        QTest.keyClick(desk.window.editor, Qt.Key.Key_Comma, CTRL)
        [dialog] = desk.window.findChildren(SettingsDialog)
        desk.wait(dialog.isActiveWindow)
        QTest.keyClick(dialog.names, Qt.Key.Key_End)
        assert isinstance(dialog.page, UpdatesPage)
        [box] = dialog.page.findChildren(QCheckBox)
        assert not box.isChecked()
        assert server.asked == [], "nothing, until somebody wants it"
        desk.wait(box.isVisible)
        QTest.keyClick(dialog.names, Qt.Key.Key_L, ALT)
        desk.wait(box.isChecked)
        desk.wait(lambda: "99.0.0" in banner.text)
        assert banner.text == "There is a newer version: Inkstand 99.0.0."
        dialog.close()
        assert len(server.asked) == 1
        banner.action.click()
        assert "99.0.0" in answered(desk, desk.window.findChild(UpdateDialog))
        assert len(server.asked) == 2, "asked for by that button"
        # Not before a week is over, then again; and of the same version nobody is told twice.
        banner.say("something else")
        updates.look_if_due()
        settings.updates_looked = (datetime.now(UTC) - timedelta(days=7, hours=1)).isoformat()
        updates.look_if_due()
        recently = datetime.now(UTC) - timedelta(minutes=1)
        desk.wait(lambda: datetime.fromisoformat(settings.updates_looked) > recently)
        assert len(server.asked) == 3
        assert banner.text == "something else"

    @pytest.mark.parametrize("looked", ["", "nonsense", "2999-01-01T00:00:00+00:00", "2026-01-01"])
    def test_a_time_that_cannot_be_is_no_reason_to_wait(
        self, server: IndexServer, open_desk: OpenDesk, publisher: Publisher, looked: str
    ) -> None:
        server.answer = gives(publisher.index())
        desk = open_desk(server.address)
        desk.window.settings.updates_looked = looked
        desk.window.settings.look_for_updates = True
        desk.wait(lambda: "99.0.0" in desk.window.banner.text)

    def test_it_tells_of_what_may_be_somebodys_doing_and_not_of_a_network_that_is_away(
        self, server: IndexServer, open_desk: OpenDesk
    ) -> None:
        desk = open_desk(server.address)
        heard: list[object] = []
        updates = desk.program.updates
        server.answer = lambda handler: handler.send_error(503)
        desk.window.settings.look_for_updates = True
        updates.ask(heard.append)  # behind the other: there is one thread
        desk.wait(lambda: len(heard) == 1)
        assert not desk.window.banner.isVisible()
        server.answer = gives(Publisher().index())
        updates.look_if_due()
        desk.wait(lambda: "is not signed as it should be" in desk.window.banner.text)


def test_a_package_without_an_index_shows_nothing_of_it(qtbot: QtBot, tmp_path: Path) -> None:
    desk = Desk(qtbot, tmp_path)
    titles = [action.text() for action in desk.window.actions_.help.entries if action is not None]
    assert [title for title in titles if "pdate" in title] == []
    dialog = SettingsDialog(desk.window)
    names = [dialog.names.item(row).text() for row in range(dialog.names.count())]
    assert "Updates" not in names
    desk.window.settings.look_for_updates = True  # by hand, in the file
    desk.program.updates.look_if_due()
    dialog.close()
    desk.close()


def test_no_letter_of_the_help_menu_is_used_twice(open_desk: OpenDesk) -> None:
    for language in ("en", "de"):
        desk = open_desk("https://localhost:9/", language)
        entries = [entry.text() for entry in desk.window.actions_.help.entries if entry is not None]
        letters = [text[text.index("&") + 1].lower() for text in entries]
        assert len(set(letters)) == len(letters), entries
        desk.close()
    desk.speak("en")
