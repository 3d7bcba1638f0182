"""Snapshots made in a process of their own, so that nobody who types waits for them.

On a thread of the relay's the same work held Python's lock for up to 200 ms at a
time (docs/decisions/0005). The process reads the log by itself and writes nothing.
"""

from __future__ import annotations

from typing import Any

from sync.relay.beside import Beside, Died, Message, serve
from sync.relay.storage.replay import CannotFold
from sync.relay.storage.sql.compaction import fold_here
from sync.relay.storage.sql.reading import Snapshot
from sync.types import DocumentId, Sequence

FOLD_SECONDS = 300.0
"""For one document. 256 MiB take a fraction; a fault of pycrdt's may take for ever."""


class FoldingProcess:
    """Starts the process when it is asked, and again if it dies."""

    def __init__(self, seconds: float = FOLD_SECONDS) -> None:
        """Give up a document that takes more than `seconds`."""
        self._seconds = seconds
        self._beside = Beside(__name__, seconds)
        self.rest = self._beside.rest
        self.interrupt = self._beside.interrupt

    def fold(self, url: str, document_id: DocumentId) -> Snapshot | None:
        """Make the snapshot of a document. See `compaction.Fold`. One at a time."""
        try:
            answer, parts = self._beside.ask({"log": url, "document": document_id})
        except Died:
            # One that is too large for the machine's memory, or that crashes pycrdt.
            raise CannotFold(
                f"the process that was to make it died, or took {self._seconds:.0f} seconds"
            ) from None
        return Snapshot(Sequence(answer["sequence"]), parts[0]) if parts else None


def _answer(head: dict[str, Any], _: list[bytes]) -> Message:
    snapshot = fold_here(head["log"], DocumentId(head["document"]))
    if snapshot is None:
        return {}, []
    return {"sequence": snapshot.sequence}, [snapshot.state]


if __name__ == "__main__":
    serve(_answer)
