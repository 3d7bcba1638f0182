"""Making and changing a link; asking before one is opened."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QIcon, QTextOption
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.dialogs import parts
from app.editor import addresses


class LinkDialog(QDialog):
    """Asks where a link leads and what it reads."""

    chosen = Signal(str, object)
    """(address, text or None): the link is to be so; None leaves the text as it is."""

    removed = Signal()
    """The link is to go, its text to stay."""

    def __init__(self, address: str, text: str | None, parent: QWidget | None) -> None:
        """Show a link with an address ("": a new one) and a text (None: not to be changed)."""
        super().__init__(parent)
        exists = bool(address)
        self.setWindowTitle(self.tr("Edit link") if exists else self.tr("Link"))
        self.setMinimumWidth(440)
        self.address = QLineEdit(address)
        self.address.setPlaceholderText("https://example.org")
        self.text = QLineEdit(text or "")
        self.text.setPlaceholderText(self.tr("The address itself"))
        self.text.setEnabled(text is not None)
        form = parts.form()
        form.addRow(self.tr("&Address"), self.address)
        form.addRow(self.tr("&Text"), self.text)
        self.address.setAccessibleName(self.tr("Address"))
        self.text.setAccessibleName(self.tr("Text"))
        self.message = QLabel()
        self.message.setWordWrap(True)
        self.message.setMinimumHeight(40)
        self.message.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.apply: QPushButton = buttons.addButton(
            self.tr("&Change") if exists else self.tr("&Link"),
            QDialogButtonBox.ButtonRole.AcceptRole,
        )
        self.remove: QPushButton | None = None
        if exists:
            self.remove = buttons.addButton(
                self.tr("&Remove link"), QDialogButtonBox.ButtonRole.DestructiveRole
            )
            self.remove.clicked.connect(self._remove)
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setIcon(QIcon())  # Fusion's is loud
        buttons.accepted.connect(self._check)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 18)
        layout.setSpacing(14)
        layout.addLayout(form)
        layout.addWidget(self.message)
        layout.addWidget(buttons)
        self.apply.setDefault(True)  # Enter; it must be in the dialog already
        self.address.textEdited.connect(self._say)
        self._say()
        self.address.selectAll()
        self.address.setFocus()

    def _say(self) -> None:
        """Say, while it is typed, where the link will lead."""
        typed = self.address.text().strip()
        address = addresses.completed(typed)
        sentence = ""
        if address is not None and addresses.shown(address) != typed:
            sentence = self.tr("Leads to %1").replace("%1", addresses.shown(address))
        self.message.setText(sentence)

    def _check(self) -> None:
        typed = self.address.text()
        address = addresses.completed(typed)
        if address is None:
            self.message.setText(self._sentence(addresses.problem(typed)))
            self.address.setFocus()
            self.address.selectAll()
            return
        text = None
        if self.text.isEnabled():
            text = self.text.text() if self.text.text().strip() else typed.strip()
        self.chosen.emit(address, text)
        self.accept()

    def _remove(self) -> None:
        self.removed.emit()
        self.accept()

    def _sentence(self, problem: str | None) -> str:
        match problem:
            case "empty":
                return self.tr("Type the address that the link leads to.")
            case "space":
                return self.tr("An address has no spaces. Write %20 where one must be.")
            case "scheme":
                return self.tr(
                    "Links can only lead to http, https, mailto and inkstand addresses. "
                    "Use one of these."
                )
        return self.tr("This is no address yet. One looks like example.org or ada@example.org.")


class OpenLinkDialog(QDialog):
    """Shows where a link leads before anything is opened."""

    def __init__(self, target: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Open link"))
        self.setMinimumWidth(440)
        self._target = target
        host = addresses.host(target)
        question = QLabel(
            self.tr("Open this address on %1?").replace("%1", host)
            if host
            else self.tr("Open this address?")
        )
        question.setTextFormat(Qt.TextFormat.PlainText)
        question.setWordWrap(True)
        self.address = QPlainTextEdit(addresses.shown(target))
        self.address.setReadOnly(True)
        self.address.setTabChangesFocus(True)
        # All of it: what is cut off might be what matters.
        self.address.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
        self.address.setFixedHeight(self.address.fontMetrics().lineSpacing() * 4 + 20)
        self.address.setAccessibleName(self.tr("Address"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.open_button: QPushButton = buttons.addButton(
            self.tr("&Open"), QDialogButtonBox.ButtonRole.AcceptRole
        )
        self.copy_button: QPushButton = buttons.addButton(
            self.tr("&Copy address"), QDialogButtonBox.ButtonRole.ActionRole
        )
        self.copy_button.clicked.connect(self._copy)
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setIcon(QIcon())
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 18)
        layout.setSpacing(14)
        layout.addWidget(question)
        layout.addWidget(self.address)
        if "xn--" in host:
            self.warning = QLabel(
                self.tr(
                    "The name of this host has letters of other scripts in it (that is what xn-- "
                    "means). Make sure that it is the one you expect."
                )
            )
            self.warning.setWordWrap(True)
            layout.addWidget(self.warning)
        layout.addSpacing(6)
        layout.addWidget(buttons)
        self.open_button.setDefault(True)
        self.open_button.setFocus()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._target)
        self.reject()
