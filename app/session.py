"""What was open and where: the windows, their documents, caret and scroll position in each.

It is in `session.json` in the profile's folder, written a moment after each change, whole or not at
all: so a crash loses a moment of it. Nothing that matters: what cannot be read is left out.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer

from app.editor.place import Place
from app.tasks import Task, Tasks
from sync import files

FILE = "session.json"

WRITE_AFTER = 700
"""Milliseconds from a change until it is written, with all that has changed until then."""

MAX_BYTES = 1_000_000
MAX_WINDOWS = 30
MAX_PLACES = 100
"""Of one window: those of the documents that were seen last in it."""

_MAX_NUMBER = 2**31 - 1
"""What Qt takes for a position or a pixel."""


@dataclass(slots=True)
class WindowState:
    """One window."""

    document: str | None = None
    """Id of the document that it shows."""
    geometry: bytes = b""
    """As Qt says it; empty: where the system puts it."""
    sidebar: bool = True
    outline: bool = False
    columns: list[int] = field(default_factory=list)
    """Widths of sidebar, page and outline in pixels; empty: the usual ones."""
    places: dict[str, Place] = field(default_factory=dict)
    """By the id of a document; the one seen last is the last."""

    def note(self, document_id: str, place: Place) -> None:
        """Remember where somebody is in a document."""
        self.places.pop(document_id, None)
        self.places[document_id] = place
        while len(self.places) > MAX_PLACES:
            del self.places[next(iter(self.places))]


def read(path: Path) -> list[WindowState]:
    """Return the windows that were open last, the one in front the last; [] if nobody knows."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        found = json.loads(data) if len(data) <= MAX_BYTES else None
    except (OSError, ValueError, RecursionError):
        return []
    windows = found.get("windows") if isinstance(found, dict) else None
    if not isinstance(windows, list):
        return []
    return [_window(one) for one in windows[:MAX_WINDOWS] if isinstance(one, dict)]


def encode(windows: Sequence[WindowState]) -> bytes:
    """Return the session as it is written."""
    described = [
        {
            "document": window.document,
            "geometry": base64.b64encode(window.geometry).decode(),
            "sidebar": window.sidebar,
            "outline": window.outline,
            "columns": window.columns,
            "places": {
                document: [place.anchor, place.position, place.top, place.offset]
                for document, place in window.places.items()
            },
        }
        for window in windows
    ]
    return (json.dumps({"windows": described}, indent=1) + "\n").encode()


def _window(value: dict[str, Any]) -> WindowState:
    state = WindowState()
    document, geometry = value.get("document"), value.get("geometry")
    if isinstance(document, str):
        state.document = document
    if isinstance(geometry, str):
        try:
            state.geometry = base64.b64decode(geometry, validate=True)
        except (binascii.Error, ValueError):
            state.geometry = b""
    state.sidebar = value.get("sidebar") is not False
    state.outline = value.get("outline") is True
    columns = value.get("columns")
    if isinstance(columns, list) and len(columns) == 3 and all(map(_is_number, columns)):
        state.columns = columns
    places = value.get("places")
    for document, numbers in places.items() if isinstance(places, dict) else ():
        if isinstance(numbers, list) and len(numbers) == 4 and all(map(_is_number, numbers)):
            anchor, position, top, offset = numbers
            state.note(document, Place(max(0, anchor), max(0, position), max(0, top), offset))
    return state


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _MAX_NUMBER


class SessionKeeper(QObject):
    """Writes the session a moment after each change, on a thread."""

    def __init__(
        self, path: Path, windows: Callable[[], list[WindowState]], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._path = path
        self._windows = windows
        self._written = b""
        self._tasks = Tasks("inkstand-session", parent=self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WRITE_AFTER)
        self._timer.timeout.connect(self._write)

    def note(self) -> None:
        """Something has changed. Cheap: each key and each move of a window leads here."""
        if not self._timer.isActive():
            self._timer.start()

    def close(self, windows: Sequence[WindowState]) -> None:
        """Write what was open in the end, and nothing after it."""
        self._timer.stop()
        self._tasks.close(wait=True)
        self._put(encode(windows))

    def _write(self) -> None:
        data = encode(self._windows())
        if data != self._written:
            self._written = data

            def work(_: Task) -> None:
                self._put(data)

            self._tasks.run(work, lambda _: None)

    def _put(self, data: bytes) -> None:
        try:
            files.replace_durably(self._path, data)
        except OSError:
            self._written = b""  # the disk is full: the text comes first, and says so
