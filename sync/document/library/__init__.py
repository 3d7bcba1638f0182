"""How one person organises their documents: a Yjs document beside the others (docs/library.md)."""

from __future__ import annotations

from sync.document.library.adoption import adopt, claim, claimed_by, clear
from sync.document.library.format import ROOT
from sync.document.library.history import Action
from sync.document.library.library import Library
from sync.document.library.view import Folder, LibraryChange, LibraryView, Tag, Trashed

__all__ = [
    "ROOT",
    "Action",
    "Folder",
    "Library",
    "LibraryChange",
    "LibraryView",
    "Tag",
    "Trashed",
    "adopt",
    "claim",
    "claimed_by",
    "clear",
]
