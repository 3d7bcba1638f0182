"""Real input through every layer: two processes, a relay that is killed twice, one text."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from queue import Queue

from PySide6.QtGui import QTextCursor

from sync.store.compaction import build_document
from sync.store.store import Store
from sync.types import DocumentId
from tests.end_to_end.paper import Writer, keystrokes
from tests.sync.relay.peer import Peer
from tests.sync.relay.process import RelayProcess

SECOND = " [second side {}]"


def replay(tmp_path: Path, count: int | None) -> None:
    """Type `count` recorded keystrokes (None: all) in one process while another writes too.

    The relay is killed with -9 after a third and after two thirds; both sides
    go on while it is away. At the end both QTextDocuments, both stores (opened
    again) and the relay (started again) must hold the same text.
    """
    strokes, expected = keystrokes(count)
    with RelayProcess(tmp_path / "relay") as relay:
        for name in ("ada", "ben"):
            relay.add_user(name, "correct horse")
        document = relay.admin("document", "create", "--owner", "ada", "--title", "Paper")
        relay.admin("document", "share", document, "--user", "ben", "--role", "editor")
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "tests.end_to_end.paper", str(tmp_path / "a")),
                *(relay.url, str(count or 0)),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        )
        try:
            _run(relay, process, tmp_path, document, len(strokes), expected)
        finally:
            if process.poll() is None:
                process.kill()
            process.wait(30)
            for stream in (process.stdin, process.stdout):
                assert stream is not None
                stream.close()


def _run(
    relay: RelayProcess,
    process: subprocess.Popen[str],
    tmp_path: Path,
    document: str,
    count: int,
    expected: str,
) -> None:
    assert process.stdin is not None
    lines: Queue[str] = Queue()

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            lines.put(line.strip())

    threading.Thread(target=read, daemon=True).start()
    second = Writer(tmp_path / "b", relay.url, "ben")
    second.open(document)
    process.stdin.write(document + "\n")
    process.stdin.flush()
    away: list[int] = []
    reached = 0
    done = False
    while not done:
        second.wait(lambda: not lines.empty() or process.poll() is not None)
        line = lines.get(timeout=5)
        done = line == "done"
        if line.startswith("at "):
            reached = int(line[3:])
        third = len(away) + 1
        if third <= 2 and reached * 3 >= count * third and relay.process is not None:
            relay.kill()
            away.append(reached)
            _write_at_end(second, SECOND.format(third))
        if relay.process is None and (reached >= away[-1] + count // 10 or reached == count):
            relay.start()
    second.wait(second.in_step)
    process.stdin.write(SECOND.format(2) + "\n")
    process.stdin.flush()
    second.wait(lambda: not lines.empty() or process.poll() is not None)
    first_text = json.loads(lines.get(timeout=5))
    assert process.wait(60) == 0
    second.wait(lambda: second.text == first_text)

    assert len(away) == 2
    assert first_text.count(" [second side 1]") == first_text.count(" [second side 2]") == 1
    without = first_text.replace(" [second side 1]", "").replace(" [second side 2]", "")
    assert without == expected
    second.close()
    for side in ("a", "b"):
        with Store.open(tmp_path / side) as store:
            loaded, left_out = build_document(store.load(DocumentId(document)))
            assert not left_out
            assert loaded.text() == first_text + "\n"
            assert store.document(DocumentId(document)).waiting == 0
    relay.restart()
    with Peer(relay.url, document, relay.admin("token", "ada")).joined() as peer:
        assert peer.document.text() == first_text + "\n"


def _write_at_end(writer: Writer, text: str) -> None:
    """Write behind everything: the recorded positions count from the start."""
    assert writer.opened is not None
    cursor = QTextCursor(writer.opened.qt)
    cursor.movePosition(QTextCursor.MoveOperation.End)
    cursor.insertText(text)
