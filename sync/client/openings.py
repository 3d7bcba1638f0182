"""Which documents are open on a connection, and which come next.

All that may have news are opened, some at a time, those that somebody looks at first. Who has
few documents keeps them all open, so that news come at once; who has thousands keeps the
`LIVE` that were last busy, and learns of the others from the relay's list.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping

from sync.client.exchange import Exchange
from sync.types import DocumentId

OPENING_AT_A_TIME = 20
"""Documents that are opened and not in step yet."""

LIVE = 500
"""Documents that stay open once they are in step; a relay allows 1,000 on a socket."""


class Openings:
    """Belongs to one connection. `open_document` and `close_document` speak to the relay.

    `first` are the documents that somebody looks at, the last one asked for foremost.
    """

    def __init__(
        self,
        first: Collection[DocumentId],
        open_document: Callable[[DocumentId], Exchange],
        close_document: Callable[[DocumentId], None],
        live: int = LIVE,
    ) -> None:
        self._first = first
        self._open_document = open_document
        self._close_document = close_document
        self._live = live
        self._exchanges: OrderedDict[DocumentId, Exchange] = OrderedDict()  # last busy: last
        self._wanted: dict[DocumentId, None] = {}
        self._idle: dict[DocumentId, None] = {}
        """In step, as the relay's list says, and not open."""
        self._opening: set[DocumentId] = set()
        self._unasked: set[DocumentId] = set()
        """Of `_opening`, those that were idle: nothing is known to be out of step."""
        self._behind: set[DocumentId] = set()
        """Open documents in which one side lacks something."""
        self._counted: set[DocumentId] = set()
        """Documents that count in `total` and not yet in `done`."""
        self._states: dict[DocumentId, str | None] = {}
        self.reached: dict[DocumentId, str | None] = {}
        """Documents that came in step, and the relay's name for what this device has at least.

        Whoever writes that down takes them out.
        """
        self.done = 0
        """Of `total`, those that are in step now."""
        self.total = 0
        """Documents that were wanted since all were in step."""

    def __contains__(self, document_id: DocumentId) -> bool:
        return document_id in self._exchanges or document_id in self._wanted

    @property
    def in_step(self) -> bool:
        """Whether nothing is lacking on either side, as far as both have said."""
        return not (self._wanted or self._opening - self._unasked or self._behind)

    def get(self, document_id: DocumentId) -> Exchange | None:
        """Return an open document."""
        return self._exchanges.get(document_id)

    def list(self, states: Mapping[DocumentId, str | None]) -> None:
        """Note what may be opened and what the relay calls it now; nothing of it is needed yet."""
        for document_id, state in states.items():
            # What comes after the list was made is in step, too; what is open already had its
            # first sync before it, and only another one could say so.
            if document_id not in self._exchanges:
                self._states[document_id] = state
                if document_id not in self._wanted:
                    self._idle[document_id] = None

    def want(self, document_id: DocumentId) -> None:
        """Bring a document in step: one side may lack something."""
        if document_id not in self:
            self._idle.pop(document_id, None)
            self._wanted[document_id] = None
            if document_id not in self._counted:
                self._counted.add(document_id)
                self.total += 1

    def add(self, document_id: DocumentId) -> None:
        """Open a document now, before all that wait, unless it is open."""
        if document_id in self._exchanges:
            return
        self._wanted.pop(document_id, None)
        self._idle.pop(document_id, None)
        self._opening.add(document_id)
        self._exchanges[document_id] = self._open_document(document_id)

    def drop(self, document_id: DocumentId) -> Exchange | None:
        """Forget a document that the relay has closed, or is not to be opened; its exchange."""
        self._wanted.pop(document_id, None)
        self._idle.pop(document_id, None)
        self._forget(document_id)
        if document_id in self._counted:
            self._counted.discard(document_id)
            self.total -= 1
        return self._exchanges.pop(document_id, None)

    def busy(self, document_id: DocumentId) -> None:
        """Note that there is news in an open document, from either side."""
        if document_id in self._exchanges:
            self._exchanges.move_to_end(document_id)

    def moved(self, document_id: DocumentId) -> None:
        """Look at an open document again."""
        exchange = self._exchanges.get(document_id)
        if exchange is None:
            return
        if exchange.caught_up and document_id in self._opening:
            self._opening.discard(document_id)
            if document_id in self._unasked:
                self._unasked.discard(document_id)
            else:
                self._behind.add(document_id)
        if exchange.in_step:
            self._behind.discard(document_id)
            if document_id in self._counted:
                self._counted.discard(document_id)
                self.done += 1
            if document_id in self._states:
                self.reached[document_id] = self._states.pop(document_id)
        elif document_id not in self._opening:
            self._behind.add(document_id)
        if not self._counted:
            self.done = self.total = 0

    def open_next(self) -> None:
        """Open as many as may be opened at a time, and close what has been quiet the longest."""
        while len(self._opening) < OPENING_AT_A_TIME:
            document_id = self._next()
            if document_id is None:
                break
            if document_id in self._idle:
                del self._idle[document_id]
                self._unasked.add(document_id)
            self._wanted.pop(document_id, None)
            self.add(document_id)
        self._close_quiet()

    def close(self) -> None:
        """Forget all timers: the connection is over."""
        for exchange in self._exchanges.values():
            exchange.close()

    def _next(self) -> DocumentId | None:
        for document_id in self._first:
            if document_id in self._wanted or document_id in self._idle:
                return document_id
        for document_id in self._wanted:
            return document_id
        if self._idle and len(self._exchanges) < self._live:
            return next(reversed(self._idle))
        return None

    def _close_quiet(self) -> None:
        """Close what is in step beyond those that may stay open."""
        surplus = len(self._exchanges) - self._live
        if surplus <= 0:
            return
        quiet = [
            document_id
            for document_id, exchange in self._exchanges.items()
            if exchange.in_step and document_id not in self._first
        ]
        for document_id in quiet[:surplus]:
            self._exchanges.pop(document_id).close()
            self._forget(document_id)
            self._close_document(document_id)

    def _forget(self, document_id: DocumentId) -> None:
        self._opening.discard(document_id)
        self._unasked.discard(document_id)
        self._behind.discard(document_id)
        self._states.pop(document_id, None)
