"""Asking for a file: what to import, where to export to."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from sync.document import transfer

translate = QCoreApplication.translate


def ask_import(parent: QWidget) -> Path | None:
    """Return the file to make a document of; None if the person thinks better of it."""
    kinds = translate(
        "Files", "Text, Markdown, HTML and Inkstand (*.md *.markdown *.txt *.html *.htm *.inkstand)"
    )
    path, _ = QFileDialog.getOpenFileName(parent, translate("Files", "Import"), "", kinds)
    return Path(path) if path else None


def ask_export(parent: QWidget, title: str) -> Path | None:
    """Return where to write a document of that title; None if nowhere."""
    kinds = translate(
        "Files",
        "Markdown (*.md);;HTML (*.html);;Plain text (*.txt);;Inkstand (*.inkstand);;JSON (*.json)",
    )
    name = f"{transfer.file_name(title)}.md"
    path, _ = QFileDialog.getSaveFileName(parent, translate("Files", "Export"), name, kinds)
    return Path(path) if path else None
