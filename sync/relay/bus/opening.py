"""Which bus a serving relay uses."""

from __future__ import annotations

from dataclasses import dataclass, field

from sync.errors import AdministrationError
from sync.relay.bus.base import Bus
from sync.relay.bus.local import LocalBus
from sync.relay.metrics import Counters

BUS_VARIABLE = "INKSTAND_RELAY_BUS"
"""Of the environment, for ``--bus``: everybody on a machine can read process arguments."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """One of several nodes that share a PostgreSQL."""

    node: str
    """Its name, for people: what ``inkstand-relay drain`` is told."""
    bus: str | None = field(default=None, repr=False)
    """The URL of a Redis; without one, nodes look into the log once a second."""


def check_bus(bus: str | None, store: str | None) -> None:
    """Raises `AdministrationError` if there is nothing that a bus could be good for."""
    if bus is not None and store is None:
        raise AdministrationError(
            "--bus is for relays that share one PostgreSQL. Name it with --store "
            "postgresql://HOST/DATABASE, or leave --bus out: a relay with a folder of its own is "
            "alone."
        )


def open_bus(url: str | None, counters: Counters) -> Bus:
    """Return a bus, to be started. Raises `AdministrationError` if `url` is not of a Redis."""
    if url is None:
        return LocalBus()
    try:
        from sync.relay.bus.redis import RedisBus
    except ImportError:
        raise AdministrationError(
            "--bus needs the package redis. Install the relay with the extra `cluster`."
        ) from None

    def refused() -> None:
        counters.entries_refused += 1

    return RedisBus(url, refused=refused)
