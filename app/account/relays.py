"""“Relays and accounts…”: which accounts there are, what belongs to each, which is in use."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.account.asking import Asking
from app.dialogs.confirm import confirm
from app.network import Network
from sync.client.address import parse_address
from sync.errors import InkstandError
from sync.store.accounts import HERE, Account
from sync.store.store import Store

_KEY = Qt.ItemDataRole.UserRole


class RelaysDialog(QDialog):
    """Lists accounts and how many documents each has on this device; one of them is in use."""

    sign_in_wanted = Signal(object)
    """Sign in as this `Account`; None: at a relay that was not used before."""

    def __init__(self, store: Store, network: Network, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._store = store
        self._network = network
        self._asking = Asking(self)
        self.finished.connect(self._asking.close)
        self.setWindowTitle(self.tr("Relays and accounts"))
        self.setMinimumSize(560, 360)
        intro = _quiet(
            self.tr(
                "Each document belongs to the account that made or joined it, and is sent to that "
                "one’s relay only. One account is in use; documents of the others stay on this "
                "device meanwhile, and wait."
            )
        )
        self.list = QTreeWidget()
        self.list.setObjectName("people")
        self.list.setAccessibleName(self.tr("Accounts"))
        self.list.setColumnCount(2)
        self.list.setHeaderLabels([self.tr("Account"), self.tr("Documents")])  # only to be heard
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.list.currentItemChanged.connect(self._offer)
        self.use = self._button(self.tr("&Use this account"), self._use)
        self.move_here = self._button(self.tr("&Move documents…"), self._move)
        self.forget = self._button(self.tr("&Forget…"), self._forget)
        self.other = self._button(
            self.tr("&Sign in elsewhere…"), lambda: self.sign_in_wanted.emit(None)
        )
        row = QHBoxLayout()
        for button in (self.use, self.move_here, self.forget, self.other):
            row.addWidget(button)
        row.addStretch()
        self.message = _quiet("")
        self.message.setObjectName("")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 18)
        column.setSpacing(12)
        column.addWidget(intro)
        column.addWidget(self.list, 1)
        column.addLayout(row)
        column.addWidget(self.message)
        column.addWidget(buttons)
        network.connection_changed.connect(self.refresh)
        self.refresh()
        self.list.setFocus()

    def _button(self, title: str, run: object) -> QPushButton:
        button = QPushButton(title)
        button.setAutoDefault(False)
        assert callable(run)
        button.clicked.connect(lambda: run())
        return button

    def refresh(self) -> None:
        """Show what there is now."""
        current, homes = self._store.account(), self._store.homes()
        accounts = {account.key: account for account in self._store.accounts()}
        chosen = self.chosen_key
        rows = [(key, self._name(account, current)) for key, account in accounts.items()]
        others = sorted(home for home in homes if home is not None and home not in accounts)
        rows += [(home, self._name_of_home(home)) for home in others]
        self._accounts = accounts
        with QSignalBlocker(self.list):
            self.list.clear()
            for key, name in rows:
                count = self.tr("%n document(s)", "", homes.get(key, 0))
                item = QTreeWidgetItem([name, count])
                item.setData(0, _KEY, key)
                item.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{name}, {count}")
                self.list.addTopLevelItem(item)
                if key == chosen or self.list.currentItem() is None:
                    self.list.setCurrentItem(item)
        self._offer()

    def _name(self, account: Account, current: Account | None) -> str:
        text = self.tr("%1 at %2").replace("%1", account.name)
        text = text.replace("%2", parse_address(account.relay_url).host)
        if current is not None and account.key == current.key:
            return self.tr("%1 (in use)").replace("%1", text)
        return text

    def _name_of_home(self, home: str) -> str:
        if home == HERE:
            return self.tr("On this device only")
        relay = home.partition(" at ")[2]
        return self.tr("A forgotten account at %1").replace("%1", relay)

    @property
    def chosen_key(self) -> str | None:
        """The key of the account that is chosen."""
        item = self.list.currentItem()
        return None if item is None else str(item.data(0, _KEY))

    def _offer(self) -> None:
        key, current = self.chosen_key, self._store.account()
        in_use = current is not None and key == current.key
        self.use.setEnabled(key in self._accounts and not in_use)
        self.forget.setEnabled(key in self._accounts and not in_use)
        self.move_here.setEnabled(
            key is not None and current is not None and not in_use and bool(self._count(key))
        )

    def _count(self, key: str) -> int:
        return self._store.homes().get(key, 0)

    def _use(self) -> None:
        account = self._accounts.get(self.chosen_key or "")
        if account is not None:
            self._asking.wait_for(
                self._network.use_account(account), lambda _: self.refresh(), self._fail
            )

    def _move(self) -> None:
        key, current = self.chosen_key, self._store.account()
        if key is None or current is None:
            return
        if confirm(
            self,
            self.tr("Send %n document(s) to another relay?", "", self._count(key)),
            self.tr(
                "They belong to %1 at %2 from now on, and are sent there. What the relay they "
                "came from has stays there, and goes its own way."
            )
            .replace("%1", current.name)
            .replace("%2", parse_address(current.relay_url).host),
            self.tr("Send"),
        ):
            self._asking.wait_for(
                self._store.move_documents(key, current.key), lambda _: self._moved(), self._fail
            )

    def _moved(self) -> None:
        self._network.retry_now()
        self._network.library_changed.emit()
        self.refresh()

    def _forget(self) -> None:
        account = self._accounts.get(self.chosen_key or "")
        if account is not None and confirm(
            self,
            self.tr("Forget %1?").replace("%1", self._name(account, None)),
            self.tr("Its documents stay on this device. Signing in there again brings it back."),
            self.tr("Forget"),
        ):
            self._asking.wait_for(
                self._store.forget_account(account), lambda _: self.refresh(), self._fail
            )

    def _fail(self, error: InkstandError) -> None:
        self.message.setText(str(error))


def _quiet(text: str) -> QLabel:
    label = QLabel(text)
    label.setObjectName("quiet")
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
