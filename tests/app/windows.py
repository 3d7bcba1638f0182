"""Every window that Inkstand can show, one after the other, for tests of all of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QDialog,
    QHeaderView,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QScrollBar,
    QTextEdit,
    QWidget,
)

from app.account.password import PasswordDialog
from app.dialogs.image import ImageDialog
from app.dialogs.link import LinkDialog, OpenLinkDialog
from app.dialogs.problem_reports import ProblemReportsDialog
from app.dialogs.salvage import SalvageDialog
from app.editor.context_menu import context_menu
from app.preferences.dialog import SettingsDialog
from app.preferences.updates import UpdatesPage
from app.presence.people_bar import Person
from app.problems.reports import Reports
from app.role_line import reading_reason
from app.sharing.dialog import ShareDialog
from app.sharing.inviting import Inviting
from app.sharing.joining import JoinDialog
from app.sharing.sharing import Sharing
from app.status_details import StatusDetails
from app.updates.dialog import UpdateDialog
from app.updates.index import Index
from app.updates.source import Source
from app.updates.updates import Newer
from app.writing.word_label import WordLabel
from app.writing.word_popup import WordPopup
from sync.client.events import Connecting
from sync.client.invite_link import invite_url
from sync.client.invites import Invite
from sync.store.members import Member
from sync.store.salvage.report import Loss, Salvage
from sync.types import Role
from tests.end_to_end.desk import Desk
from tests.services import free_port

SALVAGE = Salvage(
    aside="damaged-2026-03-01T020000Z",
    documents=3,
    losses=(Loss("paper", "Paper", 3, "2026-02-01T10:00+00:00", None, "2026-02-28"),),
    unknown=2,
    signed_out=True,
)

_CONTROLS = (
    *(QAbstractButton, QAbstractItemView, QAbstractSlider, QAbstractSpinBox),
    *(QComboBox, QLineEdit, QPlainTextEdit, QTextEdit),
)


def show_everything(desk: Desk) -> None:
    """Bring onto the main window all that it can show at once."""
    window = desk.window
    if not window.settings.outline:
        window.actions_.view.outline.trigger()
    window.find_bar.open(replacing=True)
    reason = reading_reason(Role.VIEWER)
    window.banner.say(reason or "")
    window.role_line.show_reason(reason, same_document=True)
    window.presence.bar.show_people(
        [Person(n, str(n), QColor("blue"), QColor("white"), n == 2) for n in range(8)]
    )
    window.status_line.show_role(reason)
    window.status_line.show_connection(Connecting(1e10))
    desk.bot.wait(10)


def dialogs(desk: Desk) -> Iterator[QWidget]:
    """Open each dialog, yield it, close it."""
    window = desk.window
    window.editor.setFocus()
    menus = window.actions_
    for card, action in (
        (window.finding.switcher, menus.file.go_to),
        (window.finding.search, menus.edit.finding.search),
    ):
        action.trigger()
        card.field.setText(next(filter(str.isalpha, window.documents.title)))
        desk.wait(card.list.isVisible)
        yield card
        card.dismiss()
    for action in (
        *(menus.account.sign_in, menus.insert.footnote),
        *(menus.file.share, menus.account.join, menus.account.host, menus.account.relays),
        *(menus.library.tags, menus.library.move),
        *(menus.view.page, menus.help.keys, menus.help.about, menus.help.problems),
    ):
        before = set(window.findChildren(QDialog))
        action.trigger()
        opened = [dialog for dialog in window.findChildren(QDialog) if dialog not in before]
        assert len(opened) == 1, action.text()
        yield from _shown(desk, opened[0])
    for page in range(7):
        settings = SettingsDialog(window)
        settings.show()
        settings.names.setCurrentRow(page)
        yield from _shown(desk, settings)
    address = "https://xn--e1afmkfd.example/"
    for dialog in (
        ImageDialog({}, window),
        LinkDialog("", "words", window),
        LinkDialog(address, "words", window),
        OpenLinkDialog(address, window),
        SalvageDialog(SALVAGE, window),
        _with_a_report(desk),
        *_of_somebody_signed_in(desk),
    ):
        dialog.show()
        yield from _shown(desk, dialog)
    yield from _about_updates(desk)
    words = window.status_line.findChild(WordLabel)
    desk.bot.mouseClick(words.button, Qt.MouseButton.LeftButton)
    yield from _shown(desk, window.findChild(WordPopup))
    menus.account.details.trigger()
    yield from _shown(desk, window.findChild(StatusDetails))


def _with_a_report(desk: Desk) -> ProblemReportsDialog:
    """The list of reports that is not empty."""
    reports = Reports(desk.store.data_dir)
    reports.keep("A mistake", "somewhere")
    return ProblemReportsDialog(reports, desk.window)


def _about_updates(desk: Desk) -> Iterator[QWidget]:
    """What there is in a package that knows where to look for newer versions."""
    updates = desk.program.updates
    updates.source = Source(f"https://localhost:{free_port()}/", (bytes(32),))
    settings = SettingsDialog(desk.window)
    settings.show()
    settings.go_to(UpdatesPage)
    yield from _shown(desk, settings)
    dialog = UpdateDialog(updates, desk.window)
    dialog.show()
    desk.wait(dialog.again.isVisible)
    yield from _shown(desk, dialog)
    dialog = UpdateDialog(updates, desk.window)
    dialog.show()
    desk.wait(dialog.again.isVisible)
    index = Index(1, datetime.now(UTC), "9.9", "https://example.org/", {"en": "More words."})
    dialog.show_answer(Newer(index))
    yield from _shown(desk, dialog)
    updates.source = None


def _of_somebody_signed_in(desk: Desk) -> Iterator[QDialog]:
    """The dialogs about sharing as they are where there is a relay."""
    window = desk.window
    invite = invite_url("ws://relay.example.org", "k3J-_abcdefghijklmnopqrs")
    yield PasswordDialog(desk.network, window)
    yield JoinDialog(desk.store, desk.network, invite, window)
    opened = window.documents.opened
    assert opened is not None
    sharing = Sharing(desk.store, desk.network, opened.document_id)
    sharing.members = (Member("1", "Ada", Role.OWNER), Member("2", "Ben", Role.VIEWER))
    inviting = Inviting(lambda: "wss://relay.example.org")
    dialog = ShareDialog(sharing, "Paper", inviting, window)
    made = Invite("1", Role.EDITOR, 1.8e9, "k3J-_abcdefghijklmnopqrs")
    inviting.setVisible(True)
    inviting.show_invites([made], made)
    dialog.change.setVisible(True)
    yield dialog


def menus(desk: Desk) -> Iterator[QMenu]:
    """Yield every menu of the menu bar, the menus in them, and the context menu of the page."""
    waiting = [a.menu() for a in desk.window.menuBar().actions()]
    waiting.append(context_menu(desk.window.editor))
    while waiting:
        menu = waiting.pop()
        assert isinstance(menu, QMenu)
        yield menu
        waiting += [action.menu() for action in menu.actions() if action.menu() is not None]


def controls(window: QWidget) -> list[QWidget]:
    """What a person can act on in a window now."""
    return [
        widget
        for widget in window.findChildren(QWidget)
        if isinstance(widget, _CONTROLS)
        and not isinstance(widget, QScrollBar | QHeaderView)
        and widget.isVisible()
        and widget.isEnabled()
        and widget.window() is window.window()
        # Parts of other controls: the field of a spin box, the cross that empties a field.
        and not isinstance(widget.parent(), QAbstractSpinBox | QComboBox | QLineEdit)
        and not widget.objectName().startswith("qt_")
    ]


def _shown(desk: Desk, window: QWidget) -> Iterator[QWidget]:
    desk.bot.waitExposed(window)
    if window.windowType() is not Qt.WindowType.Popup:
        window.activateWindow()
        desk.wait(window.isActiveWindow)
    yield window
    window.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
