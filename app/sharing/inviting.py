"""The part of the Share dialog that makes invites: role, expiry, link, code."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QDateTime, QLocale, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.announce import announce
from app.sharing.roles import role_meaning, role_name
from sync.client.invite_link import invite_url
from sync.client.invites import INVITED_ROLES, Invite
from sync.types import Role


class Inviting(QWidget):
    """Shows the invite made last, and the open ones to revoke."""

    wanted = Signal(object, int)
    """(role, hours): make an invite."""

    revoked = Signal(str)
    """Id of the invite to make worthless."""

    def __init__(self, relay_url: Callable[[], str], parent: QWidget | None = None) -> None:
        """`relay_url` says which address others reach the relay at."""
        super().__init__(parent)
        self._relay_url = relay_url
        self.role = QComboBox()
        self.role.setAccessibleName(self.tr("Role of who is invited"))
        for role in INVITED_ROLES:
            text = self.tr("%1 – %2").replace("%1", role_name(role))
            self.role.addItem(text.replace("%2", role_meaning(role)), role)
        self.hours = QComboBox()
        self.hours.setAccessibleName(self.tr("For how long the invite is good"))
        for hours, name in (
            (1, self.tr("for an hour")),
            (24, self.tr("for a day")),
            (168, self.tr("for a week")),
            (720, self.tr("for 30 days")),
        ):
            self.hours.addItem(name, hours)
        self.hours.setCurrentIndex(2)
        self.make = QPushButton(self.tr("&Invite"))
        self.make.setAccessibleName(self.tr("Make an invite"))
        self.make.setAutoDefault(False)
        self.make.clicked.connect(self._make)
        row = QHBoxLayout()
        row.addWidget(self.role, 1)
        row.addWidget(self.hours)
        row.addWidget(self.make)
        self.made = self._made_part()
        self.open = QComboBox()
        self.open.setAccessibleName(self.tr("Open invites"))
        self.revoke = QPushButton(self.tr("Re&voke"))
        self.revoke.setAccessibleName(self.tr("Revoke the invite chosen"))
        self.revoke.setAutoDefault(False)
        self.revoke.clicked.connect(lambda: self.revoked.emit(self.open.currentData()))
        self.invites = QWidget()
        invites = QHBoxLayout(self.invites)
        invites.setContentsMargins(0, 0, 0, 0)
        self.count = QLabel()
        invites.addWidget(self.count)
        invites.addWidget(self.open, 1)
        invites.addWidget(self.revoke)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(10)
        column.addWidget(QLabel(self.tr("Invite someone by a link or a code:")))
        column.addLayout(row)
        column.addWidget(self.made)
        column.addWidget(self.invites)
        self.made.hide()
        self.invites.hide()

    def _made_part(self) -> QWidget:
        part = QWidget()
        grid = QGridLayout(part)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(8)
        self.link, self.code = QLineEdit(), QLineEdit()
        self.copy_link = QPushButton(self.tr("Copy lin&k"))
        self.copy_code = QPushButton(self.tr("Copy co&de"))
        for row, (label, field, name, button) in enumerate(
            (
                (self.tr("Link"), self.link, self.tr("Invite link"), self.copy_link),
                (self.tr("Code"), self.code, self.tr("Invite code"), self.copy_code),
            )
        ):
            field.setReadOnly(True)
            field.setAccessibleName(name)
            button.setAutoDefault(False)
            button.clicked.connect(lambda *_, field=field: self._copy(field))
            grid.addWidget(QLabel(label), row, 0)
            grid.addWidget(field, row, 1)
            grid.addWidget(button, row, 2)
        self.note = QLabel()
        self.note.setObjectName("quiet")
        self.note.setWordWrap(True)
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        grid.addWidget(self.note, 2, 0, 1, 3)
        return part

    def show_invites(self, invites: Sequence[Invite], made: Invite | None) -> None:
        """Show what can still be used, and the one that was made last with its code."""
        self.made.setVisible(made is not None)
        if made is not None and made.code is not None and self.code.text() != made.code:
            self.code.setText(made.code)
            self.link.setText(invite_url(self._relay_url(), made.code))
            self.link.setCursorPosition(0)
            self.note.setText(self._about(made))
            self.copy_link.setFocus()
        shown = [(invite.id, self._line(invite)) for invite in invites]
        if shown != [
            (self.open.itemData(n), self.open.itemText(n)) for n in range(self.open.count())
        ]:
            self.open.clear()
            for invite_id, text in shown:
                self.open.addItem(text, invite_id)
        self.count.setText(self.tr("Open invites:"))
        self.invites.setVisible(bool(shown))

    def _make(self) -> None:
        self.wanted.emit(Role(self.role.currentData()), self.hours.currentData())

    def _copy(self, field: QLineEdit) -> None:
        QGuiApplication.clipboard().setText(field.text())
        field.selectAll()
        said = self.tr("Copied.")
        announce(field, said)
        self.note.setText(said)

    def _about(self, invite: Invite) -> str:
        return self.tr(
            "Good once, until %1. Whoever has it can join: it is best sent to one person only."
        ).replace("%1", _when(invite))

    def _line(self, invite: Invite) -> str:
        text = self.tr("%1, until %2").replace("%1", role_name(invite.role))
        return text.replace("%2", _when(invite))


def _when(invite: Invite) -> str:
    moment = QDateTime.fromSecsSinceEpoch(int(invite.expires))
    return QLocale().toString(moment, QLocale.FormatType.ShortFormat)
