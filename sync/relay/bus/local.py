"""A bus in this process: for a relay that is alone, and for tests with several nodes in one."""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter

from sync.relay.bus.base import Draining, DrainWanted, Listener, Message
from sync.types import DocumentId


class Hub:
    """What the nodes of one relay share."""

    def __init__(self) -> None:
        self.nodes: list[LocalBus] = []


class LocalBus:
    """See `Bus`. Alone on its hub, it does nothing."""

    def __init__(self, hub: Hub | None = None) -> None:
        self._hub = hub or Hub()
        self._listener: Listener | None = None
        self._followed: Counter[DocumentId] = Counter()
        self.node = uuid.uuid4().hex

    @property
    def up(self) -> bool:
        """See `Bus.up`."""
        return len(self._hub.nodes) > 1

    def start(self, listener: Listener) -> None:
        """See `Bus.start`."""
        self._listener = listener
        self._hub.nodes.append(self)
        listener.missed()

    async def follow(self, document_id: DocumentId) -> None:
        """See `Bus.follow`."""
        self._followed[document_id] += 1

    def unfollow(self, document_id: DocumentId) -> None:
        """See `Bus.unfollow`."""
        self._followed[document_id] -= 1
        if not self._followed[document_id]:
            del self._followed[document_id]

    def say(self, message: Message) -> None:
        """See `Bus.say`."""
        for other in self._hub.nodes:
            if other is not self:
                asyncio.get_running_loop().call_soon(other.hear, self.node, message)

    def hear(self, node: str, message: Message) -> None:
        """Another node has said something."""
        if self._listener is None:
            return
        if isinstance(message, DrainWanted | Draining) or message.document_id in self._followed:
            self._listener.heard(node, message)

    async def close(self) -> None:
        """See `Bus.close`."""
        self._listener = None
        if self in self._hub.nodes:
            self._hub.nodes.remove(self)
