"""Snapshots made in a process of their own, so that nobody who types waits for them.

On a thread of the relay's the same work held Python's lock for up to 200 ms at a
time (docs/decisions/0005). The process reads the file and writes nothing; it
ends when its standard input does, so also when the relay is killed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Any

from sync.errors import AdministrationError
from sync.relay.storage.replay import CannotFold, deep_thread
from sync.relay.storage.sqlite.compaction import fold_here
from sync.relay.storage.sqlite.reading import Snapshot
from sync.types import DocumentId, Sequence

FOLD_SECONDS = 300.0
"""For one document. 256 MiB take a fraction; a fault of pycrdt's may take for ever."""

NICENESS = 10
"""Those who type come first, where there are fewer processors than work."""


class FoldingProcess:
    """Starts the process when it is asked, and again if it dies."""

    def __init__(self, seconds: float = FOLD_SECONDS) -> None:
        """Give up a document that takes more than `seconds`."""
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False
        self._lock = threading.Lock()
        """Held only to start and to end the process: `close` comes from another thread."""

    def fold(self, path: Path, document_id: DocumentId) -> Snapshot | None:
        """Make the snapshot of a document. See `compaction.Fold`. One at a time."""
        process = self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        deadline = threading.Timer(self._seconds, process.kill)
        deadline.start()
        try:
            process.stdin.write(json.dumps([str(path), document_id]).encode() + b"\n")
            process.stdin.flush()
            answer = json.loads(process.stdout.readline())
            state = _read(process.stdout, answer.get("size", 0))
        except (OSError, ValueError):
            self.rest()
            # One that is too large for the machine's memory, or that crashes pycrdt.
            raise CannotFold(
                f"the process that was to make it died, or took {self._seconds:.0f} seconds"
            ) from None
        finally:
            deadline.cancel()
        match answer:
            case {"cannot_fold": detail}:
                raise CannotFold(detail)
            case {"error": detail}:
                raise AdministrationError(detail)
            case {"sequence": int(sequence)}:
                return Snapshot(Sequence(sequence), state)
        return None

    def rest(self) -> None:
        """End the process and give its memory back; the next `fold` starts it again."""
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    stream.close()

    def interrupt(self) -> None:
        """End what `fold` does on another thread, and let it start nothing more."""
        with self._lock:
            self._closed = True
            if self._process is not None:
                self._process.kill()

    def _running(self) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._closed:
                raise CannotFold("the relay is stopping")
            if self._process is None:
                # Its own session: Ctrl-C in a terminal is for the relay.
                self._process = subprocess.Popen(
                    [sys.executable, "-m", __name__],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    start_new_session=True,
                )
            return self._process


def _read(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if len(data) != size:
        raise OSError("it ended in the middle")
    return data


def main() -> None:
    """Be the process: a line of JSON (path, document id) in, one of JSON and the state out."""
    os.nice(NICENESS)
    thread = deep_thread("fold")
    for line in sys.stdin.buffer:
        path, document_id = json.loads(line)
        answer, state = thread.submit(_answer, Path(path), DocumentId(document_id)).result()
        try:
            sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + state)
            sys.stdout.buffer.flush()
        except BrokenPipeError:  # the relay was killed meanwhile
            os._exit(0)


def _answer(path: Path, document_id: DocumentId) -> tuple[dict[str, Any], bytes]:
    try:
        snapshot = fold_here(path, document_id)
    except CannotFold as error:
        return {"cannot_fold": error.detail}, b""
    except AdministrationError as error:
        return {"error": str(error)}, b""
    if snapshot is None:
        return {}, b""
    return {"sequence": snapshot.sequence, "size": len(snapshot.state)}, snapshot.state


if __name__ == "__main__":
    main()
