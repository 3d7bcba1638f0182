"""The Share dialog: who has access, and how others get it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.dialogs.confirm import confirm
from app.sharing.inviting import Inviting
from app.sharing.roles import role_meaning, role_name
from app.sharing.sharing import Sharing
from sync.store.members import Member
from sync.types import Role

_ID = Qt.ItemDataRole.UserRole

_PADDING = 10
"""Pixels above and below a name, together."""


class ShareDialog(QDialog):
    """Shows a document's members and invites, and follows them."""

    sign_in_wanted = Signal()

    host_wanted = Signal()
    """The person wants this computer to be the relay."""

    def __init__(
        self, sharing: Sharing, title: str, inviting: Inviting, parent: QWidget | None
    ) -> None:
        super().__init__(parent)
        self._sharing = sharing
        sharing.setParent(self)
        self.setWindowTitle(self.tr("Share “%1”").replace("%1", title))
        self.setMinimumSize(520, 480)
        self.message = QLabel()
        self.message.setObjectName("quiet")
        self.message.setWordWrap(True)
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.sign_in = QPushButton(self.tr("&Sign in to a relay…"))
        self.sign_in.clicked.connect(self.sign_in_wanted)
        self.host = QPushButton(self.tr("Share on this &network…"))
        self.host.clicked.connect(self.host_wanted)
        ways = QHBoxLayout()
        ways.addWidget(self.sign_in)
        ways.addWidget(self.host)
        ways.addStretch()
        self.list = self._list()
        self.change = QPushButton(self.tr("C&hange"))
        self.change.setAccessibleName(self.tr("Change access of the person chosen"))
        self.change.setMenu(QMenu(self.change))
        self.leave = QPushButton(self.tr("&Leave this document…"))
        self.leave.clicked.connect(self._leave)
        row = QHBoxLayout()
        row.addWidget(self.change)
        row.addWidget(self.leave)
        row.addStretch()
        self.inviting = inviting
        self.error = QLabel()
        self.error.setWordWrap(True)
        self.error.setTextFormat(Qt.TextFormat.PlainText)
        self.error.setAccessibleName(self.tr("What went wrong"))
        self.error.hide()
        self.progress = QLabel(self.tr("Asking the relay…"))
        self.progress.setObjectName("quiet")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        foot = QHBoxLayout()
        foot.addWidget(self.progress, 1)
        foot.addWidget(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 18)
        column.setSpacing(12)
        self.gap = QWidget()  # where there is no list yet
        for part in (self.message, ways, self.list, self.gap, row, inviting, self.error, foot):
            if isinstance(part, QWidget):
                column.addWidget(part, int(part in (self.list, self.gap)))
            else:
                column.addLayout(part)
        sharing.changed.connect(self._show)
        sharing.failed.connect(self._fail)
        sharing.left.connect(self.accept)
        self.finished.connect(sharing.close)
        self._show()
        self.list.setFocus()
        sharing.refresh()

    def _list(self) -> QTreeWidget:
        people = QTreeWidget()
        people.setObjectName("people")
        people.setAccessibleName(self.tr("People with access"))
        people.setColumnCount(2)
        people.setHeaderLabels([self.tr("Name"), self.tr("Role")])  # only to be heard
        people.setHeaderHidden(True)
        people.setRootIsDecorated(False)
        people.header().setStretchLastSection(False)
        people.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        people.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        people.currentItemChanged.connect(self._offer)
        people.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        people.customContextMenuRequested.connect(self._show_menu)
        return people

    def closeEvent(self, event: QCloseEvent) -> None:
        """End like Esc."""
        self.reject()
        event.accept()

    # Showing

    def _show(self) -> None:
        sharing = self._sharing
        why_not = sharing.why_not
        self.message.setText(why_not or self.tr("These people have access:"))
        self.sign_in.setVisible(sharing.needs_relay)
        self.host.setVisible(sharing.needs_relay)
        self.progress.setVisible(sharing.busy)
        self._fill()
        self.list.setVisible(bool(sharing.members))
        self.gap.setVisible(not sharing.members)
        self.list.setEnabled(bool(sharing.members))
        self.leave.setVisible(bool(sharing.members))
        last = sharing.role is Role.OWNER and not any(
            member.role is Role.OWNER for member in sharing.others
        )
        self.leave.setEnabled(sharing.reachable and not last)
        self.leave.setToolTip(
            self.tr("The last owner cannot leave: first make somebody else the owner.")
            if last
            else ""
        )
        self.change.setVisible(sharing.may_change)
        self.inviting.setVisible(sharing.may_change)
        if sharing.may_change:
            self.inviting.show_invites(sharing.invites, sharing.made)
        self._offer()

    def _fill(self) -> None:
        """List the members; what is chosen stays so."""
        shown = [(m.user_id, self._name(m), role_name(m.role)) for m in self._sharing.members]
        if shown == [self._row(n) for n in range(self.list.topLevelItemCount())]:
            return
        chosen = self.chosen
        with QSignalBlocker(self.list):
            self.list.clear()
            for user_id, name, role in shown:
                item = QTreeWidgetItem([name, role])
                item.setData(0, _ID, user_id)
                # What is listed before the window is shown would be measured without its padding.
                item.setSizeHint(0, QSize(0, self.fontMetrics().height() + _PADDING))
                item.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{name}, {role}")
                self.list.addTopLevelItem(item)
                if chosen is not None and chosen.user_id == user_id:
                    self.list.setCurrentItem(item)
            if self.list.currentItem() is None and shown:
                first = self.list.topLevelItem(0)
                assert first is not None
                self.list.setCurrentItem(first)

    def _row(self, number: int) -> tuple[str, str, str]:
        item = self.list.topLevelItem(number)
        assert item is not None
        return item.data(0, _ID), item.text(0), item.text(1)

    def _name(self, member: Member) -> str:
        if member.user_id == self._sharing.me:
            return self.tr("%1 (this account)").replace("%1", member.name)
        if not member.active:
            return self.tr("%1 (deactivated)").replace("%1", member.name)
        return member.name

    @property
    def chosen(self) -> Member | None:
        """The member that is chosen in the list."""
        item = self.list.currentItem()
        if item is None:
            return None
        user_id = item.data(0, _ID)
        return next((m for m in self._sharing.members if m.user_id == user_id), None)

    def _fail(self, sentence: str) -> None:
        self.error.setText(sentence)
        self.error.show()

    # Changing

    def _offer(self) -> None:
        """Offer what may become of who is chosen."""
        menu = self.change.menu()
        menu.clear()
        member = self.chosen
        owners = sum(m.role is Role.OWNER for m in self._sharing.members)
        last_owner = member is not None and member.role is Role.OWNER and owners == 1
        self.change.setEnabled(member is not None and not last_owner)
        if member is None or last_owner:
            return
        for role in Role:
            text = self.tr("%1 – %2").replace("%1", role_name(role))
            action = QAction(text.replace("%2", role_meaning(role)), menu)
            action.setCheckable(True)
            action.setChecked(member.role is role)
            action.triggered.connect(partial(self._change, member, role))
            menu.addAction(action)
        if member.user_id == self._sharing.me:
            return
        menu.addSeparator()
        transfer = menu.addAction(self.tr("Hand over &ownership…"))
        transfer.triggered.connect(partial(self._transfer, member))
        remove = menu.addAction(self.tr("&Remove…"))
        remove.triggered.connect(partial(self._remove, member))

    def _show_menu(self) -> None:
        item = self.list.currentItem()
        if item is not None and self._sharing.may_change and self.change.isEnabled():
            rect = self.list.visualItemRect(item)
            self.change.menu().popup(self.list.viewport().mapToGlobal(rect.bottomLeft()))

    def _change(self, member: Member, role: Role) -> None:
        self.error.hide()
        if member.role is role:
            self._offer()  # the check mark stays where it was
            return
        mine = member.user_id == self._sharing.me
        if (
            role is Role.OWNER
            and not confirm(
                self,
                self.tr("Make %1 an owner, too?").replace("%1", member.name),
                self.tr("An owner may remove everybody, this account as well."),
                self.tr("Make owner"),
            )
        ) or (
            mine
            and not confirm(
                self,
                self.tr("Give up ownership?"),
                self.tr("Only another owner can give it back."),
                self.tr("Give up"),
            )
        ):
            self._offer()
        else:
            self._sharing.change_role(member.user_id, role)

    def _transfer(self, member: Member) -> None:
        self.error.hide()
        if confirm(
            self,
            self.tr("Hand over ownership to %1?").replace("%1", member.name),
            self.tr("This account becomes an editor. Only the new owner can give ownership back."),
            self.tr("Hand over"),
        ):
            self._sharing.transfer(member.user_id)

    def _remove(self, member: Member) -> None:
        self.error.hide()
        if confirm(
            self,
            self.tr("Remove %1?").replace("%1", member.name),
            self.tr(
                "They get nothing new of this document from now on. What is on their devices "
                "already stays there."
            ),
            self.tr("Remove"),
        ):
            self._sharing.remove(member.user_id)

    def _leave(self) -> None:
        self.error.hide()
        if confirm(
            self,
            self.tr("Leave this document?"),
            self.tr(
                "What is on this device stays here, but nothing new comes or goes. Only an owner "
                "can invite this account again."
            ),
            self.tr("Leave"),
        ):
            self._sharing.leave()
