"""`inkstand-relay drain`: move a node's clients to the others."""

from __future__ import annotations

import argparse
import asyncio
import os
from typing import TYPE_CHECKING

from sync.errors import AdministrationError
from sync.relay.bus.base import Bus, Draining, DrainWanted, Message
from sync.relay.bus.opening import BUS_VARIABLE, open_bus
from sync.relay.metrics import Counters

if TYPE_CHECKING:
    from sync.relay.commands.common import Verbs

ANSWER_SECONDS = 5.0
"""For the bus to be reached, and again for the node to answer."""


def add_to(verbs: Verbs) -> None:
    """Add the verb."""
    verb = verbs.add_parser(
        "drain",
        help="send the clients of one of several nodes to the others, little by little, and end it",
    )
    verb.add_argument("node", metavar="NODE", help="its name, as `serve --node` gave it")
    add_bus(verb)
    verb.set_defaults(run=_drain)


def add_bus(verb: argparse.ArgumentParser) -> None:
    """Add the option that names the bus."""
    verb.add_argument(
        "--bus",
        default=os.environ.get(BUS_VARIABLE) or None,
        metavar="URL",
        help="the Redis between several relays with one --store, as rediss://HOST:6379/0; with a "
        f"password it is better kept in {BUS_VARIABLE}",
    )


def _drain(arguments: argparse.Namespace) -> None:
    if arguments.bus is None:
        raise AdministrationError(
            f"Say with --bus or {BUS_VARIABLE} over which Redis the nodes are reached."
        )
    connections = asyncio.run(_ask(arguments.bus, arguments.node))
    print(f"{arguments.node} sends {connections:,} connections to the others, then ends.")  # noqa: T201


async def _ask(url: str, name: str) -> int:
    bus = open_bus(url, Counters())
    answer = _Answer(bus, name)
    try:
        bus.start(answer)
        await _within(answer.reached, "The bus cannot be reached. Is Redis there?")
        bus.say(DrainWanted(name))
        await _within(
            answer.came,
            f"No node of the name {name!r} has answered. `serve --node` gives a node its name; its "
            "log says it when it starts.",
        )
    finally:
        await bus.close()
    return answer.connections


async def _within(event: asyncio.Event, otherwise: str) -> None:
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            await event.wait()
    except TimeoutError:
        raise AdministrationError(otherwise) from None


class _Answer:
    """A `Listener`."""

    def __init__(self, bus: Bus, name: str) -> None:
        self._bus = bus
        self._name = name
        self.reached = asyncio.Event()
        self.came = asyncio.Event()
        self.connections = 0

    def heard(self, _: str, message: Message) -> None:
        """See `Listener`."""
        if isinstance(message, Draining) and message.name == self._name:
            self.connections += message.connections
            self.came.set()

    def missed(self) -> None:
        """See `Listener`."""
        self.reached.set()
