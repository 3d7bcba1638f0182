"""The recorded keystrokes of a real paper (see `tests/data`), and a writer who types them.

Run as a program it is that writer: `python -m tests.end_to_end.paper DATA_DIR URL COUNT` opens the
profile, types COUNT of the recorded keystrokes through the editor's binding, and reports by lines:
`at N` on the way, `done` when all is acknowledged by the relay.
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer
from PySide6.QtGui import QGuiApplication, QTextCursor

from app.live_document import LiveDocument
from app.network import Network
from app.open_document import OpenDocument
from app.theme import LIGHT
from sync.client.credentials import Credentials
from sync.store.store import Store
from sync.types import DocumentId

RECORDING = Path(__file__).parents[1] / "data" / "automerge-paper.json.gz"
PASSWORD = "correct horse"
PATIENCE = 600.0
"""Seconds."""


@dataclass(frozen=True)
class Keystroke:
    """Replace `deleted` code points at `position` by `inserted` (the recording is ASCII)."""

    position: int
    deleted: int
    inserted: str


def keystrokes(count: int | None = None) -> tuple[list[Keystroke], str]:
    """Return the first `count` keystrokes, all for None, and the text that they make."""
    recording = json.loads(gzip.decompress(RECORDING.read_bytes()))
    strokes = [
        Keystroke(*patch) for entry in recording["txns"][:count] for patch in entry["patches"]
    ]
    if count is None:
        return strokes, recording["endContent"]
    text = ""
    for stroke in strokes:
        head, tail = text[: stroke.position], text[stroke.position + stroke.deleted :]
        text = head + stroke.inserted + tail
    return strokes, text


class Writer:
    """A profile with one open document, written to through its QTextDocument."""

    def __init__(self, data_dir: Path, url: str, name: str) -> None:
        self.store = Store.open(data_dir)
        self.network = Network(self.store, Credentials(self.store.profile_id))
        self.network.remote_update.connect(self._receive)
        self.network.start()
        self._signing_in = self.network.sign_in(url, name, PASSWORD)
        self.opened: OpenDocument | None = None
        self._tick = QTimer()  # conditions change on other threads, without an event
        self._tick.start(20)

    def open(self, document_id: str) -> OpenDocument:
        """Open a document as soon as the relay has told of it."""
        self.wait(lambda: any(r.id == document_id for r in self.store.documents()))
        name = DocumentId(document_id)
        self.network.watch(name)
        self.live = LiveDocument(self.store, name, "writer")
        self.opened = OpenDocument(self.live, LIGHT.style())
        self.live.saved.connect(lambda _: self.network.notify_saved(name))
        return self.opened

    def _receive(self, document_id: str, update: bytes) -> None:
        if self.opened is not None and self.opened.document_id == document_id:
            self.live.receive(update)

    def type(self, strokes: list[Keystroke]) -> Iterator[int]:
        """Type; yield how many strokes are done, each hundred, with the events of the loop handled.

        Strokes count from the start of the text; what others write must be behind it.
        """
        assert self.opened is not None
        cursor = QTextCursor(self.opened.qt)
        for number, stroke in enumerate(strokes, 1):
            cursor.setPosition(stroke.position)
            if stroke.deleted:
                end = stroke.position + stroke.deleted
                cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
                cursor.removeSelectedText()
            if stroke.inserted:
                cursor.insertText(stroke.inserted)
            if number % 100 == 0:
                QCoreApplication.processEvents()
                yield number
        yield len(strokes)

    @property
    def text(self) -> str:
        """What the QTextDocument shows."""
        assert self.opened is not None
        return self.opened.qt.toPlainText()

    def in_step(self) -> bool:
        """Whether the relay has acknowledged everything."""
        assert self.opened is not None
        record = self.store.document(self.opened.document_id)
        return record.on_relay and not record.waiting and not self.opened.replica.unsaved

    def wait(self, condition: Callable[[], bool]) -> None:
        """Handle events until `condition` holds."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, f"in vain: {self.network.connection}"
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)

    def close(self) -> None:
        """Write what is left and end."""
        if self.opened is not None:
            self.opened.close()
            self.live.close()
        self.network.stop()
        self.store.close()


def main() -> None:
    """Be the writer; the document's id comes by standard input."""
    data_dir, url, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    application = QGuiApplication([])
    writer = Writer(data_dir, url, "ada")
    opened = writer.open(sys.stdin.readline().strip())
    strokes, _ = keystrokes(count or None)
    for number in writer.type(strokes):
        print(f"at {number}", flush=True)
    writer.wait(writer.in_step)
    print("done", flush=True)
    last = sys.stdin.readline().rstrip("\n")  # what the other side wrote last shall be here, too
    writer.wait(lambda: last in writer.text and writer.in_step())
    print(json.dumps(writer.text), flush=True)
    assert opened.document.text() == writer.text + "\n"
    writer.close()
    del application


if __name__ == "__main__":
    main()
