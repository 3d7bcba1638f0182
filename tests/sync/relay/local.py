"""The relay in this process, on a thread of its own, where a test wants to change its limits."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sync.relay.server import Relay
from sync.relay.settings import DEFAULTS, Settings


class LocalRelay:
    """What the tests use of it."""

    def __init__(self, relay: Relay, port: int) -> None:
        self.relay = relay
        self.url = f"ws://127.0.0.1:{port}"
        user = relay.accounts.add_user("ada", relay.auth.hash_password("correct horse"))
        self.user_id = user.id

    def document(self, document_id: str = "book") -> str:
        from sync.types import DocumentId

        self.relay.accounts.create_document(DocumentId(document_id), "Book", self.user_id)
        return document_id

    def token(self, seconds: float = 900.0) -> str:
        return self.relay.auth.access_token(self.user_id, seconds)


@contextmanager
def local_relay(data_dir: Path, settings: Settings = DEFAULTS) -> Iterator[LocalRelay]:
    """Serve on a free port."""
    ready = threading.Event()
    made: list[LocalRelay] = []
    stop: list[asyncio.Event] = []

    async def serve() -> None:
        relay = Relay(data_dir, settings)
        server = await relay.loop.create_server(relay.accept, "127.0.0.1", 0)
        stop.append(asyncio.Event())
        made.append(LocalRelay(relay, server.sockets[0].getsockname()[1]))
        watching = asyncio.create_task(relay.watch())
        ready.set()
        await stop[0].wait()
        server.close()
        watching.cancel()
        await relay.drain()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(30)
    try:
        yield made[0]
    finally:
        made[0].relay.loop.call_soon_threadsafe(stop[0].set)
        thread.join(30)
        assert not thread.is_alive()
