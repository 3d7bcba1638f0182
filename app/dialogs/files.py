"""Asking for a file: what to import, where to export to."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from sync.document import transfer


def _tr(text: str) -> str:
    return QCoreApplication.translate("files", text)


def ask_import(parent: QWidget) -> Path | None:
    """Return the file to make a document of; None if the person thinks better of it."""
    kinds = _tr("Text, Markdown and HTML (*.md *.markdown *.txt *.html *.htm)")
    path, _ = QFileDialog.getOpenFileName(parent, _tr("Import"), "", kinds)
    return Path(path) if path else None


def ask_export(parent: QWidget, title: str) -> Path | None:
    """Return where to write a document of that title; None if nowhere."""
    kinds = _tr("Markdown (*.md);;HTML (*.html);;Plain text (*.txt);;JSON (*.json)")
    name = f"{transfer.file_name(title)}.md"
    path, _ = QFileDialog.getSaveFileName(parent, _tr("Export"), name, kinds)
    return Path(path) if path else None
