"""The details of the status: true while they are open, and nothing private when copied."""

from __future__ import annotations

import time
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.status_details import Details, StatusDetails, diagnostics
from sync.client.events import Connecting, Online, SignedOut, Trouble
from sync.status import Level, Status
from sync.store.documents import Totals

WAITING = Details(
    connection=Connecting(time.time() + 100, "Cannot reach it.", Trouble.NO_RELAY),
    relay="wss://relay.example.org",
    account="Ada Lovelace",
    document=Status("Refused: “The title of a book” is closed", Level.BAD),
    overall=Status("Saved on this device", Level.WAITING),
    totals=Totals(waiting=7, documents_waiting=2, documents_refused=1, all_on_relay=False),
    in_step=1_790_000_000_000,
)


def test_says_how_it_stands_and_follows(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    now = [WAITING]
    details = StatusDetails(lambda: now[0], parent)
    wanted: list[str] = []
    details.retry_wanted.connect(lambda: wanted.append("retry"))
    details.sign_in_wanted.connect(lambda: wanted.append("sign in"))
    details.show_above(parent)
    qtbot.waitExposed(details)
    assert details.text("relay") == "wss://relay.example.org"
    assert details.text("account") == "Ada Lovelace"
    assert "next try in" in details.text("connection")
    assert details.text("reason") == "Cannot reach it."
    assert details.text("in_step")
    assert details.retry.hasFocus()
    assert not details.sign_in.isVisible()
    qtbot.keyClick(details, Qt.Key.Key_Return)
    assert wanted == ["retry"]

    now[0] = replace(WAITING, connection=Online())
    qtbot.waitUntil(lambda: details.text("connection") == "Online")
    assert not details.retry.isVisible()
    assert details.text("reason") == ""

    now[0] = replace(WAITING, connection=SignedOut(), relay=None, account=None, in_step=None)
    qtbot.waitUntil(lambda: details.sign_in.isVisible())
    assert details.text("relay") == "none"
    assert details.text("account") == "nobody"
    assert details.text("in_step") == "never"
    qtbot.mouseClick(details.sign_in, Qt.MouseButton.LeftButton)
    assert wanted == ["retry", "sign in"]
    assert not details.isVisible()


def test_what_is_copied_helps_and_tells_nothing_private(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    details = StatusDetails(lambda: WAITING, parent)
    details.copy.click()
    text = QApplication.clipboard().text()
    assert text == diagnostics(WAITING)
    for line in ("Connection: Connecting", "Trouble: no relay", "Changes waiting: 7"):
        assert line in text
    for private in ("Ada", "title of a book"):
        assert private not in text
    details.close()
