"""What goes out by copy and drag, and what comes in by paste and drop."""

from __future__ import annotations

import json

from PySide6.QtCore import QMimeData

from app.editor.commands import Selection
from sync.document.delta import Insert
from sync.document.views import inserts_from_json, inserts_to_json

DELTA_TYPE = "application/x-inkstand-delta+json"
"""Our own format: the inserts of a Quill delta."""

MAX_PASTE = 16 * 1024 * 1024
"""Bytes of text that one paste may bring."""


def copy(selection: Selection) -> QMimeData:
    """Return what is selected, as our delta and as plain text."""
    inserts = [part for part in selection.inserts() if isinstance(part.content, str)]
    mime = QMimeData()
    mime.setText(
        "".join(part.content for part in inserts if isinstance(part.content, str)).replace(
            "\u2028", "\n"
        )
    )
    mime.setData(DELTA_TYPE, json.dumps(inserts_to_json(inserts)).encode())
    return mime


def can_paste(mime: QMimeData) -> bool:
    """Whether there is something to insert."""
    return mime.hasFormat(DELTA_TYPE) or mime.hasText()


def pasted(mime: QMimeData) -> list[Insert]:
    """Return what to insert: structure from our own format, plain text from any other.

    An own-format payload that is malformed falls back to its text.
    """
    raw = bytes(mime.data(DELTA_TYPE).data())
    if raw and len(raw) <= MAX_PASTE:
        try:
            return inserts_from_json(json.loads(raw))
        except (ValueError, TypeError):
            pass
    text = mime.text()[:MAX_PASTE].replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return [Insert(text)] if text else []
