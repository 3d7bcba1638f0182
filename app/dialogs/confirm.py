"""Asks before something is done that nothing takes back."""

from __future__ import annotations

from PySide6.QtWidgets import QMessageBox, QWidget


def confirm(parent: QWidget, question: str, text: str, action: str) -> bool:
    """Ask; whether the person chose the button named `action`, which is not the default."""
    box = QMessageBox(QMessageBox.Icon.Warning, "Inkstand", question, parent=parent)
    box.setInformativeText(text)
    do = box.addButton(action, QMessageBox.ButtonRole.DestructiveRole)
    keep = box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(keep)
    box.setEscapeButton(keep)
    box.exec()
    return box.clickedButton() is do
