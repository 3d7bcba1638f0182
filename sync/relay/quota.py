"""How large a document may become."""

from __future__ import annotations

import asyncio
import contextlib

from sync.errors import AdministrationError
from sync.relay.storage.base import UpdateLog
from sync.types import DocumentId


class Quota:
    """Counts the bytes of one document on disk; belongs to the event loop.

    They are measured when the document is opened, counted from then on, and measured
    again when the limit seems to be reached: compaction may have made room meanwhile.
    """

    def __init__(self, log: UpdateLog, document_id: DocumentId, limit: int) -> None:
        self._log = log
        self._document_id = document_id
        self.limit = limit
        self._known: int | None = None
        """Bytes at the last measurement."""
        self._since = 0
        """Bytes that came later."""
        self._measuring: asyncio.Task[None] | None = None

    def measure(self) -> None:
        """Look at the disk, soon; until then everything is let in."""
        if self._measuring is None:
            self._measuring = asyncio.get_running_loop().create_task(self._measure())

    async def _measure(self) -> None:
        before = self._since
        # If the disk cannot be read, the next join says so.
        with contextlib.suppress(AdministrationError):
            self._known = await asyncio.to_thread(self._log.size, self._document_id)
            self._since -= before
        self._measuring = None

    def admits(self, size: int) -> bool:
        """Whether there is room for an update of `size` bytes; if so, it is counted."""
        if self._known is not None and self._known + self._since + size > self.limit:
            self.measure()
            return False
        self._since += size
        return True

    def count(self, size: int) -> None:
        """An update of `size` bytes is on disk that another node has let in."""
        self._since += size
