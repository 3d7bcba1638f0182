"""Machines, and the processes that run on them until they end or the power fails."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

from tests.sync.simulator.clock import within
from tests.sync.simulator.disk import Disk
from tests.sync.simulator.network import Network
from tests.sync.simulator.threads import VirtualExecutor, VirtualThreads


class Machine:
    """One computer: its disk and its wall clock outlive what runs on it."""

    def __init__(self, name: str, rng: random.Random, disk: Disk) -> None:
        self.name = name
        self.rng = rng
        self.disk = disk
        self.wall_offset = 0.0


class Process:
    """One program from its start to its end."""

    def __init__(self, machine: Machine, network: Network, crashed: Callable[[], None]) -> None:
        """`crashed` is called once if the process ends between two writes to its disk."""
        self.machine = machine
        self.alive = True
        self.tasks: dict[asyncio.Task[Any], None] = {}
        self._network = network
        self._crashed = crashed
        self.threads = VirtualThreads(self, machine.rng, self._power_failed)

    def new_executor(self) -> Executor:
        return VirtualExecutor(self.threads)

    def run(self, function: Callable[..., Any], *args: Any) -> Any:
        """Do something as a part of this process."""
        return within(self, function, *args)

    def blocking(self, function: Callable[[], Any]) -> Any:
        """Do something that waits for other threads."""
        result: list[Any] = []
        self.run(self.threads.do, lambda: result.append(function()))
        return result[0] if result else None

    def die(self, *, silently: bool) -> None:
        """End at once; what is committed stays. `silently`: the whole machine is off.

        What was going on is cancelled, and unwinds without touching anything that is left.
        """
        if not self.alive:
            return
        self.alive = False
        self.machine.disk.lose_power()
        self._network.process_died(self, silently=silently)
        for task in tuple(self.tasks):
            task.cancel()

    def _power_failed(self) -> None:
        self.die(silently=True)
        self._crashed()
