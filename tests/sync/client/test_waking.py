"""Noticing that the machine has slept, and that a network has come."""

from __future__ import annotations

import asyncio
import os
import struct
import subprocess
import sys

import pytest

from sync.client.waking import SLEPT, NetworkWatch, SleepWatch, _has_new_address


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_a_sleep_is_told_once() -> None:
    steady, wall = Clock(), Clock()
    watch = SleepWatch(steady, wall)
    for _ in range(100):  # awake, and the clocks drift a little
        steady.now += 10.0
        wall.now += 10.01
        assert not watch.slept()
    steady.now += 1.0
    wall.now += 1.0 + SLEPT
    assert watch.slept()
    assert not watch.slept()


def test_a_clock_that_is_set_back_is_no_sleep() -> None:
    steady, wall = Clock(), Clock()
    watch = SleepWatch(steady, wall)
    wall.now -= 86_400.0
    assert not watch.slept()


def message(kind: int, size: int = 4) -> bytes:
    data = struct.pack("=IHHII", 16 + size, kind, 0, 0, 0) + bytes(size)
    return data + bytes(-len(data) % 4)


@pytest.mark.parametrize(
    ("data", "has"),
    [
        (message(20), True),
        (message(16) + message(20), True),
        (message(16, 5) + message(20), True),
        (message(16) + message(21), False),
        (b"", False),
        (message(20)[:7], False),
        (struct.pack("=IHHII", 0, 16, 0, 0, 0), False),  # a length that leads nowhere
    ],
)
def test_messages_of_netlink(data: bytes, has: bool) -> None:
    assert _has_new_address(data) is has


WATCH = """
import asyncio
import fcntl
import socket
import struct
from sync.client.waking import NetworkWatch

SET_FLAGS, UP = 0x8914, 1  # SIOCSIFFLAGS and IFF_UP of linux/sockios.h and linux/if.h

async def main():
    came = asyncio.Event()
    watch = NetworkWatch(came.set)
    with socket.socket() as any_socket:  # what comes up gets its address
        fcntl.ioctl(any_socket, SET_FLAGS, struct.pack("16sH14x", b"lo", UP))
    async with asyncio.timeout(30):
        await came.wait()
    watch.close()
    print("came")

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="by netlink")
def test_an_address_that_comes_is_noticed() -> None:
    # In a network of its own. An ordinary user needs a user namespace for that; root in a
    # changed root directory may not make one.
    become = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    call = ["unshare", *become, "--net", sys.executable, "-c", WATCH]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    assert done.stdout == "came\n", done.stderr


async def _close_twice() -> None:
    watch = NetworkWatch(lambda: None)
    watch.close()
    watch.close()


def test_closing_twice_is_harmless() -> None:
    asyncio.run(_close_twice())
