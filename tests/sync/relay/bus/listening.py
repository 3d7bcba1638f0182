"""A node that writes down what it hears."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from sync.relay.bus.base import Bus, Message
from tests.sync.relay.peer import PATIENCE


class Ear:
    """A `Listener`."""

    def __init__(self, bus: Bus) -> None:
        self.bus = bus
        self.messages: list[tuple[str, Message]] = []
        self.times_missed = 0

    def heard(self, node: str, message: Message) -> None:
        self.messages.append((node, message))

    def missed(self) -> None:
        self.times_missed += 1

    @property
    def said(self) -> list[Message]:
        return [message for _, message in self.messages]

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait for what others bring about."""
        async with asyncio.timeout(PATIENCE):
            while not condition():  # noqa: ASYNC110  # there is nothing that tells
                await asyncio.sleep(0.001)

    async def until_said(self, *messages: Message) -> None:
        await self.until(lambda: len(self.said) >= len(messages))
        assert self.said == list(messages)


@asynccontextmanager
async def listening(*buses: Bus) -> AsyncIterator[list[Ear]]:
    """Start nodes, and end them."""
    ears = [Ear(bus) for bus in buses]
    try:
        for ear in ears:
            ear.bus.start(ear)
        for ear in ears:
            await ear.until(lambda ear=ear: ear.bus.up and ear.times_missed)
        yield ears
    finally:
        for ear in ears:
            await ear.bus.close()
