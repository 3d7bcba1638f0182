"""Events that tell of a write: what was written is told, also after the connection has ended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any

from sync.client.events import Event


async def on_disk(
    writes: Sequence[Future[Any]], emit: Callable[[Event], None], events: Sequence[Event]
) -> None:
    """Wait until the store has done `writes`, then emit `events`, on this event loop.

    A write that has begun cannot be called back. So who is cancelled while waiting here, as
    all are whose connection ends, leaves the events to be emitted when it is done: a window
    that never hears of an update would show nothing of all that builds on it.

    Raises the `StoreError` of the first write that failed, and tells of nothing then.
    """
    written = asyncio.gather(*map(asyncio.wrap_future, writes))

    def tell(done: asyncio.Future[Any]) -> None:
        if not done.cancelled() and done.exception() is None:
            for event in events:
                emit(event)

    written.add_done_callback(tell)
    await asyncio.shield(written)
