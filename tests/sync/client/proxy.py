"""A network in between that cuts, delays and swallows: a TCP proxy on a thread of its own."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Coroutine
from contextlib import suppress
from types import TracebackType
from typing import Any


class Proxy:
    """Passes bytes on to `port` of this computer, more or less."""

    def __init__(self, port: int, seed: int = 0) -> None:
        self._to = port
        self._rng = random.Random(seed)
        self._loop = asyncio.new_event_loop()
        self._ways: set[asyncio.StreamWriter] = set()
        self.delay = 0.0
        """Seconds that each piece of bytes is late at most; the order stays."""
        self.swallows = False
        """Whether everything disappears without a word, as behind a router that was rebooted."""
        self.cuts = 0
        """Connections that were cut so far."""
        self._server = self._loop.run_until_complete(
            asyncio.start_server(self._accept, "127.0.0.1", 0)
        )
        self.port: int = self._server.sockets[0].getsockname()[1]
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    def __enter__(self) -> Proxy:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def cut(self) -> None:
        """Break all connections off in the middle of whatever is under way."""
        self._do(self._cut())

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _cut(self) -> None:
        for way in tuple(self._ways):
            self.cuts += 1
            way.transport.abort()

    async def _close(self) -> None:
        self._server.close()
        await self._cut()
        while self._ways:  # noqa: ASYNC110  # each takes itself out when its ends are closed
            await asyncio.sleep(0)  # at the end of a test, and soon over

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._ways.add(writer)
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._to)
        except OSError:
            await self._end(writer)
            return
        self._ways.add(back)
        passing = {
            asyncio.ensure_future(self._pass(reader, back)),
            asyncio.ensure_future(self._pass(there, writer)),
        }
        _, waiting = await asyncio.wait(passing, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*passing, return_exceptions=True)
        for way in (writer, back):
            await self._end(way)

    async def _end(self, way: asyncio.StreamWriter) -> None:
        way.transport.abort()
        with suppress(OSError):
            await way.wait_closed()
        self._ways.discard(way)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(4096):
                if self.delay:
                    await asyncio.sleep(self._rng.uniform(0, self.delay))
                if not self.swallows:
                    writer.write(data)
                    await writer.drain()
