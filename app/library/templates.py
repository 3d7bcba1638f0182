"""What a new document can begin with: Markdown files, a folder for each language."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from app.resources import resources
from app.translation import spoken
from sync.document import transfer
from sync.document.delta import Insert


@dataclass(frozen=True)
class Template:
    """One of them."""

    title: str
    """Of the new document too, until the person gives another."""
    path: Path

    def contents(self) -> list[Insert]:
        """Read it."""
        return transfer.read_contents(self.path)


def templates() -> list[Template]:
    """Return all, in the language of the window."""
    folder = resources() / "templates"
    named = {
        "article": QCoreApplication.translate("Templates", "Article"),
        "chapter": QCoreApplication.translate("Templates", "Chapter"),
        "meeting": QCoreApplication.translate("Templates", "Meeting notes"),
        "letter": QCoreApplication.translate("Templates", "Letter"),
    }
    language = spoken() if (folder / spoken()).is_dir() else "en"
    return [Template(title, folder / language / f"{name}.md") for name, title in named.items()]
