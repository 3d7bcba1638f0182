"""Notices that the network has come back, or that the machine has slept: worth a try at once."""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
import time
from collections.abc import Callable
from contextlib import suppress

SLEPT = 5.0
"""Seconds by which the wall clock must have run ahead of the steady one for a sleep.

A steady clock stands still while the machine sleeps (not on Windows, where a connection is
found dead by its silence). A wall clock that somebody has set looks the same, and costs one
attempt to connect.
"""

_GROUPS = 0x1 | 0x10 | 0x100
"""RTMGRP_LINK, RTMGRP_IPV4_IFADDR, RTMGRP_IPV6_IFADDR of linux/rtnetlink.h."""
_NEW_ADDRESS = 20
"""RTM_NEWADDR."""
_HEADER = struct.Struct("=IHHII")
"""struct nlmsghdr of linux/netlink.h: length, type, flags, sequence, sender."""


class SleepWatch:
    """Tells whether the machine has slept since it was asked last. Clocks return seconds."""

    def __init__(
        self,
        steady: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._steady = steady
        self._wall = wall
        self._ahead = wall() - steady()

    def slept(self) -> bool:
        """Whether the machine has slept, or somebody has set the clock forward, meanwhile."""
        before, self._ahead = self._ahead, self._wall() - self._steady()
        return self._ahead - before >= SLEPT


class NetworkWatch:
    """Calls `on_network` on this event loop when the machine gets a network address.

    On Linux only, by netlink (rtnetlink(7)); elsewhere, and where the system does not let it,
    it never does, and the next attempt comes when it comes.
    """

    def __init__(self, on_network: Callable[[], None]) -> None:
        self._on_network = on_network
        self._loop = asyncio.get_running_loop()
        self._socket: socket.socket | None = None
        if sys.platform == "linux":
            with suppress(OSError):
                watching = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
                try:
                    watching.setblocking(False)
                    watching.bind((0, _GROUPS))
                    self._loop.add_reader(watching.fileno(), self._read)
                except (OSError, NotImplementedError):
                    watching.close()
                else:
                    self._socket = watching

    def close(self) -> None:
        """Watch no longer."""
        if self._socket is not None:
            self._loop.remove_reader(self._socket.fileno())
            self._socket.close()
            self._socket = None

    def _read(self) -> None:
        assert self._socket is not None
        news = False
        # ENOBUFS means that there was more than the kernel kept: then something did change.
        try:
            while data := self._socket.recv(65_536):
                news = news or _has_new_address(data)
        except BlockingIOError:
            pass
        except OSError:
            news = True
        if news:
            self._on_network()


def _has_new_address(data: bytes) -> bool:
    """Whether netlink messages tell of a new address."""
    while len(data) >= _HEADER.size:
        length, kind, *_ = _HEADER.unpack_from(data)
        if kind == _NEW_ADDRESS:
            return True
        data = data[max(_HEADER.size, (length + 3) & ~3) :]
    return False
