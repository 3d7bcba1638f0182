"""Font, line height and width of the page, seen on the page while they are chosen."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from app.appearance import Appearance
from app.dialogs.page_form import PageForm
from app.settings import Settings


class PageDialog(QDialog):
    """Shows each choice at once; Cancel puts back what was."""

    def __init__(self, appearance: Appearance, settings: Settings, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Page"))
        self.setMinimumWidth(420)
        self._appearance = appearance
        self._before = (settings.family, settings.line_height, settings.page_width)
        self.form = PageForm(appearance, settings)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok
            | QDialogButtonBox.StandardButton.Cancel
            | QDialogButtonBox.StandardButton.RestoreDefaults
        )
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        restore = buttons.button(QDialogButtonBox.StandardButton.RestoreDefaults)
        restore.clicked.connect(self.form.restore)
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 20, 22, 18)
        column.setSpacing(18)
        column.addWidget(self.form)
        column.addWidget(buttons)

    def reject(self) -> None:
        """Put back what was."""
        family, line_height, page_width = self._before
        self._appearance.set_page(family=family, line_height=line_height, page_width=page_width)
        super().reject()
