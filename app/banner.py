"""The strip above the page that tells a person something, quietly, until they close it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from app.announce import announce


class Banner(QWidget):
    """Hidden while there is nothing to say; what is said later takes the place of the earlier."""

    closed = Signal()
    """The person has read it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._passing = False
        self.label = QLabel()
        self.label.setWordWrap(True)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self._act: Callable[[], object] = lambda: None
        close = QPushButton(self.tr("Close"), self)
        close.setObjectName("link")
        close.setAccessibleName(self.tr("Close this message"))
        close.clicked.connect(self._close)
        self.action = QPushButton()
        self.action.setObjectName("link")
        self.action.clicked.connect(self._do)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 8, 12, 8)
        row.addWidget(self.label, 1)
        row.addWidget(self.action)
        row.addWidget(close)
        self.hide()

    def _close(self) -> None:
        self.hide()
        self.closed.emit()

    @property
    def text(self) -> str:
        """The sentence said last."""
        return self.label.text()

    def _do(self) -> None:
        self.hide()
        self._act()

    def say(self, sentence: str, action: tuple[str, Callable[[], object]] | None = None) -> None:
        """Tell the person something until they close it; `action` is a button that ends it, too."""
        self._passing = False
        title, self._act = action or ("", lambda: None)
        self.action.setText(title)
        self.action.setAccessibleName(title)
        self.action.setVisible(action is not None)
        self.label.setText(sentence)
        self.show()
        announce(self.label, sentence)

    def say_for_now(self, sentence: str) -> None:
        """Tell of a trouble that `let_pass` takes away when it is over."""
        self.say(sentence)
        self._passing = True

    def let_pass(self) -> None:
        """Hide what was said only for now."""
        if self._passing:
            self.hide()
